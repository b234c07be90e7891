"""The names a mapping of a rule file may hold, and must."""

from __future__ import annotations

from collections.abc import Iterable

from app.rulebook.problems import Fault, suggest
from app.rulebook.yaml_strict import Node


def check_keys(node: Node, known: Iterable[str], needed: Iterable[str], what: str) -> None:
    """Refuse names nobody knows, and say which are missing."""
    entries = node.mapping(what.capitalize())
    for key in entries:
        if key == "on" and "before" in known:
            raise Fault(node.at(key), "`on:` is not used in rules.", "Write `before:`, the move it guards.")
        if key not in known:
            raise Fault(node.at(key), f"'{key}' is not known in {what}.", suggest(key, known))
    if missing := [key for key in needed if key not in entries]:
        raise Fault(node.place, f"{what.capitalize()} needs {', '.join(f'`{key}:`' for key in missing)}.")
