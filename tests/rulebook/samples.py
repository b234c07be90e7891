"""A small kind with one rule, to be changed by each test."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core.decision import Facts, Link
from app.rulebook import load
from app.rulebook.problems import Problem, RuleErrors
from app.rulebook.rule import Pack

ROOT = Path(__file__).resolve().parents[2]
RULES = ROOT / "rules"

PERMIT = """\
kind: permit
words:
  title: text
  amount: money
  days: number
  urgent: yes_no
  tags: list
lines:
  position: number
  cost_code: text
links:
  owner: permit
rules:
"""

RULE = """\
  - name: {name}
    before: {before}
    require: {require}
    reason: data
    effect: {effect}
    message: "{message}"
    fix: "Change it."
    source: "Made up"
    since: 2025-01-01
"""


def rule(require: str, **changes: str) -> str:
    """One rule of the small kind, as text."""
    parts = {"name": "permit-rule", "before": "accept", "effect": "deny", "message": "No."} | changes
    extra = parts.pop("extra", "")
    return RULE.format(require=require, **parts) + extra


def small_pack(*rules: str) -> Pack:
    """The small kind with these rules."""
    return load.pack({"permit.yaml": PERMIT + "".join(rules)})


def facts(**words: Any) -> Facts:
    """Facts of the small kind."""
    return Facts(kind="permit", words={"label": "Permit 1", **words})


def link(label: str, *, synced: bool = False, state: str = "sent") -> Link:
    """Another permit."""
    return Link("permit", 7, label, "synced" if synced else state, synced)


def problems_of(files: dict[str, str]) -> list[Problem]:
    """What is wrong with files that cannot be loaded."""
    with pytest.raises(RuleErrors) as caught:
        load.pack(files)
    return caught.value.problems


def money(text: str) -> Decimal:
    """An amount."""
    return Decimal(text)
