"""Accept these too: what holds an item up, and what holds that up, in the order in which it goes."""

from __future__ import annotations

import pytest

from app.services import lifecycle, together
from app.services.together import Part
from tests import records
from tests.admin.scenes import IRONLINE
from tests.support import Stage


def plan(stage: Stage, *names: str, who: str = "ana") -> dict[str, Part]:
    found = together.plan(stage.database, stage.connection_id, stage.person(who), stage.ids(names))
    return {part.item.name: part for part in found}


def a_month(stage: Stage) -> None:
    """A commitment, its change order, and the vendor both wait for: all to be decided."""
    stage.receive(
        records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE), records.change_order("001", 900)
    )
    stage.send()


@pytest.mark.requirement("ACC-18")
def test_a_vendor_is_there_with_what_would_be_written_and_not_ticked(stage: Stage) -> None:
    a_month(stage)
    parts = plan(stage, "SC-014")
    assert list(parts) == ["Ironline Steel", "SC-014"]
    assert dict(parts["Ironline Steel"].preview)["Vendor Name"] == "Ironline Steel"
    assert (parts["Ironline Steel"].ticked, parts["SC-014"].ticked) == (False, True)
    assert parts["SC-014"].asked


def test_what_they_wait_for_in_turn_is_there_too_and_goes_first(stage: Stage) -> None:
    a_month(stage)
    parts = plan(stage, "CO 001")
    assert list(parts) == ["Ironline Steel", "SC-014", "CO 001"]
    assert parts["CO 001"].name == "CO 001 of SC-014"


def test_accepted_together_they_go_in_that_order(stage: Stage) -> None:
    a_month(stage)
    chosen = [part.item.id for part in plan(stage, "CO 001").values()]
    outcomes = lifecycle.accept(stage.database, stage.connection_id, stage.person("ana"), chosen, warned_seen=True)
    assert [(one.name, one.state) for one in outcomes.each] == [
        ("Ironline Steel", "queued"), ("SC-014", "accepted"), ("CO 001", "accepted"),
    ]  # fmt: skip
    stage.must_settle()


def test_what_was_decided_already_is_not_asked_again(stage: Stage) -> None:
    a_month(stage)
    stage.accept("SC-014")
    assert list(plan(stage, "CO 001")) == ["Ironline Steel", "CO 001"]


def test_what_cannot_be_accepted_as_it_stands_is_not_ticked(stage: Stage) -> None:
    stage.receive(records.commitment("PO-00000000231"))
    stage.send()
    [part] = plan(stage, "PO-00000000231").values()
    assert (part.blocked, part.ticked) == (True, False)


def test_who_may_not_accept_is_told_for_each(stage: Stage) -> None:
    a_month(stage)
    assert all(
        "may not accept" in part.barred and not part.ticked for part in plan(stage, "CO 001", who="pat").values()
    )
