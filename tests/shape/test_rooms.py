"""The rooms are where a newcomer is told to look."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [path for folder in ("app", "state_machines") for path in sorted((ROOT / folder).rglob("*.py"))]


def test_every_module_says_in_its_first_line_what_belongs_there() -> None:
    silent = [
        path.relative_to(ROOT).as_posix()
        for path in MODULES
        if (code := path.read_text(encoding="utf-8")).strip() and not ast.get_docstring(ast.parse(code))
    ]
    assert silent == []


def test_folders_that_are_only_data_are_packages_all_the_same() -> None:
    """Without an __init__.py an editable install does not find them."""
    for folder in ("rules", "rules/tests", "qbxml_templates"):
        assert (ROOT / folder / "__init__.py").is_file()


@pytest.mark.parametrize("room", ["core", "items", "rulebook", "qbxml", "procore", "db", "services", "sandbox"])
def test_what_architecture_says_of_a_room_is_about_a_room_that_exists(room: str) -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    assert f"`{room}`" in page
    assert (ROOT / "app" / room / "__init__.py").is_file()


def test_architecture_names_every_room() -> None:
    page = (ROOT / "docs" / "explanation" / "architecture.md").read_text(encoding="utf-8")
    rooms = {path.parent.name for path in (ROOT / "app").glob("*/__init__.py")}
    assert [room for room in sorted(rooms) if f"`{room}`" not in page] == []
