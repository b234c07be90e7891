"""The requests of a budget, as they crossed, held against QuickBooks' own schema."""

from __future__ import annotations

import re

import pytest

from tests import budgets
from tests.oracle import schema
from tests.support import Stage

pytestmark = pytest.mark.skipif(not schema.ORACLE.is_file(), reason=schema.WHY_NOT)


def test_what_an_estimate_and_its_change_send(stage: Stage) -> None:
    stage.approve(budgets.budget())
    stage.run(after_run=1)
    stage.company.lose_stored_response(stage.sets()[-1].id)
    stage.must_settle()
    stage.ask_for_lists()
    stage.receive(budgets.budget(modifications=[budgets.modification("33.33")]))
    stage.send("Budget of Riverside Tower")
    stage.accept()
    stage.must_settle()
    texts = [one.body for one in stage.sets()]
    names = {name for text in texts for name in re.findall(r"<(\w+Rq) ", text)}
    assert names >= {"EstimateAddRq", "EstimateQueryRq", "EstimateModRq"}
    assert any("<EstimateQueryRq" in text and "<EntityFilter>" in text for text in texts), "the look after a loss"
    for text in texts:
        assert schema.problems(text) == []
