"""The examples that lie beside the rules: what is given, and which rules must speak."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core.decision import Facts, Link
from app.rulebook.keys import check_keys
from app.rulebook.problems import Fault, Problem, suggest
from app.rulebook.rule import Pack
from app.rulebook.schema import EFFECTS, TRIGGERS
from app.rulebook.words import HOST, PEOPLE, TYPES, Vocabulary
from app.rulebook.yaml_strict import Node
from state_machines.item import STATES

_FILE_KEYS = ("kind", "usual", "examples")
_EXAMPLE_KEYS = ("name", "trigger", "given", "expect")
_GIVEN_KEYS = ("words", "lines", "links", "settings", "host", "people")


@dataclass(frozen=True)
class Example:
    """One case: facts, a move, and the rules that must speak with each effect."""

    name: str
    node: Node
    trigger: str
    facts: Facts
    expect: Mapping[str, tuple[str, ...]]


def read(root: Node, pack: Pack, problems: list[Problem]) -> list[Example]:
    """The examples of one file; those that cannot be read leave their problems instead."""
    found: list[Example] = []
    try:
        check_keys(root, _FILE_KEYS, ("kind", "examples"), "a file of examples")
        entries = root.mapping("A file of examples")
        kind = entries["kind"].text("`kind:`")
        if kind not in pack.vocabularies:
            raise Fault(entries["kind"].place, f"'{kind}' is not a kind.", suggest(kind, pack.vocabularies))
        nodes = entries["examples"].sequence("`examples:`")
    except Fault as fault:
        problems.append(fault.problem)
        return found
    for node in nodes:
        try:
            found.append(_example(node, entries.get("usual"), pack, pack.vocabularies[kind]))
        except Fault as fault:
            problems.append(fault.problem)
    return found


def facts(vocabulary: Vocabulary, *given: Node | None) -> Facts:
    """Facts as an example writes them; later parts are laid over earlier ones, word by word."""
    parts: dict[str, dict[str, Any]] = {key: {} for key in _GIVEN_KEYS if key != "lines"}
    lines: tuple[dict[str, Any], ...] = ()
    for node in given:
        if node is None:
            continue
        check_keys(node, _GIVEN_KEYS, (), "what is given")
        entries = node.mapping("What is given")
        parts["words"] |= _words(entries.get("words"), vocabulary.of_item(), "word", not_these=HOST)
        parts["settings"] |= _words(entries.get("settings"), vocabulary.of_settings(), "setting")
        parts["host"] |= _words(entries.get("host"), dict(HOST.values()), "fact of QuickBooks")
        parts["links"] |= _links(entries.get("links"), vocabulary)
        parts["people"] |= _people(entries.get("people"), vocabulary)
        if "lines" in entries:
            rows = entries["lines"].sequence("`lines:`")
            lines = tuple(_words(row, vocabulary.lines, "word of a line") for row in rows)
    return Facts(kind=vocabulary.kind, lines=lines, **parts)


def _example(node: Node, usual: Node | None, pack: Pack, vocabulary: Vocabulary) -> Example:
    check_keys(node, _EXAMPLE_KEYS, ("name", "trigger", "expect"), "an example")
    entries = node.mapping("An example")
    trigger = entries["trigger"].text("`trigger:`")
    if trigger not in TRIGGERS:
        raise Fault(entries["trigger"].place, f"'{trigger}' is not a move rules guard.", suggest(trigger, TRIGGERS))
    given = facts(vocabulary, usual, entries.get("given"))
    return Example(entries["name"].text("`name:`"), node, trigger, given, _expected(entries["expect"], pack))


def _expected(node: Node, pack: Pack) -> dict[str, tuple[str, ...]]:
    check_keys(node, EFFECTS, (), "what is expected")
    names = {rule.name for rule in pack.all_rules}
    expected: dict[str, tuple[str, ...]] = {}
    for effect, part in node.mapping("What is expected").items():
        for name_node in part.sequence("The rules expected to speak"):
            if name_node.value not in names:
                raise Fault(
                    name_node.place, f"'{name_node.value}' is not a rule.", suggest(str(name_node.value), names)
                )
        expected[effect] = tuple(part.plain())
    return expected


def _words(
    node: Node | None, types: Mapping[str, str], what: str, not_these: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    if node is None:
        return {}
    values: dict[str, Any] = {}
    for name, value_node in node.mapping("The values").items():
        if name not in types or name in (not_these or {}):
            raise Fault(node.at(name), f"'{name}' is not a {what}.", suggest(name, types))
        values[name] = _typed(value_node, types[name])
    return values


def _typed(node: Node, kind: str) -> Any:
    """A value of a word; ``{repeat: x, times: 4096}`` stands for a text too long to write out."""
    value = node.plain()
    if kind == "text" and isinstance(value, dict):
        return _repeated(node)
    if value is None:
        return None
    if not isinstance(value, TYPES[kind]) or (isinstance(value, bool) and kind != "yes_no"):
        raise Fault(node.place, f"This must be of type {kind}.", "Put a text in quotes." if kind == "text" else "")
    return Decimal(value) if kind == "money" and isinstance(value, int) else value


def _repeated(node: Node) -> str:
    check_keys(node, ("repeat", "times"), ("repeat", "times"), "a repeated text")
    entries = node.mapping("A repeated text")
    times = entries["times"].value
    if not isinstance(times, int) or not 0 < times <= 10_000:
        raise Fault(entries["times"].place, "`times:` is a whole number from 1 to 10000.")
    return entries["repeat"].text("`repeat:`") * times


def _links(node: Node | None, vocabulary: Vocabulary) -> dict[str, tuple[Link, ...]]:
    """Groups of linked items, each item as ``label: state``."""
    if node is None:
        return {}
    groups: dict[str, tuple[Link, ...]] = {}
    for group, members in node.mapping("The links").items():
        if group not in vocabulary.links:
            raise Fault(node.at(group), f"'{group}' is not a link.", suggest(group, vocabulary.links))
        groups[group] = tuple(
            Link(vocabulary.links[group], number, label, _state(state), state.value == "synced")
            for number, (label, state) in enumerate(members.mapping("A group of links").items(), 1)
        )
    return groups


def _state(node: Node) -> str:
    state = node.text("A state")
    if state not in STATES:
        raise Fault(node.place, f"'{state}' is not a state.", suggest(state, STATES))
    return state


def _people(node: Node | None, vocabulary: Vocabulary) -> dict[str, tuple[str, ...]]:
    if node is None:
        return {}
    known = (*PEOPLE, *vocabulary.links)
    found: dict[str, tuple[str, ...]] = {}
    for part, names in node.mapping("The people").items():
        if part not in known:
            raise Fault(node.at(part), f"'{part}' is not a part somebody plays.", suggest(part, known))
        found[part] = tuple(name.text("A name") for name in names.sequence("The people of a part"))
    return found
