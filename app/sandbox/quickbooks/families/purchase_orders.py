"""Purchase orders: added, modified with their lines, and asked for."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.bodies import address_block, arrange, fields
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.order_lines import RATE_IGNORED, modified_lines, new_line, total
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.transactions import TXN_QUERY, TXN_SHAPES, show_transaction, stored_lines, txn_query
from app.sandbox.quickbooks.writing import Answer, Body

_FEATURE_OFF = "This feature is not enabled or not available in this version of QuickBooks."
_HEAD = """VendorRef=ref41? ClassRef=ref159? InventorySiteRef=ref31? ShipToEntityRef=ref209? TemplateRef=ref31?
TxnDate=date? RefNumber=s11? VendorAddress=Address? ShipAddress=Address? TermsRef=ref31? DueDate=date?
ExpectedDate=date? ShipMethodRef=ref15? FOB=s13?""".replace("\n", " ")
_FOOT = """Memo=s4095? VendorMsg=s99? IsToBePrinted=bool? IsToBeEmailed=bool? IsTaxIncluded=bool?@CA
SalesTaxCodeRef=ref3?@CA Other1=s25? Other2=s29?""".replace("\n", " ")
_LINE = """ItemRef=ref? ManufacturerPartNumber=s31? Desc=s4095? Quantity=qty? UnitOfMeasure=s31? Rate=price?
ClassRef=ref159? Amount=amt? CustomerRef=ref209? ServiceDate=date? SalesTaxCodeRef=ref3?@CA""".replace("\n", " ")
_SHAPES = f"""
PurchaseOrderAddRq PurchaseOrderAdd IncludeRetElement=s50*
PurchaseOrderAdd {_HEAD} {_FOOT} ExternalGUID=guid? PurchaseOrderLineAdd+
PurchaseOrderLineAdd {_LINE} OverrideItemAccountRef=ref159? Other1=s29? Other2=s29?
PurchaseOrderModRq PurchaseOrderMod IncludeRetElement=s50*
PurchaseOrderMod TxnID=id EditSequence=s16 {_HEAD} IsManuallyClosed=bool? {_FOOT} PurchaseOrderLineMod*
PurchaseOrderLineMod TxnLineID=id {_LINE} IsManuallyClosed=bool? OverrideItemAccountRef=ref159? Other1=s29? Other2=s29?
PurchaseOrderQueryRq {TXN_QUERY}
{TXN_SHAPES}
"""
_ORDER = """VendorRef ClassRef InventorySiteRef ShipToEntityRef TemplateRef TxnDate RefNumber VendorAddress
VendorAddressBlock ShipAddress ShipAddressBlock TermsRef DueDate ExpectedDate ShipMethodRef FOB TotalAmount
IsManuallyClosed IsFullyReceived Memo VendorMsg IsToBePrinted IsToBeEmailed IsTaxIncluded SalesTaxCodeRef Other1 Other2
ExternalGUID PurchaseOrderLineRet"""
_LINES = "PurchaseOrderLineRet"
SHOWS = {"PurchaseOrder": show_transaction}


def _add(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    body = fields(request[0])
    given = stored_lines(body.pop("PurchaseOrderLineAdd"))
    books.resolve(body, "PurchaseOrder")
    if "VendorRef" not in body:
        raise StatusError(3150, 'There is a missing element: "VendorRef".')
    vendor = books.storage.by_id(list_id(body["VendorRef"]))
    if vendor and "VendorAddress" in vendor.body:
        body.setdefault("VendorAddress", vendor.body["VendorAddress"])
    body.setdefault("TxnDate", books.today())
    body.setdefault("IsToBePrinted", "false")
    body.setdefault("IsToBeEmailed", "false")
    body |= {"IsManuallyClosed": "false", "IsFullyReceived": "false"}
    priced = [new_line(books, line) for line in given]
    record = Record(books.txn_id(), "PurchaseOrder", "", "", {"TxnNumber": str(books.storage.next_number("number"))})
    _fill(record, body, [line for line, _ in priced])
    return _saved(books, books.add(record), any(ignored for _, ignored in priced))


def _modify(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    given = fields(request[0])
    record = books.find(str(given.pop("TxnID")), "PurchaseOrder")
    if given.pop("EditSequence") != record.edit_sequence:
        raise StatusError(3200, f'The provided edit sequence "{request[0].findtext("EditSequence")}" is out-of-date. ')
    listed = given.pop("PurchaseOrderLineMod", None)
    books.resolve(given, "PurchaseOrder")
    lines, warned = stored_lines(record.body[_LINES]), False
    if listed is not None:
        lines, warned = modified_lines(books, lines, stored_lines(listed))
    _fill(record, {**record.body, **given}, lines)
    return _saved(books, books.change(record), warned)


def _require_feature(books: Books) -> None:
    if not books.preference("IsUsingInventory"):
        raise StatusError(3250, _FEATURE_OFF)


def _fill(record: Record, body: Body, lines: list[Body]) -> None:
    """Put header and lines into the record, with everything QuickBooks derives from them."""
    for tag in ("VendorAddress", "ShipAddress"):
        body[f"{tag}Block"] = address_block(body.get(tag))
    body["TotalAmount"] = total(lines)
    body[_LINES] = list(lines)
    record.body = {"TxnNumber": record.body["TxnNumber"]} | arrange(body, _ORDER) | {_LINES: list(lines)}
    record.name = record.full_name = str(body.get("RefNumber") or "")
    record.entity = list_id(body["VendorRef"])
    record.day = str(body["TxnDate"])


def _saved(books: Books, record: Record, rate_ignored: bool) -> Answer:
    records = [("PurchaseOrderRet", show_transaction(books, record))]
    return Answer(records, *RATE_IGNORED, severity="Warn") if rate_ignored else Answer(records)


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "PurchaseOrderAddRq": _add,
        "PurchaseOrderModRq": _modify,
        "PurchaseOrderQueryRq": txn_query("PurchaseOrder", _LINES),
    },
    shows=SHOWS,
    iterable=frozenset({"PurchaseOrderQueryRq"}),
)
