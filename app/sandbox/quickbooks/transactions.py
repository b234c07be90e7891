"""What all transactions share: their look in an answer and their query."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from app.sandbox.quickbooks.books import NAME_LISTS, Books
from app.sandbox.quickbooks.family import Handler
from app.sandbox.quickbooks.queries import Selection, answer, matcher, named, texts
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body, Value

TXN_QUERY = (
    "( TxnID=id+ | RefNumber=s+ | RefNumberCaseSensitive=s+ | MaxReturned=count? "
    "( ModifiedDateRangeFilter | TxnDateRangeFilter )? EntityFilter? ( RefNumberFilter | RefNumberRangeFilter )? ) "
    "IncludeLineItems=bool? IncludeLinkedTxns=bool? IncludeRetElement=s50* OwnerID=guid*"
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


def show_transaction(books: Books, record: Record) -> Body:
    """A transaction with everything in it."""
    head: Body = {
        "TxnID": record.id,
        "TimeCreated": books.local_time(record.created),
        "TimeModified": books.local_time(record.modified),
        "EditSequence": record.edit_sequence,
    }
    return head | record.body


def stored_lines(value: Value) -> list[Body]:
    """Lines, whether a body holds one of them or several."""
    return [line for line in (value if isinstance(value, list) else [value]) if isinstance(line, dict)]


def txn_query(family: str, lines: str) -> Handler:
    """The handler of a query over one kind of transaction; ``lines`` is left out unless asked for."""

    def handle(books: Books, request: etree._Element) -> Answer:
        with_lines = request.findtext("IncludeLineItems") in ("true", "1")

        def show(record: Record) -> tuple[str, Body]:
            body = show_transaction(books, record)
            return f"{family}Ret", {tag: value for tag, value in body.items() if with_lines or tag != lines}

        return answer(books, request, lambda: _select(books, request, family), show)

    return handle


def _select(books: Books, request: etree._Element, family: str) -> Selection:
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
    keep = _kept(request)
    return Selection([record for record in records if keep(record)])


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
    """The ListIDs a filter means; QuickBooks' vendors have no children, so those forms mean the element itself."""
    by_id = [child.text or "" for child in entity_filter if str(child.tag).startswith("ListID")]
    by_name = [child.text or "" for child in entity_filter if str(child.tag).startswith("FullName")]
    found = [books.storage.by_full_name(NAME_LISTS, name) for name in by_name]
    return by_id + [record.id for record in found if record is not None]


def _kept(request: etree._Element) -> Callable[[Record], bool]:
    number = request.find("RefNumberFilter")
    if number is None:
        return lambda record: True
    matches = matcher(number.findtext("MatchCriterion") or "", number.findtext("RefNumber") or "")
    return lambda record: matches(record.name)
