"""What Procore says is taken in record by record: one that makes no sense is named, and spoils nothing."""

from __future__ import annotations

import pytest

from tests import records
from tests.support import Stage


@pytest.mark.parametrize("amount", ["12.345", "twelve", "99999999999999.00"])
def test_an_amount_that_is_no_money_is_unreadable_and_the_others_are_taken(stage: Stage, amount: str) -> None:
    odd, plain = records.commitment(lines=[records.line(amount)]), records.commitment("SC-015", 311)
    taken = stage.receive(odd, plain)
    assert [one.split(":")[0] for one in taken.unreadable] == ["commitment 310"]
    assert (taken.new, "SC-015" in stage.states(), "SC-014" in stage.states()) == (1, True, False)
