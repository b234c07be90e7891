"""Time and chance enter the program through core/clock and core/ids alone; a simulation can then own both."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

#: The owners, and two keys that no simulation ever looks at: for cookies and for forms.
ALLOWED = {
    "app/core/clock.py": {"datetime.now"},
    "app/core/ids.py": {"uuid", "secrets"},
    "app/settings.py": {"secrets"},
    "app/admin/access.py": {"secrets"},
}
MODULES = {"uuid", "random", "secrets"}
CALLS = {
    ("datetime", "now"),
    ("datetime", "utcnow"),
    ("datetime", "today"),
    ("date", "today"),
    ("time", "time"),
    ("time", "time_ns"),
    ("os", "urandom"),
}


def sources_of_time_and_chance(code: str) -> Iterator[str]:
    """Every import and call by which time or chance enters a module."""
    for node in ast.walk(ast.parse(code)):
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names if name.name in MODULES)
            case ast.ImportFrom(module=str(module), names=names):
                if module in MODULES:
                    yield module
                yield from (f"{module}.{name.name}" for name in names if (module, name.name) in CALLS)
            case ast.Attribute(value=ast.Name(id=owner), attr=attribute) if (owner, attribute) in CALLS:
                yield f"{owner}.{attribute}"
            case ast.Attribute(value=ast.Attribute(attr=owner), attr=attribute) if (owner, attribute) in CALLS:
                yield f"{owner}.{attribute}"


@pytest.mark.parametrize(
    ("code", "found"),
    [
        ("import uuid", {"uuid"}),
        ("from random import choice", {"random"}),
        ("from time import time", {"time.time"}),
        ("from datetime import datetime\nx = datetime.now()", {"datetime.now"}),
        ("import datetime\nx = datetime.datetime.utcnow()", {"datetime.utcnow"}),
        ("from datetime import date\nx = date.today()", {"date.today"}),
        ("from app.core import clock\nx = clock.now()", set()),
        ("import time\ntime.monotonic()", set()),
    ],
)
def test_the_lint_itself_sees_what_it_should(code: str, found: set[str]) -> None:
    assert set(sources_of_time_and_chance(code)) == found


def test_no_other_module_asks_the_time_or_throws_dice() -> None:
    modules = [path for folder in ("app", "state_machines") for path in (ROOT / folder).rglob("*.py")]
    assert len(modules) > 100
    found = {
        path.relative_to(ROOT).as_posix(): sources
        for path in modules
        if "migrations" not in path.parts
        and (sources := set(sources_of_time_and_chance(path.read_text(encoding="utf-8"))))
    }
    assert found == ALLOWED
