"""A budget from Procore to an Estimate in the company file, to the cent, and what becomes of it when it changes."""

from __future__ import annotations

from typing import Any

import pytest

from app.services import unlinking
from tests import budgets, records
from tests.sandbox.quickbooks.asking import ask, status
from tests.support import Stage

NAME = "Budget of Riverside Tower"
FIRST = [("03-100", "Concrete Forming", "1000.00"), ("03-200", "Concrete Reinforcing", "500.50")]
MOVED = [("03-100", "Concrete Forming", "-33.33"), ("03-200", "Concrete Reinforcing", "33.33")]
ONE_MORE: dict[str, Any] = {"modifications": [budgets.modification("33.33")]}


def estimates(stage: Stage) -> list[dict[str, Any]]:
    return stage.company.records("Estimate")


def estimate(stage: Stage) -> dict[str, Any]:
    (found,) = estimates(stage)
    return found


def lines(found: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(row["ItemRef"]["FullName"], row.get("Desc", ""), row["Amount"]) for row in found["EstimateLineRet"]]


def ids(found: dict[str, Any]) -> list[str]:
    return [row["TxnLineID"] for row in found["EstimateLineRet"]]


def change_by_hand(stage: Stage, *added: str) -> None:
    """Somebody lists all lines of the Estimate and adds some."""
    found = estimate(stage)
    old = "".join(f"<EstimateLineMod><TxnLineID>{one}</TxnLineID></EstimateLineMod>" for one in ids(found))
    new = "".join(f"<EstimateLineMod><TxnLineID>-1</TxnLineID>{one}</EstimateLineMod>" for one in added)
    head = f"<TxnID>{found['TxnID']}</TxnID><EditSequence>{found['EditSequence']}</EditSequence>"
    (answer,) = ask(stage.company, f"<EstimateModRq><EstimateMod>{head}{old}{new}</EstimateMod></EstimateModRq>")
    assert status(answer) == 0


def typed(stage: Stage, amount: str = "12.00") -> str:
    item = next(one["ListID"] for one in stage.company.records("ItemService") if one["Name"] == "03-100")
    return (
        f"<ItemRef><ListID>{item}</ListID></ItemRef><Desc>Typed</Desc><Quantity>1</Quantity><Amount>{amount}</Amount>"
    )


def change(stage: Stage, **more: Any) -> None:
    """Procore changes the budget, Pat sends it once more."""
    stage.receive(budgets.budget(**more))
    assert not stage.send(NAME).refused


@pytest.fixture
def synced(stage: Stage) -> Stage:
    """The budget of Riverside Tower is an Estimate in QuickBooks."""
    stage.approve(budgets.budget())
    stage.must_settle()
    return stage


# -- the first export ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("WFL-04", "BUD-01", "MAP-28")
def test_an_accepted_budget_is_one_estimate_of_its_job(stage: Stage) -> None:
    stage.approve(budgets.budget(**ONE_MORE))
    stage.must_settle()
    found = estimate(stage)
    assert found["CustomerRef"]["FullName"] == "Riverside Tower"
    assert (lines(found), found["TotalAmount"]) == ([*FIRST, *MOVED], "1500.50")
    assert stage.item(NAME).difference == ""


@pytest.mark.requirement("MAP-35", "MAP-36")
def test_quickbooks_computes_a_rate_that_is_the_amount(synced: Stage) -> None:
    rows = estimate(synced)["EstimateLineRet"]
    assert [(row["Quantity"], row["Rate"], row["Amount"]) for row in rows] == [
        ("1", "1000.00", "1000.00"),
        ("1", "500.50", "500.50"),
    ]


@pytest.mark.requirement("BUD-05", "MAP-32", "MAP-33")
def test_it_waits_for_its_project_and_every_code_and_leaves_by_itself(empty_stage: Stage) -> None:
    stage = empty_stage
    project, *codes = [one for one in records.basics() if one[0] in {"project", "cost_code"}]
    stage.approve(budgets.budget())
    assert [one.message for one in stage.findings(NAME)] == [
        "project 86 is not in QuickBooks yet.",
        "Cost codes cost code 31, cost code 32 are not in QuickBooks yet.",
    ]
    stage.approve(project, *codes)
    stage.must_settle()
    assert estimate(stage)["CustomerRef"]["FullName"] == "Riverside Tower"
    assert lines(estimate(stage)) == FIRST


@pytest.mark.requirement("ACC-03")
def test_a_budget_that_is_not_locked_is_not_sent(stage: Stage) -> None:
    stage.receive(budgets.budget(locked=False))
    (refused,) = stage.send().refused
    assert str(refused.problem).startswith(f"{NAME} is not locked in Procore")


