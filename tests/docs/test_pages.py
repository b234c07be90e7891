"""The pages people read: their links lead somewhere, and the commands they name exist."""

from __future__ import annotations

import re
from pathlib import Path

import click
import pytest

from app import settings
from app.cli.main import commands
from tests.docs.pages import DOCS, PAGES, ROOT, name

LINK = re.compile(r"\]\(([^)#\s]+)(#[^)]*)?\)")
COMMAND = re.compile(
    r"(?:^|`)\.?(?:venv/bin/)?tieout ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*){0,2})(?P<options>[^`\n]*)", re.M
)
VARIABLE = re.compile(r"TIEOUT_[A-Z_]+[A-Z]")
EACH_PAGE = pytest.mark.parametrize("page", PAGES, ids=name)
WRITTEN = [page for page in PAGES if page.parent.name != "reference"]


@EACH_PAGE
def test_every_link_leads_to_a_file(page: Path) -> None:
    targets = [target for target, _ in LINK.findall(page.read_text(encoding="utf-8")) if "://" not in target]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_index_leads_to_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    linked = {(DOCS / target).resolve() for target, _ in LINK.findall(index) if "://" not in target}
    assert [name(page) for page in DOCS.rglob("*.md") if page.name != "README.md" and page not in linked] == []


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_every_command_a_page_names_exists_with_its_options(page: Path) -> None:
    for match in COMMAND.finditer(page.read_text(encoding="utf-8")):
        command = _find(match[1].split())
        assert command is not None, f"there is no `tieout {match[1]}`"
        known = {option for one in command.params for option in one.opts}
        for option in re.findall(r"(?<!\S)--[a-z-]+", match["options"]):
            assert option in known, f"`tieout {match[1]}` has no {option}"


def _find(words: list[str]) -> click.Command | None:
    """The command these words begin with, in however deep a group; what follows it is for it to read."""
    command = commands.commands.get(words[0])
    for word in words[1:]:
        if isinstance(command, click.Group):
            command = command.commands.get(word)
    return command


@EACH_PAGE
def test_every_variable_a_page_names_exists(page: Path) -> None:
    known = {one.name for one in settings.ALL}
    assert set(VARIABLE.findall(page.read_text(encoding="utf-8"))) <= known


def test_there_is_something_of_each_of_the_four_kinds() -> None:
    for kind in ("tutorial", "how-to", "reference", "explanation"):
        assert list((DOCS / kind).glob("*.md"))


@pytest.mark.parametrize("page", WRITTEN, ids=name)
def test_a_page_is_short_enough_to_be_read(page: Path) -> None:
    assert len(page.read_text(encoding="utf-8").split()) < 2500


def test_the_readme_names_what_make_can_do() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):.*##", makefile, re.M))
    said = set(re.findall(r"^make ([a-z]+)|`make ([a-z]+)`", (ROOT / "README.md").read_text(encoding="utf-8"), re.M))
    assert {one or other for one, other in said} <= targets
