"""The lines of a purchase order: what QuickBooks computes of them, and what a Mod keeps, changes, adds and drops."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from app.sandbox.quickbooks.bodies import arrange
from app.sandbox.quickbooks.books import NO_SUCH_RECORD, Books, list_id
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.writing import Body

LINE_ORDER = """TxnLineID ItemRef ManufacturerPartNumber Desc Quantity UnitOfMeasure Rate ClassRef Amount CustomerRef
ServiceDate SalesTaxCodeRef ReceivedQuantity UnbilledQuantity IsBilled IsManuallyClosed Other1 Other2"""
RATE_IGNORED = (
    530,
    "The Rate field was ignored because both Rate and Amount were given; Rate has been computed from the amount.",
)
_WHERE = "PurchaseOrder line"
_UNORDERABLE = ("ItemDiscount", "ItemSalesTax")


def cents(value: Decimal) -> Decimal:
    """Money to the cent, half up."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def total(lines: Iterable[Body]) -> str:
    """The order's total."""
    return str(sum((_decimal(line, "Amount") or Decimal("0.00") for line in lines), Decimal("0.00")))


def new_line(books: Books, given: Body) -> tuple[Body, bool]:
    """A line as stored, and whether its rate was ignored."""
    line = dict(given)
    books.resolve(line, _WHERE)
    line["TxnLineID"] = books.txn_id()
    item = _item_defaults(books, line)
    ignored = _price(line, set(given), item)
    line |= {"IsBilled": "false", "IsManuallyClosed": line.get("IsManuallyClosed", "false")}
    return _ordered(_with_receipts(line)), ignored


def modified_lines(books: Books, existing: list[Body], listed: list[Body]) -> tuple[list[Body], bool]:
    """The lines after a Mod that lists some: unlisted ones are gone, ``-1`` makes a new one, order is as listed."""
    by_id = {str(line["TxnLineID"]): line for line in existing}
    lines: list[Body] = []
    warned = False
    for entry in listed:
        given = {tag: value for tag, value in entry.items() if tag != "TxnLineID"}
        line_id = str(entry["TxnLineID"])
        if line_id == "-1":
            line, ignored = new_line(books, given)
        elif line_id in by_id:
            line, ignored = _changed(books, by_id.pop(line_id), given)
        else:
            raise StatusError(3120, f'Object "{line_id}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
        lines.append(line)
        warned = warned or ignored
    return lines, warned


def _changed(books: Books, line: Body, given: Body) -> tuple[Body, bool]:
    if not given:
        return line, False
    changed = {**line, **given}
    books.resolve(changed, _WHERE)
    ignored = bool({"Quantity", "Rate", "Amount"} & set(given)) and _price(changed, set(given), {})
    return _ordered(_with_receipts(changed)), ignored


def _item_defaults(books: Books, line: Body) -> Body:
    """What the item fills in where the request says nothing: description and cost."""
    item = books.storage.by_id(list_id(line.get("ItemRef")))
    if item is None:
        return {}
    if item.family in _UNORDERABLE:
        raise StatusError(
            3140, f'There is an invalid reference to QuickBooks Item "{item.body["Name"]}" in the {_WHERE}.'
        )
    details = item.body.get("SalesAndPurchase") or item.body.get("SalesOrPurchase")
    if not isinstance(details, dict):
        details = item.body
    description = details.get("PurchaseDesc") or details.get("Desc")
    if description and "Desc" not in line:
        line["Desc"] = description
    return {"Rate": details.get("PurchaseCost") or details.get("Price") or "0.00"}


def _price(line: Body, given: set[str], item: Body) -> bool:
    """Complete quantity, rate and amount; the amount rules over the rate."""
    quantity, rate, amount = (_decimal(line, tag) for tag in ("Quantity", "Rate", "Amount"))
    if "Amount" in given and amount is not None:
        line["Amount"] = str(cents(amount))
        if quantity:
            line["Rate"] = _rate(amount / quantity)
        else:
            line.pop("Rate", None)
        return "Rate" in given
    if rate is None and item:
        rate = _decimal(item, "Rate")
    if rate is not None:
        line["Rate"] = _rate(rate)
        line["Amount"] = str(cents(rate * (Decimal(1) if quantity is None else quantity)))
    return False


def _rate(value: Decimal) -> str:
    """At most five decimals, at least two."""
    text = f"{value.quantize(Decimal('0.00001'), ROUND_HALF_UP):f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def _with_receipts(line: Body) -> Body:
    if line.get("Quantity"):
        line.setdefault("ReceivedQuantity", "0")
        line["UnbilledQuantity"] = line["Quantity"]
    return line


def _ordered(line: Body) -> Body:
    return arrange(line, LINE_ORDER)


def _decimal(line: Body, tag: str) -> Decimal | None:
    text = line.get(tag)
    return Decimal(text) if isinstance(text, str) and text else None
