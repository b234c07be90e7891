"""Words about texts: their form, their length, the choice they may come from."""

from __future__ import annotations

import re
from typing import Any

from app.core.decision import Facts
from app.rulebook.checks.base import same, word
from app.rulebook.problems import Fault
from app.rulebook.scope import Getter, Line, Miss, Scope, Test, Unfit
from app.rulebook.yaml_strict import Node

_LONGEST_PATTERN = 100
_LONGEST_MATCHED = 500
_MOST_REPEATS = 3
_REPEATED_GROUP = re.compile(r"[+*}]\)?[+*{]|\)[+*{]|\\[1-9]|\(\?P=")


@word("max_length")
def max_length(argument: Node, scope: Scope) -> Test:
    """A text has at most so many characters. An absent text passes.

    The message may use `{count}` (its length), `{limit}` and `{value}`.

    ```yaml
    kind: commitment
    require: {max_length: {quickbooks_number: 11}}
    passes: {words: {quickbooks_number: SC-014}}
    fails: {words: {quickbooks_number: SC-014-REVISED}}
    ```
    """
    subject, limit_node = scope.pair(argument, "max_length", "text")
    limit = limit_node.value
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Fault(limit_node.place, "The limit of `max_length:` must be a whole number above zero.")
    get = subject.typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        text = get(facts, line) or ""
        return Miss(text, limit, len(text)) if len(text) > limit else None

    return test


@word("matches")
def matches(argument: Node, scope: Scope) -> Test:
    """A whole text has the form of a pattern (a regular expression). An absent text counts as empty.

    Patterns that could take long are refused: no repeated groups, no back references, three repeats (`*`, `+`,
    `{}`) and 100 characters at most.

    ```yaml
    kind: company
    require: {matches: {quickbooks_name: "[^:]*"}}
    passes: {words: {quickbooks_name: Delta Concrete}}
    fails: {words: {quickbooks_name: "Delta: Concrete"}}
    ```
    """
    subject, pattern_node = scope.pair(argument, "matches", "text")
    fits = _pattern(pattern_node).fullmatch
    get = subject.typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        text = get(facts, line) or ""
        if len(text) > _LONGEST_MATCHED:
            raise Unfit(f"the word '{subject.name}' has {len(text)} characters, too many for a pattern")
        return None if fits(text) else Miss(text)

    return test


@word("one_of")
def one_of(argument: Node, scope: Scope) -> Test:
    """A value is one of a list. Capitals, spaces, hyphens and underscores do not count; an absent value fails.

    The message may use `{value}` and `{limit}` (the list).

    ```yaml
    kind: commitment
    require: {one_of: {procore_status: [Approved, Complete]}}
    passes: {words: {procore_status: approved}}
    fails: {words: {procore_status: Draft}}
    ```
    """
    subject, choice_node = scope.pair(argument, "one_of", "text", "number")
    choice = [_plain(node) for node in choice_node.sequence("The choice of `one_of:`")]
    if not choice:
        raise Fault(choice_node.place, "The choice of `one_of:` is empty: nothing could ever pass.")
    allowed = {same(value) for value in choice}
    get = subject.typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        value = get(facts, line)
        return None if same(value) in allowed else Miss(value, choice)

    return test


@word("unique")
def unique(argument: Node, scope: Scope) -> Test:
    """No other record has the same values. `of` names the words that must be unique together.

    `found` names the word that says who has them already; the connector looks in QuickBooks and fills it.
    While one of the words in `of` is absent there is nothing to compare, and the check passes.

    ```yaml
    kind: commitment
    require: {unique: {of: [company, quickbooks_number], found: duplicate}}
    passes: {words: {company: Delta, quickbooks_number: SC-014, duplicate: ""}}
    fails: {words: {company: Delta, quickbooks_number: SC-014, duplicate: Delta already has order SC-014}}
    ```
    """
    entries = argument.mapping("`unique:`")
    if set(entries) != {"of", "found"}:
        raise Fault(argument.place, "`unique:` needs `of: [words]` and `found: word`, and nothing else.")
    names = entries["of"].sequence("The words of `unique:`")
    if not names:
        raise Fault(entries["of"].place, "`unique:` names no word that should be unique.")
    given: list[Getter] = [scope.word(name).get for name in names]
    found = scope.word(entries["found"], "text").typed()

    def test(facts: Facts, line: Line) -> Miss | None:
        holder = found(facts, line)
        if not holder or not all(get(facts, line) for get in given):
            return None
        return Miss(holder)

    return test


def _pattern(node: Node) -> re.Pattern[str]:
    text = node.text("The pattern of `matches:`")
    if len(text) > _LONGEST_PATTERN:
        raise Fault(node.place, f"The pattern has {len(text)} characters; {_LONGEST_PATTERN} are allowed.")
    if _REPEATED_GROUP.search(text) or len(re.findall(r"[*+{]", text)) > _MOST_REPEATS:
        raise Fault(node.place, "The pattern repeats too much or refers back; that can take for ever on some texts.")
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise Fault(node.place, f"The pattern cannot be read: {error}.") from None


def _plain(node: Node) -> Any:
    if isinstance(node.value, list | dict) or node.value is None or isinstance(node.value, bool):
        raise Fault(node.place, "A choice is made of texts and numbers.")
    return node.value
