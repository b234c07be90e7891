"""An answer that never came is neither failure nor success: nothing twice, nothing lost."""

from __future__ import annotations

import re

import pytest

from app.core.tags import Tag
from app.db.models import Request
from app.sandbox.quickbooks import CompanyFile
from app.services import exchange
from tests import records
from tests.faults.walks import CHANGE, LIST, ORDER, Walk, each_walk
from tests.support import Stage

_SET_ID = re.compile(r'newMessageSetID="([^"]+)"')


def _set_id(request: str) -> str:
    found = _SET_ID.search(request)
    assert found, request[:200]
    return found[1]


@pytest.mark.requirement("STM-02")
@pytest.mark.parametrize("fault", ["before_run", "after_run", "after_post"])
@each_walk
def test_it_writes_once_when_the_web_connector_is_killed(any_stage: Stage, walk: Walk, fault: str) -> None:
    any_stage.approve(*walk.taken)
    assert any_stage.run(**{fault: walk.exchange}).outcome == "died"
    any_stage.must_settle()


@pytest.mark.parametrize("fault", ["post_twice", "truncate"])
@each_walk
def test_it_writes_once_when_an_answer_comes_twice_or_in_half(stage: Stage, walk: Walk, fault: str) -> None:
    stage.approve(*walk.taken)
    assert stage.run(**{fault: walk.exchange}).outcome == "done"
    stage.must_settle(runs=2)


def test_an_answer_that_comes_twice_is_known_on_either_database(any_stage: Stage) -> None:
    any_stage.approve(*ORDER.taken)
    assert any_stage.run(post_twice=2).outcome == "done"
    any_stage.must_settle(runs=2)


