"""What is still owed on bills: payments, discounts and credits are links to a bill and settle it between them."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, number
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.storage import Record

SETTLING = ("payment", "discount", "credit")


def settled(books: Books, bill: Record) -> Decimal:
    """What payments, discounts and credits have taken off a bill."""
    links = books.storage.links(target=bill.id)
    return sum((Decimal(link.amount) for link in links if link.kind in SETTLING), ZERO)


def open_amount(books: Books, bill: Record) -> Decimal:
    """What is still to be paid of a bill."""
    return (number(bill.body, "AmountDue") or ZERO) - settled(books, bill)


def unused_credit(books: Books, credit: Record) -> Decimal:
    """What is left of a vendor credit."""
    used = sum((Decimal(link.amount) for link in books.storage.links(source=credit.id)), ZERO)
    return (number(credit.body, "CreditAmount") or ZERO) - used


def touch(books: Books, record_ids: Iterable[str]) -> None:
    """Give each of these transactions a new edit sequence: paying or unpaying a bill changes it."""
    for record_id in dict.fromkeys(record_ids):
        record = books.storage.by_id(record_id)
        if record is not None:
            books.change(record)
