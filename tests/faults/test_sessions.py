"""Who may talk to us, when, and with which company file: everything else is turned away in words."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.core.tags import Tag
from app.db.models import Conversation, MessageSet, Operation, StagedRecord
from app.services import connection_page, connections
from app.services.unit import work
from tests import records
from tests.faults.walks import ORDER
from tests.support import Stage


class Later:
    """A clock a test can move."""

    def __init__(self) -> None:
        self._now = clock.now()
        self.ahead = timedelta()

    def __call__(self) -> Any:
        return self._now + self.ahead


@pytest.fixture
def later() -> Iterator[Later]:
    source = Later()
    with clock.running(source):
        yield source


# -- one at a time -------------------------------------------------------------------------------------------------


@pytest.mark.requirement("CFG-11")
@pytest.mark.parametrize("remote", ["the same machine", "another machine"])
def test_a_second_web_connector_is_told_to_come_back(any_stage: Stage, remote: str) -> None:
    any_stage.approve(*ORDER.taken)
    first, second = any_stage.by_hand(), any_stage.by_hand(remote)
    first.begin_until("PurchaseOrderAddRq")
    assert second.authenticate() == ["", "busy"]
    assert len(any_stage.events(Tag.WC_OPENED)) == len(any_stage.rows(Conversation))
    assert second.send() == "", "a second Web Connector was handed a request"
    page = connection_page.page(any_stage.database, any_stage.connection_id)
    [away] = page.turned_away
    assert (away.why, away.other) == ("busy", page.sessions[0].machine)


def test_two_web_connectors_at_the_same_moment_open_one_session(any_stage: Stage) -> None:
    any_stage.approve(*ORDER.taken)
    answers: list[list[str]] = []
    connectors = [any_stage.by_hand(f"M{n}") for n in range(4)]
    begin = threading.Barrier(4)

    def knock(connector: Any) -> None:
        begin.wait()
        answers.append(connector.authenticate())

    threads = [threading.Thread(target=knock, args=(one,)) for one in connectors]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answer[1] for answer in answers) == ["", "busy", "busy", "busy"]


@pytest.mark.parametrize(
    ("minutes", "out", "verdict"), [(9, False, "busy"), (11, False, ""), (29, True, "busy"), (31, True, "")]
)
def test_a_silent_session_is_taken_over_sooner_when_nothing_is_out(
    stage: Stage, later: Later, minutes: int, out: bool, verdict: str
) -> None:
    stage.approve(*ORDER.taken)
    first = stage.by_hand()
    first.authenticate()
    if out:
        first.send()
    later.ahead = timedelta(minutes=minutes)
    assert stage.by_hand("OTHER").authenticate()[1] == verdict


def test_what_a_silent_session_had_out_is_recovered_by_the_one_that_takes_over(any_stage: Stage, later: Later) -> None:
    any_stage.approve(*ORDER.taken)
    first = any_stage.by_hand()
    request = first.begin_until("PurchaseOrderAddRq")
    any_stage.company.process(request)
    later.ahead = timedelta(minutes=31)
    second = any_stage.by_hand("OTHER")
    assert second.begin_until("PurchaseOrderAddRq") == request
    assert first.send() == ""
    assert "over" in first.last_error()
    assert second.post(any_stage.company.process(request)) == 100
    any_stage.must_settle()


# -- passwords -----------------------------------------------------------------------------------------------------


def test_five_wrong_passwords_lock_the_door_for_five_minutes(any_stage: Stage, later: Later) -> None:
    any_stage.approve(*ORDER.taken)
    for _ in range(5):
        assert any_stage.by_hand().authenticate("wrong") == ["", "nvu"]
    assert any_stage.by_hand().authenticate() == ["", "nvu"]
    later.ahead = timedelta(minutes=4, seconds=59)
    assert any_stage.by_hand().authenticate() == ["", "nvu"]
    later.ahead = timedelta(minutes=5, seconds=1)
    assert any_stage.by_hand().authenticate()[1] == ""


def test_four_wrong_passwords_are_forgiven_by_a_right_one(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    for _ in range(4):
        stage.by_hand().authenticate("wrong")
    assert stage.by_hand().authenticate()[1] == ""
    assert stage.connection.wrong_passwords == 0


def test_an_unknown_user_hears_the_same_as_a_wrong_password(stage: Stage) -> None:
    connector = stage.by_hand()
    answer = connector.call("authenticate", ("strUserName", "nobody"), ("strPassword", "x"))
    assert answer == ["", "nvu"]
    [event] = stage.events(Tag.WC_REFUSED)
    assert event["why"] == "unknown user"


@pytest.mark.parametrize("ticket", ["", "made up", "00000000-0000-4000-8000-000000000000"])
def test_a_ticket_nobody_gave_out_gets_nothing(stage: Stage, ticket: str) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.ticket = ticket
    assert connector.send() == ""
    assert connector.post("<QBXML/>") == -1
    assert "not known here" in connector.last_error()
    assert connector.close() == "OK"
    assert [one.state for one in stage.sets() if one.state == "out"] == []


def test_the_ticket_of_a_closed_session_gets_nothing(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    connector.close()
    assert connector.send() == ""
    assert connector.post("<QBXML/>") == -1


def test_an_answer_before_any_request_is_refused(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    assert connector.post("<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>") == -1
    stage.must_settle()


# -- nothing to do, or not now -------------------------------------------------------------------------------------


def test_with_nothing_to_do_no_session_is_opened(stage: Stage) -> None:
    before = len(stage.rows(Conversation))
    assert stage.by_hand().authenticate() == ["", "none"]
    assert len(stage.rows(Conversation)) == before


def test_a_paused_connection_hands_out_nothing(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), True)
    assert stage.by_hand().authenticate() == ["", "none"]
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), False)
    stage.must_settle()


def test_a_pause_in_the_middle_of_a_session_stops_what_is_new(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    look = connector.begin_until("PurchaseOrderQueryRq")
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), True)
    assert connector.post(stage.company.process(look)) == 100
    assert connector.send() == ""
    connector.close()
    connections.pause(stage.database, stage.connection_id, stage.person("ike"), False)
    stage.must_settle()


def test_before_go_live_only_questions_leave(empty_stage: Stage, later: Later) -> None:
    with work(empty_stage.database, 1) as unit:
        unit.connection.live = False
    empty_stage.approve(records.company())
    assert empty_stage.by_hand().authenticate() == ["", "none"]
    later.ahead = timedelta(hours=2)
    report = empty_stage.run()
    assert report.outcome == "done"
    assert all("QueryRq" in request and "AddRq" not in request for request in report.requests_seen)
    assert empty_stage.states() == {"Delta Concrete": "queued"}
    connections.go_live(empty_stage.database, 1, actor="tests")
    empty_stage.must_settle()


def test_lists_are_read_again_after_an_hour(stage: Stage, later: Later) -> None:
    later.ahead = timedelta(minutes=40)
    assert stage.by_hand().authenticate()[1] == "none"
    later.ahead = timedelta(minutes=61)
    report = stage.run()
    assert any("AccountQueryRq" in request for request in report.requests_seen)


def test_a_half_read_list_starts_over_without_doubling(empty_stage: Stage, later: Later) -> None:
    for number in range(130):
        empty_stage.company.add_vendor(f"Vendor {number:03}")
    later.ahead = timedelta(hours=2)
    first = empty_stage.by_hand()
    request = first.begin_until("VendorQueryRq")
    first.post(empty_stage.company.process(request))
    assert 'iterator="Continue"' in first.send()
    empty_stage.kill_connector()
    report = empty_stage.run()
    assert report.outcome == "done"
    assert 'iterator="Start"' in report.requests_seen[0]
    names = [row.name for row in empty_stage.rows(StagedRecord, source="vendors")]
    assert len(names) == len(set(names)) == 130


# -- percent and the end -------------------------------------------------------------------------------------------


def test_a_hundred_percent_is_said_only_when_nothing_is_left(stage: Stage) -> None:
    stage.approve(*(records.commitment(f"SC-2{n:02}", 600 + n) for n in range(3)), records.change_order(contract=600))
    connector = stage.by_hand()
    connector.authenticate()
    percents = []
    while not percents or 0 <= percents[-1] < 100:
        request = connector.send()
        percents.append(connector.post(stage.company.process(request)))
        left = [one for one in stage.rows(Operation) if one.state in {"ready", "working", "unknown"}]
        assert (percents[-1] == 100) == (not left)
    assert percents == sorted(percents)


def test_a_session_is_closed_with_a_count(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    connector.go_on_until_end()
    assert connector.close() == "Done: 1 finished."
    assert connector.close() == "Closed."


def test_at_most_one_set_is_ever_out(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    while request := connector.send():
        assert len([one for one in stage.rows(MessageSet) if one.state == "out"]) == 1
        if connector.post(stage.company.process(request)) == 100:
            break
    assert [one for one in stage.rows(MessageSet) if one.state == "out"] == []
