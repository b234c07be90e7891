"""Answers that are malformed, incomplete or about something else: matched by id alone, and never for ever."""

from __future__ import annotations

import re

import pytest

from app.db.models import StagedRecord
from app.items import registry
from app.services import refreshes
from tests import records
from tests.faults.walks import CHANGE, LIST, ORDER, Walk, each_walk
from tests.support import Stage

_ANSWER = re.compile(r"<(\w+Rs) requestID=\"[^\"]+\".*?(?:</\1>|/>)", re.S)
_ID = re.compile(r'requestID="([^"]+)"')


def _answers(text: str) -> list[str]:
    return [found[0] for found in _ANSWER.finditer(text)]


@pytest.mark.parametrize("answer", ["", "<QBXML><QBXMLMsgsRs>", "not XML", "<html></html>"], ids=repr)
@each_walk
def test_an_answer_nobody_can_read_costs_nothing(stage: Stage, walk: Walk, answer: str) -> None:
    stage.approve(*walk.taken)
    connector = stage.by_hand()
    request = connector.begin_until(walk.writes)
    stage.company.process(request)
    assert connector.post(answer) in range(100)
    assert connector.send() == request
    stage.must_settle()


TWO = Walk("orders", (records.commitment(), records.commitment("SC-015", 311)), "PurchaseOrderAddRq", 2)


@pytest.mark.parametrize("walk", [LIST, TWO], ids=lambda walk: walk.name)
def test_a_request_left_out_of_an_answer_is_looked_for(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    connector = stage.by_hand()
    request = connector.begin_until(walk.writes)
    answer = stage.company.process(request)
    assert connector.post(answer.replace(_answers(answer)[0], "")) in range(100)
    assert "QueryRq" in connector.send()
    reports = stage.must_settle()
    assert all(walk.writes not in request for request in reports[0].requests_seen)


@each_walk
def test_an_answer_under_ids_nobody_asked_for_changes_nothing(stage: Stage, walk: Walk) -> None:
    stage.approve(*walk.taken)
    connector = stage.by_hand()
    request = connector.begin_until(walk.writes)
    before = stage.states()
    answer = _ID.sub(lambda found: f'requestID="not {found[1]}"', stage.company.process(request))
    assert connector.post(answer) in range(100)
    assert stage.states() == before
    stage.must_settle()


def test_answers_in_another_order_are_matched_by_their_ids(stage: Stage) -> None:
    stage.approve(*LIST.taken)
    connector = stage.by_hand()
    answer = stage.company.process(connector.begin_until("VendorAddRq"))
    answers = _answers(answer)
    head, tail = answer.split(answers[0])[0], "\n</QBXMLMsgsRs>\n</QBXML>"
    connector.post(head + "".join(reversed(answers)) + tail)
    stage.must_settle()


def test_an_answer_to_another_request_under_our_id_is_not_ours(stage: Stage) -> None:
    """Two answers with their ids swapped: a vendor's and an item's."""
    stage.approve(*LIST.taken[:2])
    connector = stage.by_hand()
    answer = stage.company.process(connector.begin_until("VendorAddRq"))
    one, other = _ID.findall(answer)
    swapped = answer.replace(one, "swap").replace(other, one).replace("swap", other)
    assert connector.post(swapped) in range(100)
    assert stage.states()["Ironline Steel"] == "queued"
    stage.must_settle()


def test_the_answer_to_the_set_before_is_not_taken_for_this_one(stage: Stage) -> None:
    stage.approve(*CHANGE.taken)
    connector = stage.by_hand()
    before = stage.company.process(connector.begin_until("PurchaseOrderAddRq"))
    connector.post(before)
    request = connector.send()
    assert "PurchaseOrderModRq" in request
    assert connector.post(before) in range(100)
    assert connector.send() == request
    stage.must_settle()


@pytest.mark.parametrize("garbage", ["cut in half", "left out"])
def test_one_look_nobody_can_read_does_not_hold_up_the_others(stage: Stage, garbage: str) -> None:
    """A poisoned record in QuickBooks: every answer that holds it is unreadable."""
    stage.approve(*(records.commitment(f"SC-1{n:02}", 400 + n) for n in range(8)))

    def answer(request: str) -> str:
        if "QueryRq" not in request or "SC-103" not in request:
            return stage.company.process(request)
        text = stage.company.process(request)
        if garbage == "cut in half":
            return text[: len(text) // 2]
        [mine] = [one for one in _ID.findall(request.split("SC-103", maxsplit=1)[0])[-1:]]
        return text.replace(next(one for one in _answers(text) if mine in one), "")

    sent = 0
    for _ in range(6):
        connector = stage.by_hand()
        if connector.authenticate()[1] == "none":
            break
        while request := connector.send():
            sent += 1
            assert sent < 60, "it asks for ever"
            if not 0 <= connector.post(answer(request)) < 100:
                break
        connector.close()
    assert {name: state for name, state in stage.states().items() if state != "synced"} == {"SC-103": "failed"}
    assert "could not be read" in stage.item("SC-103").problem or "did not answer" in stage.item("SC-103").problem
    stage.must_be_sound()
    stage.act("retry", "SC-103")
    stage.must_settle()


def test_an_add_nobody_ever_answers_is_given_up_and_can_be_retried(stage: Stage) -> None:
    stage.approve(*ORDER.taken)

    def lose_adds(request: str) -> str:
        if "PurchaseOrderAddRq" in request:
            return "<QBXML><QBXMLMsgsRs></QBXMLMsgsRs></QBXML>"
        return stage.company.process(request)

    for _ in range(8):
        connector = stage.by_hand()
        if connector.authenticate()[1] == "none":
            break
        while request := connector.send():
            if not 0 <= connector.post(lose_adds(request)) < 100:
                break
        connector.close()
    assert stage.item("SC-014").state == "failed"
    assert "without saying why" in stage.item("SC-014").problem
    stage.act("retry", "SC-014")
    stage.must_settle()


def test_a_page_of_a_list_nobody_could_read_is_not_left_out(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """QuickBooks goes on behind the page it has given, whether we could read that page or not."""
    monkeypatch.setattr(registry.refreshes()["vendors"].__class__, "page_size", 2)
    names = {f"Vendor {number}" for number in range(7)}
    for name in names:
        stage.company.add_vendor(name)
    refreshes.ask(stage.database, 1, stage.person("ike"), ["vendors"])
    connector = stage.by_hand()
    second = connector.begin_until('iterator="Continue"')
    connector.post(stage.company.process(second)[:80])
    connector.go_on_until_end()
    connector.close()
    assert stage.run().outcome == "nothing"
    assert names <= {row.full_name for row in stage.rows(StagedRecord, source="vendors")}
