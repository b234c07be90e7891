"""Decimals in Procore's own text form: ``250.0``, ``1087.8``, ``0.0``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")


def written(number: Decimal) -> str:
    """The text Procore writes for a number: no trailing zeros, but always one decimal."""
    text = f"{number.normalize() + 0:f}"
    return text if "." in text else f"{text}.0"


def total(texts: Iterable[str]) -> Decimal:
    """The exact sum of numbers given as text."""
    return sum((Decimal(text) for text in texts), Decimal(0))


def cents(number: Decimal) -> str:
    """A number with its two places, as invoices tell money: ``51000.00``."""
    return f"{number.quantize(CENT, ROUND_HALF_UP):f}"


def share(amount: Decimal, percent: Decimal) -> Decimal:
    """So many per cent of an amount, to the cent."""
    return (amount * percent / 100).quantize(CENT, ROUND_HALF_UP)


def percent(part: Decimal, whole: Decimal) -> str:
    """What a part is of the whole, in per cent with two places; ``0.00`` of nothing."""
    return cents(part * 100 / whole) if whole else "0.00"


def bare(text: str) -> float:
    """A decimal text as the bare JSON number some calls answer; its shortest form prints the very same digits."""
    return float(text)
