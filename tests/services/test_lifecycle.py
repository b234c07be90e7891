"""What people may do with items, and the words in which it is refused; a refusal changes nothing."""

from __future__ import annotations

import threading

import pytest

from app.core.errors import Conflict, Forbidden, NotFound, Refusal
from app.core.tags import Tag
from app.db.models import Binding, Document, Operation, Transition
from app.services import connections, lifecycle
from app.services.lifecycle import walk
from tests import records
from tests.support import Stage


def _only(outcomes: lifecycle.Outcomes) -> lifecycle.Outcome:
    [outcome] = outcomes.each
    return outcome


def _refused(outcome: lifecycle.Outcome, code: str, *says: str) -> None:
    assert outcome.problem, outcome
    assert outcome.problem.code == code, outcome.problem
    for words in says:
        assert words in str(outcome.problem)


@pytest.fixture
def sent(stage: Stage) -> Stage:
    """SC-014 was sent."""
    stage.receive(records.commitment())
    stage.send()
    return stage


# -- send and retrieve ---------------------------------------------------------------------------------------------


def test_sending_freezes_what_was_seen(sent: Stage) -> None:
    item = sent.item("SC-014")
    assert (item.state, item.sent_by) == ("sent", "Pat")
    assert item.sent_revision_id == item.seen_revision_id
    sent.receive(records.commitment(title="Something else"))
    changed = sent.item("SC-014")
    assert changed.sent_revision_id == item.sent_revision_id != changed.seen_revision_id


@pytest.mark.requirement("ACC-03")
def test_a_commitment_procore_has_not_approved_is_not_sent(stage: Stage) -> None:
    stage.receive(records.commitment(status="Draft"))
    _refused(_only(stage.send()), "data", "only approved or complete commitments may travel")
    item = stage.item("SC-014")
    assert (item.state, item.sent_by) == ("draft", "")


def test_a_sent_item_can_be_retrieved_and_sent_again(sent: Stage) -> None:
    assert _only(sent.act("retrieve", "SC-014", who="pat")).state == "draft"
    assert sent.item("SC-014").sent_revision_id is None
    assert _only(sent.send("SC-014")).state == "sent"


@pytest.mark.parametrize("state", ["accepted", "queued", "synced"])
def test_what_was_accepted_cannot_be_retrieved(empty_stage: Stage, state: str) -> None:
    _bring_to(empty_stage, state)
    _refused(_only(empty_stage.act("retrieve", _NAME[state], who="pat")), "moved_meanwhile", f"it is {state} now")


_NAME = {"accepted": "SC-014", "queued": "Delta Concrete", "synced": "Delta Concrete"}


def _bring_to(stage: Stage, state: str) -> None:
    if state == "accepted":
        stage.approve(records.commitment())
    else:
        stage.approve(records.company())
    if state == "synced":
        stage.run()
    assert stage.states()[_NAME[state]] == state


# -- every move from every wrong state is refused, never a crash ---------------------------------------------------


@pytest.mark.parametrize("what", ["send", "retrieve", "accept", "take_back", "reject", "retry"])
@pytest.mark.parametrize("state", ["draft", "sent", "accepted", "queued", "synced"])
def test_a_move_the_state_does_not_allow_is_refused_and_changes_nothing(
    empty_stage: Stage, what: str, state: str
) -> None:
    stage = empty_stage
    if state in {"draft", "sent"}:
        stage.receive(records.company())
        if state == "sent":
            stage.send()
    else:
        _bring_to(stage, state)
    name = _NAME.get(state, "Delta Concrete")
    allowed = {
        "send": {"draft"}, "retrieve": {"sent"}, "accept": {"sent"}, "take_back": {"accepted", "queued"},
        "reject": {"sent", "accepted", "queued"}, "retry": set(),
    }  # fmt: skip
    before, moves = stage.item(name), len(stage.rows(Transition))
    who = "pat" if what in {"send", "retrieve"} else "ana"
    act = {"send": stage.send, "accept": stage.accept}.get(what)
    outcome = _only(act(name) if act else stage.act(what, name, who=who, reason="because"))
    if state in allowed[what]:
        assert outcome.ok
    else:
        _refused(outcome, "moved_meanwhile", f"it is {state} now")
        after = stage.item(name)
        assert (after.state, after.version) == (before.state, before.version)
        assert len(stage.rows(Transition)) == moves
    stage.must_be_sound()


# -- accept --------------------------------------------------------------------------------------------------------


def test_an_accepted_document_is_hashed_and_names_its_settings(sent: Stage) -> None:
    sent.accept()
    item = sent.item("SC-014")
    [document] = sent.rows(Document, item_id=item.id)
    assert (document.built_by, document.revision_id) == ("Ana", item.sent_revision_id)
    assert '"zone":"America/Los_Angeles"' in document.body
    assert len(document.hash) == 64


