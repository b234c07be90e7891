"""The page About shows what changed in this release."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.admin.conftest import Visitor
from tests.admin.reading import look
from tests.rulebook.samples import ROOT


@pytest.mark.requirement("PRM-48")
def test_it_shows_the_change_log_of_the_product(visit: Callable[[str], Visitor]) -> None:
    [shown] = look(visit("pat"), "/about/").find("//pre/text()")
    lines = [line for line in str(shown).splitlines() if line]
    assert lines == [line for line in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").splitlines() if line]
    assert len(lines) > 2
