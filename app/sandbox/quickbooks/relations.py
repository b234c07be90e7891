"""What a person's change to one list element does to everything that refers to it or stands under it."""

from __future__ import annotations

from app.sandbox.quickbooks.books import Books, epoch, list_id, reference
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Body, Value


def rename(books: Books, record: Record, name: str) -> None:
    """Give a list element another name; what stands under it and what refers to it shows the new one."""
    record.body["Name"] = record.name = name
    _settle(books, record)


def move(books: Books, record: Record, parent: Record | None) -> None:
    """Put a list element under another one, or at the top."""
    space = str(record.space).partition(":")[0]
    if record.family == "Customer":
        space = "names" if parent is None else record.family
    record.space = space if parent is None else f"{space}:{parent.id}"
    record.body.pop("ParentRef", None)
    if parent is not None:
        record.body["ParentRef"] = reference(parent)
    _settle(books, record)


def merge(books: Books, record: Record, into: Record) -> None:
    """Make two list elements one: the first is gone, and its transactions keep their ids under the second."""
    for other in books.storage.mentioning(record.id):
        other.body = _redirected(other.body, record.id, reference(into))
        books.change(other)
    for transaction in books.storage.select_entity(record.id):
        transaction.entity = into.id
        books.storage.update(transaction)
    books.storage.delete(record.id)
    books.storage.note_deletion(record, str(record.body.get("FullName") or record.body["Name"]), epoch())


def _settle(books: Books, record: Record) -> None:
    """Write a record's full name anew, and everything that depends on it; only the record itself counts as changed."""
    under = books.descendants(record)
    _name(books, record)
    books.change(record)
    for each in under:
        parent = books.storage.by_id(list_id(each.body.get("ParentRef")))
        if parent is not None:
            each.body["ParentRef"] = reference(parent)
            _name(books, each)
            books.storage.update(each)
    for named in (record, *under):
        for other in books.storage.mentioning(named.id):
            other.body = _redirected(other.body, named.id, reference(named))
            books.storage.update(other)


def _name(books: Books, record: Record) -> None:
    parent = books.storage.by_id(list_id(record.body.get("ParentRef")))
    name = str(record.body["Name"])
    if "FullName" in record.body:
        record.body["FullName"] = f"{parent.body['FullName']}:{name}" if parent else name
        record.body["Sublevel"] = str(int(str(parent.body["Sublevel"])) + 1 if parent else 0)
    record.full_name = str(record.body.get("FullName", name))


def _redirected(body: Body, old_id: str, ref: Body) -> Body:
    return {tag: _redirect(value, old_id, ref) for tag, value in body.items()}


def _redirect(value: Value, old_id: str, ref: Body) -> Value:
    if isinstance(value, list):
        return [_redirect(each, old_id, ref) for each in value]
    if isinstance(value, dict):
        return dict(ref) if value.get("ListID") == old_id else _redirected(value, old_id, ref)
    return value
