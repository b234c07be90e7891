"""The single entries of all transactions, as the detail reports list them and the job reports add them up.

The documents leave open on what basis job reports stand. Here a report on the cash basis counts a bill as far as it has
been paid; on the accrual basis all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, cents, number
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.report_filters import Filters
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Body

_LINES = ("ExpenseLineRet", "ItemLineRet", "PurchaseOrderLineRet", "EstimateLineRet")
_ACCOUNTS = ("APAccountRef", "AccountRef", "BankAccountRef", "CreditCardAccountRef")
_TOTALS = ("AmountDue", "Amount", "CreditAmount")
_ENTITIES = ("VendorRef", "PayeeEntityRef", "CustomerRef")
_TAKING_BACK = ("VendorCredit", "BillPaymentCheck", "BillPaymentCreditCard")


@dataclass(frozen=True, slots=True)
class Posting:
    """One entry: a line of a transaction, or its header's (``line`` is empty then)."""

    transaction: Record
    line: Body
    amount: Decimal
    name: Body
    source_name: Body
    account: Body

    @property
    def item(self) -> Body:
        """The item the entry is coded to; empty when it is coded to an account alone."""
        return _ref(self.line, "ItemRef")


def postings(books: Books, filters: Filters, basis: str) -> Iterator[Posting]:
    """Every entry the filters let through, in the order the transactions were made."""
    for transaction in books.storage.select(filters.types):
        if filters.takes(transaction):
            part = _paid_part(books, transaction) if basis == "Cash" else Decimal(1)
            for posting in _entries(books, transaction, part):
                if _wanted(posting, filters):
                    yield posting


def _wanted(posting: Posting, filters: Filters) -> bool:
    of_entity = filters.entities is None or list_id(posting.name) in filters.entities
    return of_entity and (filters.items is None or list_id(posting.item) in filters.items)


def _entries(books: Books, transaction: Record, part: Decimal) -> Iterator[Posting]:
    body = transaction.body
    sign = Decimal(-1) if transaction.family in _TAKING_BACK else Decimal(1)
    source = next((_ref(body, tag) for tag in _ENTITIES if tag in body), {})
    amount = next((number(body, tag) for tag in _TOTALS if tag in body), None)
    for tag in _ACCOUNTS:
        if amount is not None and tag in body:
            yield Posting(transaction, {}, cents(sign * amount * part), source, source, _ref(body, tag))
    for side in ("JournalDebitLine", "JournalCreditLine"):
        for line in stored_lines(body.get(side)):
            debit = Decimal(1) if side == "JournalDebitLine" else Decimal(-1)
            value = debit * (number(line, "Amount") or ZERO)
            yield Posting(transaction, line, value, _ref(line, "EntityRef"), {}, _ref(line, "AccountRef"))
    for tag in _LINES:
        for line in stored_lines(body.get(tag)):
            if "Amount" in line:
                value = cents(sign * part * (number(line, "Amount") or ZERO))
                name = _ref(line, "CustomerRef") or source
                yield Posting(transaction, line, value, name, source, _account(books, line))


def _account(books: Books, line: Body) -> Body:
    if "AccountRef" in line:
        return _ref(line, "AccountRef")
    item = books.storage.by_id(list_id(line.get("ItemRef")))
    details = item.body.get("SalesAndPurchase") or item.body.get("SalesOrPurchase") if item else None
    details = details if isinstance(details, dict) else {}
    return _ref(details, "ExpenseAccountRef") or _ref(details, "AccountRef")


def _paid_part(books: Books, transaction: Record) -> Decimal:
    owed = number(transaction.body, "AmountDue")
    if transaction.family != "Bill" or not owed:
        return Decimal(1)
    links = books.storage.links(target=transaction.id)
    return sum((Decimal(link.amount) for link in links if link.kind == "payment"), ZERO) / owed


def _ref(body: Body, tag: str) -> Body:
    ref = body.get(tag)
    return ref if isinstance(ref, dict) else {}
