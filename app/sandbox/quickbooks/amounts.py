"""Numbers as QuickBooks writes and computes them: money to the cent half up, prices and quantities to five decimals."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

from app.sandbox.quickbooks.writing import Body

ZERO = Decimal("0.00")
_FIVE_DECIMALS = Decimal("0.00001")


def number(body: Body, tag: str) -> Decimal | None:
    """A field's number, or None when it is absent or empty."""
    text = body.get(tag)
    return Decimal(text) if isinstance(text, str) and text else None


def cents(value: Decimal) -> Decimal:
    """Money to the cent, half up."""
    return value.quantize(Decimal("0.01"), ROUND_HALF_UP)


def money(value: Decimal) -> str:
    """Money as it is written; never "-0.00"."""
    return str(cents(value) + 0)


def price(value: Decimal) -> str:
    """At most five decimals, at least two."""
    whole, _, decimals = f"{value.quantize(_FIVE_DECIMALS, ROUND_HALF_UP):f}".partition(".")
    return f"{whole}.{decimals.rstrip('0').ljust(2, '0')}"


def quantity(value: Decimal) -> str:
    """At most five decimals, and none that say nothing."""
    return f"{value.quantize(_FIVE_DECIMALS, ROUND_HALF_UP):f}".rstrip("0").rstrip(".")


def total(lines: Iterable[Body]) -> Decimal:
    """The sum of the lines' amounts."""
    return sum((number(line, "Amount") or ZERO for line in lines), ZERO)


def complete(line: Body, given: set[str], fallback: Decimal | None, rate_tag: str = "Rate") -> bool:
    """Complete quantity, rate and amount of a line; the amount rules, and True says that a given rate was ignored."""
    units, rate, amount = (number(line, tag) for tag in ("Quantity", rate_tag, "Amount"))
    if "Amount" in given and amount is not None:
        line["Amount"] = money(amount)
        if units:
            line[rate_tag] = price(amount / units)
        else:
            line.pop(rate_tag, None)
        return rate_tag in given
    rate = fallback if rate is None else rate
    if rate is not None:
        line[rate_tag] = price(rate)
        line["Amount"] = money(rate * (Decimal(1) if units is None else units))
    return False
