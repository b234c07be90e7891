"""The kept counts: always the true ones, whatever moves, arrives, changes or fails."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update

from app.db.models import Tally
from app.services import tallies
from tests import records
from tests.admin.scenes import without_an_answer
from tests.support import Stage


def tabs(stage: Stage, kind: str, **more: Any) -> dict[str, int]:
    with stage.database.reading() as session:
        found = tallies.by_tab(session, stage.connection_id, kind, **more)
    return {tab: count for tab, count in found.items() if count}


def kept(stage: Stage, kind: str) -> dict[str, tuple[int, int]]:
    with stage.database.reading() as session:
        return tallies.by_kind(session, stage.connection_id).get(kind, {})


def test_they_follow_an_item_from_its_arrival_to_quickbooks_and_back(any_stage: Stage) -> None:
    stage = any_stage
    stage.receive(records.commitment(lines=[records.line("1200.50")]), records.commitment("SC-015", 311))
    assert kept(stage, "commitment")["draft"][0] == 2
    stage.send("SC-014")
    assert kept(stage, "commitment")["sent"] == (1, 120050)
    stage.accept("SC-014")
    assert kept(stage, "commitment")["queued"] == (1, 120050)
    stage.act("take_back", "SC-014", reason="wrong vendor")
    stage.act("reject", "SC-014", reason="wrong vendor")
    assert kept(stage, "commitment")["draft"][0] == 2
    assert tallies.wrong(stage.database, stage.connection_id) == []


def test_an_amount_and_a_project_that_change_in_procore_change_them(stage: Stage) -> None:
    stage.receive(records.commitment(lines=[records.line("100.00")]))
    other = {"id": 87, "name": "Harbor School"}
    stage.receive(records.commitment(lines=[records.line("250.00")], project=other))
    assert kept(stage, "commitment") == {"draft": (1, 25000)}
    assert tabs(stage, "commitment", project="87") == {"draft": 1}
    assert tabs(stage, "commitment", project="86") == {}


def test_what_is_refused_counts_where_it_stayed(stage: Stage) -> None:
    stage.receive(records.company("A name far too long for QuickBooks to keep as it is", 62))
    stage.send()
    assert stage.accept().refused
    assert tabs(stage, "company")["sent"] == 1
    assert tallies.wrong(stage.database, stage.connection_id) == []


@pytest.mark.requirement("STM-02")
def test_what_is_in_doubt_counts_there_and_nowhere_else(stage: Stage) -> None:
    without_an_answer(stage)
    assert {tab: count for tab, count in tabs(stage, "company").items() if tab != "synced"} == {"checking": 1}
    stage.run()
    assert "checking" not in tabs(stage, "company")


def test_the_check_names_every_count_that_is_wrong(stage: Stage) -> None:
    stage.receive(records.commitment())
    with stage.database.writing() as session:
        session.execute(update(Tally).where(Tally.kind == "commitment").values(count=7))
    [said] = tallies.wrong(stage.database, stage.connection_id)
    assert said.startswith("commitment draft 86: kept (7, ")
