"""YAML as its writers understand it: no surprises of type, no second key, every node with its line and column."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Any

import yaml
from yaml import events

from app.rulebook.problems import Fault, Place

Scalar = str | int | Decimal | bool | None

_INTEGER = re.compile(r"[+-]?(0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"[+-]?(0|[1-9][0-9]*)\.[0-9]+\Z")
_WORDS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None, "": None}
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Node:
    """A value with its place; mappings keep the nodes of their keys, so that a key can be pointed at."""

    place: Place
    value: Scalar | list[Node] | dict[str, Node]
    keys: dict[str, Place] | None = None

    def plain(self) -> Any:
        """The value alone, without places."""
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items()}
        return self.value

    def mapping(self, what: str) -> dict[str, Node]:
        """The entries of a mapping; ``what`` names it in the error."""
        if not isinstance(self.value, dict):
            raise Fault(self.place, f"{what} must be a list of `name: value` entries.")
        return self.value

    def sequence(self, what: str) -> list[Node]:
        """The parts of a list; ``what`` names it in the error."""
        if not isinstance(self.value, list):
            raise Fault(self.place, f"{what} must be a list.")
        return self.value

    def text(self, what: str) -> str:
        """A text that is not empty; ``what`` names it in the error."""
        if not isinstance(self.value, str) or not self.value.strip():
            raise Fault(self.place, f"{what} must be a text.", _quote_hint(self.value))
        return self.value

    def at(self, key: str) -> Place:
        """Where a key of this mapping stands."""
        return (self.keys or {}).get(key, self.place)


@lru_cache(maxsize=64)  # of the files of a pack, most versions share all but one
def parse(text: str, file: str) -> Node:
    """The one document of a YAML text; everything doubtful is refused with its place. Nobody changes its nodes."""
    try:
        stream = yaml.parse(text, Loader=yaml.SafeLoader)
        return _Reader(iter(stream), file).document()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(file, mark.line + 1, mark.column + 1) if mark else Place(file)
        raise Fault(place, f"This is not YAML: {error.problem or error.context}.", _tab_hint(text, place)) from None
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        place = Place(file, before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)
        raise Fault(place, "A character here is not allowed in YAML.") from None


class _Reader:
    """Builds nodes from the parser's events."""

    def __init__(self, stream: Iterator[Any], file: str) -> None:
        self._stream = stream
        self._file = file

    def document(self) -> Node:
        next(self._stream)
        start = next(self._stream)
        if isinstance(start, events.StreamEndEvent):
            return Node(Place(self._file), None)
        node = self._node(next(self._stream), 0)
        next(self._stream)
        after = next(self._stream)
        if not isinstance(after, events.StreamEndEvent):
            raise Fault(self._place(after), "A second document starts here; a file holds one.", "Remove the `---`.")
        return node

    def _place(self, event: Any) -> Place:
        return Place(self._file, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, depth: int) -> Node:
        place = self._place(event)
        if isinstance(event, events.AliasEvent):
            raise Fault(place, f"`*{event.anchor}` repeats another part; write the part out instead.")
        if event.anchor is not None:
            raise Fault(place, f"`&{event.anchor}` marks a part for repeating; write the part out where it is needed.")
        if event.tag is not None:
            raise Fault(place, f"`{event.tag}` is a YAML tag; rule files use none.")
        if depth > _DEEPEST:
            raise Fault(place, f"This is nested more than {_DEEPEST} levels deep.")
        if isinstance(event, events.ScalarEvent):
            return Node(place, event.value if event.style else _scalar(event.value))
        if isinstance(event, events.SequenceStartEvent):
            return Node(place, list(self._sequence(depth)))
        return self._mapping(place, depth)

    def _sequence(self, depth: int) -> Iterator[Node]:
        while not isinstance(event := next(self._stream), events.SequenceEndEvent):
            yield self._node(event, depth + 1)

    def _mapping(self, place: Place, depth: int) -> Node:
        found: dict[str, Node] = {}
        keys: dict[str, Place] = {}
        while not isinstance(event := next(self._stream), events.MappingEndEvent):
            where = self._place(event)
            if not isinstance(event, events.ScalarEvent):
                raise Fault(where, "A name before a colon must be a plain text.")
            self._node(event, depth)
            if event.value in found:
                raise Fault(where, f"`{event.value}` stands here twice; it was given on line {keys[event.value].line}.")
            keys[event.value] = where
            found[event.value] = self._node(next(self._stream), depth + 1)
        return Node(place, found, keys)


def _scalar(text: str) -> Scalar:
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.match(text):
        return int(text) if len(text) <= 20 else text
    if _DECIMAL.match(text):
        return Decimal(text)
    return text


def _quote_hint(value: object) -> str:
    if isinstance(value, bool):
        return f'Put it in quotes: "{str(value).lower()}".'
    if isinstance(value, int | Decimal):
        return f'Put it in quotes: "{value}".'
    return ""


def _tab_hint(text: str, place: Place) -> str:
    lines = text.splitlines()
    inside = lines[place.line - 1] if place.line <= len(lines) else ""
    return "Use spaces, not tabs." if "\t" in inside else ""
