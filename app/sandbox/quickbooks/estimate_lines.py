"""The lines of an estimate: a cost and a markup on it make the amount.

Documented: Amount = Quantity x Rate + markup; given both Rate and Amount, the Rate is ignored with a warning. A markup
in the request shares the given amount out between rate and markup. A company file's default markup, which applies to
an item line whose request names none, comes on top: a budget of 1,000.00 is saved as 1,130.00 at 13 per cent. The
documents do not show that last one; it is the reading that hurts an application which forgot about markup.
"""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, cents, money, number, price
from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.lines import after_mod, item_defaults
from app.sandbox.quickbooks.writing import Body

LINE_ORDER = """TxnLineID ItemRef Desc Quantity UnitOfMeasure Rate ClassRef Amount SalesTaxCodeRef MarkupRate
MarkupRatePercent Other1 Other2"""
DEFAULT_MARKUP = "DefaultMarkup"
_WHERE = "Estimate line"
_PRICED = {"Quantity", "Rate", "Amount", "MarkupRate", "MarkupRatePercent"}
_ONE = Decimal(1)


def new_line(books: Books, given: Body) -> tuple[Body, bool]:
    """A line as stored, and whether its rate was ignored."""
    line = dict(given)
    books.resolve(line, _WHERE)
    line["TxnLineID"] = books.txn_id()
    cost = item_defaults(books, line, _WHERE, "SalesDesc")
    ignored = _price(books, line, set(given), cost)
    return arrange(line, LINE_ORDER), ignored


def modified_lines(books: Books, existing: list[Body], listed: list[Body] | None) -> tuple[list[Body], bool]:
    """The lines after a Mod."""
    return after_mod(existing, listed, lambda given: new_line(books, given), lambda *pair: _changed(books, *pair))


def cost(line: Body) -> Decimal:
    """What a line is estimated to cost: quantity times rate, without the markup."""
    return cents((number(line, "Quantity") or _ONE) * (number(line, "Rate") or ZERO))


def _changed(books: Books, line: Body, given: Body) -> tuple[Body, bool]:
    changed = {**line, **given}
    if "MarkupRate" in given:
        changed.pop("MarkupRatePercent", None)
    if "MarkupRatePercent" in given:
        changed.pop("MarkupRate", None)
    books.resolve(changed, _WHERE)
    ignored = bool(_PRICED & set(given)) and _price(books, changed, set(given), None)
    return arrange(changed, LINE_ORDER), ignored


def _price(books: Books, line: Body, given: set[str], fallback: Decimal | None) -> bool:
    """Complete rate, markup and amount; True says that a given rate was ignored."""
    units = number(line, "Quantity") or _ONE
    amount, rate = number(line, "Amount"), number(line, "Rate")
    if rate is None:
        rate = fallback
    by_amount = "Amount" in given and amount is not None
    if "ItemRef" in line and not {"MarkupRate", "MarkupRatePercent"} & set(line):
        line["MarkupRatePercent"] = price(Decimal(str(books.preference(DEFAULT_MARKUP) or 0)))
        if by_amount and amount is not None:
            rate, by_amount = amount / units, False
    for tag in {"MarkupRate", "MarkupRatePercent"} & set(line):
        line[tag] = price(number(line, tag) or ZERO)
    fixed = number(line, "MarkupRate") or ZERO
    factor = _ONE + (number(line, "MarkupRatePercent") or ZERO) / 100
    if by_amount and amount is not None:
        line["Amount"] = money(amount)
        line["Rate"] = price((amount - fixed) / factor / units)
    elif rate is not None:
        line["Rate"] = price(rate)
        line["Amount"] = money(units * rate * factor + fixed)
    return {"Rate", "Amount"} <= given
