"""Accepted items leave the moment nothing stands in their way, in order; the others say what they wait for."""

from __future__ import annotations

import pytest

from app.db.models import Item, Transition
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


@pytest.mark.requirement("ACC-10")
def test_change_orders_go_by_number_whatever_the_order_of_accepting(stage: Stage) -> None:
    changes = [records.change_order(f"{n:03}", 390 + n, lines=[records.line(f"{n}.00")]) for n in range(1, 5)]
    stage.receive(records.commitment(), *changes)
    stage.send()
    for name in ("CO 003", "CO 001", "CO 004", "CO 002", "SC-014"):
        assert stage.accept(name).done
    stage.must_settle()
    amounts = [line["Amount"] for line in stage.orders()["SC-014"]["PurchaseOrderLineRet"] if line.get("Amount")]
    assert amounts == ["500.00", "250.25", "1.00", "2.00", "3.00", "4.00"]


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
