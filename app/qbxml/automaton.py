"""The order of elements as a table: in each state, which element may come next and where it leads."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.qbxml.notation import Element, Group, Node

START = -1


class AmbiguityError(ValueError):
    """Two places in one aggregate answer to the same name; a reader could not tell them apart."""


@dataclass
class Automaton:
    """One aggregate's elements by position; ``moves[state][name]`` is the next position.

    A position is a state ("this element was the last one read"), as in Glushkov's construction.
    """

    elements: list[Element] = field(default_factory=list)
    moves: dict[int, dict[str, int]] = field(default_factory=dict)
    final: set[int] = field(default_factory=set)
    #: what cannot be left out, in order: the positions of which one must be reached
    needed: list[tuple[int, ...]] = field(default_factory=list)


@dataclass
class _Span:
    nullable: bool
    first: list[int]
    last: list[int]


def build(content: Group) -> Automaton:
    """The table of one aggregate's content (fragments already spelled out)."""
    builder = _Builder()
    span = builder.span(content)
    automaton = Automaton(builder.elements, needed=builder.needed)
    automaton.moves[START] = _by_name(builder, span.first)
    for position in range(len(builder.elements)):
        automaton.moves[position] = _by_name(builder, builder.follow[position])
    automaton.final = set(span.last) | ({START} if span.nullable else set())
    return automaton


def _by_name(builder: _Builder, positions: list[int]) -> dict[str, int]:
    row: dict[str, int] = {}
    for position in positions:
        name = builder.elements[position].name
        if row.setdefault(name, position) != position:
            raise AmbiguityError(f"{name} may stand in two places that cannot be told apart")
    return row


class _Builder:
    def __init__(self) -> None:
        self.elements: list[Element] = []
        self.follow: list[list[int]] = []
        self.needed: list[tuple[int, ...]] = []
        self.choosing = 0  # how many choices surround the node at hand

    def span(self, node: Node) -> _Span:
        if isinstance(node, Element):
            span = self.one(node)
        elif isinstance(node, Group):
            span = self.choice(node) if node.one_of else self.sequence(node)
        else:
            raise TypeError(f"fragment {node.name} was not spelled out")
        if isinstance(node, Group) and node.one_of and node.required and span.nullable:
            raise AmbiguityError("a choice that must be made has a branch that may be empty")
        if node.required and not self.choosing and (isinstance(node, Element) or node.one_of):
            self.needed.append(tuple(span.first))
        if node.repeats:
            self.link(span.last, span.first)
        span.nullable = span.nullable or not node.required
        return span

    def one(self, element: Element) -> _Span:
        self.elements.append(element)
        self.follow.append([])
        position = len(self.elements) - 1
        return _Span(False, [position], [position])

    def choice(self, group: Group) -> _Span:
        self.choosing += 1
        spans = [self.span(part) for part in group.parts]
        self.choosing -= 1
        return _Span(
            any(span.nullable for span in spans),
            [position for span in spans for position in span.first],
            [position for span in spans for position in span.last],
        )

    def sequence(self, group: Group) -> _Span:
        whole = _Span(True, [], [])
        for part in group.parts:
            span = self.span(part)
            self.link(whole.last, span.first)
            if whole.nullable:
                whole.first += span.first
            whole.last = whole.last + span.last if span.nullable else span.last
            whole.nullable = whole.nullable and span.nullable
        return whole

    def link(self, sources: list[int], targets: list[int]) -> None:
        for source in sources:
            self.follow[source] += [target for target in targets if target not in self.follow[source]]
