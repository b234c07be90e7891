"""The health pill: what it says, from when on it says silent, and what is to be looked at then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from app.core import clock
from app.services import connections, health
from tests.faults.walks import ORDER
from tests.support import Stage

#: Noon in Los Angeles, where the stage's company is, a month after the stage was furnished.
NOON = datetime.combine(datetime.now(UTC).date() + timedelta(days=30), time(12), ZoneInfo("America/Los_Angeles"))
CHECKLIST = ["machine", "Windows account", "running", "Auto-Run", "password"]


class Clock:
    """A clock that a test moves."""

    now = NOON

    def __call__(self) -> datetime:
        return self.now.astimezone(UTC)


@pytest.fixture
def at() -> Iterator[Clock]:
    source = Clock()
    with clock.running(source):
        yield source


def told(stage: Stage) -> health.Health:
    return health.health(stage.database, stage.connection_id)


def settings(stage: Stage, **values: object) -> None:
    connections.change_settings(stage.database, stage.connection_id, values, actor="tests")


@pytest.mark.requirement("CFG-05", "UI-05")
@pytest.mark.parametrize(
    ("every", "later", "silent"),
    [(5, 10, False), (5, 11, True), (30, 60, False), (30, 61, True)],
)
def test_it_is_silent_after_two_planned_intervals(
    stage: Stage, at: Clock, every: int, later: int, silent: bool
) -> None:
    settings(stage, every_minutes=every)
    stage.run()
    at.now = NOON + timedelta(minutes=later)
    found = told(stage)
    assert (found.tone == "bad") is silent
    assert found.sentence.startswith("Web Connector silent since 12:00" if silent else "Web Connector was here")


@pytest.mark.requirement("CFG-05")
def test_the_checklist_is_in_this_order_and_only_there_while_it_is_silent(stage: Stage, at: Clock) -> None:
    stage.run()
    assert told(stage).checklist == ()
    at.now = NOON + timedelta(hours=1)
    found = told(stage).checklist
    assert len(found) == len(CHECKLIST)
    assert all(word in line for word, line in zip(CHECKLIST, found, strict=True))


def test_silence_since_another_day_says_the_day(stage: Stage, at: Clock) -> None:
    stage.run()
    at.now = NOON + timedelta(days=3)
    assert told(stage).sentence == f"Web Connector silent since {NOON:%d %b} 12:00"


def test_a_visit_with_nothing_to_do_is_a_contact(stage: Stage, at: Clock) -> None:
    stage.run()
    at.now = NOON + timedelta(minutes=9)
    assert stage.by_hand().authenticate() == ["", "none"]
    at.now = NOON + timedelta(minutes=18)
    assert told(stage).tone == "good"


def test_a_wrong_password_is_none(stage: Stage, at: Clock) -> None:
    stage.run()
    at.now = NOON + timedelta(minutes=9)
    assert stage.by_hand().authenticate("wrong") == ["", "nvu"]
    at.now = NOON + timedelta(minutes=18)
    assert told(stage).tone == "bad"


def test_a_session_at_work_and_a_pause_are_told(stage: Stage, at: Clock) -> None:
    stage.approve(*ORDER.taken)
    stage.by_hand().begin_until("PurchaseOrderQueryRq")
    assert told(stage).sentence.startswith("Web Connector at work · ")
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), True)
    assert told(stage).sentence.startswith("Paused · ")


# -- quiet hours ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "quiet"),
    [("11:00", "13:00", True), ("12:00", "12:30", True), ("11:00", "12:00", False), ("20:00", "07:00", False),
     ("20:00", "12:01", True), ("12:00", None, False), ("12:00", "12:00", False)],
)  # fmt: skip
def test_in_quiet_hours_nothing_is_handed_out(
    stage: Stage, at: Clock, begin: str, end: str | None, quiet: bool
) -> None:
    settings(stage, quiet_from=begin, quiet_until=end)
    stage.approve(*ORDER.taken)
    assert stage.by_hand().authenticate()[1] == ("none" if quiet else "")
    assert told(stage).sentence.startswith("Quiet hours until") is quiet


def test_when_they_begin_in_a_session_what_is_out_is_taken_and_nothing_new_leaves(stage: Stage, at: Clock) -> None:
    settings(stage, quiet_from="12:05", quiet_until="13:00")
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    look = connector.begin_until("PurchaseOrderQueryRq")
    at.now = NOON + timedelta(minutes=6)
    assert connector.post(stage.company.process(look)) < 100
    assert connector.send() == ""
    connector.close()
    at.now = NOON + timedelta(minutes=61)
    stage.must_settle()
