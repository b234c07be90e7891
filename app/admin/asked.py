"""Reads what an address or a form asks for."""

from __future__ import annotations


def number(text: str) -> int:
    """A plain number, or 0: no database counts further than eighteen digits."""
    return int(text) if text.isdecimal() and len(text) <= 18 else 0
