"""What an answer changes: each item by itself, all or nothing, one event for each move."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.core.tags import Tag
from app.db.models import Binding, WriteBack
from app.items.types.company import Company
from app.procore import Client, Run
from app.procore.errors import NoAnswer
from app.services import write_back
from tests import records
from tests.support import Stage


@pytest.fixture
def _trips_over_bad(monkeypatch: pytest.MonkeyPatch) -> None:
    """A bug of ours: the answer about Bad Inc cannot be used."""
    next_step = Company.next_step

    def trips(self: Company, now: Any) -> Any:
        if now.last and now.document["name"] == "Bad Inc":
            raise ValueError("spilled")
        return next_step(self, now)

    monkeypatch.setattr(Company, "next_step", trips)


@pytest.mark.usefixtures("_trips_over_bad")
def test_one_answer_that_cannot_be_used_poisons_no_other(any_stage: Stage) -> None:
    any_stage.approve(*(records.company(name, 70 + n) for n, name in enumerate(("Good 1", "Bad Inc", "Good 2"))))
    any_stage.run()
    assert {name: any_stage.states()[name] for name in ("Good 1", "Bad Inc", "Good 2")} == {
        "Good 1": "synced",
        "Bad Inc": "failed",
        "Good 2": "synced",
    }
    assert "could not be used" in any_stage.item("Bad Inc").problem
    any_stage.must_be_sound()


def test_a_failure_in_the_middle_leaves_neither_move_nor_event(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole set fails once, and one item fails after its move was noted."""
    want = write_back.want

    def fails(unit: Any, items: Any) -> None:
        if any(item.name == "Bad Inc" for item in items):
            raise ValueError("disk full")
        want(unit, items)

    monkeypatch.setattr(write_back, "want", fails)
    stage.approve(records.company("Good", 70), records.company("Bad Inc", 71))
    stage.run()
    assert stage.states()["Good"] == "synced"
    assert stage.states()["Bad Inc"] == "failed"
    assert stage.rows(Binding, item_id=stage.item("Bad Inc").id) == []
    moves = [event["move"] for event in stage.events(Tag.ITEM_MOVED) if event["name"] == "Bad Inc"]
    assert moves == ["send", "accept", "queue", "refuse"]
    stage.must_be_sound()
    monkeypatch.undo()
    stage.act("retry", "Bad Inc")
    stage.run()
    stage.must_be_sound()
    assert len([one for one in stage.company.records("Vendor") if one["Name"] == "Bad Inc"]) == 1


@pytest.mark.requirement("ACC-13")
def test_an_item_that_failed_in_doubt_cannot_be_rejected_only_retried(stage: Stage) -> None:
    """The add was lost, and the look after it was not permitted: nobody knows, so nobody may forget it."""
    stage.approve(records.commitment())
    stage.run(after_run=2)
    unsure = '<QBXML><QBXMLMsgsRs newMessageSetID="{}" messageSetStatusCode="9002"/></QBXML>'
    connector = stage.by_hand()
    stage.kill_connector()
    lost = connector.begin_until("PurchaseOrderAddRq")
    connector.post(unsure.format(lost.split('newMessageSetID="')[1].split('"')[0]))
    look = connector.send()
    request_id = look.split('requestID="')[1].split('"')[0]
    connector.post(
        f'<QBXML><QBXMLMsgsRs><PurchaseOrderQueryRs requestID="{request_id}" statusCode="3261" statusSeverity="Error" '
        'statusMessage="no permission"/></QBXMLMsgsRs></QBXML>'
    )
    assert stage.states()["SC-014"] == "failed"
    [outcome] = stage.act("reject", "SC-014", reason="give up").each
    assert outcome.problem
    assert outcome.problem.code == "on_its_way"
    assert "Retry it" in outcome.problem.what_to_do
    connector.close()
    stage.act("retry", "SC-014")
    stage.must_settle()


def test_what_is_confirmed_is_wanted_in_procore_once(stage: Stage) -> None:
    stage.approve(records.commitment(), records.change_order())
    stage.run(post_twice=2)
    rows = [row for row in stage.rows(WriteBack) if row.item_id in {stage.item("SC-014").id, stage.item("CO 001").id}]
    assert [row.counter for row in rows] == [1, 1]


def test_procore_being_down_never_sends_anything_to_quickbooks_again(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.run()

    def down(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route", request=request)

    url = "http://procore.test"
    with (
        Client(url, url, "id", "secret", 5021, transport=httpx.MockTransport(down)) as client,
        pytest.raises(NoAnswer),
    ):
        write_back.run(stage.database, 1, Run(client))
    assert stage.run().outcome == "nothing"
    assert stage.states()["SC-014"] == "synced"


def test_a_change_order_renews_the_binding_of_its_order(stage: Stage) -> None:
    stage.approve(records.commitment(), records.change_order())
    stage.run()
    order = stage.orders()["SC-014"]
    [binding] = stage.rows(Binding, item_id=stage.item("SC-014").id)
    assert binding.edit_sequence == order["EditSequence"]
    assert binding.lines == [line["TxnLineID"] for line in order["PurchaseOrderLineRet"]]
    [own] = stage.rows(Binding, item_id=stage.item("CO 001").id)
    assert own.lines == binding.lines[3:]


@pytest.mark.parametrize(
    ("code", "message", "state"),
    [
        ("3175", "The transaction internals could not be locked.  They are in use by another user.", "queued"),
        ("3180", "There was an error when saving it. This record has an error in it.", "failed"),
        ("3250", "This feature is not enabled or not available in this version of QuickBooks.", "failed"),
        ("3261", "The integrated application has no permission to access this.", "failed"),
        ("3231", "The request has not been processed.", "queued"),
        ("4711", "Nobody has ever seen this.", "failed"),
    ],
)
def test_a_refusal_of_quickbooks_is_told_in_words(stage: Stage, code: str, message: str, state: str) -> None:
    stage.approve(records.commitment())
    connector = stage.by_hand()
    request = connector.begin_until("PurchaseOrderAddRq")
    request_id = request.split('requestID="')[1].split('"')[0]
    set_id = request.split('newMessageSetID="')[1].split('"')[0]
    connector.post(
        f'<QBXML><QBXMLMsgsRs newMessageSetID="{set_id}" messageSetStatusCode="0"><PurchaseOrderAddRs '
        f'requestID="{request_id}" statusCode="{code}" statusSeverity="Error" statusMessage="{message}"/>'
        "</QBXMLMsgsRs></QBXML>"
    )
    item = stage.item("SC-014")
    if state == "failed":
        assert item.state == "failed"
        assert message in item.problem
        assert len(item.remedy) > 15
        connector.close()
        stage.act("retry", "SC-014")
    else:
        assert item.state == "queued"
    stage.must_settle()
