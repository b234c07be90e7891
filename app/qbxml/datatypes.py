"""QuickBooks' data types: each looks at the text of one element and says what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

#: Looks at a text; answers "" or the complaint, worded to stand after the element's path.
Reader = Callable[[str], str]

_ID_LENGTH = 36
_FIRST_YEAR, _LAST_YEAR = 1970, 2037  # QuickBooks counts in 32-bit seconds


class UnknownTypeError(ValueError):
    """The notation names a data type that does not exist."""


def outside_windows_1252(text: str) -> str:
    """The characters QuickBooks refuses or stores as ``?``, once each, as they stand in the text."""
    if text.isascii():
        return ""
    bad: dict[str, None] = {}
    for character in text:
        try:
            character.encode("cp1252")
        except UnicodeEncodeError:
            bad[character] = None
    return "".join(bad)


def _length(args: tuple[str, ...], default: int | None = None) -> int | None:
    return int(args[0]) if args else default


def _text(args: tuple[str, ...]) -> Reader:
    limit = _length(args)
    if limit is None:
        return lambda text: ""
    return lambda text: f"{len(text)} characters, QuickBooks keeps {limit}" if len(text) > limit else ""


def _name(args: tuple[str, ...]) -> Reader:
    fits = _text(args)

    def read(text: str) -> str:
        if not text or text.isspace():
            return "empty, QuickBooks needs a name"
        if ":" in text:
            return "holds a colon, which QuickBooks reads as parent:child"
        return fits(text)

    return read


def _id(args: tuple[str, ...]) -> Reader:
    fits = _text(args or (str(_ID_LENGTH),))
    return lambda text: fits(text) if text and not text.isspace() else "empty, QuickBooks needs its own id here"


def _pattern(pattern: str, meaning: str) -> Callable[[tuple[str, ...]], Reader]:
    matches = re.compile(pattern, re.ASCII).fullmatch

    def build(args: tuple[str, ...]) -> Reader:
        return lambda text: "" if matches(text) else f"“{text}” is not {meaning}"

    return build


_FIVE_DECIMALS = r"[+-]?\d{1,10}(\.\d{1,5})?"


def _enum(args: tuple[str, ...]) -> Reader:
    allowed = frozenset(args)
    return lambda text: "" if text in allowed else f"“{text}” is not one of {', '.join(args)}"


def _int(args: tuple[str, ...]) -> Reader:
    least = _length(args)

    def read(text: str) -> str:
        if not re.fullmatch(r"[+-]?\d{1,9}", text, re.ASCII):
            return f"“{text}” is not a whole number"
        return f"{text} is less than {least}" if least is not None and int(text) < least else ""

    return read


def _date(args: tuple[str, ...]) -> Reader:
    def read(text: str) -> str:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) or (year := _year(text)) is None:
            return f"“{text}” is not a day (YYYY-MM-DD)"
        return "" if _FIRST_YEAR <= year <= _LAST_YEAR else f"{text} lies outside {_FIRST_YEAR} to {_LAST_YEAR}"

    return read


def _year(day: str) -> int | None:
    try:
        return date.fromisoformat(day).year
    except ValueError:
        return None


def _datetime(args: tuple[str, ...]) -> Reader:
    clock = re.compile(r"(T([01]\d|2[0-3]):[0-5]\d(:[0-5]\d([+-]\d\d:\d\d)?)?)?", re.ASCII)
    day = _date(())

    def read(text: str) -> str:
        return day(text[:10]) or ("" if clock.fullmatch(text[10:]) else f"“{text}” is not a moment")

    return read


_TYPES: dict[str, Callable[[tuple[str, ...]], Reader]] = {
    "str": _text,
    "name": _name,
    "id": _id,
    "amt": _pattern(r"[+-]?\d{1,13}(\.\d\d)?", "an amount (1234.50: two decimals or none, no separators)"),
    "price": _pattern(_FIVE_DECIMALS, "a price (at most five decimals, no separators)"),
    "quan": _pattern(_FIVE_DECIMALS, "a quantity (at most five decimals, no separators)"),
    "percent": _pattern(_FIVE_DECIMALS, "a percentage (at most five decimals, no separators)"),
    "float": _pattern(r"[+-]?\d+(\.\d+)?", "a number"),
    "bool": _pattern(r"true|false|1|0", "true or false"),
    "guid": _pattern(r"0|\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\}", "a GUID in braces"),
    "int": _int,
    "date": _date,
    "datetime": _datetime,
    "enum": _enum,
}


def known(name: str) -> bool:
    """Whether this word names a data type rather than an aggregate."""
    return name in _TYPES


def reader(name: str, args: tuple[str, ...]) -> Reader:
    """The reader of a data type as the notation writes it: ``reader("str", ("41",))``."""
    try:
        return _TYPES[name](args)
    except KeyError:
        raise UnknownTypeError(f"no data type is called {name}") from None
