"""Messages with words in braces: read once when the rules load, filled in when a rule speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.core import text
from app.core.decision import Facts, Link
from app.rulebook.problems import Fault, suggest
from app.rulebook.scope import Line, Miss
from app.rulebook.words import HOST, OF_THE_FINDING, Vocabulary
from app.rulebook.yaml_strict import Node

_BRACES = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Sentence:
    """A sentence for one item or line, and one for several where the grammar differs."""

    one: tuple[str, ...]  # plain text and names of words by turns, plain text first
    many: tuple[str, ...]
    wording: str  # as the file has it, for the manual

    def filled(self, facts: Facts, line: Line, miss: Miss, line_label: str, vocabulary: Vocabulary) -> str:
        """The sentence about one finding."""
        parts = list(self.many if miss.count is not None and miss.count != 1 else self.one)
        for index in range(1, len(parts), 2):
            parts[index] = _shown(_value(parts[index], facts, line, miss, line_label, vocabulary))
        return text.squeeze("".join(parts))


def read(node: Node, what: str, vocabulary: Vocabulary, *, each_line: bool) -> Sentence:
    """The sentence of a ``message:`` or ``fix:``: a text, or ``{one: …, many: …}``."""
    known = vocabulary.placeholders(each_line=each_line)
    if not isinstance(node.value, dict):
        parts = _split(node, what, known)
        return Sentence(parts, parts, str(node.value))
    if set(node.value) != {"one", "many"}:
        raise Fault(node.place, f"{what} is a text, or has exactly the two forms `one:` and `many:`.")
    one, many = node.value["one"], node.value["many"]
    return Sentence(_split(one, what, known), _split(many, what, known), str(many.value))


def _split(node: Node, what: str, known: set[str]) -> tuple[str, ...]:
    parts = _BRACES.split(node.text(what))
    for plain in parts[::2]:
        if "{" in plain or "}" in plain:
            raise Fault(node.place, f"{what} has a brace without its partner.")
    for name in parts[1::2]:
        if name not in known:
            raise Fault(node.place, f"{what} names '{{{name}}}', which is no word here.", suggest(name, known))
    return tuple(parts)


def _value(name: str, facts: Facts, line: Line, miss: Miss, line_label: str, vocabulary: Vocabulary) -> Any:
    """What a name in braces stands for: of the finding, the line, the blocking items, the item, QuickBooks."""
    if name in OF_THE_FINDING:
        return line_label if name == "line" else getattr(miss, name)
    if line and name in vocabulary.lines:
        return line.get(name)
    group = facts.links.get(name, ())
    blocking = [_label(link) for link in group if link in miss.blocking]
    if blocking:
        return blocking
    if name in HOST:
        return facts.host.get(HOST[name][0])
    if name in vocabulary.of_item():
        return facts.words.get(name)
    return [_label(link) for link in group]


def _label(link: Link) -> str:
    return f"{link.label} (failed)" if link.state == "failed" and not link.synced else link.label


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return text.shown(value)


def label_of_line(line: Mapping[str, Any], index: int) -> str:
    """``Line 3 (03-300)``: how a finding names its line."""
    name = f"Line {line.get('position') or index + 1}"
    return f"{name} ({line['cost_code']})" if line.get("cost_code") else name
