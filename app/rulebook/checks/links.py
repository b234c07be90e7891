"""Words about other items: what must be in QuickBooks first, and how many may be ahead."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.core.decision import Facts
from app.rulebook.checks.base import word
from app.rulebook.problems import Fault
from app.rulebook.scope import Line, Miss, Scope, Test
from app.rulebook.yaml_strict import Node


@word("synced")
def synced(argument: Node, scope: Scope) -> Test:
    """Every linked item of a group is in QuickBooks.

    An item counts as synced while QuickBooks holds it, whatever becomes of a later change. A group without
    items passes; use `present` where one is needed. In the message the name of the group stands for the
    items that are missing; one that failed is marked so.

    ```yaml
    kind: commitment
    require: {synced: cost_code}
    passes: {links: {cost_code: {03-300: synced, 05-120: synced}}}
    fails: {links: {cost_code: {03-300: synced, 05-120: sent}}}
    ```
    """
    name = scope.group(argument).name

    def test(facts: Facts, line: Line) -> Miss | None:
        missing = tuple(link for link in facts.links.get(name, ()) if not link.synced)
        return Miss(count=len(missing), blocking=missing) if missing else None

    return test


@word("at_most")
def at_most(argument: Node, scope: Scope) -> Test:
    """A number is not above a limit, or a group, a list or the lines have not more members than that.

    An absent number counts as zero.

    ```yaml
    kind: commitment_change_order
    require: {at_most: {changes_ahead: 0}}
    passes: {links: {changes_ahead: {}}}
    fails: {links: {changes_ahead: {CCO 1: queued}}}
    ```
    """
    subject, limit_node = scope.pair(argument, "at_most", "number", "money", "list", "links", "lines")
    limit = limit_node.value
    if not isinstance(limit, int | Decimal) or isinstance(limit, bool):
        raise Fault(limit_node.place, "The limit of `at_most:` must be a number.")
    if subject.type == "links":
        return _at_most_links(subject.name, limit)
    counted = subject.type in ("list", "lines")
    get = subject.get if subject.type == "lines" else subject.typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        value: Any = get(facts, line) or 0
        size = len(value) if counted and value else value
        return Miss(value, limit, len(value) if counted else None) if size > limit else None

    return test


def _at_most_links(name: str, limit: int | Decimal) -> Test:
    def test(facts: Facts, line: Line) -> Miss | None:
        group = facts.links.get(name, ())
        return Miss(limit=limit, count=len(group), blocking=tuple(group)) if len(group) > limit else None

    return test
