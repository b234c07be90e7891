"""Separation of duties: what one person may not do alone, who may all the same, and where that is listed."""

from __future__ import annotations

import pytest

from app.core.errors import Forbidden
from app.core.tags import Tag
from app.db.models import Transition
from app.rulebook.access import Access
from app.services import exceptions, lifecycle, people
from app.services.unit import service_work
from tests import records
from tests.invoices import billed, invoice
from tests.support import Stage

APPROVER = Access("admin", frozenset({"push"}), {"commitments": "admin", "directory": "admin", "invoicing": "admin"})


def hold(stage: Stage, login: str, *rights: str) -> None:
    """From now on somebody may send and accept, and has these rights."""
    with service_work(stage.database) as (session, _):
        access = Access(APPROVER.level, APPROVER.privileges, APPROVER.tools, frozenset(rights))
        people.keep(session, people.named(session, login).id, 1, access, [], "tests")


def accept(stage: Stage, name: str, who: str, override: str = "") -> lifecycle.Outcome:
    """What becomes of one item when somebody accepts it."""
    database, ids = stage.database, stage.ids([name])
    [outcome] = lifecycle.accept(database, 1, stage.person(who), ids, warned_seen=True, override=override).each
    return outcome


def listed(stage: Stage) -> list[str]:
    """The sentences of the exception report."""
    return [row.sentence for one in exceptions.standing(stage.database, 1) for row in one.rows]


@pytest.fixture
def own(stage: Stage) -> Stage:
    """Pat, who may also accept, sent a company and a commitment of one that QuickBooks has."""
    hold(stage, "pat")
    stage.receive(records.company("Ironline Steel", 62), records.commitment())
    stage.send()
    return stage


@pytest.mark.requirement("ACC-18")
def test_the_sender_of_a_company_may_not_accept_it_and_another_may(own: Stage) -> None:
    refused = accept(own, "Ironline Steel", "pat").problem
    assert refused is not None
    assert refused.sentence == "Pat sent Ironline Steel and may not accept it as well."
    assert refused.rule_id == "company.yaml:company-second-person"
    assert own.item("Ironline Steel").state == "sent"
    assert accept(own, "Ironline Steel", "ana").ok


@pytest.mark.requirement("ACC-18")
def test_the_sender_of_a_commitment_is_warned_and_the_exception_report_lists_it(own: Stage) -> None:
    assert accept(own, "SC-014", "pat").ok
    assert listed(own) == ["Pat sent SC-014 and accepts it as well."]
    assert own.run().outcome == "done"
    assert own.item("SC-014").state == "synced"
    assert listed(own) == ["Pat sent SC-014 and accepts it as well."], "QuickBooks' answer does not take it away"


@pytest.mark.requirement("ACC-18")
def test_an_override_needs_a_right_of_its_own(own: Stage) -> None:
    with pytest.raises(Forbidden) as caught:
        accept(own, "Ironline Steel", "pat", "Abe is on leave")
    needed = "it needs the right “Override of the separation of duties”."
    assert caught.value.sentence == f"Pat may not override the separation of duties: {needed}"
    assert [event["what"] for event in own.events(Tag.REFUSED)] == ["override"]
    assert own.item("Ironline Steel").state == "sent"


@pytest.mark.requirement("ACC-18")
def test_an_override_with_a_reason_goes_and_is_on_the_trail_and_on_the_exception_report(own: Stage) -> None:
    hold(own, "pat", "override")
    assert accept(own, "Ironline Steel", "pat").problem is not None, "the right alone passes over nothing"
    assert accept(own, "Ironline Steel", "pat", " Abe is on  leave ").ok
    [event] = own.events(Tag.SEPARATION_OVERRIDDEN)
    assert (event["passed_over"], event["reason"]) == (["company-second-person"], "Abe is on leave")
    [moved] = [row for row in own.rows(Transition, move="accept", actor="Pat")]
    assert [(one["rule"], one["effect"]) for one in moved.findings] == [("company-second-person", "overridden")]
    said = "Pat sent Ironline Steel and may not accept it as well. Pat accepted it all the same: “Abe is on leave”."
    assert listed(own) == [said]


def test_an_override_passes_over_nothing_but_the_question_who(own: Stage) -> None:
    hold(own, "pat", "override")
    own.receive(records.company("Ironline: Steel", 62))
    lifecycle.take_newer(own.database, 1, own.person("abe"), own.ids(["Ironline: Steel"])[0])
    refused = accept(own, "Ironline: Steel", "pat", "Abe is on leave").problem
    assert refused is not None
    assert "colon" in refused.sentence
    assert not listed(own)


@pytest.mark.requirement("ACC-18")
def test_whoever_approved_alone_does_not_clear_it(own: Stage) -> None:
    hold(own, "pat", "override")
    accept(own, "Ironline Steel", "pat", "Abe is on leave")
    ids = own.ids(["Ironline Steel"])
    [refused] = lifecycle.clear(own.database, 1, own.person("pat"), ids, "It is right").refused
    assert refused.problem is not None
    assert refused.problem.sentence == "Pat accepted Ironline Steel alone and cannot clear that as well."
    assert lifecycle.clear(own.database, 1, own.person("abe"), ids, "It is right").done
    assert not listed(own)
    [(row, _)] = exceptions.past(own.database, 1)
    assert (row.cleared_by, row.reason) == ("Abe", "It is right")


def test_what_is_taken_back_is_no_exception_any_more(own: Stage) -> None:
    accept(own, "SC-014", "pat")
    own.act("take_back", "SC-014", who="pat", reason="Too early")
    assert not listed(own)


@pytest.fixture
def new_vendor(billing: Stage) -> Stage:
    """Abe accepted the vendor; its commitment is in QuickBooks, and two invoices wait for a decision."""
    billing.approve(records.commitment())
    billing.must_settle()
    billing.receive(invoice(1, billed("100.00")), invoice(2, billed("200.00", done="100.00"), paid="100.00"))
    billing.send()
    return billing


FIRST = "Abe accepted the new vendor Delta Concrete and may not accept its first invoice as well."


@pytest.mark.requirement("ACC-18")
def test_who_accepted_a_new_vendor_may_not_accept_its_first_invoice(new_vendor: Stage) -> None:
    one, two = sorted(name for name, state in new_vendor.states().items() if state == "sent")
    refused = accept(new_vendor, one, "abe").problem
    assert refused is not None
    assert refused.sentence == FIRST
    assert accept(new_vendor, one, "ana").ok
    assert accept(new_vendor, two, "abe").ok, "the second invoice is free of it"


@pytest.mark.requirement("ACC-18")
def test_two_invoices_at_once_are_both_the_first(new_vendor: Stage) -> None:
    outcomes = new_vendor.accept(who="abe")
    assert [str(one.problem).startswith(FIRST) for one in outcomes.each] == [True, True]
