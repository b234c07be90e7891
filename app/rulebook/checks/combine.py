"""Words that join other checks: all of them, any of them, not this one."""

from __future__ import annotations

from dataclasses import replace

from app.core.decision import Facts, Link
from app.rulebook.checks.base import compile_check, word
from app.rulebook.problems import Fault
from app.rulebook.scope import Line, Miss, Scope, Test
from app.rulebook.yaml_strict import Node


@word("all_of")
def all_of(argument: Node, scope: Scope) -> Test:
    """Every check of a list passes. The message speaks of the first that does not; all blocking items are named.

    ```yaml
    kind: commitment
    require: {all_of: [{present: title}, {max_length: {title: 20}}]}
    passes: {words: {title: Foundations}}
    fails: {words: {title: Foundations and basement walls}}
    ```
    """
    tests = _several(argument, "all_of", scope)

    def test(facts: Facts, line: Line) -> Miss | None:
        misses = [miss for inner in tests if (miss := inner(facts, line)) is not None]
        return _joined(misses) if misses else None

    return test


@word("any_of")
def any_of(argument: Node, scope: Scope) -> Test:
    """At least one check of a list passes.

    ```yaml
    kind: commitment
    require: {any_of: [{equals: {duplicate: ""}}, {present: send_anyway}]}
    passes: {words: {duplicate: Delta has SC-014, send_anyway: the other one was cancelled}}
    fails: {words: {duplicate: Delta has SC-014, send_anyway: ""}}
    ```
    """
    tests = _several(argument, "any_of", scope)

    def test(facts: Facts, line: Line) -> Miss | None:
        misses: list[Miss] = []
        for inner in tests:
            miss = inner(facts, line)
            if miss is None:
                return None
            misses.append(miss)
        return _joined(misses)

    return test


@word("not")
def negation(argument: Node, scope: Scope) -> Test:
    """A check does not pass.

    ```yaml
    kind: company
    require: {not: {present: vendor_match}}
    passes: {words: {vendor_match: ""}}
    fails: {words: {vendor_match: Delta Concrete}}
    ```
    """
    inner = compile_check(argument, scope)

    def test(facts: Facts, line: Line) -> Miss | None:
        return Miss() if inner(facts, line) is None else None

    return test


def _several(argument: Node, name: str, scope: Scope) -> tuple[Test, ...]:
    parts = argument.sequence(f"`{name}:`")
    if not parts:
        raise Fault(argument.place, f"`{name}:` has no check in it.")
    return tuple(compile_check(part, scope) for part in parts)


def _joined(misses: list[Miss]) -> Miss:
    blocking: dict[Link, None] = dict.fromkeys(link for miss in misses for link in miss.blocking)
    setting = next((miss.setting for miss in misses if miss.setting), "")
    return replace(misses[0], blocking=tuple(blocking), setting=setting)
