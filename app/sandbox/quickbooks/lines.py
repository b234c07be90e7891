"""What the lines of every transaction share: what an item fills in, and what a Mod keeps, changes, adds and drops."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from app.sandbox.quickbooks.amounts import number
from app.sandbox.quickbooks.books import NO_SUCH_RECORD, Books, list_id
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.writing import Body, Value

RATE_IGNORED = (
    530,
    "The Rate field was ignored because both Rate and Amount were given; Rate has been computed from the amount.",
)
New = Callable[[Body], tuple[Body, bool]]
Change = Callable[[Body, Body], tuple[Body, bool]]
_UNORDERABLE = ("ItemDiscount", "ItemSalesTax")


def stored_lines(value: Value | None) -> list[Body]:
    """Lines, whether a body holds none of them, one or several."""
    return [line for line in (value if isinstance(value, list) else [value]) if isinstance(line, dict)]


def listed_lines(given: Body, tag: str) -> list[Body] | None:
    """The lines a Mod lists, taken out of it; nothing where it does not speak of lines."""
    listed = given.pop(tag, None)
    return None if listed is None else stored_lines(listed)


def item_defaults(books: Books, line: Body, where: str, description: str = "PurchaseDesc") -> Decimal | None:
    """Fill in the item's description where the line has none, and say the item's cost."""
    item = books.storage.by_id(list_id(line.get("ItemRef")))
    if item is None:
        return None
    if item.family in _UNORDERABLE:
        raise StatusError(
            3140, f'There is an invalid reference to QuickBooks Item "{item.body["Name"]}" in the {where}.'
        )
    details = item.body.get("SalesAndPurchase") or item.body.get("SalesOrPurchase")
    if not isinstance(details, dict):
        details = item.body
    words = details.get(description) or details.get("Desc")
    if words and "Desc" not in line:
        line["Desc"] = words
    return number(details, "PurchaseCost") or number(details, "Price") or Decimal("0.00")


def rate_warning(ignored: bool) -> tuple[int, str] | None:
    """The warning of an Add or Mod of which a rate was ignored."""
    return RATE_IGNORED if ignored else None


def after_mod(existing: list[Body], listed: list[Body] | None, new: New, change: Change) -> tuple[list[Body], bool]:
    """The lines after a Mod, and whether one of them warned; all stay as they are where it lists none.

    Unlisted ones are gone, ``-1`` makes a new one, one listed by its id alone stays as it is, the order is as listed.
    """
    if listed is None:
        return existing, False
    by_id = {str(line["TxnLineID"]): line for line in existing}
    lines: list[Body] = []
    warned = False
    for entry in listed:
        given = {tag: value for tag, value in entry.items() if tag != "TxnLineID"}
        line_id = str(entry["TxnLineID"])
        if line_id == "-1":
            line, ignored = new(given)
        elif line_id in by_id:
            before = by_id.pop(line_id)
            line, ignored = change(before, given) if given else (before, False)
        else:
            raise StatusError(3120, f'Object "{line_id}" specified in the request cannot be found.  {NO_SUCH_RECORD}')
        lines.append(line)
        warned = warned or ignored
    return lines, warned
