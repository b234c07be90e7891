"""Money and quantities: exact decimals in, exact text out, never a float."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

CENT = Decimal("0.01")
#: QuickBooks' AMTTYPE: up to thirteen digits before the point, two behind it.
LARGEST_AMOUNT = Decimal("9999999999999.99")
#: What is longer before the point is no number of a building: 1e400 would cost more than it says.
MOST_DIGITS = 20
#: QuickBooks' QUANTYPE keeps five decimals.
QUANTITY_STEP = Decimal("0.00001")


class NotMoney(ValueError):
    """The text is not an amount of money to the cent."""


def decimal(value: str | int | Decimal) -> Decimal:
    """An exact decimal of what Procore or a person wrote; floats are refused."""
    if isinstance(value, float | bool):
        raise NotMoney(f"{value!r} is not an exact number")
    try:
        number = Decimal(str(value).strip())
    except InvalidOperation:
        raise NotMoney(f"{value!r} is not a number") from None
    if not number.is_finite():
        raise NotMoney(f"{value!r} is not a number")
    if number.adjusted() >= MOST_DIGITS:
        raise NotMoney(f"{str(value)[:MOST_DIGITS]!r} is larger than QuickBooks can hold")
    return number


def money(value: str | int | Decimal) -> Decimal:
    """An amount with exactly two decimals; a fraction of a cent is refused, not rounded."""
    number = decimal(value)
    cents = number.quantize(CENT)
    if cents != number:
        raise NotMoney(f"{value} has a fraction of a cent")
    if abs(cents) > LARGEST_AMOUNT:
        raise NotMoney(f"{value} is larger than QuickBooks can hold")
    return cents + 0  # -0.00 becomes 0.00


def amount(value: str | None) -> Decimal:
    """An amount as Procore or QuickBooks writes it; none given is nought."""
    return money(value or "0")


def number(value: str | None) -> Decimal:
    """A number that need not be money, as Procore or QuickBooks writes it; none given is nought."""
    return decimal(value or "0")


def to_cents(value: str | int | Decimal) -> int:
    """The amount as a whole number of cents, for the database."""
    return int(money(value).scaleb(2))


def from_cents(cents: int) -> Decimal:
    """The amount a whole number of cents stands for."""
    return Decimal(cents).scaleb(-2)


def plain(value: Decimal) -> str:
    """``1234.50``: the form of QuickBooks' AMTTYPE."""
    return f"{money(value):.2f}"


def shown(value: Decimal) -> str:
    """``1,234.50``: the form people read."""
    return f"{money(value):,.2f}"


def quantity(value: str | int | Decimal) -> str:
    """A quantity in QuickBooks' QUANTYPE: at most five decimals, no trailing zeros, no exponent."""
    number = decimal(value).quantize(QUANTITY_STEP, ROUND_HALF_UP).normalize()
    return f"{number + 0:f}"