@each_walk
def test_it_counts_one_event_for_an_answer_posted_twice(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    stage.run(post_twice=walk.exchange)
    confirmed = [event["name"] for event in stage.events(Tag.ITEM_MOVED) if event["move"] == "confirm"]
    assert sorted(confirmed) == sorted(set(confirmed))
    assert len(stage.events(Tag.SET_ANSWERED)) == len(stage.sets())


@each_walk
def test_it_sends_the_very_same_bytes_again(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    first = stage.run(before_run=walk.exchange).requests_seen[-1]
    stage.kill_connector()
    assert stage.run().requests_seen[0] == first


@each_walk
def test_it_sends_nothing_new_while_a_write_is_in_doubt(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    lost = stage.run(after_run=walk.exchange).requests_seen[-1]
    stage.kill_connector()
    stage.approve(records.company("Summit Roofing", 69))
    assert stage.by_hand().begin_until("QBXMLMsgsRq") == lost


def test_a_repeated_call_for_work_gets_the_same_bytes(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.authenticate()
    before = len(stage.sets())
    assert connector.send() == connector.send()
    assert len(stage.sets()) == before + 1


def _die_at(stage: Stage, walk: Walk, *, ran: bool, times: int) -> str:
    """The write leaves ``times`` times and no answer ever comes; returns its text."""
    text = ""
    for time in range(times):
        connector = stage.by_hand()
        text = connector.begin_until(walk.writes)
        if ran and time == 0:
            stage.company.process(text)
        stage.kill_connector()
    return text


@pytest.mark.parametrize("ran", [True, False], ids=["it ran", "it never ran"])
@each_walk
def test_after_three_losses_it_looks_and_adopts_or_adds(any_stage: Stage, walk: Walk, ran: bool) -> None:
    any_stage.approve(*walk.taken)
    text = _die_at(any_stage, walk, ran=ran, times=4)
    if ran:
        any_stage.company.lose_stored_response(_set_id(text))
    seen = any_stage.must_settle()[0].requests_seen
    assert "QueryRq" in seen[0], "a look comes before anything else"
    assert any(walk.writes in request for request in seen) is not ran
    abandoned = [one for one in any_stage.sets() if one.state == "abandoned"]
    assert [one.sends for one in abandoned] == [4]


@pytest.mark.parametrize("walk", [ORDER, CHANGE], ids=lambda walk: walk.name)
def test_what_it_adopts_says_so_and_is_compared(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    text = _die_at(stage, walk, ran=True, times=4)
    stage.company.lose_stored_response(_set_id(text))
    order = stage.orders()["SC-014"]
    stage.company.edit_purchase_order_line(order["TxnID"], -1, Amount="80.00")
    stage.must_settle()
    name = "SC-014" if walk is ORDER else "CO 001"
    assert "80.00" in stage.item(name).difference
    reasons = [event["reason"] for event in stage.events(Tag.ITEM_MOVED) if event["move"] == "confirm"]
    assert "found in QuickBooks, not written again" in reasons


def test_a_vendor_of_the_same_name_made_by_hand_is_not_taken_for_ours(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    _die_at(stage, LIST, ran=False, times=4)
    stage.company.add_vendor("Ironline Steel", Phone="999-555-0000")
    stage.kill_connector()
    stage.run()
    item = stage.item("Ironline Steel")
    assert item.state == "sent"
    assert "already has a vendor named Ironline Steel" in item.problem
    assert len([one for one in stage.company.records("Vendor") if one["Name"] == "Ironline Steel"]) == 1


@each_walk
def test_an_answer_kept_but_not_applied_is_applied_by_the_next_call(
    any_stage: Stage, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """kill -9 between the two transactions of receiveResponseXML."""
    any_stage.approve(*walk.taken)
    connector = any_stage.by_hand()
    request = connector.begin_until(walk.writes)
    with monkeypatch.context() as patch:
        patch.setattr(exchange, "apply", lambda *_: (_ for _ in ()).throw(SystemError("kill -9")))
        assert connector.post(any_stage.company.process(request)) == -1
    any_stage.must_settle()


@each_walk
def test_an_answer_kept_but_not_applied_waits_for_the_next_session(
    stage: Stage, walk: Walk, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.approve(*walk.taken)
    connector = stage.by_hand()
    request = connector.begin_until(walk.writes)
    answer = stage.company.process(request)
    with monkeypatch.context() as patch:
        patch.setattr(exchange, "apply", lambda *_: (_ for _ in ()).throw(SystemError("kill -9")))
        connector.post(answer)
    stage.kill_connector()
    assert {row.state for row in stage.rows(Request, set_id=_set_id(request))} == {"out"}
    reports = stage.must_settle()
    assert all(walk.writes not in request for request in reports[0].requests_seen)


@each_walk
def test_a_late_answer_under_a_superseded_ticket_counts_once(any_stage: Stage, walk: Walk) -> None:
    any_stage.approve(*walk.taken)
    late = any_stage.by_hand()
    answer = any_stage.company.process(late.begin_until(walk.writes))
    any_stage.kill_connector()
    assert late.post(answer) == -1
    assert late.post(answer) == -1
    assert all(one.state == "answered" for one in any_stage.sets())
    reports = any_stage.must_settle()
    assert all(walk.writes not in request for request in reports[0].requests_seen)


def test_a_late_answer_is_of_no_use_once_the_set_left_again(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    late, now = stage.by_hand(), stage.by_hand("OTHER")
    answer = stage.company.process(late.begin_until("PurchaseOrderAddRq"))
    stage.kill_connector()
    request = now.begin_until("PurchaseOrderAddRq")
    assert late.post(answer) == -1
    assert now.post(stage.company.process(request)) == 100
    stage.must_settle()


@pytest.mark.parametrize("code", ["9001", "9002", "9005"])
@each_walk
def test_it_looks_when_quickbooks_cannot_say_whether_a_set_ran(stage: Stage, walk: Walk, code: str) -> None:
    stage.approve(*walk.taken)
    text = _die_at(stage, walk, ran=code != "9005", times=1)
    if code == "9002":
        stage.company.lose_stored_response(_set_id(text))
    if code == "9001":
        _remember_another_text(stage.company, _set_id(text))
    stage.company.cannot_store_responses(code == "9005")
    reports = stage.must_settle()
    assert reports[0].requests_seen[0] == text
    assert "QueryRq" in reports[0].requests_seen[1]
    [abandoned] = [one for one in stage.sets() if one.state == "abandoned"]
    assert code in abandoned.answer


def _remember_another_text(company: CompanyFile, set_id: str) -> None:
    stored = company._storage.stored_response(set_id)
    assert stored
    with company._storage.transaction():
        company._storage.store_response(set_id, "another checksum", stored[1])


@pytest.mark.parametrize("walk", [LIST, ORDER], ids=lambda walk: walk.name)
def test_a_company_file_restored_from_a_backup_gets_the_lost_write_once(stage: Stage, walk: Walk) -> None:
    """The restored file knows neither the set nor its records: the same bytes run again."""
    stage.company.back_up(stage.folder / "backup.qbw")
    stage.approve(*walk.taken)
    stage.run(after_run=walk.exchange)
    stage.company.restore(stage.folder / "backup.qbw")
    stage.must_settle()


@each_walk
def test_an_item_in_doubt_cannot_be_taken_back_or_rejected(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    stage.run(after_run=walk.exchange)
    name = {"lists": "Ironline Steel", "order": "SC-014", "change": "CO 001"}[walk.name]
    for what in ("take_back", "reject"):
        [outcome] = stage.act(what, name, reason="changed my mind").each
        assert outcome.problem
        assert outcome.problem.code == "on_its_way"
        assert outcome.state == "queued"
    stage.must_settle()


@pytest.mark.parametrize("walk", [ORDER, CHANGE], ids=lambda walk: walk.name)
def test_an_item_whose_look_is_still_to_come_cannot_be_taken_back(stage: Stage, walk: Walk) -> None:
    """Step 2 has begun: the set was given up, but nobody has looked yet what became of it."""
    stage.approve(*walk.taken)
    text = _die_at(stage, walk, ran=True, times=4)
    stage.company.lose_stored_response(_set_id(text))
    connector = stage.by_hand()
    connector.begin_until("QueryRq")
    stage.kill_connector()
    name = "SC-014" if walk is ORDER else "CO 001"
    for what in ("take_back", "reject"):
        [outcome] = stage.act(what, name, reason="changed my mind").each
        assert outcome.problem, what
        assert outcome.problem.code == "on_its_way"
    stage.must_settle()
