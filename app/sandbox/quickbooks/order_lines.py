"""The lines of a purchase order: what QuickBooks computes of them, and how much of them bills have received."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, complete, number, quantity
from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.lines import after_mod, item_defaults
from app.sandbox.quickbooks.writing import Body

LINE_ORDER = """TxnLineID ItemRef ManufacturerPartNumber Desc Quantity UnitOfMeasure Rate ClassRef Amount CustomerRef
ServiceDate SalesTaxCodeRef ReceivedQuantity UnbilledQuantity IsBilled IsManuallyClosed Other1 Other2"""
_WHERE = "PurchaseOrder line"


def new_line(books: Books, given: Body) -> tuple[Body, bool]:
    """A line as stored, and whether its rate was ignored."""
    line = dict(given)
    books.resolve(line, _WHERE)
    line["TxnLineID"] = books.txn_id()
    ignored = complete(line, set(given), item_defaults(books, line, _WHERE))
    line["IsManuallyClosed"] = line.get("IsManuallyClosed", "false")
    return received(line, ZERO), ignored


def modified_lines(books: Books, existing: list[Body], listed: list[Body] | None) -> tuple[list[Body], bool]:
    """The lines after a Mod."""
    return after_mod(existing, listed, lambda given: new_line(books, given), lambda *pair: _changed(books, *pair))


def received(line: Body, billed: Decimal) -> Body:
    """A line with what bills have received of it; one without a quantity counts as a quantity of one."""
    ordered = number(line, "Quantity")
    if ordered is not None or billed:
        line["ReceivedQuantity"] = quantity(billed)
    if ordered is not None:
        left = ordered - billed
        line["UnbilledQuantity"] = quantity(left if left * ordered > 0 else ZERO)
    line["IsBilled"] = "true" if billed and billed / (ordered or Decimal(1)) >= 1 else "false"
    return arrange(line, LINE_ORDER)


def receive(lines: list[Body], billed: Mapping[str, Decimal]) -> list[Body]:
    """All lines of an order with what bills have received of each."""
    return [received(dict(line), billed.get(str(line["TxnLineID"]), ZERO)) for line in lines]


def is_full(line: Body) -> bool:
    """Whether nothing more can be billed on a line."""
    return "true" in (line.get("IsBilled"), line.get("IsManuallyClosed"))


def _changed(books: Books, line: Body, given: Body) -> tuple[Body, bool]:
    changed = {**line, **given}
    if line.get("IsBilled") == "true":  # a line once full cannot be opened or closed by hand any more
        changed["IsManuallyClosed"] = line["IsManuallyClosed"]
    books.resolve(changed, _WHERE)
    ignored = bool({"Quantity", "Rate", "Amount"} & set(given)) and complete(changed, set(given), None)
    return arrange(changed, LINE_ORDER), ignored
