"""Words about values: there or not, above zero, equal, not before a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from app.core.decision import Facts
from app.rulebook.checks.base import same, word
from app.rulebook.problems import Fault
from app.rulebook.scope import Getter, Line, Miss, Scope, Test, Unfit
from app.rulebook.words import is_absent
from app.rulebook.yaml_strict import Node


@word("present")
def present(argument: Node, scope: Scope) -> Test:
    """A word has a value, a list or a group has a member, or the item has lines. Zero and `false` are values.

    ```yaml
    kind: commitment
    require: {present: lines}
    passes: {lines: [{position: 1, cost_code: 03-300}]}
    fails: {lines: []}
    ```
    """
    get = scope.word(argument).get

    def test(facts: Facts, line: Line) -> Miss | None:
        value = get(facts, line)
        if is_absent(value) or (isinstance(value, str) and not value.strip()):
            return Miss(value, count=0)
        return None

    return test


@word("positive")
def positive(argument: Node, scope: Scope) -> Test:
    """A number is above zero. An absent number fails.

    ```yaml
    kind: commitment
    require: {positive: amount}
    passes: {words: {amount: 500.00}}
    fails: {words: {amount: 0.00}}
    ```
    """
    get = scope.word(argument, "money", "number").typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        value = get(facts, line)
        return None if value is not None and value > 0 else Miss(value, 0)

    return test


@word("equals")
def equals(argument: Node, scope: Scope) -> Test:
    """A word has exactly this value. In texts capitals, spaces, hyphens and underscores do not count.

    An absent word equals `false`, `0` and the empty text.

    ```yaml
    kind: commitment
    require: {equals: {voided: false}}
    passes: {words: {voided: false}}
    fails: {words: {voided: true}}
    ```
    """
    subject, wanted_node = scope.pair(argument, "equals", "text", "money", "number", "yes_no")
    wanted = wanted_node.value
    if not _comparable(wanted, subject.type):
        raise Fault(wanted_node.place, f"'{subject.name}' is of type {subject.type}; it can never equal this value.")
    get, aim = subject.typed(), same(wanted)

    def test(facts: Facts, line: Line) -> Miss | None:
        value = get(facts, line)
        fits = not aim if is_absent(value) else same(value) == aim
        return None if fits else Miss(value, wanted)

    return test


@word("not_before")
def not_before(argument: Node, scope: Scope) -> Test:
    """A day is not before another one; that day itself passes. Days are written YYYY-MM-DD.

    The other day is a day, a word of the item, or a setting. An absent first day fails; where the other day
    is not known there is nothing to be before, and the check passes.

    ```yaml
    words: {accounting_date: text}
    settings: {books_open_from: text}
    require: {not_before: {accounting_date: books_open_from}}
    passes: {words: {accounting_date: "2026-04-01"}, settings: {books_open_from: "2026-04-01"}}
    fails: {words: {accounting_date: "2026-03-30"}, settings: {books_open_from: "2026-04-01"}}
    ```
    """
    subject, other_node = scope.pair(argument, "not_before", "text")
    first, other = subject.typed(), _day(other_node, scope)
    setting = str(other_node.value) if other_node.value in scope.vocabulary.of_settings() else ""

    def test(facts: Facts, line: Line) -> Miss | None:
        limit = other(facts, line)
        if is_absent(limit):
            return None
        value = first(facts, line)
        late_enough = not is_absent(value) and date.fromisoformat(value) >= _as_day(limit)
        return None if late_enough else Miss(value, limit, setting=setting)

    return test


def _as_day(value: Any) -> date:
    if not isinstance(value, str):
        raise Unfit(f"{type(value).__name__} is not a day")
    return date.fromisoformat(value)


def _day(node: Node, scope: Scope) -> Getter:
    name = node.text("The other day of `not_before:`")
    try:
        date.fromisoformat(name)
    except ValueError:
        if name in scope.vocabulary.of_settings():
            return lambda facts, line: facts.settings.get(name)
        return scope.word(node, "text").typed()
    return lambda facts, line: name


def _comparable(wanted: Any, kind: str) -> bool:
    if isinstance(wanted, list | dict):
        return False
    if kind == "yes_no":
        return isinstance(wanted, bool)
    if kind == "text":
        return wanted is None or isinstance(wanted, str)
    return isinstance(wanted, int | Decimal) and not isinstance(wanted, bool)