@pytest.mark.requirement("BUD-07")
def test_an_approver_is_told_what_is_left_out(stage: Stage) -> None:
    stage.receive(budgets.budget(budgets.line("100.0", prime_changes="25.0")))
    stage.send()
    (accepted,) = stage.accept(NAME).done
    assert accepted.decision is not None
    assert [one.message for one in accepted.decision.warnings] == [
        f"25.00 of {NAME} comes from prime contract change orders and is left out; 100.00 is written."
    ]
    stage.must_settle()
    assert estimate(stage)["TotalAmount"] == "100.00"


def test_a_company_file_that_does_not_use_estimates_is_told_before_anything_leaves(stage: Stage) -> None:
    stage.company.set_preference("IsUsingEstimates", False)
    stage.ask_for_lists()
    assert stage.run().outcome == "done"
    stage.receive(budgets.budget())
    stage.send()
    (refused,) = stage.accept(NAME).refused
    assert str(refused.problem).startswith(
        f"This company file does not use estimates, so QuickBooks has no place for {NAME}."
    )
    assert stage.states()[NAME] == "sent"
    stage.company.set_preference("IsUsingEstimates", True)
    stage.ask_for_lists()
    stage.run()
    stage.accept(NAME)
    stage.must_settle()


@pytest.mark.requirement("ACC-10")
def test_a_default_markup_of_the_company_file_is_flagged_with_both_amounts(stage: Stage) -> None:
    stage.company.set_preference("DefaultMarkup", "13")
    stage.approve(budgets.budget(budgets.line("1000.0")))
    stage.run()
    item = stage.item(NAME)
    assert (item.state, item.difference) == ("synced", "Line 1: QuickBooks saved 1,130.00, approved 1,000.00")


@pytest.mark.requirement("ACC-23")
def test_an_estimate_made_by_hand_is_named_to_the_approver(stage: Stage) -> None:
    job = next(one["ListID"] for one in stage.company.records("Customer") if one["Name"] == "Riverside Tower")
    head = f"<CustomerRef><ListID>{job}</ListID></CustomerRef><RefNumber>1043</RefNumber>"
    line = f"<EstimateLineAdd>{typed(stage, '1250000.00')}</EstimateLineAdd>"
    ask(stage.company, f"<EstimateAddRq><EstimateAdd>{head}{line}</EstimateAdd></EstimateAddRq>")
    stage.ask_for_lists()
    stage.run()
    stage.receive(budgets.budget())
    stage.send()
    (accepted,) = stage.accept(NAME).done
    assert accepted.decision is not None
    assert [one.message for one in accepted.decision.warnings] == [
        "Riverside Tower has other active Estimates in QuickBooks (Estimate 1043, 1,250,000.00), made by hand; "
        "Revised Budget will include them."
    ]
    stage.must_settle()
    assert len(estimates(stage)) == 2


def test_its_own_estimate_is_none_of_the_others(synced: Stage) -> None:
    synced.ask_for_lists()
    synced.run()
    change(synced, **ONE_MORE)
    (accepted,) = synced.accept(NAME).done
    assert accepted.decision is not None
    assert accepted.decision.warnings == ()


@pytest.mark.requirement("STM-02")
@pytest.mark.parametrize("fault", ["before_run", "after_run", "after_post"])
def test_it_adds_one_estimate_when_the_web_connector_is_killed(stage: Stage, fault: str) -> None:
    stage.approve(budgets.budget())
    report = stage.run(**{fault: 1})
    assert (report.outcome, "EstimateAddRq" in report.requests_seen[-1]) == ("died", True)
    stage.must_settle()
    assert lines(estimate(stage)) == FIRST


@pytest.mark.requirement("STM-02")
def test_an_estimate_whose_answer_is_lost_for_good_is_found_by_its_marker(stage: Stage) -> None:
    stage.approve(budgets.budget())
    assert "EstimateAddRq" in stage.run(after_run=1).requests_seen[-1]
    stage.company.lose_stored_response(stage.sets()[-1].id)
    stage.must_settle()
    assert lines(estimate(stage)) == FIRST


# -- exporting again -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("WFL-05", "BUD-04", "MAP-29")
def test_a_change_adds_lines_to_the_same_estimate_and_touches_no_other(synced: Stage) -> None:
    before = estimate(synced)
    more = budgets.line("75.25", 32, 570)
    change(synced, lines=[budgets.line("1200.0"), budgets.line("500.50", 32, 568), more], **ONE_MORE)
    synced.accept(NAME)
    synced.must_settle()
    after = estimate(synced)
    assert after["TxnID"] == before["TxnID"]
    assert after["EstimateLineRet"][:2] == before["EstimateLineRet"]
    assert lines(after)[2:] == [
        ("03-100", "Concrete Forming (amount edited)", "200.00"),
        ("03-200", "Concrete Reinforcing", "75.25"),
        *MOVED,
    ]
    assert (after["TotalAmount"], synced.item(NAME).difference) == ("1775.75", "")
    assert sum("EstimateModRq" in one.body for one in synced.sets()) == 1


