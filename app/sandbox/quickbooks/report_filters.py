"""What the requests for reports have in common: dates, names, items and kinds of transactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from lxml import etree

from app.sandbox.quickbooks.books import ITEM_TYPES, NAME_LISTS, NO_SUCH_RECORD, Books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.queries import texts
from app.sandbox.quickbooks.storage import Record

TXN_TYPES = (
    "Bill",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
    "Check",
    "CreditCardCharge",
    "VendorCredit",
    "JournalEntry",
    "PurchaseOrder",
    "Estimate",
)
_MACROS = "All|Today|ThisMonth|ThisMonthToDate|ThisYear|ThisYearToDate|LastMonth|LastYear"
FILTERS = (
    f"( ReportPeriod | ReportDateMacro={_MACROS} )? ReportEntityFilter? ReportItemFilter? ReportTxnTypeFilter? "
    "ReportDetailLevelFilter=All|AllExceptSummary|SummaryOnly? ReportPostingStatusFilter=Either|NonPosting|Posting?"
)
FILTER_SHAPES = f"""
ReportPeriod FromReportDate=date? ToReportDate=date?
ReportEntityFilter ( EntityTypeFilter=Customer|Employee|OtherName|Vendor | ListID=id+ | FullName=s+\
 | ListIDWithChildren=id | FullNameWithChildren=s )
ReportItemFilter ( ListID=id+ | FullName=s+ | ListIDWithChildren=id | FullNameWithChildren=s )
ReportTxnTypeFilter TxnTypeFilter=All|{"|".join(TXN_TYPES)}+
"""
_NOT_POSTING = ("PurchaseOrder", "Estimate")
_FIRST, _LAST = "0001-01-01", "9999-12-31"


@dataclass(frozen=True, slots=True)
class Filters:
    """What a report is limited to; None means everything."""

    since: str
    until: str
    entities: frozenset[str] | None
    items: frozenset[str] | None
    types: tuple[str, ...]

    def takes(self, transaction: Record) -> bool:
        """Whether a transaction is of the days and kinds asked for."""
        return transaction.family in self.types and self.since <= str(transaction.day) <= self.until


def read_filters(books: Books, request: etree._Element) -> Filters:
    """The filters of one request; without a period a report covers the fiscal year to date, as documented."""
    since, until = _period(books, request)
    wanted = texts(request, "ReportTxnTypeFilter/TxnTypeFilter")
    types = TXN_TYPES if not wanted or "All" in wanted else tuple(wanted)
    status = request.findtext("ReportPostingStatusFilter") or "Either"
    if status != "Either":
        types = tuple(name for name in types if (name in _NOT_POSTING) == (status == "NonPosting"))
    return Filters(
        since,
        until,
        _named(books, request.find("ReportEntityFilter"), NAME_LISTS, "Entity"),
        _named(books, request.find("ReportItemFilter"), ITEM_TYPES, "Item"),
        types,
    )


def _named(books: Books, element: etree._Element | None, families: Sequence[str], label: str) -> frozenset[str] | None:
    if element is None:
        return None
    ids: set[str] = set()
    for child in element:
        tag, wanted = str(child.tag), child.text or ""
        if tag == "EntityTypeFilter":
            ids |= {record.id for record in books.storage.select((wanted,))}
            continue
        record = books.look_up({"ListID" if tag.startswith("ListID") else "FullName": wanted}, families)
        if record is None:
            raise StatusError(
                3140, f'There is an invalid reference to QuickBooks {label} "{wanted}" in the report. {NO_SUCH_RECORD}'
            )
        ids.add(record.id)
        if tag.endswith("WithChildren"):
            ids |= {each.id for each in books.descendants(record)}
    return frozenset(ids)


def _period(books: Books, request: etree._Element) -> tuple[str, str]:
    period = request.find("ReportPeriod")
    if period is not None:
        return period.findtext("FromReportDate") or _FIRST, period.findtext("ToReportDate") or _LAST
    today = date.fromisoformat(books.today())
    first_of_month, first_of_year = today.replace(day=1), today.replace(month=1, day=1)
    last_month, last_year = first_of_month - timedelta(1), first_of_year - timedelta(1)
    next_month = (first_of_month + timedelta(32)).replace(day=1)
    spans = {
        "Today": (today, today),
        "ThisMonth": (first_of_month, next_month - timedelta(1)),
        "ThisMonthToDate": (first_of_month, today),
        "ThisYear": (first_of_year, today.replace(month=12, day=31)),
        "ThisYearToDate": (first_of_year, today),
        "LastMonth": (last_month.replace(day=1), last_month),
        "LastYear": (last_year.replace(month=1, day=1), last_year),
    }
    macro = request.findtext("ReportDateMacro") or "ThisYearToDate"
    if macro == "All":
        return _FIRST, _LAST
    since, until = spans[macro]
    return since.isoformat(), until.isoformat()
