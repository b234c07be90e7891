"""What whoever looks after a connection may set right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core import clock
from app.core.tags import Tag
from app.services import connections
from tests.faults.walks import ORDER
from tests.support import Stage

MOVED = r"D:\Moved\Cedar.qbw"


def test_a_file_moved_on_purpose_is_written_once_confirmed(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    refused = stage.connector(company_path=MOVED).run()
    assert "tieout connection company-file" in refused.sentence
    connections.confirm_file(stage.database, stage.connection_id, MOVED, actor="test")
    assert stage.connector(company_path=MOVED).run().outcome == "done"
    assert stage.states()["SC-014"] == "synced"


def test_a_new_password_works_and_the_old_one_until_the_new_one_was_used(stage: Stage) -> None:
    password = new_password(stage)
    stage.approve(*ORDER.taken)
    for _ in range(2):
        assert stage.by_hand().authenticate()[1] == ""
        stage.kill_connector()
    assert stage.by_hand().authenticate(password)[1] == ""
    stage.kill_connector()
    assert stage.by_hand().authenticate()[1] == "nvu"
    assert len(stage.events(Tag.OLD_PASSWORD_ENDED)) == 1


@pytest.mark.parametrize(("days", "let_in"), [(2, True), (4, False)])
def test_an_old_password_ends_after_the_days_of_the_setting(stage: Stage, days: int, let_in: bool) -> None:
    connections.change_settings(stage.database, stage.connection_id, {"password_overlap_days": 3}, actor="test")
    new_password(stage)
    stage.approve(*ORDER.taken)
    later = clock.now() + timedelta(days=days)
    with clock.running(lambda: later):
        assert (stage.by_hand().authenticate()[1] == "") is let_in


def test_an_old_password_that_got_about_ends_at_once(stage: Stage) -> None:
    new_password(stage, at_once=True)
    assert stage.by_hand().authenticate()[1] == "nvu"


def test_two_new_passwords_in_a_row_leave_the_one_in_use(stage: Stage) -> None:
    first, second = new_password(stage), new_password(stage)
    assert stage.by_hand().authenticate()[1] == "none"
    assert stage.by_hand().authenticate(first)[1] == "nvu", "nobody ever used it"
    assert stage.by_hand().authenticate(second)[1] == "none"
    assert stage.by_hand().authenticate()[1] == "nvu"


def test_after_the_new_one_was_used_it_is_the_one_that_stays(stage: Stage) -> None:
    first = new_password(stage)
    stage.by_hand().authenticate(first)
    new_password(stage)
    assert stage.by_hand().authenticate(first)[1] == "none"
    assert stage.by_hand().authenticate()[1] == "nvu"


def test_one_that_got_about_ends_at_once_whatever_was_made_before(stage: Stage) -> None:
    first, second = new_password(stage), new_password(stage, at_once=True)
    for one in (None, first):
        assert stage.by_hand().authenticate(*([one] if one else []))[1] == "nvu"
    assert stage.by_hand().authenticate(second)[1] == "none"


def test_a_password_is_nowhere_in_the_trail(stage: Stage) -> None:
    password = new_password(stage)
    [event] = stage.events(Tag.PASSWORD_CHANGED)[-1:]
    assert password not in str(event)
    assert "argon2" not in str(event)


def new_password(stage: Stage, *, at_once: bool = False) -> str:
    return connections.new_password(stage.database, stage.connection_id, actor="test", at_once=at_once)
