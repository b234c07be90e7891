"""What all transactions share: their look in an answer and their query."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import NAME_LISTS, Books
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Handler, Show
from app.sandbox.quickbooks.queries import Selection, answer, matcher, named, texts
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

TXN_QUERY = (
    "( TxnID=id+ | RefNumber=s+ | RefNumberCaseSensitive=s+ | MaxReturned=count? "
    "( ModifiedDateRangeFilter | TxnDateRangeFilter )? EntityFilter? ( RefNumberFilter | RefNumberRangeFilter )? "
    "{more} ) IncludeLineItems=bool? {linked} IncludeRetElement=s50* OwnerID=guid*"
)
TXN_SHAPES = """
ModifiedDateRangeFilter FromModifiedDate=when? ToModifiedDate=when?
TxnDateRangeFilter ( FromTxnDate=date? ToTxnDate=date? | DateMacro=All )
EntityFilter ( ListID=id+ | FullName=s+ | ListIDWithChildren=id | FullNameWithChildren=s )
RefNumberFilter MatchCriterion=StartsWith|Contains|EndsWith RefNumber=s
RefNumberRangeFilter FromRefNumber=s? ToRefNumber=s?
"""
_RANGES = (
    ("TxnDateRangeFilter/FromTxnDate", "day >= ?"),
    ("TxnDateRangeFilter/ToTxnDate", "day <= ?"),
    ("RefNumberRangeFilter/FromRefNumber", "name >= ?"),
    ("RefNumberRangeFilter/ToRefNumber", "name <= ?"),
)


Keep = Callable[[Record], bool]


def txn_query_shape(request: str, more: str = "", linked: str = "IncludeLinkedTxns=bool?") -> str:
    """The shape of a query over one kind of transaction."""
    return f"{request} {TXN_QUERY.format(more=more, linked=linked)}"


def show_transaction(books: Books, record: Record, order: str, derived: Body | None = None) -> Body:
    """A transaction in the order QuickBooks answers in, with what is derived from others at this moment."""
    head: Body = {
        "TxnID": record.id,
        "TimeCreated": books.local_time(record.created),
        "TimeModified": books.local_time(record.modified),
        "EditSequence": record.edit_sequence,
    }
    return head | arrange({**record.body, **(derived or {})}, order)


def feature_off() -> StatusError:
    """The refusal of a request whose feature the company file has switched off."""
    return StatusError(3250, "This feature is not enabled or not available in this version of QuickBooks.")


def to_modify(books: Books, given: Body, family: str) -> Record:
    """The transaction a Mod is about; refused when written against an older state of it, or in closed books."""
    record = books.find(str(given.pop("TxnID")), family)
    edit_sequence = given.pop("EditSequence")
    if edit_sequence != record.edit_sequence:
        raise StatusError(3200, f'The provided edit sequence "{edit_sequence}" is out-of-date. ')
    require_open_books(books, family, record.day, str(given.get("TxnDate", "")))
    return record


def linked_txn(books: Books, other: str, kind: str, amount: str) -> Body:
    """How an answer names a transaction another one is linked to; amounts take away, so they are negative."""
    record = books.storage.by_id(other)
    if record is None:
        return {}
    shown: Body = {"TxnID": other, "TxnType": record.family, "TxnDate": str(record.day)}
    if number := str(record.body.get("RefNumber") or ""):
        shown["RefNumber"] = number
    return shown | {"LinkType": "QUANTYPE" if kind == "order" else "AMTTYPE", "Amount": amount}


def txn_query(
    family: str,
    *lines: str,
    show: Show,
    keeps: Callable[[Books, etree._Element], Keep] = lambda books, request: lambda record: True,
) -> Handler:
    """The handler of a query over one kind of transaction; ``lines`` and links are left out unless asked for."""

    def handle(books: Books, request: etree._Element) -> Answer:
        hidden = set() if _asked(request, "IncludeLineItems") else set(lines)
        if not _asked(request, "IncludeLinkedTxns"):
            hidden.add("LinkedTxn")

        def shown(record: Record) -> tuple[str, Body]:
            body = show(books, record)
            return f"{family}Ret", {tag: value for tag, value in body.items() if tag not in hidden}

        return answer(books, request, lambda: _select(books, request, family, keeps(books, request)), shown)

    return handle


def saved(books: Books, record: Record, show: Show, warning: tuple[int, str] | None = None) -> Answer:
    """The answer to an Add or Mod that was carried out.

    Whether QuickBooks names linked transactions here is not documented; it does not, so that nobody relies on it.
    """
    body = {tag: value for tag, value in show(books, record).items() if tag != "LinkedTxn"}
    records = [(f"{record.family}Ret", body)]
    return Answer(records, *warning, severity="Warn") if warning else Answer(records)


def _asked(request: etree._Element, tag: str) -> bool:
    return request.findtext(tag) in ("true", "1")


def _select(books: Books, request: etree._Element, family: str, keep: Keep) -> Selection:
    storage = books.storage
    if wanted := texts(request, "TxnID"):
        return named(wanted, lambda txn_id: storage.select((family,), "id = ?", (txn_id,)))
    if wanted := texts(request, "RefNumber"):
        return named(wanted, lambda number: storage.select((family,), "full_name = ?", (number.casefold(),)))
    if wanted := texts(request, "RefNumberCaseSensitive"):
        return named(wanted, lambda number: _exactly(books, family, number))
    conditions = _conditions(books, request)
    where = " AND ".join(condition for condition, _ in conditions)
    records = storage.select((family,), where, [value for _, values in conditions for value in values])
    numbered = _numbered(request)
    return Selection([record for record in records if numbered(record) and keep(record)])


def _exactly(books: Books, family: str, number: str) -> list[Record]:
    found = books.storage.select((family,), "full_name = ?", (number.casefold(),))
    return [record for record in found if record.body.get("RefNumber") == number]


def _conditions(books: Books, request: etree._Element) -> list[tuple[str, list[object]]]:
    conditions: list[tuple[str, list[object]]] = []
    if since := request.findtext("ModifiedDateRangeFilter/FromModifiedDate"):
        conditions.append(("modified >= ?", [books.moment(since)]))
    if until := request.findtext("ModifiedDateRangeFilter/ToModifiedDate"):
        conditions.append(("modified <= ?", [books.moment(until, end_of_day=True)]))
    for path, condition in _RANGES:
        if bound := request.findtext(path):
            conditions.append((condition, [bound.casefold()]))
    if (entity_filter := request.find("EntityFilter")) is not None:
        entities = _entities(books, entity_filter)
        conditions.append((f"entity IN ({', '.join('?' * len(entities))})", list(entities)))
    return conditions


def _entities(books: Books, entity_filter: etree._Element) -> list[str]:
    """The ListIDs a filter means; with children, a customer's jobs too."""
    records: list[Record | None] = []
    for child in entity_filter:
        tag, wanted = str(child.tag), child.text or ""
        by_id = tag.startswith("ListID")
        record = books.storage.by_id(wanted) if by_id else books.storage.by_full_name(NAME_LISTS, wanted)
        records.append(record)
        if record is not None and tag.endswith("WithChildren"):
            records += books.descendants(record)
    return [record.id for record in records if record is not None]


def _numbered(request: etree._Element) -> Keep:
    number = request.find("RefNumberFilter")
    if number is None:
        return lambda record: True
    matches = matcher(number.findtext("MatchCriterion") or "", number.findtext("RefNumber") or "")
    return lambda record: matches(record.name)
