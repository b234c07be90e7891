"""What spyne misses on newer Pythons, tried on this one."""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType
from urllib.parse import quote

import pytest

from app.web_connector import endpoint, spyne_compat


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("text/xml", ("text/xml", {})),
        ("text/xml; charset=utf-8", ("text/xml", {"charset": "utf-8"})),
        ('multipart/related; type="a/b"; boundary=x', ("multipart/related", {"type": "a/b", "boundary": "x"})),
    ],
)
def test_its_header_parser_reads_like_the_one_python_dropped(line: str, expected: tuple[str, dict[str, str]]) -> None:
    assert spyne_compat.parse_header(line) == expected


def test_it_finds_the_moved_modules_that_spyne_imports() -> None:
    assert endpoint  # spyne is imported by now
    finder = spyne_compat.MovesFinder()
    spec = finder.find_spec("spyne.util.six.moves.urllib.parse")
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    assert isinstance(module, ModuleType)
    assert module.quote is quote
    package = finder.find_spec("spyne.util.six.moves")
    assert package is not None
    assert package.submodule_search_locations is not None


def test_it_leaves_every_other_import_alone() -> None:
    finder = spyne_compat.MovesFinder()
    assert finder.find_spec("spyne.util.six.nothing") is None
    assert finder.find_spec("urllib.parse") is None


def test_installing_twice_changes_nothing() -> None:
    before = list(sys.meta_path)
    spyne_compat.install()
    assert sys.meta_path == before
