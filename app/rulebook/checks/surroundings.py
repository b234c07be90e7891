"""Words about what surrounds an item: the connection's settings and the QuickBooks edition."""

from __future__ import annotations

from typing import Any

from app.core.decision import Facts
from app.rulebook.checks.base import same, word
from app.rulebook.problems import Fault, suggest
from app.rulebook.scope import Line, Miss, Scope, Test
from app.rulebook.words import is_absent
from app.rulebook.yaml_strict import Node

_HOST = ("country", "year", "edition")


@word("setting")
def setting(argument: Node, scope: Scope) -> Test:
    """A setting of the connection has a value (`setting: income_account`), or exactly this value.

    A setting never made equals `false` and the empty text.

    ```yaml
    kind: project
    require: {setting: {customers_are_jobs: true}}
    passes: {settings: {customers_are_jobs: true}}
    fails: {settings: {customers_are_jobs: false}}
    ```
    """
    if isinstance(argument.value, str):
        return _is_made(_known(argument.value, argument, scope))
    entries = argument.mapping("`setting:`")
    if len(entries) != 1:
        raise Fault(argument.place, "`setting:` takes exactly one setting.")
    ((name, wanted_node),) = entries.items()
    _known(name, argument, scope)
    if isinstance(wanted_node.value, list | dict):
        raise Fault(wanted_node.place, "A setting is compared with one value.")
    return _has_value(name, wanted_node.value)


@word("edition")
def edition(argument: Node, scope: Scope) -> Test:
    """QuickBooks is an edition the connector supports (`edition: supported`), or one of those listed.

    While no session has told which QuickBooks it is, the check passes: nothing leaves before that is known.

    ```yaml
    kind: commitment
    require: {edition: {country: [US], year: [2023, 2024]}}
    passes: {host: {country: US, year: 2024}}
    fails: {host: {country: CA, year: 2024}}
    ```
    """
    if argument.value == "supported":
        return _supported
    entries = argument.mapping("`edition:`")
    for key in entries:
        if key not in _HOST:
            raise Fault(argument.at(key), f"'{key}' is not known of an edition.", suggest(key, _HOST))
    wanted = {
        key: {same(part.value) for part in node.sequence(f"The choice of {key}")} for key, node in entries.items()
    }

    def test(facts: Facts, line: Line) -> Miss | None:
        for key, choice in wanted.items():
            value = facts.host.get(key)
            if not is_absent(value) and same(value) not in choice:
                return Miss(value, argument.plain()[key])
        return None

    return test


def _supported(facts: Facts, line: Line) -> Miss | None:
    return Miss(facts.host.get("sentence")) if facts.host.get("supported", True) is False else None


def _known(name: str, node: Node, scope: Scope) -> str:
    settings = scope.vocabulary.of_settings()
    if name not in settings:
        raise Fault(node.at(name), f"'{name}' is not a setting.", suggest(name, settings))
    return name


def _is_made(name: str) -> Test:
    def test(facts: Facts, line: Line) -> Miss | None:
        return Miss(setting=name) if is_absent(facts.settings.get(name)) else None

    return test


def _has_value(name: str, wanted: Any) -> Test:
    aim = same(wanted)

    def test(facts: Facts, line: Line) -> Miss | None:
        value = facts.settings.get(name)
        fits = not aim if is_absent(value) else same(value) == aim
        return None if fits else Miss(value, wanted, setting=name)

    return test