def test_what_procore_changed_after_it_was_sent_is_not_accepted(sent: Stage) -> None:
    sent.receive(records.commitment(lines=[records.line("999.00")]))
    _refused(_only(sent.accept("SC-014")), "changed_in_procore", "was changed in Procore after it was sent")
    ana = sent.person("ana")
    assert lifecycle.take_newer(sent.database, 1, ana, sent.item("SC-014").id).done
    assert sent.accept("SC-014").done
    sent.run()
    assert [line.get("Amount") for line in sent.orders()["SC-014"]["PurchaseOrderLineRet"]] == [None, "999.00"]


def test_an_item_that_moved_since_it_was_looked_at_is_a_conflict(sent: Stage) -> None:
    item = sent.item("SC-014")
    ana = sent.person("ana")
    outcomes = lifecycle.accept(sent.database, 1, ana, [item.id], expected={item.id: item.version - 1})
    problem = _only(outcomes).problem
    assert isinstance(problem, Conflict)
    assert "changed while you looked at it" in str(problem)
    assert lifecycle.accept(sent.database, 1, ana, [item.id], expected={item.id: item.version}).done


def test_of_two_approvers_at_once_exactly_one_wins(any_stage: Stage) -> None:
    any_stage.receive(records.commitment())
    any_stage.send()
    outcomes: list[lifecycle.Outcome] = []
    begin = threading.Barrier(2)

    def accept(login: str) -> None:
        begin.wait()
        outcomes.extend(any_stage.accept("SC-014", who=login).each)

    threads = [threading.Thread(target=accept, args=(login,)) for login in ("ana", "abe")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    [loser] = [one for one in outcomes if not one.ok]
    assert isinstance(loser.problem, Conflict)
    assert len(any_stage.rows(Operation, item_id=any_stage.item("SC-014").id)) == 1
    any_stage.must_settle()


def test_of_an_accept_and_a_reject_at_once_exactly_one_wins(any_stage: Stage) -> None:
    any_stage.receive(records.company("Ironline Steel", 62))
    any_stage.send()
    outcomes: dict[str, lifecycle.Outcome] = {}
    begin = threading.Barrier(2)

    def act(what: str) -> None:
        begin.wait()
        done = any_stage.accept("Ironline Steel") if what == "accept" else any_stage.act(
            "reject", "Ironline Steel", who="abe", reason="no"
        )  # fmt: skip
        outcomes[what] = _only(done)

    threads = [threading.Thread(target=act, args=(what,)) for what in ("accept", "reject")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # A reject may also follow the accept; an accept never follows a reject.
    assert outcomes["reject"].ok
    assert any_stage.states()["Ironline Steel"] == "draft"
    any_stage.must_be_sound()


@pytest.mark.requirement("MAP-39")
def test_a_number_too_long_for_quickbooks_needs_a_shorter_one(stage: Stage) -> None:
    stage.receive(records.commitment("SC-2026-00014"))
    stage.send()
    _refused(_only(stage.accept("SC-2026-00014")), "data", "has 13 characters; QuickBooks keeps 11")
    assert stage.accept("SC-2026-00014", number="SC-26-14").done
    stage.run()
    assert list(stage.orders()) == ["SC-26-14"]
    assert stage.item("SC-2026-00014").name == "SC-2026-00014"


def test_a_refusal_names_its_rule_and_what_blocks_it(stage: Stage) -> None:
    stage.receive(records.company("Łódź Stone", 70))
    stage.send()
    problem = _only(stage.accept()).problem
    assert isinstance(problem, Refusal)
    assert problem.rule_id == "company.yaml:company-characters"
    assert "Ł" in problem.sentence
    assert problem.what_to_do


def test_an_accept_of_many_says_of_each_what_became_of_it(stage: Stage) -> None:
    stage.receive(records.company("Good One", 70), records.company("Łódź Stone", 71), records.company("Good Two", 72))
    stage.send()
    outcomes = stage.accept()
    assert {one.name: one.ok for one in outcomes.each} == {"Good One": True, "Łódź Stone": False, "Good Two": True}
    assert [event["rule"] for event in stage.events(Tag.REFUSED)] == ["company.yaml:company-characters"]


# -- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "able"),
    [("send", {"pat"}), ("retrieve", {"pat"}), ("accept", {"ana"}), ("reject", {"ana"}), ("take_back", {"ana"}),
     ("retry", {"ana"})],
)  # fmt: skip
def test_only_some_roles_may(sent: Stage, what: str, able: set[str]) -> None:
    for login in ("ana", "pat", "ike", "aud"):
        if login in able:
            continue
        more = ("because",) if what in {"reject", "take_back"} else ()
        act = getattr(lifecycle, what)
        with pytest.raises(Forbidden, match=": it needs "):
            act(sent.database, 1, sent.person(login), [sent.item("SC-014").id], *more)
    assert len(sent.events(Tag.REFUSED)) == 4 - len(able)
    assert sent.item("SC-014").state == "sent"


def test_an_item_of_another_connection_is_not_there(sent: Stage) -> None:
    other = connections.add(sent.database, "Other", "9", rules_version=None, actor="tests")
    item = sent.item("SC-014")
    with pytest.raises(NotFound):
        lifecycle.accept(sent.database, other.id, sent.person("ana"), [item.id])


# -- reject and take back ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["reject", "take_back"])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_it_needs_a_reason(sent: Stage, what: str, reason: str) -> None:
    with pytest.raises(Refusal, match="needs a reason"):
        sent.act(what, "SC-014", reason=reason)
    assert sent.item("SC-014").state == "sent"


def test_a_rejected_item_says_who_and_why(sent: Stage) -> None:
    sent.act("reject", "SC-014", reason="Wrong cost code on line 2")
    item = sent.item("SC-014")
    assert (item.state, item.problem) == ("draft", "Rejected by Ana: “Wrong cost code on line 2”.")
    assert item.remedy == "Change it in Procore and send it again."


@pytest.mark.requirement("ACC-13")
def test_rejecting_a_parent_lists_what_waits_for_it_and_what_quickbooks_keeps(stage: Stage) -> None:
    stage.receive(
        records.company("Ironline Steel", 62), records.commitment(vendor={"id": 62, "company": "Ironline Steel"})
    )
    stage.send()
    stage.accept("SC-014")
    outcome = _only(stage.act("reject", "Ironline Steel", reason="No W-9 yet"))
    assert outcome.note == "Now waiting for Ironline Steel: SC-014."
    item = stage.item("SC-014")
    with stage.database.writing() as session:
        session.add(
            Binding(item_id=item.id, connection_id=1, record="PurchaseOrder", quickbooks_id="X", lines=[],
                    bound_at=item.changed_at)
        )  # fmt: skip
    stage.send("Ironline Steel")
    outcome = _only(stage.act("reject", "Ironline Steel", reason="No W-9 yet"))
    assert outcome.note == "In QuickBooks already, and stays there: SC-014."


@pytest.mark.requirement("ACC-13")
def test_what_is_out_cannot_be_rejected_or_taken_back(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    stage.by_hand().begin_until("VendorAddRq")
    for what in ("reject", "take_back"):
        _refused(_only(stage.act(what, "Ironline Steel", reason="no")), "on_its_way", "QuickBooks may already have it")
    assert stage.states()["Ironline Steel"] == "queued"


@pytest.mark.requirement("ACC-13")
def test_what_was_taken_back_is_not_written(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    assert _only(stage.act("take_back", "Ironline Steel", reason="not yet")).state == "sent"
    assert stage.run().outcome == "nothing"
    assert stage.accept("Ironline Steel").done
    stage.must_settle()


def test_what_waits_behind_an_item_taken_back_goes_on(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    stage.approve(records.change_order("001", 391), records.change_order("002", 392))
    assert (stage.states()["CO 001"], stage.states()["CO 002"]) == ("queued", "accepted")
    stage.act("take_back", "CO 001", reason="not yet")
    assert (stage.states()["CO 001"], stage.states()["CO 002"]) == ("sent", "queued")
    assert stage.findings("CO 002") == []


def test_what_waits_behind_an_item_rejected_goes_on(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    stage.approve(records.change_order("001", 391), records.change_order("002", 392))
    stage.act("reject", "CO 001", reason="not ours")
    assert (stage.states()["CO 001"], stage.states()["CO 002"]) == ("draft", "queued")


@pytest.mark.requirement("ACC-13")
def test_an_item_quickbooks_holds_is_never_rejected(stage: Stage) -> None:
    """A binding on an item in line: only its answer or an unlink may undo it."""
    stage.approve(records.company("Ironline Steel", 62))
    item = stage.item("Ironline Steel")
    with stage.database.writing() as session:
        session.add(
            Binding(
                item_id=item.id, connection_id=1, record="Vendor", quickbooks_id="X", lines=[], bound_at=item.changed_at
            )
        )
    _refused(_only(stage.act("reject", "Ironline Steel", reason="no")), "in_quickbooks", "already holds Ironline Steel")
    assert stage.item("Ironline Steel").state == "queued"
    assert stage.operation("Ironline Steel").state == "ready"


def test_an_item_that_is_not_there_stops_the_whole_before_any_of_it(
    sent: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent.receive(records.commitment("SC-015", id=311))
    sent.send()
    monkeypatch.setattr(walk, "BATCH", 1)  # each in a transaction of its own
    ids = [sent.item("SC-014").id, sent.item("SC-015").id, 999_999]
    with pytest.raises(NotFound, match="no item 999999"):
        lifecycle.accept(sent.database, 1, sent.person("ana"), ids)
    assert [sent.item(name).state for name in ("SC-014", "SC-015")] == ["sent", "sent"]
