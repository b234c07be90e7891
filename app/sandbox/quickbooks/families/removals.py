"""Voiding and deleting by an application, and asking for what has been deleted by anybody."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.books import ITEM_TYPES, NAME_LISTS, Books
from app.sandbox.quickbooks.family import Family, Handler
from app.sandbox.quickbooks.queries import Selection, answer, texts
from app.sandbox.quickbooks.removing import DELETABLE, VOIDABLE, delete_element, delete_transaction, full_name, void
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body, Value

_LISTS = (*NAME_LISTS, *ITEM_TYPES, "Account", "Currency", "SalesTaxCode", "StandardTerms")
_SHAPES = f"""
TxnVoidRq TxnVoidType={"|".join(VOIDABLE)} TxnID=id
TxnDelRq TxnDelType={"|".join(DELETABLE)} TxnID=id
ListDelRq ListDelType={"|".join(_LISTS)} ListID=id
TxnDeletedQueryRq TxnDelType={"|".join(DELETABLE)}+ DeletedDateRangeFilter? IncludeRetElement=s50*
ListDeletedQueryRq ListDelType={"|".join(_LISTS)}+ DeletedDateRangeFilter? IncludeRetElement=s50*
DeletedDateRangeFilter FromDeletedDate=when? ToDeletedDate=when?
"""
_LATEST = 2**40


def _void(books: Books, request: etree._Element) -> Answer:
    record = books.find(request.findtext("TxnID") or "", request.findtext("TxnVoidType") or "")
    void(books, record)
    times: list[tuple[str, Value]] = [
        ("TimeCreated", books.local_time(record.created)),
        ("TimeModified", books.local_time(record.modified)),
    ]
    return Answer([("TxnVoidType", record.family), ("TxnID", record.id), *times, *_number(record)])


def _delete_transaction(books: Books, request: etree._Element) -> Answer:
    record = books.find(request.findtext("TxnID") or "", request.findtext("TxnDelType") or "")
    deleted = ("TimeDeleted", books.local_time(delete_transaction(books, record)))
    return Answer([("TxnDelType", record.family), ("TxnID", record.id), deleted, *_number(record)])


def _delete_element(books: Books, request: etree._Element) -> Answer:
    record = books.find(request.findtext("ListID") or "", request.findtext("ListDelType") or "")
    deleted = ("TimeDeleted", books.local_time(delete_element(books, record)))
    named = ("FullName", full_name(record))
    return Answer([("ListDelType", record.family), ("ListID", record.id), deleted, named])


def _number(record: Record) -> list[tuple[str, Value]]:
    number = record.body.get("RefNumber")
    return [("RefNumber", number)] if number else []


def _deleted(kind: str, id_tag: str, name_tag: str) -> Handler:
    """The handler of a query over what has been deleted, by types and by when."""

    def show(books: Books, record: Record) -> tuple[str, Body]:
        times = {"TimeCreated": books.local_time(record.created), "TimeDeleted": books.local_time(record.modified)}
        body: Body = {f"{kind}DelType": record.family, id_tag: record.id, **times, name_tag: record.body["Name"]}
        return f"{kind}DeletedRet", {tag: value for tag, value in body.items() if value}

    def handle(books: Books, request: etree._Element) -> Answer:
        since = request.findtext("DeletedDateRangeFilter/FromDeletedDate")
        until = request.findtext("DeletedDateRangeFilter/ToDeletedDate")
        records = books.storage.deletions(
            texts(request, f"{kind}DelType"),
            books.moment(since) if since else 0,
            books.moment(until, end_of_day=True) if until else _LATEST,
        )
        return answer(books, request, lambda: Selection(records), lambda record: show(books, record))

    return handle


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "TxnVoidRq": _void,
        "TxnDelRq": _delete_transaction,
        "ListDelRq": _delete_element,
        "TxnDeletedQueryRq": _deleted("Txn", "TxnID", "RefNumber"),
        "ListDeletedQueryRq": _deleted("List", "ListID", "FullName"),
    },
)
