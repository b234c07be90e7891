"""The page About shows what changed in this release."""

from __future__ import annotations

import re

import pytest

from app.admin.about import Release, releases
from tests.admin.conftest import Visit
from tests.admin.reading import look
from tests.rulebook.samples import ROOT

LOG = """# Changelog

What changed.

## 1.1

- Bills are written with `tieout work`, and
  `tieout serve` shows them.
- See [the guide](docs/guide.md).

## 1.0

- It began.
"""


@pytest.mark.requirement("PRM-48")
def test_it_shows_the_change_log_of_the_product_without_its_markup(visit: Visit) -> None:
    page = look(visit("pat"), "/about/")
    log = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert page.find("//section/h2/text()") == re.findall(r"^## (.+)$", log, re.MULTILINE)
    assert len(page.find("//section/ul/li")) == len(re.findall(r"^- ", log, re.MULTILINE)) > 2
    assert "`" not in page.text
    assert "](" not in page.text


def test_each_release_has_its_changes_with_code_told_from_words() -> None:
    assert releases(LOG) == [
        Release(
            "1.1",
            [["Bills are written with ", "tieout work", ", and ", "tieout serve", " shows them."], ["See the guide."]],
        ),
        Release("1.0", [["It began."]]),
    ]


def test_without_a_change_log_there_is_nothing_to_list() -> None:
    assert releases("") == []
