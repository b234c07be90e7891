"""The reports that list single entries: Custom Transaction Detail, and three general ones.

Rows hold one entry each: a transaction's lines, and its header's entry in the account it is owed to or paid from. No
column says what a line is linked to. A ReportBasis is refused (3151) where the report has none: Check Detail, Journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from lxml import etree

from app.sandbox.quickbooks.amounts import ZERO, money
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.families.host import report_basis
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.order_lines import is_full
from app.sandbox.quickbooks.payables import open_amount
from app.sandbox.quickbooks.postings import Posting, postings
from app.sandbox.quickbooks.queries import texts
from app.sandbox.quickbooks.receipts import is_closed
from app.sandbox.quickbooks.report_filters import FILTER_SHAPES, FILTERS, read_filters
from app.sandbox.quickbooks.report_tables import Column, Row, report_body
from app.sandbox.quickbooks.writing import Answer, Body

Cell = Callable[[Books, Posting], str]


def _of_line(tag: str) -> Cell:
    return lambda books, posting: str(posting.line.get(tag, ""))


def _of_header(tag: str) -> Cell:
    return lambda books, posting: str(posting.transaction.body.get(tag, ""))


def _name(ref: Body) -> str:
    return str(ref.get("FullName", ""))


def _paid(books: Books, posting: Posting) -> str:
    if posting.transaction.family != "Bill":
        return ""
    return "Unpaid" if open_amount(books, posting.transaction) else "Paid"


def _open_balance(books: Books, posting: Posting) -> str:
    header_of_bill = posting.transaction.family == "Bill" and not posting.line
    return money(open_amount(books, posting.transaction)) if header_of_bill else ""


_COLUMNS: dict[str, tuple[Column, Cell]] = {
    "Account": (Column("Account", "Account"), lambda books, posting: _name(posting.account)),
    "Amount": (Column("Amount", "Amount", "AMTTYPE"), lambda books, posting: money(posting.amount)),
    "Date": (Column("Date", "Date", "DATETYPE"), lambda books, posting: str(posting.transaction.day)),
    "DueDate": (Column("Due Date", "DueDate", "DATETYPE"), _of_header("DueDate")),
    "Item": (Column("Item", "Item"), lambda books, posting: _name(posting.item)),
    "ItemDesc": (Column("Item Description", "ItemDesc"), _of_line("Desc")),
    "Memo": (
        Column("Memo", "Memo"),
        lambda books, posting: str((posting.line or posting.transaction.body).get("Memo", "")),
    ),
    "Name": (Column("Name", "Name"), lambda books, posting: _name(posting.name)),
    "OpenBalance": (Column("Open Balance", "OpenBalance", "AMTTYPE"), _open_balance),
    "PaidStatus": (Column("Paid", "PaidStatus"), _paid),
    "PONumber": (Column("P. O. #", "PONumber"), _of_header("PONumber")),
    "Quantity": (Column("Qty", "Quantity", "QUANTYPE"), _of_line("Quantity")),
    "RefNumber": (Column("Num", "RefNumber"), _of_header("RefNumber")),
    "SourceName": (Column("Source Name", "SourceName"), lambda books, posting: _name(posting.source_name)),
    "TxnID": (Column("Trans ID", "TxnID", "IDTYPE"), lambda books, posting: posting.transaction.id),
    "TxnNumber": (Column("Trans #", "TxnNumber", "INTTYPE"), _of_header("TxnNumber")),
    "TxnType": (Column("Type", "TxnType", "ENUMTYPE"), lambda books, posting: posting.transaction.family),
}
_GENERAL = {
    "CheckDetail": ("BillPaymentCheck", "Check"),
    "Journal": ("Bill", "BillPaymentCheck", "BillPaymentCreditCard", "Check", "CreditCardCharge", "JournalEntry"),
    "OpenPOs": ("PurchaseOrder",),
}
_NO_BASIS = ("CheckDetail", "Journal")
_USUAL = ["TxnType", "Date", "RefNumber", "Name", "Amount"]
_GROUPS = "TotalOnly|ItemDetail|Customer|Vendor"
_TAIL = (
    f"IncludeColumn={'|'.join(_COLUMNS)}{{count}} IncludeAccounts=All|InUse? "
    "ReportOpenBalanceAsOf=ReportEndDate|Today? ReportBasis=Accrual|Cash|None?"
)
_SHAPES = f"""
CustomDetailReportQueryRq CustomDetailReportType=CustomTxnDetail DisplayReport=bool? {FILTERS}\
 SummarizeRowsBy={_GROUPS} {_TAIL.format(count="+")}