@pytest.mark.requirement("BUD-04")
def test_a_third_export_adds_only_what_is_new_since_the_second(synced: Stage) -> None:
    for amount in ("1200.0", "1150.0"):
        change(synced, lines=[budgets.line(amount), budgets.line("500.50", 32, 568)])
        synced.accept(NAME)
        synced.must_settle()
    assert [amount for _, _, amount in lines(estimate(synced))] == ["1000.00", "500.50", "200.00", "-50.00"]


@pytest.mark.requirement("ACC-02")
def test_a_rejected_change_leaves_it_synced_at_what_was_written(synced: Stage) -> None:
    before = estimate(synced)
    change(synced, **ONE_MORE)
    assert synced.act("reject", NAME, reason="not agreed").done
    assert synced.states()[NAME] == "synced"
    synced.run()
    assert estimate(synced) == before
    change(synced, modifications=[budgets.modification("40.00")])
    synced.accept(NAME)
    synced.must_settle()
    assert [amount for _, _, amount in lines(estimate(synced))] == ["1000.00", "500.50", "-40.00", "40.00"]


def test_a_line_taken_off_the_budget_is_taken_off_the_total(synced: Stage) -> None:
    change(synced, lines=[budgets.line()])
    synced.accept(NAME)
    synced.must_settle()
    assert lines(estimate(synced))[2:] == [("03-200", "Concrete Reinforcing (taken off the budget)", "-500.50")]
    assert estimate(synced)["TotalAmount"] == "1000.00"


@pytest.mark.requirement("ACC-12")
def test_lines_made_and_edited_by_hand_stay_and_are_shown(synced: Stage) -> None:
    synced.company.edit_estimate_line(estimate(synced)["TxnID"], 0, Amount="900.00", Rate="900.00")
    change_by_hand(synced, typed(synced))
    change(synced, **ONE_MORE)
    synced.accept(NAME)
    synced.run()
    assert lines(estimate(synced)) == [
        ("03-100", "Concrete Forming", "900.00"),
        FIRST[1],
        ("03-100", "Typed", "12.00"),
        *MOVED,
    ]
    item = synced.item(NAME)
    assert (item.state, item.difference) == (
        "synced",
        "Line 1: QuickBooks saved 900.00, approved 1,000.00; The Estimate has 1 line made by hand, worth 12.00",
    )


@pytest.mark.requirement("ACC-12")
def test_a_deleted_estimate_is_made_again_only_when_a_person_accepts_it_anew(synced: Stage) -> None:
    synced.company.delete(estimate(synced)["TxnID"])
    change(synced, **ONE_MORE)
    synced.accept(NAME)
    synced.run()
    item = synced.item(NAME)
    assert (estimates(synced), item.state) == ([], "sent")
    assert item.problem == "The Estimate of Riverside Tower is no longer in QuickBooks."
    synced.act("reject", NAME, reason="deleted in QuickBooks")
    assert unlinking.unlink(synced.database, synced.connection_id, synced.person("ana"), synced.ids((NAME,))).done
    synced.run()
    synced.send(NAME)
    synced.accept(NAME)
    synced.must_settle()
    assert lines(estimate(synced)) == [*FIRST, *MOVED]


@pytest.mark.requirement("STM-02")
@pytest.mark.parametrize("fault", ["before_run", "after_run", "after_post"])
def test_it_adds_its_lines_once_when_the_web_connector_is_killed(synced: Stage, fault: str) -> None:
    change(synced, **ONE_MORE)
    synced.accept(NAME)
    report = synced.run(**{fault: 2})
    assert (report.outcome, "EstimateModRq" in report.requests_seen[-1]) == ("died", True)
    synced.must_settle()
    assert lines(estimate(synced)) == [*FIRST, *MOVED]


@pytest.mark.requirement("STM-02")
def test_lines_whose_answer_is_lost_for_good_are_found_by_their_marker(synced: Stage) -> None:
    change(synced, **ONE_MORE)
    synced.accept(NAME)
    assert "EstimateModRq" in synced.run(after_run=2).requests_seen[-1]
    synced.company.lose_stored_response(synced.sets()[-1].id)
    synced.must_settle()
    assert lines(estimate(synced)) == [*FIRST, *MOVED]


def test_a_stale_edit_sequence_is_read_again_and_goes_through(synced: Stage) -> None:
    change(synced, **ONE_MORE)
    synced.accept(NAME)
    connector = synced.by_hand()
    request = connector.begin_until("EstimateModRq")
    change_by_hand(synced, typed(synced))
    connector.post(synced.company.process(request))
    assert "EstimateQueryRq" in connector.send()
    synced.must_settle()
    assert lines(estimate(synced)) == [*FIRST, ("03-100", "Typed", "12.00"), *MOVED]
