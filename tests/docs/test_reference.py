"""The reference says what the code does: it is made from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from app import settings
from app.cli import reference
from app.cli.main import commands
from app.core.tags import Tag
from app.items import registry
from app.rulebook import load
from app.rulebook.checks import VOCABULARY
from app.services import settings as declared
from tests.docs.pages import DOCS, ROOT, everything

FOLDER = DOCS / "reference"


@pytest.mark.parametrize("name", sorted(reference.pages()))
def test_a_generated_page_is_up_to_date(name: str) -> None:
    assert (FOLDER / name).read_text(encoding="utf-8") == reference.pages()[name], "run `make reference`"


def test_every_reference_page_is_made_by_something() -> None:
    assert {page.name for page in FOLDER.glob("*.md")} == {*reference.pages(), "rules.md"}


def test_writing_makes_exactly_these_pages(tmp_path: Path) -> None:
    assert reference.write(tmp_path / "new") == list(reference.pages())
    for name, page in reference.pages().items():
        assert (tmp_path / "new" / name).read_text(encoding="utf-8") == page


def test_no_generated_page_knows_this_machine() -> None:
    for page in reference.pages().values():
        assert str(ROOT) not in page
        assert str(Path.home()) not in page


def test_every_command_is_in_the_docs() -> None:
    text = everything()
    paths = [path for name, command in commands.commands.items() for path in _paths(f"tieout {name}", command)]
    assert [path for path in paths if f"`{path}`" not in text] == []


def _paths(path: str, command: click.Command) -> Iterator[str]:
    if not isinstance(command, click.Group):
        yield path
        return
    for name, below in command.commands.items():
        yield from _paths(f"{path} {name}", below)


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([one.name for one in settings.ALL], id="settings of the service"),
        pytest.param(list(declared.BY_NAME), id="settings of a connection"),
        pytest.param(list(VOCABULARY), id="words of the rules"),
        pytest.param([*registry.kinds(), *registry.refreshes()], id="kinds and refreshes"),
        pytest.param([tag.value for tag in Tag], id="audit tags"),
        pytest.param([rule.name for rule in load.pack(ROOT / "rules").all_rules], id="rules"),
    ],
)
def test_everything_with_a_name_is_in_the_docs(words: list[str]) -> None:
    text = everything()
    assert words
    assert [word for word in words if f"`{word}`" not in text] == []


def test_every_setting_of_a_connection_is_explained() -> None:
    assert [one.name for one in declared.ALL if not (one.help and one.label and one.group)] == []
    assert len(declared.BY_NAME) == len(declared.ALL)
