"""Accepted items leave the moment nothing stands in their way, in order; the others say what they wait for."""

from __future__ import annotations

import re

import pytest

from app.db.models import Item, Transition
from app.services import release
from tests import records
from tests.support import Stage


def test_what_is_accepted_first_waits_for_what_it_needs_in_words(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.approve(records.commitment(), records.company())
    said = {one.rule: one for one in stage.findings("SC-014")}
    assert set(said) == {
        "commitment-company-synced",
        "commitment-project-synced",
        "commitment-cost-codes-synced",
    }
    assert said["commitment-company-synced"].message == "Delta Concrete is not in QuickBooks yet."
    assert said["commitment-company-synced"].blocking[0]["item_id"] == stage.item("Delta Concrete").id
    assert said["commitment-project-synced"].blocking[0]["item_id"] is None
    stage.run()
    assert "commitment-company-synced" not in {one.rule for one in stage.findings("SC-014")}
    stage.approve(*records.basics()[1:])
    stage.must_settle()


@pytest.mark.requirement("CCO-03")
def test_change_orders_go_by_number_whatever_the_order_of_accepting(stage: Stage) -> None:
    changes = [records.change_order(f"{n:03}", 390 + n, lines=[records.line(f"{n}.00")]) for n in range(1, 5)]
    stage.receive(records.commitment(), *changes)
    stage.send()
    for name in ("CO 003", "CO 001", "CO 004", "CO 002", "SC-014"):
        assert stage.accept(name).done
    stage.must_settle()
    amounts = [line["Amount"] for line in stage.orders()["SC-014"]["PurchaseOrderLineRet"] if line.get("Amount")]
    assert amounts == ["500.00", "250.25", "1.00", "2.00", "3.00", "4.00"]


@pytest.mark.requirement("CCO-03")
def test_a_failed_change_order_stops_those_behind_it_in_words(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    stage.approve(*(records.change_order(f"00{n}", 390 + n) for n in (1, 2, 3)))
    broken = type(stage.tools.grammar)
    monkeypatch.setattr(broken, "problems", lambda *_, **__: ["it is spoiled"])
    stage.run()
    monkeypatch.undo()
    assert [stage.states()[f"CO 00{n}"] for n in (1, 2, 3)] == ["failed", "accepted", "accepted"]
    [finding] = stage.findings("CO 002")
    assert "CO 001" in finding.message
    stage.act("retry", "CO 001")
    stage.must_settle()


@pytest.mark.requirement("CCO-03")
def test_only_change_orders_of_the_same_commitment_wait_and_no_two_leave_together(stage: Stage) -> None:
    stage.approve(records.commitment(), records.commitment("SC-015", 311))
    stage.must_settle()
    before = len(stage.sets())
    stage.approve(
        records.change_order("001", 391), records.change_order("002", 392), records.change_order("007", 397, 311)
    )
    assert [stage.states()[name] for name in ("CO 001", "CO 002", "CO 007")] == ["queued", "accepted", "queued"]
    [finding] = stage.findings("CO 002")
    assert finding.message.startswith("CO 002 waits for CO 001: ")
    stage.must_settle()
    assert {stage.states()[name] for name in ("CO 001", "CO 002", "CO 007")} == {"synced"}
    changed = [re.findall("<PurchaseOrderMod><TxnID>([^<]+)", one.body) for one in stage.sets()[before:]]
    assert sorted(len(orders) for orders in changed if orders) == [1, 2]
    assert all(len(set(orders)) == len(orders) for orders in changed)


def test_a_held_item_keeps_only_one_row_per_move(stage: Stage) -> None:
    stage.approve(records.commitment())
    rows = stage.rows(Transition, item_id=stage.item("SC-014").id)
    assert [(row.move, row.source, row.dest) for row in rows] == [
        ("send", "draft", "sent"),
        ("accept", "sent", "accepted"),
        ("queue", "accepted", "queued"),
    ]
    assert [row.sort_key for row in rows] == [1, 2, 3]
    assert stage.rows(Item)[0].version >= 1


def test_whatever_is_held_gets_its_turn_however_many_are(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """One item a session is decided again, and the first one stays held."""
    monkeypatch.setattr(release, "MOST_AGAIN", 1)
    held, freed = records.commitment(), records.commitment("SC-015", 311)
    stage.approve(held, freed)
    stage.receive(*((kind, {**record, "status": "Draft"}) for kind, record in (held, freed)))
    stage.run()
    assert [stage.states()[name] for name in ("SC-014", "SC-015")] == ["accepted", "accepted"]
    stage.receive(freed)
    for _ in range(3):
        stage.run()
    assert [stage.states()[name] for name in ("SC-014", "SC-015")] == ["accepted", "synced"]
