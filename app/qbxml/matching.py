"""Closures that walk one element against its table and say, in sentences, what does not fit."""

from __future__ import annotations

from collections.abc import Callable

from lxml import etree

from app.qbxml.automaton import START, Automaton
from app.qbxml.datatypes import Reader, outside_windows_1252

Say = Callable[[etree._Element, str], None]
Check = Callable[[etree._Element, Say], None]


class _Row:
    """One state: what may come next, with its check and the state it leads to."""

    __slots__ = ("final", "moves", "position")

    def __init__(self, position: int) -> None:
        self.position = position
        self.moves: dict[str, tuple[Check, _Row]] = {}
        self.final = False


def leaf(read: Reader) -> Check:
    """The check of an element that holds text alone."""

    def check(element: etree._Element, say: Say) -> None:
        text = element.text or ""
        if len(element) or element.keys():
            say(element, "may hold text alone, no attribute and no other element")
        if complaint := read(text):
            say(element, complaint)
        if bad := outside_windows_1252(text):
            say(element, f"QuickBooks cannot store {' '.join(bad)} (only Windows-1252 characters)")

    return check


def missing_here(complaint: str) -> Check:
    """The check of an element that this edition or version does not have."""
    return lambda element, say: say(element, complaint)


def aggregate(table: Automaton, checks: list[Check], *, attributes: bool = False) -> Check:
    """The check of an element that holds other elements in a given order."""
    start = _start(table, checks)
    content = {element.name: check for element, check in zip(table.elements, checks, strict=True)}

    def check(element: etree._Element, say: Say) -> None:
        if not attributes and element.keys():
            say(element, f"may not carry the attribute {element.keys()[0]!s}")
        row = start
        orderly = True
        stray = element.text
        for child in element:
            if child.tail:
                stray = f"{stray or ''}{child.tail}"
            move = row.moves.get(child.tag)
            if move is not None:
                move[0](child, say)
                row = move[1]
                continue
            orderly = False
            say(child, _misplaced(str(child.tag), row, table))
            if (inner := content.get(str(child.tag))) is not None:
                inner(child, say)
        if stray and not stray.isspace():
            say(element, f"holds stray text “{stray.strip()[:20]}”")
        if orderly and not row.final:
            say(element, f"{_names(_needed(row, table), table) or ' or '.join(row.moves)} is missing")

    return check


def _start(table: Automaton, checks: list[Check]) -> _Row:
    rows = {state: _Row(state) for state in table.moves}
    for state, moves in table.moves.items():
        rows[state].moves = {name: (checks[position], rows[position]) for name, position in moves.items()}
        rows[state].final = state in table.final
    return rows[START]


def where(element: etree._Element) -> str:
    """The path people know: ``PurchaseOrderAdd/PurchaseOrderLineAdd[3]/Desc``."""
    steps: list[str] = []
    here: etree._Element | None = element
    while here is not None and here.tag != "QBXMLMsgsRq":
        steps.append(_step(here))
        here = here.getparent()
    steps.reverse()
    return "/".join(steps[1:] if steps[1:2] == [steps[0].removesuffix("Rq")] else steps)


def _step(element: etree._Element) -> str:
    parent = element.getparent()
    name = str(element.tag)
    if parent is None or parent.tag == "QBXMLMsgsRq" or len(same := parent.findall(name)) < 2:
        return name
    return f"{name}[{same.index(element) + 1}]"


def _misplaced(name: str, row: _Row, table: Automaton) -> str:
    places = [position for position, element in enumerate(table.elements) if element.name == name]
    needed = _needed(row, table)
    if not places:
        return "does not belong here" + (f", {_names(needed, table)} is expected" if needed else "")
    last = table.elements[row.position].name if row.position != START else ""
    if last == name:
        return "may stand only once"
    if max(places) < row.position:
        return f"stands too late, it belongs before {last}"
    if needed and max(needed) < min(places):
        return f"stands too early, {_names(needed, table)} comes first"
    return f"cannot stand beside {last}"


def _needed(row: _Row, table: Automaton) -> tuple[int, ...]:
    """The next positions ahead of which one cannot be left out."""
    return next((positions for positions in table.needed if min(positions) > row.position), ())


def _names(positions: tuple[int, ...], table: Automaton) -> str:
    return " or ".join(table.elements[position].name for position in positions)
