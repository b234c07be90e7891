"""Words about who took part: how many approved, and that two parts were played by different people."""

from __future__ import annotations

from app.core.decision import Facts
from app.rulebook.checks.base import word
from app.rulebook.problems import Fault, suggest
from app.rulebook.scope import Line, Miss, Scope, Test
from app.rulebook.words import PEOPLE
from app.rulebook.yaml_strict import Node


@word("approvals")
def approvals(argument: Node, scope: Scope) -> Test:
    """At least so many different people have approved, the one who accepts now included.

    The message may use `{count}` (so far) and `{limit}` (needed).

    ```yaml
    kind: commitment
    when: {expr: "amount > 250000"}
    require: {approvals: 2}
    passes: {words: {amount: 300000.00}, people: {approvers: [Ana, Ben]}}
    fails: {words: {amount: 300000.00}, people: {approvers: [Ana]}}
    ```
    """
    needed = argument.value
    if not isinstance(needed, int) or isinstance(needed, bool) or needed < 1:
        raise Fault(argument.place, "`approvals:` takes a whole number above zero.")

    def test(facts: Facts, line: Line) -> Miss | None:
        names = {name.casefold() for name in facts.people.get("approvers", ())}
        return Miss(limit=needed, count=len(names)) if len(names) < needed else None

    return test


@word("different_person")
def different_person(argument: Node, scope: Scope) -> Test:
    """Nobody plays both parts: `sender`, `approvers`, or the name of a link: whoever accepted the items it leads to.

    Of an item that was linked to what QuickBooks held already nobody counts. The message may use `{value}`, the
    people who play both.

    ```yaml
    kind: company
    require: {different_person: [sender, approvers]}
    passes: {people: {sender: [Pat], approvers: [Ana]}}
    fails: {people: {sender: [Pat], approvers: [Ana, Pat]}}
    ```
    """
    parts = [_part(node, scope) for node in argument.sequence("`different_person:`")]
    if len(parts) != 2 or parts[0] == parts[1]:
        raise Fault(argument.place, "`different_person:` takes two parts, such as [sender, approvers].")
    one, other = parts

    def test(facts: Facts, line: Line) -> Miss | None:
        first = facts.people.get(one)
        if not first:
            return None
        names = {name.casefold() for name in first}
        both = [name for name in facts.people.get(other, ()) if name.casefold() in names]
        return Miss(both, count=len(both)) if both else None

    return test


def _part(node: Node, scope: Scope) -> str:
    name = node.text("A part")
    known = (*PEOPLE, *scope.vocabulary.links)
    if name not in known:
        raise Fault(node.place, f"'{name}' is not a part somebody plays.", suggest(name, known))
    return name
