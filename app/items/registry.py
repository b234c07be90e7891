"""Finds every kind, refresh and check by itself: a new module in types/ is all it takes."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from app.items import types
from app.items.base import ItemType
from app.items.check import Check
from app.items.offered import Offered
from app.items.refresh import Refresh


@cache
def _found() -> tuple[dict[str, ItemType], dict[str, Refresh], dict[str, Check]]:
    kinds: dict[str, ItemType] = {}
    refreshes: dict[str, Refresh] = {}
    checks: dict[str, Check] = {}
    for info in pkgutil.iter_modules(types.__path__, types.__name__ + "."):
        module = importlib.import_module(info.name)
        for thing in vars(module).values():
            if not isinstance(thing, type) or thing.__module__ != module.__name__:
                continue
            if issubclass(thing, ItemType):
                kinds[thing.kind] = thing()
            elif issubclass(thing, Refresh):
                refreshes[thing.name] = thing()
            elif issubclass(thing, Check):
                checks[thing.name] = thing()
    return dict(sorted(kinds.items(), key=lambda pair: pair[1].order)), refreshes, checks


def kinds() -> dict[str, ItemType]:
    """All kinds by name, in the order of menus."""
    return _found()[0]


def kind(name: str) -> ItemType:
    """One kind, or KeyError."""
    return _found()[0][name]


def refreshes() -> dict[str, Refresh]:
    """All refreshes by name."""
    return _found()[1]


def checks() -> dict[str, Check]:
    """All checks by name."""
    return _found()[2]


def offered() -> dict[str, Offered]:
    """The kinds whose counterparts QuickBooks may have had first."""
    return {name: kind for name, kind in kinds().items() if isinstance(kind, Offered)}


def steps(name: str) -> ItemType | Refresh | Check:
    """Whoever answers for operations of this name."""
    found_kinds, found_refreshes, found_checks = _found()
    return found_kinds.get(name) or found_refreshes.get(name) or found_checks[name]


def all_grammars() -> list[str]:
    """The request grammars of every kind and refresh."""
    found_kinds, found_refreshes, _ = _found()
    everything: list[ItemType | Refresh] = [*found_kinds.values(), *found_refreshes.values()]
    return [thing.grammar for thing in everything if thing.grammar]
