"""QuickBooks refused a whole set: nothing of it was executed, and nothing says which request it was."""

from __future__ import annotations

import pytest

from app.db.models import Conversation, MessageSet
from app.sandbox.quickbooks import ProcessError
from tests import records
from tests.faults.walks import ORDER, Walk, each_walk
from tests.support import Stage


@pytest.fixture
def _no_grammar(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our own check lets everything through, so that a culprit can reach QuickBooks."""
    monkeypatch.setattr(stage.tools.grammar, "problems", lambda *_, **__: [])


@pytest.fixture
def _culprit(stage: Stage, monkeypatch: pytest.MonkeyPatch, _no_grammar: None) -> None:
    """A template that spoils whatever names Spoiled Inc, or the order SC-666."""
    request = type(stage.tools.renderer).request

    def spoiled(self: object, kind: str, step: str, **context: object) -> str:
        text = str(request(self, kind, step, **context))  # type: ignore[arg-type]
        bad = any(name in text for name in ("Spoiled", "SC-666")) and "QueryRq" not in text
        return text.replace("</", "<Bogus/></", 1) if bad else text

    monkeypatch.setattr(type(stage.tools.renderer), "request", spoiled)


@pytest.mark.usefixtures("_culprit")
def test_the_set_is_halved_until_the_culprit_stands_alone(stage: Stage) -> None:
    good = [records.company(f"Good {n:02}", 700 + n) for n in range(20)]
    stage.approve(*good[:13], records.company("Spoiled Inc", 800), *good[13:])
    report = stage.run()
    states = stage.states()
    assert {name for name, state in states.items() if state != "synced"} == {"Spoiled Inc"}
    problem = stage.item("Spoiled Inc").problem
    assert "could not read this request" in problem
    assert "nothing was written" in problem
    assert report.round_trips <= 12  # 21 → 11, 10 → 6, 5 → 3, 3 → 2, 1 …
    stage.must_be_sound()
    refused = [one for one in stage.sets() if one.state == "refused"]
    assert {one.hresult for one in refused} == {"0x80040400"}
    assert len({one.id for one in stage.sets()}) == len(stage.sets())


@pytest.mark.usefixtures("_culprit")
def test_an_order_nobody_can_read_fails_alone(stage: Stage) -> None:
    orders = [records.commitment(f"SC-66{n}", 500 + n) for n in range(5, 8)]
    stage.approve(*orders)
    stage.run()
    assert {name: stage.states()[name] for name in ("SC-665", "SC-666", "SC-667")} == {
        "SC-665": "synced",
        "SC-666": "failed",
        "SC-667": "synced",
    }


@pytest.mark.usefixtures("_culprit")
def test_the_culprit_can_be_retried_once_the_template_is_right(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.approve(records.company("Spoiled Inc", 800), records.company("Good", 801))
    stage.run()
    monkeypatch.undo()
    [outcome] = stage.act("retry", "Spoiled Inc").each
    assert outcome.state == "queued"
    stage.must_settle()


def test_a_request_our_grammar_refuses_never_leaves(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        stage.tools.grammar, "problems", lambda body, **_: ["Name is too long"] if "Bad" in body else []
    )
    stage.approve(records.company("Bad Inc", 800), records.company("Good Inc", 801))
    report = stage.run()
    assert not any("Bad Inc" in request for request in report.requests_seen)
    assert stage.item("Bad Inc").state == "failed"
    assert "Name is too long" in stage.item("Bad Inc").problem
    assert stage.item("Good Inc").state == "synced"


@pytest.mark.parametrize("hresult", ["0x80040402", "80040402", "0x80040414", "0x80010105", "0x8004FFFF"])
@each_walk
def test_any_other_refusal_stops_the_session_in_words_and_loses_nothing(stage: Stage, walk: Walk, hresult: str) -> None:
    stage.approve(*walk.taken)
    report = stage.run(hresult=(walk.exchange, hresult, "Something happened"))
    assert report.outcome == "failed"
    assert len(report.sentence) > 30
    reports = stage.must_settle()
    lost = next(request for request in report.requests_seen if walk.writes in request)
    assert reports[0].requests_seen[0] == lost


def test_quickbooks_that_cannot_be_opened_is_told_in_words(stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    stage.company.cannot_open("0x80040414", "A modal dialog box is showing in QuickBooks.")
    report = stage.run()
    assert report.outcome == "cannot_open"
    [error] = {one.last_error for one in stage.rows(Conversation) if one.last_error}
    assert "dialog" in error.lower()
    stage.company.cannot_open("", "")
    stage.must_settle()


def test_a_set_refused_after_it_was_lost_is_halved_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The set died on the way; sent again, QuickBooks refuses to read it."""
    stage.approve(records.company("A Inc", 801), records.company("B Inc", 802))
    stage.run(before_run=1)
    stage.kill_connector()
    process, refused = type(stage.company).process, []

    def once(self: object, text: str) -> str:
        if not refused and "VendorAddRq" in text:
            refused.append(text)
            raise ProcessError("0x80040400", "cannot parse")
        return str(process(self, text))  # type: ignore[arg-type]

    monkeypatch.setattr(type(stage.company), "process", once)
    stage.run()
    assert refused
    stage.must_settle()
    assert [one.state for one in stage.rows(MessageSet) if one.state == "lost"] == []
