"""Kinds that wait for each other in a circle: nothing of them could ever leave."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.core.decision import DENY
from app.rulebook.problems import Problem
from app.rulebook.rule import Rule


def problems(rules: Iterable[Rule]) -> list[Problem]:
    """One problem for each rule that closes a circle of waiting kinds."""
    waits: dict[str, set[str]] = {}
    found: list[Problem] = []
    for rule in rules:
        if rule.effect != DENY:
            continue
        for group in _synced(rule.wording["require"]):
            other = rule.vocabulary.links[group]
            if other == rule.kind:
                continue  # one may wait for another of its own kind: the items themselves form no circle
            if way := _way(waits, other, rule.kind):
                circle = ", which waits for ".join(way)
                sentence = f"{rule.kind} waits for {circle}: none of them could ever leave."
                found.append(Problem(rule.place, sentence, "Remove one of these rules."))
            waits.setdefault(rule.kind, set()).add(other)
    return found


def _synced(wording: Any) -> list[str]:
    """The link groups that must be synced, however deep the word stands."""
    if isinstance(wording, list):
        return [group for part in wording for group in _synced(part)]
    if not isinstance(wording, dict):
        return []
    own = [wording["synced"]] if isinstance(wording.get("synced"), str) else []
    return own + [group for key, part in wording.items() if key in ("all_of", "any_of") for group in _synced(part)]


def _way(waits: dict[str, set[str]], start: str, goal: str, passed: tuple[str, ...] = ()) -> list[str]:
    """The kinds on the way from one kind to another, both included; empty when there is none."""
    if start == goal:
        return [*passed, goal]
    for following in sorted(waits.get(start, ())):
        if following not in passed and (way := _way(waits, following, goal, (*passed, start))):
            return way
    return []
