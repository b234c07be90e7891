"""The notation in which kinds describe their qbXML requests, and its reader.

One line per aggregate, its elements in QuickBooks' own order; an indented line continues the one above::

    VendorAddRq: VendorAdd!, IncludeRetElement* str(50)
    VendorQueryRq iterates: $ListQuery
    VendorAdd: Name! name(41), Phone str(21), VendorAddress Address,
        SalesTaxCodeRef ref(3) since 8.0 not US

``!`` must stand once, ``*`` any number of times, ``+`` at least once, nothing: at most once.
``(A | B, C)`` is one of A or B-then-C; it takes the same marks, and an element alone in its branch
needs none. Without a type an element is the aggregate of its own name. ``$Name`` stands for the
elements of another line. ``iterates`` marks a query that may be asked page by page. ``#`` begins a
remark. Only what Tieout may send is described: an element left out is an element never sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from textwrap import dedent

Version = tuple[int, int]

_TOKEN = re.compile(r"\s*([A-Za-z$]\w*|\d+(?:\.\d+)?|[(),|!*+])", re.ASCII)
_HEAD = re.compile(r"(?P<name>\$?[A-Za-z]\w*)(?P<iterates>\s+iterates)?\s*:(?P<body>.*)", re.ASCII | re.DOTALL)


class NotationError(ValueError):
    """A line of a grammar cannot be read."""


@dataclass(frozen=True)
class Element:
    """One element: its name, its type and where it exists."""

    name: str
    type: str
    args: tuple[str, ...] = ()
    since: Version = (0, 0)
    not_in: frozenset[str] = frozenset()
    required: bool = False
    repeats: bool = False


@dataclass(frozen=True)
class Group:
    """Parts one after the other, or one of several alternatives."""

    parts: tuple[Node, ...]
    one_of: bool = False
    required: bool = True
    repeats: bool = False


@dataclass(frozen=True)
class Fragment:
    """Stands for the elements of another line."""

    name: str


Node = Element | Group | Fragment


@dataclass(frozen=True)
class Aggregate:
    """One line: an element that holds other elements."""

    name: str
    content: Group
    iterates: bool = False


def read(text: str) -> Iterator[Aggregate]:
    """The aggregates of one grammar text, in order. Raises NotationError with the line."""
    for line in _lines(text):
        head = _HEAD.fullmatch(line)
        if head is None:
            raise NotationError(f"no “Name: elements” in: {line}")
        try:
            content = _Reader(head["body"]).all()
        except NotationError as error:
            raise NotationError(f"{head['name']}: {error}") from None
        yield Aggregate(head["name"], content, iterates=bool(head["iterates"]))


def _lines(text: str) -> list[str]:
    lines: list[str] = []
    for raw in dedent(text).splitlines():
        line = raw.split("#", 1)[0].rstrip()
        if not line:
            continue
        if line[0].isspace() and lines:
            lines[-1] += " " + line.strip()
        else:
            lines.append(line.strip())
    return lines


class _Reader:
    def __init__(self, body: str) -> None:
        self.tokens = _tokens(body)
        self.at = 0

    def all(self) -> Group:
        content = self.sequence()
        if self.peek():
            raise NotationError(f"“{self.peek()}” was not expected")
        return content

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""

    def take(self, wanted: str = "") -> str:
        token = self.peek()
        if not token or (wanted and token != wanted):
            raise NotationError(f"“{wanted or 'a word'}” expected, “{token or 'the end'}” found")
        self.at += 1
        return token

    def taken(self, *wanted: str) -> str:
        return self.take() if self.peek() in wanted else ""

    def sequence(self) -> Group:
        parts = [self.part()]
        while self.taken(","):
            parts.append(self.part())
        return Group(tuple(parts))

    def branch(self) -> Group:
        branch = self.sequence()
        if len(branch.parts) == 1 and isinstance(only := branch.parts[0], Element):
            return replace(branch, parts=(replace(only, required=True),))  # choosing it means writing it
        return branch

    def part(self) -> Node:
        if self.taken("("):
            branches = [self.branch()]
            while self.taken("|"):
                branches.append(self.branch())
            self.take(")")
            required, repeats = self.mark()
            return Group(tuple(branches), one_of=True, required=required, repeats=repeats)
        name = self.take()
        return Fragment(name) if name.startswith("$") else self.element(name)

    def mark(self) -> tuple[bool, bool]:
        mark = self.taken("!", "*", "+")
        return mark in {"!", "+"}, mark in {"*", "+"}

    def element(self, name: str) -> Element:
        required, repeats = self.mark()
        element = Element(name, type=name, required=required, repeats=repeats)
        if self.peek()[:1].isalpha() and self.peek() not in {"since", "not"}:
            element = replace(element, type=self.take(), args=self.arguments())
        while word := self.taken("since", "not"):
            if word == "since":
                element = replace(element, since=version(self.take()))
            else:
                element = replace(element, not_in=element.not_in | {self.take()})
        return element

    def arguments(self) -> tuple[str, ...]:
        if not self.taken("("):
            return ()
        args = [self.take()]
        while self.taken(","):
            args.append(self.take())
        self.take(")")
        return tuple(args)


def _tokens(body: str) -> list[str]:
    tokens, at = [], 0
    body = body.rstrip()
    while at < len(body):
        match = _TOKEN.match(body, at)
        if match is None:
            raise NotationError(f"“{body[at:].strip()[:20]}” cannot be read")
        tokens.append(match[1])
        at = match.end()
    return tokens


def version(text: str) -> Version:
    """``13.0`` as (13, 0), so that versions compare."""
    major, _, minor = text.partition(".")
    return int(major), int(minor or 0)
