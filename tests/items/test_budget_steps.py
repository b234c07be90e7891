"""How an Estimate gets into QuickBooks: added once, changed by lines below, and never written twice."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Done, Hold, Refuse, Situation
from tests import budgets
from tests.items.stand_ins import Rec, around, read, reply

BUDGET = registry.kind("budget")
OURS = "tie:op"
ITEMS = {"31": "80-A", "32": "80-B"}
BOUND = {
    ("project", "86"): BindingView("80-J"),
    ("cost_code", "31"): BindingView("80-A"),
    ("cost_code", "32"): BindingView("80-B"),
}
REFS = {"refs": {"customer": "80-J", "items": ITEMS}}
ADD = Ask("add", writes=True, context=REFS)
LOOK = Ask("look", writes=False, context=REFS)
READ = Ask("read", writes=False, context={"refs": {"txn_id": "E1"}})


def document(written: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    given = around(now=None, written={"date": "2026-03-25", **(written or {})})
    return BUDGET.document(read(budgets.budget(**more)), {}, given)


FIRST = document()
SECOND = document(FIRST, modifications=[budgets.modification()])


def line(number: str, item: str, amount: str, marker: str = "", **more: str) -> Rec:
    texts = {"TxnLineID": number, "ItemRef/ListID": item, "Amount": amount, "Rate": amount, "Quantity": "1"}
    return Rec("EstimateLineRet", {**texts, "Other1": marker, **more})


LINES = (line("L1", "80-A", "1000.00"), line("L2", "80-B", "500.50"))
ADDED = (line("L3", "80-A", "-100.00", OURS), line("L4", "80-B", "100.00", OURS))
BY_HAND = line("L9", "80-A", "12.00")


def estimate(*lines: Rec, edit: str = "6", **more: str) -> Rec:
    texts = {"TxnID": "E1", "EditSequence": edit, "RefNumber": "1043", "TxnDate": "2026-03-25", **more}
    return Rec("EstimateRet", {"CustomerRef/ListID": "80-J", "CustomerRef/FullName": "Tower", **texts}, lines or LINES)


def first(*replies: Any) -> Any:
    return BUDGET.next_step(Situation(FIRST, OURS, replies, bound=BOUND))


def again(*replies: Any, document: dict[str, Any] = SECOND, lines: tuple[str, ...] = ("L1", "L2")) -> Any:
    own = BindingView("E1", "5", "1043", lines)
    return BUDGET.next_step(Situation(document, OURS, replies, bound=BOUND, own=own))


def mod(edit: str, *lines: str) -> Ask:
    refs = {"txn_id": "E1", "edit_sequence": edit, "lines": list(lines), "items": ITEMS}
    return Ask("mod", writes=True, context={"refs": refs})


# -- the first export ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("BUD-01")
def test_it_adds_an_estimate_to_its_job_and_binds_what_was_saved() -> None:
    assert first() == ADD
    assert first(reply("add", "saved", estimate())) == Done("Estimate", "E1", "6", "1043", ("L1", "L2"))


@pytest.mark.requirement("STM-02")
def test_after_an_answer_that_never_came_it_looks_among_the_estimates_of_the_job() -> None:
    assert first(reply("add", "unknown")) == LOOK
    assert first(reply("add", "unknown"), reply("look", "unrun")) == LOOK
    done = first(reply("add", "unknown"), reply("look", "found", estimate(TxnID="E0"), estimate(Memo=OURS)))
    assert done == Done("Estimate", "E1", "6", "1043", ("L1", "L2"), adopted=True)


@pytest.mark.requirement("STM-02")
def test_only_the_marker_adopts_an_estimate() -> None:
    assert first(reply("add", "unknown"), reply("look", "found", estimate(Memo="typed by hand"))) == ADD


def test_an_estimate_that_gets_lost_again_and_again_is_not_chased_for_ever() -> None:
    lost = [reply("add", "unknown"), reply("look", "empty")]
    assert first(*lost * 2) == ADD
    assert isinstance(first(*lost * 3), Refuse)


def test_a_set_quickbooks_could_not_read_was_not_run_so_the_add_is_simply_repeated() -> None:
    assert first(reply("add", "unrun")) == ADD


@pytest.mark.parametrize("asked", ["add", "look"])
def test_a_busy_quickbooks_is_asked_again_and_a_refusal_is_passed_on(asked: str) -> None:
    assert first(reply(asked, "retry")) == Again("QuickBooks said no.")
    assert first(reply(asked, "refused")) == Refuse("QuickBooks said no.", "Look at it.")


# -- the difference to what was approved ---------------------------------------------------------------------------


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize(
    ("saved", "says"),
    [
        (
            estimate(line("L1", "80-A", "1130.00", Rate="1000.00"), LINES[1]),
            "Line 1: QuickBooks saved 1,130.00, approved 1,000.00",
        ),
        (
            estimate(line("L1", "80-A", "1000.00", Rate="884.95575"), LINES[1]),
            "Line 1: QuickBooks saved a cost of 884.95575, approved 1,000.00",
        ),
        (
            estimate(LINES[0], line("L2", "80-C", "500.50", **{"ItemRef/FullName": "05-120"})),
            "Line 2: QuickBooks saved item 05-120, approved 03-200",
        ),
        (estimate(LINES[0]), "QuickBooks saved 1 of 2 lines"),
        (
            estimate(*LINES, BY_HAND, line("L8", "80-A", "0.50")),
            "The Estimate has 2 lines made by hand, worth 12.50",
        ),
        (estimate(TotalAmount="1695.57"), "Total: QuickBooks saved 1,695.57, its lines come to 1,500.50"),
        (estimate(TxnDate="2026-03-26"), "Date: QuickBooks saved 2026-03-26, approved 2026-03-25"),
        (estimate(**{"CustomerRef/ListID": "80-K"}), "QuickBooks has it under Tower"),
    ],
)
def test_what_quickbooks_saved_otherwise_is_named(saved: Rec, says: str) -> None:
    done = first(reply("add", "saved", saved))
    assert isinstance(done, Done)
    assert done.differences == (says,)


@pytest.mark.requirement("ACC-10")
def test_an_amount_written_in_another_way_is_no_difference() -> None:
    done = first(reply("add", "saved", estimate(line("L1", "80-A", "1000", Rate="1000.00000"), LINES[1])))
    assert done.differences == ()


def test_a_quantity_somebody_split_at_the_same_cost_is_no_difference() -> None:
    split = line("L1", "80-A", "1000.00", Rate="500.00", Quantity="2")
    assert first(reply("add", "saved", estimate(split, LINES[1]))).differences == ()


# -- exporting again -----------------------------------------------------------------------------------------------


@pytest.mark.requirement("BUD-04", "MAP-29")
def test_it_is_read_and_its_new_lines_are_put_below_all_that_are_there() -> None:
    assert again() == READ
    assert again(reply("read", "found", estimate())) == mod("6", "L1", "L2")


@pytest.mark.requirement("ACC-12")
def test_lines_made_by_hand_are_kept_where_they_stand_and_told() -> None:
    assert again(reply("read", "found", estimate(LINES[0], BY_HAND, LINES[1]))) == mod("6", "L1", "L9", "L2")
    done = again(reply("mod", "saved", estimate(LINES[0], BY_HAND, LINES[1], *ADDED)))
    assert done.lines == ("L1", "L2", "L3", "L4", "L9")
    assert done.differences == ("The Estimate has 1 line made by hand, worth 12.00",)


@pytest.mark.requirement("ACC-12")
def test_a_line_changed_or_deleted_by_hand_stays_so_and_the_difference_is_shown() -> None:
    edited = line("L1", "80-A", "900.00")
    assert again(reply("read", "found", estimate(edited))) == mod("6", "L1")
    done = again(reply("mod", "saved", estimate(edited, *ADDED)))
    assert done.differences == (
        "Line 1: QuickBooks saved 900.00, approved 1,000.00",
        "Line 2: QuickBooks no longer has it, approved 500.50",
    )


@pytest.mark.requirement("ACC-12")
def test_a_later_look_tells_what_was_edited_added_or_deleted_by_hand() -> None:
    own = BindingView("E1", "5", "1043", ("L1", "L2", "L3", "L4"))
    later = Situation(SECOND, OURS, bound=BOUND, own=own)
    assert BUDGET.beside(later, estimate(*LINES, *ADDED)) == []
    assert BUDGET.beside(later, estimate(line("L1", "80-A", "900.00"), LINES[1], ADDED[0], BY_HAND)) == [
        "Line 1: QuickBooks saved 900.00, approved 1,000.00",
        "Line 4: QuickBooks no longer has it, approved 100.00",
        "The Estimate has 1 line made by hand, worth 12.00",
    ]


@pytest.mark.parametrize("outcome", ["stale", "unknown", "unrun"])
def test_after_doubt_or_a_stale_edit_sequence_it_reads_again(outcome: str) -> None:
    assert again(reply("read", "found", estimate()), reply("mod", outcome)) == READ


@pytest.mark.requirement("STM-02")
def test_lines_that_carry_its_marker_are_adopted_and_not_added_again() -> None:
    done = again(reply("mod", "unknown"), reply("read", "found", estimate(*LINES, *ADDED)))
    assert (done.adopted, done.lines, done.differences) == (True, ("L1", "L2", "L3", "L4"), ())


def test_an_estimate_as_it_was_takes_the_lines_once_more() -> None:
    assert again(reply("mod", "unknown"), reply("read", "found", estimate())) == mod("6", "L1", "L2")


def test_lines_somebody_added_while_an_answer_was_missing_are_a_question_for_a_person() -> None:
    held = again(reply("mod", "unknown"), reply("read", "found", estimate(*LINES, BY_HAND)))
    assert isinstance(held, Hold)
    assert held.sentence == (
        "Somebody changed the Estimate of Riverside Tower in QuickBooks while this change was on its way: "
        "it has 3 lines, 2 were expected."
    )


def test_lines_made_by_hand_that_were_known_before_are_no_question() -> None:
    read_ = reply("read", "found", estimate(LINES[0], BY_HAND, LINES[1]))
    assert again(reply("mod", "unknown"), read_, lines=("L1", "L2", "L9")) == mod("6", "L1", "L9", "L2")


def test_after_an_answer_that_refused_a_stale_change_lines_made_by_hand_are_no_question() -> None:
    assert again(reply("mod", "stale"), reply("read", "found", estimate(*LINES, BY_HAND))) == mod("6", "L1", "L2", "L9")


def test_an_estimate_that_keeps_changing_is_not_chased_for_ever() -> None:
    tries = [reply("mod", "stale"), reply("read", "found", estimate())]
    assert again(*tries * 2) == mod("6", "L1", "L2")
    assert isinstance(again(*tries * 3), Refuse)


@pytest.mark.requirement("ACC-12")
@pytest.mark.parametrize("outcome", ["empty", "missing"])
def test_an_estimate_that_was_deleted_is_not_made_again(outcome: str) -> None:
    held = again(reply("read", outcome))
    assert isinstance(held, Hold)
    assert held.sentence == "The Estimate of Riverside Tower is no longer in QuickBooks."


def test_a_group_of_items_cannot_be_kept_by_a_change_so_a_person_is_asked() -> None:
    held = again(reply("read", "found", estimate(*LINES, Rec("EstimateLineGroupRet", {"TxnLineID": "G1"}))))
    assert isinstance(held, Hold)
    assert "group of items" in held.sentence


def test_with_nothing_new_to_write_it_only_looks() -> None:
    done = again(reply("read", "found", estimate()), document=document(FIRST))
    assert done == Done("Estimate", "E1", "6", "1043", ("L1", "L2"))


TAKEN_OFF = document(document(lines=[budgets.line(), budgets.line("75.00", 33, 569)]), lines=[budgets.line()])


def test_a_code_taken_off_the_budget_has_the_item_its_line_has_on_the_estimate() -> None:
    there = estimate(LINES[0], line("L2", "80-C", "75.00"))
    asked = again(reply("read", "found", there), document=TAKEN_OFF)
    assert asked.context["refs"]["items"] == {**ITEMS, "33": "80-C"}


def test_a_code_taken_off_on_both_sides_is_a_question_for_a_person() -> None:
    held = again(reply("read", "found", estimate(LINES[0])), document=TAKEN_OFF)
    assert isinstance(held, Hold)
    assert held.sentence == "05-120 was taken off the budget, and its line is no longer on the Estimate either."


def test_a_change_without_the_estimate_it_changes_does_not_become_a_second_one() -> None:
    with pytest.raises(KeyError, match="the Estimate of Riverside Tower"):
        BUDGET.next_step(Situation(SECOND, OURS, bound=BOUND))
