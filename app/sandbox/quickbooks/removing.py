"""Voiding and deleting: what becomes of a transaction's own amounts, and of everything it was linked to.

A bill gives back to its orders what it received of them; a payment gives back to its bills what it paid. Voiding keeps
the transaction with amounts of nought and says so in its memo; deleting leaves only a note of what was deleted when.
"""

from __future__ import annotations

from app.sandbox.quickbooks.books import Books, epoch
from app.sandbox.quickbooks.closing import require_open_books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.payables import touch
from app.sandbox.quickbooks.receipts import receive_orders
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Body, Value

VOIDABLE = (
    "Bill",
    "BillPaymentCheck",
    "BillPaymentCreditCard",
    "Check",
    "CreditCardCharge",
    "JournalEntry",
    "VendorCredit",
)
DELETABLE = (*VOIDABLE, "Estimate", "PurchaseOrder")
_AMOUNTS = ("AmountDue", "Amount", "CreditAmount", "Cost")


def void(books: Books, record: Record) -> None:
    """Set a transaction's amounts to nought and let go of what it was linked to."""
    require_open_books(books, record.family, record.day)
    record.body = _emptied(record.body)
    record.body["Memo"] = f"VOID: {record.body.get('Memo', '')}".strip()
    books.change(record)
    _let_go(books, record)


def delete_transaction(books: Books, record: Record) -> int:
    """Delete a transaction and let go of what it was linked to; says when."""
    require_open_books(books, record.family, record.day)
    deleted = _forget(books, record, str(record.body.get("RefNumber") or ""))
    _let_go(books, record)
    return deleted


def delete_element(books: Books, record: Record) -> int:
    """Delete a list element nothing refers to; says when."""
    if books.storage.mentions(record.id):
        raise StatusError(3160, f'Object "{record.id}" cannot be deleted because it is in use.')
    return _forget(books, record, full_name(record))


def full_name(record: Record) -> str:
    """A list element's whole name, as it is written."""
    return str(record.body.get("FullName") or record.body["Name"])


def _forget(books: Books, record: Record, name: str) -> int:
    deleted = epoch()
    books.storage.delete(record.id)
    books.storage.note_deletion(record, name, deleted)
    return deleted


def _let_go(books: Books, record: Record) -> None:
    storage = books.storage
    ours, theirs = storage.links(source=record.id), storage.links(target=record.id)
    credits = [link for link in storage.links_through(record.id) if link.kind == "credit"]
    storage.drop_links(record.id)
    receive_orders(books, [link.target for link in ours if link.kind == "order"])
    touch(books, [link.target for link in ours if link.kind != "order"] + [link.source for link in (*theirs, *credits)])


def _emptied(body: Body) -> Body:
    return {tag: _nought(tag, value) for tag, value in body.items()}


def _nought(tag: str, value: Value) -> Value:
    if isinstance(value, list):
        return [_emptied(each) if isinstance(each, dict) else each for each in value]
    return "0.00" if tag.removesuffix("InHomeCurrency") in _AMOUNTS else value
