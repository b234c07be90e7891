"""The form of a rule file: reads its nodes into rules and gathers every problem on the way."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date

from app.core.decision import AUDIT, DENY, WARN
from app.rulebook import sentence
from app.rulebook.checks import compile_check
from app.rulebook.keys import check_keys
from app.rulebook.problems import Fault, Problem, suggest
from app.rulebook.rule import Rule
from app.rulebook.scope import Scope
from app.rulebook.words import COMMON, HOST, LINES, OF_THE_FINDING, TYPES, Vocabulary
from app.rulebook.yaml_strict import Node

TRIGGERS = ("send", "accept", "queue")
REASONS = ("dependency", "data", "order", "permission", "setting", "edition")
EFFECTS = (DENY, WARN, AUDIT)

_FILE_KEYS = ("kind", "words", "lines", "links", "settings", "permissions", "rules")
_RULE_NEEDS = ("name", "before", "require", "reason", "effect", "message", "fix", "source", "since")
_RULE_MAY = ("when", "each", "setting", "field")
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*\Z")
_WORD = re.compile(r"[a-z][a-z0-9_]*\Z")


def vocabulary(root: Node) -> Vocabulary:
    """The kind of a rule file and the words it declares."""
    entries = root.mapping("A rule file")
    check_keys(root, _FILE_KEYS, ("kind", "rules"), "a rule file")
    return Vocabulary(
        kind=entries["kind"].text("`kind:`"),
        words=_declared(entries.get("words"), TYPES, taken=(*COMMON, *HOST, *OF_THE_FINDING, LINES)),
        lines=_declared(entries.get("lines"), TYPES, taken=(*OF_THE_FINDING, LINES)),
        links=_declared(entries.get("links"), None, taken=(*OF_THE_FINDING, LINES)),
        settings=_declared(entries.get("settings"), TYPES, taken=()),
    )


def rules(root: Node, words: Vocabulary, problems: list[Problem]) -> list[Rule]:
    """The rules of a file; those that cannot be read leave their problems instead."""
    found: list[Rule] = []
    try:
        nodes = root.mapping("A rule file")["rules"].sequence("`rules:`")
    except Fault as fault:
        problems.append(fault.problem)
        return found
    for node in nodes:
        try:
            found.append(_rule(node, words))
        except Fault as fault:
            problems.append(fault.problem)
    return found


def _declared(node: Node | None, types: Iterable[str] | None, taken: Iterable[str]) -> Mapping[str, str]:
    """Words and their types; with ``types`` None the other side is a kind and not checked here."""
    if node is None:
        return {}
    declared: dict[str, str] = {}
    for name, type_node in node.mapping("The words").items():
        if not _WORD.match(name):
            raise Fault(node.at(name), f"'{name}' cannot be a word: use small letters, digits and underscores.")
        if name in taken:
            raise Fault(node.at(name), f"'{name}' is already a word of every kind.")
        kind = type_node.text(f"The type of '{name}'")
        if types is not None and kind not in types:
            raise Fault(type_node.place, f"'{kind}' is not a type of words.", suggest(kind, types))
        declared[name] = kind
    return declared


def _rule(node: Node, words: Vocabulary) -> Rule:
    entries = node.mapping("A rule")
    check_keys(node, (*_RULE_NEEDS, *_RULE_MAY), _RULE_NEEDS, "a rule")
    name = entries["name"].text("`name:`")
    if not _NAME.match(name):
        raise Fault(entries["name"].place, f"'{name}' is not a rule name: use small letters, digits and hyphens.")
    each_line = "each" in entries and _choice(entries["each"], (LINES,), "`each:`") == LINES
    scope = Scope(words, each_line)
    return Rule(
        name=name,
        kind=words.kind,
        place=node.place,
        before=_before(entries["before"]),
        reason=_choice(entries["reason"], REASONS, "`reason:`"),
        effect=_choice(entries["effect"], EFFECTS, "`effect:`"),
        message=sentence.read(entries["message"], "The message", words, each_line=each_line),
        fix=sentence.read(entries["fix"], "The fix", words, each_line=each_line),
        source=entries["source"].text("`source:`"),
        since=_since(entries["since"]),
        require=compile_check(entries["require"], scope),
        when=compile_check(entries["when"], scope) if "when" in entries else None,
        each_line=each_line,
        setting=_choice(entries["setting"], words.of_settings(), "`setting:`") if "setting" in entries else "",
        field=entries["field"].text("`field:`") if "field" in entries else "",
        vocabulary=words,
        wording=node.plain(),
    )


def _before(node: Node) -> tuple[str, ...]:
    parts = node.value if isinstance(node.value, list) else [node]
    if not parts:
        raise Fault(node.place, "`before:` names no move, so the rule would never be asked.", suggest("", TRIGGERS))
    return tuple(dict.fromkeys(_choice(part, TRIGGERS, "`before:`") for part in parts))


def _choice(node: Node, known: Iterable[str], what: str) -> str:
    value = node.text(what)
    if value not in known:
        raise Fault(node.place, f"'{value}' is not possible in {what}.", suggest(value, known))
    return value


def _since(node: Node) -> date:
    text = node.text("`since:`")
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise Fault(node.place, f"'{text}' is not a day.", "Write it as 2025-01-31.") from None
