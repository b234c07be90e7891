"""Decimals in Procore's own text form: ``250.0``, ``1087.8``, ``0.0``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal


def written(number: Decimal) -> str:
    """The text Procore writes for a number: no trailing zeros, but always one decimal."""
    text = f"{number.normalize() + 0:f}"
    return text if "." in text else f"{text}.0"


def total(texts: Iterable[str]) -> Decimal:
    """The exact sum of numbers given as text."""
    return sum((Decimal(text) for text in texts), Decimal(0))
