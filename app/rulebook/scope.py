"""What a rule can see: turns the words it names into quick look-ups, and refuses names nobody knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.decision import Facts, Link
from app.rulebook.problems import Fault, suggest
from app.rulebook.words import HOST, LINES, TYPES, Vocabulary
from app.rulebook.yaml_strict import Node

Line = Mapping[str, Any]
Getter = Callable[[Facts, Line], Any]


@dataclass(frozen=True, slots=True)
class Miss:
    """Why a check did not pass: what a message may say of it."""

    value: Any = None
    limit: Any = None
    count: int | None = None
    blocking: tuple[Link, ...] = ()
    setting: str = ""


#: A compiled check: nothing when it passes, a miss when it does not. It may raise when it cannot be evaluated.
Test = Callable[[Facts, Line], Miss | None]


class Unfit(TypeError):
    """A word holds a value of another type than the check needs."""


@dataclass(frozen=True, slots=True)
class Word:
    """One name a rule looks at."""

    name: str
    type: str  # a type of words.TYPES, or "links" or "lines"
    get: Getter

    def typed(self) -> Getter:
        """The look-up that raises when the value is of another type than the word was declared with."""
        name, get, wanted = self.name, self.get, TYPES[self.type]
        truth = bool in wanted

        def checked(facts: Facts, line: Line) -> Any:
            value = get(facts, line)
            if value is None or (isinstance(value, wanted) and (truth or not isinstance(value, bool))):
                return value
            raise Unfit(f"the word '{name}' holds {type(value).__name__}, not {wanted[0].__name__}")

        return checked


@dataclass(frozen=True)
class Scope:
    """The vocabulary of a rule's kind, and whether the rule is tried on each line."""

    vocabulary: Vocabulary
    each_line: bool = False

    def word(self, node: Node, *types: str) -> Word:
        """The word a text node names, of one of the given types (of any, if none is given)."""
        return self.named(node.text("The name of a word"), node, *types)

    def named(self, name: str, at: Node, *types: str, key: bool = False) -> Word:
        """The word of that name; ``at`` says where it stands, ``key`` that it is a name before a colon."""
        place = at.at(name) if key else at.place
        word = self._find(name)
        if word is None:
            kind = self.vocabulary.kind
            raise Fault(place, f"'{name}' is not a word of {kind}.", suggest(name, self._known()))
        if types and word.type not in types:
            raise Fault(place, f"'{name}' is of type {word.type}; this check needs {' or '.join(types)}.")
        return word

    def pair(self, node: Node, check: str, *types: str) -> tuple[Word, Node]:
        """The one ``word: argument`` of a check such as ``max_length: {title: 30}``."""
        entries = node.mapping(f"`{check}:`")
        if len(entries) != 1:
            raise Fault(node.place, f"`{check}:` takes exactly one word.", f"Write {check}: {{word: …}}.")
        ((name, argument),) = entries.items()
        return self.named(name, node, *types, key=True), argument

    def _known(self) -> set[str]:
        known = set(self.vocabulary.of_item()) | set(self.vocabulary.links) | {LINES}
        return known | set(self.vocabulary.lines) if self.each_line else known

    def _find(self, name: str) -> Word | None:
        vocabulary = self.vocabulary
        if self.each_line and name in vocabulary.lines:
            return Word(name, vocabulary.lines[name], lambda facts, line: line.get(name))
        if name in HOST:
            key, kind = HOST[name]
            return Word(name, kind, lambda facts, line: facts.host.get(key))
        if (kind_of_word := vocabulary.of_item().get(name)) is not None:
            return Word(name, kind_of_word, lambda facts, line: facts.words.get(name))
        if name in vocabulary.links:
            return self.links(name)
        if name == LINES:
            return Word(name, "lines", lambda facts, line: facts.lines)
        return None

    def links(self, name: str) -> Word:
        """The group of linked items of that name, whether or not a word has the same name."""
        return Word(name, "links", lambda facts, line: facts.links.get(name, ()))

    def group(self, node: Node) -> Word:
        """The link group a text node names."""
        name = node.text("The name of a link")
        if name not in self.vocabulary.links:
            kind = self.vocabulary.kind
            raise Fault(node.place, f"'{name}' is not a link of {kind}.", suggest(name, self.vocabulary.links))
        return self.links(name)
