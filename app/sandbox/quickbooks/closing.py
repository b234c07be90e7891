"""Closed books: nothing dated on or before the closing date may be added, changed, voided or deleted.

Estimates and purchase orders are held to it too unless the company file leaves them out, which is a preference of
QuickBooks Desktop; an integrated application is not asked for the closing date's password but refused (status 3171).
"""

from __future__ import annotations

from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.errors import StatusError

LEFT_OUT = "ExcludesOrdersFromClosingDate"
_NOT_POSTING = ("Estimate", "PurchaseOrder")


def require_open_books(books: Books, family: str, *days: str | None) -> None:
    """Refuse what touches a closed period; ``days`` are the transaction's dates, before and after."""
    closed = str(books.preference("ClosingDate") or "")
    if family in _NOT_POSTING and books.preference(LEFT_OUT):
        return
    if any(day and day <= closed for day in days):
        raise StatusError(
            3171,
            f"An attempt was made to modify a {family} with a date that is on or before the closing date of the "
            "company.",
        )
