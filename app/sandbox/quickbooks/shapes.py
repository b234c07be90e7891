"""A compact notation for what a request may look like, compiled per edition of QuickBooks.

One line describes one aggregate: its name, then its children in order. A child is ``Name=kind`` followed by ``?``
(may be absent), ``*`` (any number) or ``+`` (at least one), and ``@CA`` when only that edition knows it; without a
kind, the aggregate of the same name is meant. ``^`` before the count allows a macro: an aggregate may define one, a
value may use one. Parentheses and ``|`` stand alone and mean what they mean in a regular
expression. Elements QuickBooks knows but no shape names are refused: a loud gap is better than a silent one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import cache

from lxml import etree

_CHILD = re.compile(r"(?P<name>\w+)(?:=(?P<kind>[\w|]+))?(?P<macro>\^?)(?P<count>[?*+]?)(?:@(?P<edition>[A-Z]{2}))?")
_REF = re.compile(r"ref(\d*)")
_DATE = r"\d{4}-\d{2}-\d{2}"
_PATTERNS = {
    "id": r".{0,36}",
    "amt": r"(?:[+-]?\d{1,13}(?:\.\d{2})?)?",
    "price": r"(?:[+-]?\d{1,10}(?:\.\d{1,5})?)?",
    "qty": r"(?:[+-]?\d{1,10}(?:\.\d{1,5})?)?",
    "float": r"[+-]?\d+(?:\.\d+)?",
    "count": r"[1-9]\d*",
    "bool": r"(?:true|false|1|0)?",
    "date": rf"(?:{_DATE})?",
    "when": rf"(?:{_DATE}(?:T\d{{2}}:\d{{2}}(?::\d{{2}}(?:[+-]\d{{2}}:\d{{2}})?)?)?)?",
    "guid": r"0|\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}",
}
_EARLIEST, _LATEST = date(1970, 1, 1), date(2038, 1, 19)

Check = Callable[[str], bool]


@dataclass(slots=True)
class _Aggregate:
    model: re.Pattern[str]
    kinds: dict[str, str] = field(default_factory=dict)
    macros: dict[str, str] = field(default_factory=dict)


class Shapes:
    """Every aggregate a company file of one edition understands."""

    def __init__(self, notation: str, edition: str) -> None:
        self._aggregates: dict[str, _Aggregate] = {}
        self._edition = edition
        for line in filter(None, map(str.strip, notation.splitlines())):
            name, _, children = line.partition(" ")
            self._aggregates[name] = self._compile(children)

    def __contains__(self, name: str) -> bool:
        return name in self._aggregates

    def problem(self, element: etree._Element, kind: str) -> str | None:
        """The first thing wrong with an element, or None."""
        return next(self._problems(element, kind), None)

    def _compile(self, children: str) -> _Aggregate:
        model: list[str] = []
        kinds: dict[str, str] = {}
        macros: dict[str, str] = {}
        for token in children.split():
            child = _CHILD.fullmatch(token)
            if child is None:
                model.append(token.replace("(", "(?:"))
            elif child["edition"] in (None, self._edition):
                model.append(f"(?:{child['name']} ){child['count']}")
                kinds[child["name"]] = child["kind"] or child["name"]
                if child["macro"]:
                    macros[child["name"]] = "useMacro" if child["kind"] else "defMacro"
        return _Aggregate(re.compile("".join(model)), kinds, macros)

    def _problems(self, element: etree._Element, kind: str) -> Iterator[str]:
        aggregate = self._aggregate(kind)
        if aggregate is None:
            yield from _value_problems(element, kind)
            return
        if (element.text or "").strip() or any((child.tail or "").strip() for child in element):
            yield f"{element.tag}: text between elements"
        found = "".join(f"{child.tag} " for child in element)
        if aggregate.model.fullmatch(found) is None:
            yield f"{element.tag}: unknown, missing or misplaced elements in: {found.strip() or 'nothing'}"
            return
        for child in element:
            if set(child.attrib) - {aggregate.macros.get(str(child.tag))}:
                yield f"{child.tag}: unexpected attributes"
            yield from self._problems(child, aggregate.kinds[str(child.tag)])

    def _aggregate(self, kind: str) -> _Aggregate | None:
        ref = _REF.fullmatch(kind)
        if ref and kind not in self._aggregates:
            self._aggregates[kind] = self._compile(f"ListID=id? FullName=s{ref[1]}?")
        return self._aggregates.get(kind)


def _value_problems(element: etree._Element, kind: str) -> Iterator[str]:
    text = element.text or ""
    if len(element):
        yield f"{element.tag}: elements where a value is expected"
    elif not check(kind)(text):
        yield f"{element.tag}: {text[:60]!r} is not a valid {kind}"


@cache
def check(kind: str) -> Check:
    """The test a value of this kind must pass."""
    if kind[0].isupper():  # the values of an enumeration, or its only one
        return frozenset(kind.split("|")).__contains__
    limit = re.fullmatch(r"s(\d*)", kind)
    if limit:
        longest = int(limit[1]) if limit[1] else None
        return lambda text: longest is None or len(text) <= longest
    matches = re.compile(_PATTERNS[kind], re.DOTALL).fullmatch
    if kind in ("date", "when"):
        return lambda text: matches(text) is not None and _within_calendar(text)
    return lambda text: matches(text) is not None


def _within_calendar(text: str) -> bool:
    try:
        return not text or _EARLIEST <= date.fromisoformat(text[:10]) <= _LATEST
    except ValueError:
        return False
