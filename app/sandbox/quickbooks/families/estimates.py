"""Estimates: a job's budget, added, modified with its lines, and asked for."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.amounts import money, total
from app.sandbox.quickbooks.bodies import address_block, arrange, fields
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.currencies import exchange, require_currencies
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.estimate_lines import modified_lines, new_line
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.lines import listed_lines, rate_warning, stored_lines
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.transactions import (
    TXN_SHAPES,
    feature_off,
    saved,
    show_transaction,
    to_modify,
    txn_query,
    txn_query_shape,
)
from app.sandbox.quickbooks.writing import Answer, Body

_HEAD = """ClassRef=ref159? TemplateRef=ref31? TxnDate=date? RefNumber=s11? BillAddress=Address? ShipAddress=Address?
IsActive=bool?""".replace("\n", " ")
_FOOT = """PONumber=s25? TermsRef=ref31? DueDate=date? SalesRepRef=ref5? FOB=s13? ItemSalesTaxRef=ref31? Memo=s4095?
CustomerMsgRef=ref101? IsToBeEmailed=bool? IsTaxIncluded=bool?@CA CustomerSalesTaxCodeRef=ref3? Other=s29?
ExchangeRate=float?""".replace("\n", " ")
_LINE = """ItemRef=ref? Desc=s4095? Quantity=qty? UnitOfMeasure=s31? Rate=price? ClassRef=ref159? Amount=amt?
SalesTaxCodeRef=ref3? ( MarkupRate=price | MarkupRatePercent=qty )?""".replace("\n", " ")
_SHAPES = f"""
EstimateAddRq EstimateAdd^ IncludeRetElement=s50*
EstimateAdd CustomerRef=ref209 {_HEAD} {_FOOT} ExternalGUID=guid? EstimateLineAdd+
EstimateLineAdd {_LINE} OverrideItemAccountRef=ref159? Other1=s29? Other2=s29?
EstimateModRq EstimateMod IncludeRetElement=s50*
EstimateMod TxnID=id EditSequence=s16 CustomerRef=ref209? {_HEAD} CreateChangeOrder=bool? {_FOOT} EstimateLineMod*
EstimateLineMod TxnLineID=id {_LINE} Other1=s29? Other2=s29?
{txn_query_shape("EstimateQueryRq")}
{TXN_SHAPES}
"""
_ORDER = """TxnNumber CustomerRef ClassRef TemplateRef TxnDate RefNumber BillAddress BillAddressBlock ShipAddress
ShipAddressBlock IsActive PONumber TermsRef DueDate SalesRepRef FOB Subtotal ItemSalesTaxRef SalesTaxPercentage
SalesTaxTotal TotalAmount CurrencyRef ExchangeRate TotalAmountInHomeCurrency Memo CustomerMsgRef IsToBeEmailed
IsTaxIncluded CustomerSalesTaxCodeRef Other ExternalGUID EstimateLineRet"""
LINES = "EstimateLineRet"


def show_estimate(books: Books, record: Record) -> Body:
    """An estimate with its lines."""
    return show_transaction(books, record, _ORDER)


def fill_estimate(books: Books, record: Record, body: Body, lines: list[Body]) -> None:
    """Put header and lines into the record, with everything QuickBooks derives from them; no tax is computed here."""
    customer = books.storage.by_id(list_id(body["CustomerRef"]))
    for tag in ("BillAddress", "ShipAddress"):
        if customer and tag in customer.body:
            body.setdefault(tag, customer.body[tag])
        body[f"{tag}Block"] = address_block(body.get(tag))
    body["Subtotal"] = body["TotalAmount"] = money(total(lines))
    body |= {"SalesTaxPercentage": "0.00", "SalesTaxTotal": "0.00"}
    exchange(books, body, customer, "TotalAmount")
    record.body = arrange(body, _ORDER) | {LINES: list(lines)}
    record.name = record.full_name = str(body.get("RefNumber") or "")
    record.entity = list_id(body["CustomerRef"])
    record.day = str(body["TxnDate"])


def _add(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    body = fields(request[0])
    given = stored_lines(body.pop("EstimateLineAdd"))
    require_currencies(books, body)
    books.resolve(body, "Estimate")
    if "CustomerRef" not in body:
        raise StatusError(3150, 'There is a missing element: "CustomerRef".')
    body.setdefault("TxnDate", books.today())
    body.setdefault("DueDate", body["TxnDate"])
    require_open_books(books, "Estimate", str(body["TxnDate"]))
    body.setdefault("IsActive", "true")
    body.setdefault("IsToBeEmailed", "false")
    body["TxnNumber"] = str(books.storage.next_number("number"))
    priced = [new_line(books, line) for line in given]
    record = Record(books.txn_id(), "Estimate", "", "", {})
    fill_estimate(books, record, body, [line for line, _ in priced])
    return saved(books, books.add(record), show_estimate, rate_warning(any(ignored for _, ignored in priced)))


def _modify(books: Books, request: etree._Element) -> Answer:
    _require_feature(books)
    given = fields(request[0])
    record = to_modify(books, given, "Estimate")
    listed = listed_lines(given, "EstimateLineMod")
    given.pop("CreateChangeOrder", None)
    require_currencies(books, given)
    books.resolve(given, "Estimate")
    lines, warned = modified_lines(books, stored_lines(record.body[LINES]), listed)
    fill_estimate(books, record, {**record.body, **given}, lines)
    return saved(books, books.change(record), show_estimate, rate_warning(warned))


def _require_feature(books: Books) -> None:
    if not books.preference("IsUsingEstimates"):
        raise feature_off()


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "EstimateAddRq": _add,
        "EstimateModRq": _modify,
        "EstimateQueryRq": txn_query("Estimate", LINES, show=show_estimate),
    },
    shows={"Estimate": show_estimate},
    iterable=frozenset({"EstimateQueryRq"}),
)
