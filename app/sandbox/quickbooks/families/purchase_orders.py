"""Purchase orders: added, modified with their lines, and asked for."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.amounts import money, total
from app.sandbox.quickbooks.bodies import address_block, arrange, fields
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.currencies import exchange, require_currencies
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.lines import listed_lines, rate_warning, stored_lines
from app.sandbox.quickbooks.order_lines import modified_lines, new_line
from app.sandbox.quickbooks.receipts import ORDER_LINES, receive_order
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.taxes import fill_codes, with_tax
from app.sandbox.quickbooks.transactions import (
    TXN_SHAPES,
    feature_off,
    linked_txn,
    saved,
    show_transaction,
    to_modify,
    txn_query,
    txn_query_shape,
)
from app.sandbox.quickbooks.writing import Answer, Body

_HEAD = """VendorRef=ref41? ClassRef=ref159? InventorySiteRef=ref31? ShipToEntityRef=ref209? TemplateRef=ref31?
TxnDate=date? RefNumber=s11? VendorAddress=Address? ShipAddress=Address? TermsRef=ref31? DueDate=date?
ExpectedDate=date? ShipMethodRef=ref15? FOB=s13?""".replace("\n", " ")
_FOOT = """Memo=s4095? VendorMsg=s99? IsToBePrinted=bool? IsToBeEmailed=bool? IsTaxIncluded=bool?@CA
SalesTaxCodeRef=ref3?@CA Other1=s25? Other2=s29? ExchangeRate=float?""".replace("\n", " ")
_LINE = """ItemRef=ref? ManufacturerPartNumber=s31? Desc=s4095? Quantity=qty? UnitOfMeasure=s31? Rate=price?
ClassRef=ref159? Amount=amt? CustomerRef=ref209? ServiceDate=date? SalesTaxCodeRef=ref3?@CA""".replace("\n", " ")
_SHAPES = f"""
PurchaseOrderAddRq PurchaseOrderAdd^ IncludeRetElement=s50*
PurchaseOrderAdd {_HEAD} {_FOOT} ExternalGUID=guid? PurchaseOrderLineAdd+
PurchaseOrderLineAdd {_LINE} OverrideItemAccountRef=ref159? Other1=s29? Other2=s29?
PurchaseOrderModRq PurchaseOrderMod IncludeRetElement=s50*
PurchaseOrderMod TxnID=id^ EditSequence=s16 {_HEAD} IsManuallyClosed=bool? {_FOOT} PurchaseOrderLineMod*
PurchaseOrderLineMod TxnLineID=id {_LINE} IsManuallyClosed=bool? OverrideItemAccountRef=ref159? Other1=s29? Other2=s29?
{txn_query_shape("PurchaseOrderQueryRq")}
{TXN_SHAPES}
"""
_ORDER = """TxnNumber VendorRef ClassRef InventorySiteRef ShipToEntityRef TemplateRef TxnDate RefNumber VendorAddress
VendorAddressBlock ShipAddress ShipAddressBlock TermsRef DueDate ExpectedDate ShipMethodRef FOB TotalAmount CurrencyRef
ExchangeRate TotalAmountInHomeCurrency IsManuallyClosed IsFullyReceived Memo VendorMsg IsToBePrinted IsToBeEmailed
IsTaxIncluded SalesTaxCodeRef Other1 Other2 ExternalGUID LinkedTxn PurchaseOrderLineRet"""


def show_order(books: Books, record: Record) -> Body:
    """An order with its lines and the bills linked to them."""
    bills = dict.fromkeys(link.source for link in books.storage.links(target=record.id))
    return show_transaction(books, record, _ORDER, {"LinkedTxn": [_linked(books, record, bill) for bill in bills]})


def fill_order(books: Books, record: Record, body: Body, lines: list[Body]) -> None:
    """Put header and lines into the record, with everything QuickBooks derives from them."""
    for tag in ("VendorAddress", "ShipAddress"):
        body[f"{tag}Block"] = address_block(body.get(tag))
    fill_codes(books, body, lines)
    body["TotalAmount"] = money(with_tax(books, body, lines))
    exchange(books, body, books.storage.by_id(list_id(body["VendorRef"])), "TotalAmount")
    record.body = arrange(body, _ORDER) | {ORDER_LINES: list(lines)}
    record.name = record.full_name = str(body.get("RefNumber") or "")
    record.entity = list_id(body["VendorRef"])
    record.day = str(body["TxnDate"])
    receive_order(books, record)


def _linked(books: Books, order: Record, bill_id: str) -> Body:
    lines = {link.source_line for link in books.storage.links(source=bill_id) if link.target == order.id}
    bill = books.storage.by_id(bill_id)
    billed = [line for line in stored_lines(bill.body.get("ItemLineRet")) if line["TxnLineID"] in lines] if bill else []
    return linked_txn(books, bill_id, "order", money(-total(billed)))


def _add(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    body = fields(request[0])
    given = stored_lines(body.pop("PurchaseOrderLineAdd"))
    require_currencies(books, body)
    books.resolve(body, "PurchaseOrder")
    if "VendorRef" not in body:
        raise StatusError(3150, 'There is a missing element: "VendorRef".')
    vendor = books.storage.by_id(list_id(body["VendorRef"]))
    if vendor and "VendorAddress" in vendor.body:
        body.setdefault("VendorAddress", vendor.body["VendorAddress"])
    body.setdefault("TxnDate", books.today())
    require_open_books(books, "PurchaseOrder", str(body["TxnDate"]))
    body.setdefault("IsToBePrinted", "false")
    body.setdefault("IsToBeEmailed", "false")
    body |= {"IsManuallyClosed": "false", "IsFullyReceived": "false"}
    body["TxnNumber"] = str(books.storage.next_number("number"))
    priced = [new_line(books, line) for line in given]
    record = Record(books.txn_id(), "PurchaseOrder", "", "", {})
    fill_order(books, record, body, [line for line, _ in priced])
    return saved(books, books.add(record), show_order, rate_warning(any(ignored for _, ignored in priced)))


def _modify(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    given = fields(request[0])
    record = to_modify(books, given, "PurchaseOrder")
    listed = listed_lines(given, "PurchaseOrderLineMod")
    require_currencies(books, given)
    books.resolve(given, "PurchaseOrder")
    lines, warned = modified_lines(books, stored_lines(record.body[ORDER_LINES]), listed)
    fill_order(books, record, {**record.body, **given}, lines)
    return saved(books, books.change(record), show_order, rate_warning(warned))


def _require_feature(books: Books) -> None:
    if not books.preference("IsUsingInventory"):
        raise feature_off()


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "PurchaseOrderAddRq": _add,
        "PurchaseOrderModRq": _modify,
        "PurchaseOrderQueryRq": txn_query("PurchaseOrder", ORDER_LINES, show=show_order),
    },
    shows={"PurchaseOrder": show_order},
    iterable=frozenset({"PurchaseOrderQueryRq"}),
)
