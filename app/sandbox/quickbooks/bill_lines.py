"""The lines of a bill, and of whatever else a contractor spends on a job: item lines and expense lines."""

from __future__ import annotations

from app.sandbox.quickbooks.amounts import complete, money, number
from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.lines import after_mod, item_defaults
from app.sandbox.quickbooks.writing import Body

ITEM_LINES, EXPENSE_LINES = "ItemLineRet", "ExpenseLineRet"
BILLABLE = "IsBillableByDefault"
_ITEM_ORDER = """TxnLineID ItemRef Desc Quantity UnitOfMeasure Cost Amount CustomerRef ClassRef SalesTaxCodeRef
BillableStatus"""
_EXPENSE_ORDER = "TxnLineID AccountRef Amount Memo CustomerRef ClassRef SalesTaxCodeRef BillableStatus"
_PRICED = {"Quantity", "Cost", "Amount"}


def new_item_line(books: Books, given: Body) -> tuple[Body, bool]:
    """An item line as stored, and whether its cost was ignored; given no number at all, its quantity is 1."""
    line = dict(given)
    books.resolve(line, "Bill item line")
    line["TxnLineID"] = books.txn_id()
    fallback = item_defaults(books, line, "Bill item line")
    if not _PRICED & set(given) and "ItemRef" in line:
        line["Quantity"] = "1"
    ignored = complete(line, set(given), fallback, "Cost")
    return finished(books, line), ignored


def new_expense_line(books: Books, given: Body) -> Body:
    """An expense line as stored."""
    line = dict(given)
    books.resolve(line, "Bill expense line")
    line["TxnLineID"] = books.txn_id()
    return _finished_expense(books, line)


def finished(books: Books, line: Body) -> Body:
    """A line with its billable status: a customer's line is billable only if the company file makes it so."""
    if "CustomerRef" in line:
        line.setdefault("BillableStatus", "Billable" if books.preference(BILLABLE) else "NotBillable")
    return arrange(line, _ITEM_ORDER)


def modified_item_lines(books: Books, existing: list[Body], listed: list[Body] | None) -> tuple[list[Body], bool]:
    """The item lines after a Mod."""

    def change(line: Body, given: Body) -> tuple[Body, bool]:
        changed = {**line, **given}
        books.resolve(changed, "Bill item line")
        ignored = bool(_PRICED & set(given)) and complete(changed, set(given), None, "Cost")
        return finished(books, changed), ignored

    return after_mod(existing, listed, lambda given: new_item_line(books, given), change)


def modified_expense_lines(books: Books, existing: list[Body], listed: list[Body] | None) -> list[Body]:
    """The expense lines after a Mod."""

    def change(line: Body, given: Body) -> tuple[Body, bool]:
        changed = {**line, **given}
        books.resolve(changed, "Bill expense line")
        return _finished_expense(books, changed), False

    return after_mod(existing, listed, lambda given: (new_expense_line(books, given), False), change)[0]


def _finished_expense(books: Books, line: Body) -> Body:
    amount = number(line, "Amount")
    if amount is not None:
        line["Amount"] = money(amount)
    if "CustomerRef" in line:
        line.setdefault("BillableStatus", "Billable" if books.preference(BILLABLE) else "NotBillable")
    return arrange(line, _EXPENSE_ORDER)
