"""Text that must come out the same on both sides: canonical form, characters, names."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from decimal import Decimal
from typing import Any

from app.core import money

#: The characters XML 1.0 allows.
_XML = re.compile("[^\\t\\n\\r\\u0020-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no canonical text")


_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_plain).encode


def canonical(value: Any) -> str:
    """One text for one content: sorted keys, no spaces, decimals as they stand."""
    return _encode(value)


def digest(text: str) -> str:
    """SHA-256 of a text, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def squeeze(text: str | None) -> str:
    """The text without surrounding space and with single spaces inside."""
    return " ".join(text.split()) if text else ""


def same_name(text: str) -> str:
    """The form in which QuickBooks compares names: case and surrounding space do not count."""
    return squeeze(unicodedata.normalize("NFC", text)).casefold()


def not_in_quickbooks(text: str | None) -> str:
    """The characters of a text that QuickBooks cannot store, once each, in order.

    QuickBooks keeps Windows-1252; anything else it refuses (0x80040400) or stores as ``?``.
    """
    composed = unicodedata.normalize("NFC", text or "")
    if composed.isascii() and not _XML.search(composed):
        return ""
    bad: dict[str, None] = {}
    for character in composed:
        try:
            character.encode("cp1252")
        except UnicodeEncodeError:
            bad[character] = None
        else:
            if _XML.search(character):
                bad[character] = None
    return "".join(bad)


def shown(value: Any) -> str:
    """A value as a sentence shows it: money with separators, lists with commas."""
    if isinstance(value, Decimal):
        return money.shown(value) if value == value.quantize(money.CENT) else str(value)
    if isinstance(value, list | tuple | set):
        return ", ".join(shown(part) for part in value)
    return "" if value is None else str(value)


def harmless_cell(value: Any) -> Any:
    """A CSV cell no spreadsheet takes for a formula."""
    if isinstance(value, str) and value[:1] in {"=", "+", "-", "@", "\t", "\r"}:
        return "'" + value
    return value
