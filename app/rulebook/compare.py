"""What differs between two packs: rule by rule in the words of the rules, then file by file."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.core.text import shown
from app.rulebook.load import TABLES
from app.rulebook.rule import Pack, Rule

#: The parts of a rule as a reader calls them, in the order of reading.
PARTS = {
    "before": "Guards",
    "when": "For which items",
    "each": "Tried on",
    "require": "Asks for",
    "effect": "Effect",
    "message": "Says",
    "fix": "Tells to",
    "reason": "Reason",
    "setting": "Points to the setting",
    "field": "Points to the field",
    "source": "Source",
    "since": "Since",
}
#: What an effect does, for a reader.
EFFECTS = {"deny": "deny: stops the move", "warn": "warn: shows a remark", "audit": "audit: only written down"}


@dataclass(frozen=True)
class Part:
    """One part of a rule that is worded differently; an empty side was not there."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class ChangedRule:
    """A rule that both packs have, worded differently."""

    rule: Rule
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class ChangedFile:
    """A file that differs, as lines each with its sign."""

    name: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Difference:
    """All that differs from one pack to another."""

    added: tuple[Rule, ...]
    removed: tuple[Rule, ...]
    changed: tuple[ChangedRule, ...]
    files: tuple[ChangedFile, ...]

    @property
    def tables(self) -> tuple[str, ...]:
        """Files that hold no rules and differ all the same: who may do what, and what is not supported."""
        return tuple(file.name for file in self.files if file.name in TABLES)


def compare(before: Pack, after: Pack) -> Difference:
    """What somebody did who made the second pack of the first."""
    old = {rule.name: rule for rule in before.all_rules}
    new = {rule.name: rule for rule in after.all_rules}
    changed = (ChangedRule(new[name], tuple(_parts(old[name], new[name]))) for name in new if name in old)
    return Difference(
        added=tuple(rule for name, rule in new.items() if name not in old),
        removed=tuple(rule for name, rule in old.items() if name not in new),
        changed=tuple(one for one in changed if one.parts),
        files=tuple(_files(before.files, after.files)),
    )


def _parts(before: Rule, after: Rule) -> Iterator[Part]:
    for name, label in PARTS.items():
        old, new = before.wording.get(name), after.wording.get(name)
        if old != new:
            yield Part(label, _said(name, old), _said(name, new))


def _said(name: str, value: Any) -> str:
    return EFFECTS.get(str(value), str(value)) if name == "effect" else _plain(value)


def _plain(value: Any) -> str:
    """A value much as the file writes it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_nested(part)}" for key, part in value.items())
    if isinstance(value, list):
        return ", ".join(_nested(part) for part in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return shown(value)


def _nested(value: Any) -> str:
    return f"({_plain(value)})" if isinstance(value, Mapping) else _plain(value)


def _files(before: Mapping[str, str], after: Mapping[str, str]) -> Iterator[ChangedFile]:
    for name in sorted({*before, *after}):
        old, new = before.get(name, "").splitlines(), after.get(name, "").splitlines()
        if before.get(name) != after.get(name):
            # The first two lines name the file, which the reader knows.
            lines = list(difflib.unified_diff(old, new, lineterm=""))[2:]
            yield ChangedFile(name, tuple((line[:1], line[1:] if line[:1] != "@" else line) for line in lines))