GeneralDetailReportQueryRq GeneralDetailReportType={"|".join(_GENERAL)} DisplayReport=bool? {FILTERS}\
 SummarizeRowsBy={_GROUPS}? {_TAIL.format(count="*")}
{FILTER_SHAPES}
"""


def _custom(books: Books, request: etree._Element) -> Answer:
    return _report(books, request, "Custom Transaction Detail Report", lambda posting: True)


def _general(books: Books, request: etree._Element) -> Answer:
    kind = request.findtext("GeneralDetailReportType") or ""
    if kind in _NO_BASIS and request.find("ReportBasis") is not None:
        raise StatusError(3151, f'The element "ReportBasis" is not allowed in the report {kind}.')

    def wanted(posting: Posting) -> bool:
        if posting.transaction.family not in _GENERAL[kind]:
            return False
        return kind != "OpenPOs" or not (is_closed(posting.transaction) or is_full(posting.line))

    return _report(books, request, kind, wanted)


def _report(books: Books, request: etree._Element, title: str, wanted: Callable[[Posting], bool]) -> Answer:
    basis = request.findtext("ReportBasis") or report_basis(books)
    names = list(dict.fromkeys(texts(request, "IncludeColumn") or _USUAL))
    listed = [posting for posting in postings(books, read_filters(books, request), basis) if wanted(posting)]
    grouping = request.findtext("SummarizeRowsBy") or "TotalOnly"
    rows = _rows(books, listed, names, grouping)
    columns = [Column("", "Blank"), *(_COLUMNS[name][0] for name in names)]
    return Answer([("ReportRet", report_body(title, "All Transactions", basis, columns, rows))])


def _rows(books: Books, listed: list[Posting], names: list[str], grouping: str) -> list[Row]:
    groups: dict[str, list[Posting]] = {}
    for posting in listed:
        groups.setdefault(_group(posting, grouping), []).append(posting)
    rows: list[Row] = []
    for group in sorted(groups):
        inside = [_row(books, posting, names, grouping) for posting in groups[group]]
        framed = [Row("TextRow", group), *inside, _sum("SubtotalRow", f"Total {group}", groups[group], names)]
        rows += framed if grouping != "TotalOnly" else inside
    return [*rows, _sum("TotalRow", "TOTAL", listed, names)] if rows else []


def _group(posting: Posting, grouping: str) -> str:
    if grouping == "ItemDetail":
        return _name(posting.item) or "No item"
    if grouping == "Customer":
        return _name(posting.name) or "No name"
    return _name(posting.source_name) or "No name" if grouping == "Vendor" else ""


def _row(books: Books, posting: Posting, names: list[str], grouping: str) -> Row:
    values = {number: _COLUMNS[name][1](books, posting) for number, name in enumerate(names, start=2)}
    about = ("item", _name(posting.item)) if grouping == "ItemDetail" and posting.item else None
    return Row("DataRow", cells={number: value for number, value in values.items() if value}, about=about)


def _sum(tag: str, label: str, listed: Iterable[Posting], names: list[str]) -> Row:
    if "Amount" not in names:
        return Row(tag, label)
    return Row(tag, label, {names.index("Amount") + 2: money(sum((posting.amount for posting in listed), ZERO))})


FAMILY = Family(
    shapes=_SHAPES,
    handlers={"CustomDetailReportQueryRq": _custom, "GeneralDetailReportQueryRq": _general},
)
