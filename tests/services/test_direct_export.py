"""Direct Export: sending is enough for three kinds, in the name of whoever turned it on, and never past a warning."""

from __future__ import annotations

import re

import pytest

from app.core.decision import Decision, Finding
from app.core.tags import Tag
from app.db.models import Transition
from app.services import connections
from app.services.direct_export import SETTINGS
from tests import records
from tests.support import Stage

ACTOR = re.compile(r"direct export \(enabled by Ike at \d{4}-\d\d-\d\d \d\d:\d\d UTC\)")


def turn_on(stage: Stage, kind: str, who: str = "ike", on: bool = True) -> None:
    """Somebody turns Direct Export on."""
    connections.change_settings_as(stage.database, 1, stage.person(who), {SETTINGS[kind]: on})


@pytest.mark.requirement("CFG-21")
def test_what_is_sent_is_queued_and_the_trail_names_who_turned_it_on(stage: Stage) -> None:
    turn_on(stage, "commitment")
    stage.receive(records.commitment())
    [outcome] = stage.send("SC-014").each
    assert outcome.state == stage.item("SC-014").state == "queued"
    [accepted] = stage.rows(Transition, move="accept", item_id=stage.item("SC-014").id)
    assert ACTOR.fullmatch(accepted.actor)
    assert ACTOR.fullmatch(stage.item("SC-014").accepted_by)
    stage.run()
    assert stage.item("SC-014").state == "synced"


@pytest.mark.requirement("CFG-21", "CFG-20")
def test_without_it_and_for_every_other_kind_an_approver_is_waited_for(stage: Stage) -> None:
    assert set(SETTINGS) == {"commitment", "commitment_change_order", "subcontractor_invoice"}
    stage.receive(records.commitment(), records.company("Ironline Steel", 62))
    turn_on(stage, "commitment_change_order")
    stage.send()
    assert {stage.item(name).state for name in ("SC-014", "Ironline Steel")} == {"sent"}


@pytest.mark.requirement("CFG-21")
def test_it_passes_no_rule_that_denies(stage: Stage) -> None:
    turn_on(stage, "commitment")
    stage.receive(records.commitment("PO-00000000231"))
    stage.send()
    assert stage.item("PO-00000000231").state == "sent"
    [event] = stage.events(Tag.REFUSED)
    assert event["rule"].startswith("commitment.yaml:")


def test_it_passes_no_warning(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    turn_on(stage, "commitment")
    monkeypatch.setattr("app.services.lifecycle.accepting.decide.decide", _warned)
    stage.receive(records.commitment())
    stage.send()
    assert stage.item("SC-014").state == "sent"
    [event] = stage.events(Tag.REFUSED)
    assert event["code"] == "warned"
    assert stage.accept("SC-014").done


def _warned(pack: object, facts: object, trigger: str) -> Decision:
    warning = Finding("odd", "commitment.yaml", "warn", "data", "This looks odd.", "Look at it.")
    return Decision(trigger, "v", (warning,))


def test_who_turned_it_on_cannot_so_approve_what_they_send(stage: Stage) -> None:
    connections.change_settings(stage.database, 1, {SETTINGS["commitment"]: True}, actor="Pat")
    stage.receive(records.commitment())
    stage.send()
    assert stage.item("SC-014").state == "sent"


def test_what_waits_when_it_is_turned_off_gets_a_second_look(stage: Stage) -> None:
    turn_on(stage, "commitment")
    stage.receive(records.commitment(vendor={"id": 62, "company": "Ironline Steel"}))
    stage.receive(records.company("Ironline Steel", 62))
    stage.send()
    assert stage.item("SC-014").state == "accepted"
    turn_on(stage, "commitment", on=False)
    stage.accept("Ironline Steel")
    stage.run()
    assert stage.item("SC-014").state == "sent"
    assert "may no longer accept it" in stage.item("SC-014").problem
