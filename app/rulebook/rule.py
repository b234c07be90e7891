"""A rule ready to be asked, and the pack of all rules of one version."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from app.rulebook.permissions import Policy
from app.rulebook.problems import Place
from app.rulebook.refusals import Refused
from app.rulebook.scope import Test
from app.rulebook.sentence import Sentence
from app.rulebook.words import Vocabulary


@dataclass(frozen=True)
class Rule:
    """One rule: which move of which kind it guards, what it asks for, and what it says."""

    name: str
    kind: str
    place: Place
    before: tuple[str, ...]
    reason: str
    effect: str
    message: Sentence
    fix: Sentence
    source: str
    since: date
    require: Test
    when: Test | None
    each_line: bool
    setting: str
    field: str
    vocabulary: Vocabulary
    wording: Mapping[str, Any]  # the rule as the file has it

    @property
    def file(self) -> str:
        return self.place.file


@dataclass(frozen=True)
class Pack:
    """All rules of one version; the version is the hash of what the files say."""

    version: str
    files: Mapping[str, str]
    vocabularies: Mapping[str, Vocabulary]
    all_rules: tuple[Rule, ...]
    policy: Policy | None = None  # None: the pack brings no permissions.yaml
    refusals: Mapping[str, Refused] | None = None  # None: it brings no refusals.yaml
    _guarding: dict[tuple[str, str], tuple[Rule, ...]] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        guarding: dict[tuple[str, str], list[Rule]] = {}
        for rule in self.all_rules:
            for trigger in rule.before:
                guarding.setdefault((rule.kind, trigger), []).append(rule)
        self._guarding.update({key: tuple(rules) for key, rules in guarding.items()})

    def rules(self, kind: str, trigger: str) -> tuple[Rule, ...]:
        """The rules that guard one move of one kind, in the order of the files."""
        return self._guarding.get((kind, trigger), ())

    def rule(self, name: str) -> Rule | None:
        """The rule of that name."""
        return next((rule for rule in self.all_rules if rule.name == name), None)
