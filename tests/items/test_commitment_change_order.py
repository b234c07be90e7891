"""A change order becomes lines below those its purchase order has."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Done, Hold, Refuse, Situation
from tests import records
from tests.items.stand_ins import Rec, around, read, reply

CHANGE = registry.kind("commitment_change_order")
OURS = "tie:op"


def content(**more: Any) -> dict[str, Any]:
    return read(records.change_order(**more))


def document(method: str = "amount", **more: Any) -> dict[str, Any]:
    commitment = read(records.commitment(accounting_method=method))
    return CHANGE.document(content(**more), {}, around(needed={"commitment": (commitment,)}))


# -- what will be written ------------------------------------------------------------------------------------------


@pytest.mark.requirement("MAP-56")
def test_its_title_is_the_first_added_row_and_its_name_stands_in_for_none() -> None:
    assert document()["title"] == "Change 001"
    assert document(title=None)["title"] == "CO 001"


@pytest.mark.requirement("MAP-57", "MAP-58", "ACC-01")
def test_its_lines_are_written_as_those_of_its_commitment() -> None:
    lump = document(lines=[records.unit_line("3.0", "25.00", "75.00")])["lines"][0]
    unit = document("unit", lines=[records.unit_line("3.0", "25.00", "75.00")])["lines"][0]
    assert (lump["quantity"], lump["amount"], lump["cost_code"]) == ("1", "75.00", "31")
    assert (unit["quantity"], unit["amount"], unit["description"]) == ("3", "75.00", "Form footings")


def test_a_deduction_keeps_its_sign() -> None:
    lines = [records.line("-400.00")]
    assert document(lines=lines)["lines"][0]["amount"] == "-400.00"
    assert CHANGE.amount(content(lines=lines)) == Decimal("-400.00")


@pytest.mark.requirement("MAP-53", "MAP-54", "MAP-55")
def test_its_document_holds_nothing_of_the_orders_head() -> None:
    assert {"date", "vendor", "company", "message"}.isdisjoint(document())


@pytest.mark.requirement("CCO-02")
def test_it_points_at_its_commitment_its_project_and_its_codes() -> None:
    assert [(need.name, need.procore_id) for need in CHANGE.needs(content())] == [
        ("commitment", "310"),
        ("project", "86"),
        ("cost_code", "31"),
    ]


@pytest.mark.requirement("CCO-03")
def test_change_orders_line_up_by_number_and_not_by_text() -> None:
    numbers = ["10", "2", "001", "9"]
    assert sorted(numbers, key=lambda n: CHANGE.place_in_line(content(number=n))) == ["001", "2", "9", "10"]


def test_its_words_name_commitment_company_and_project() -> None:
    commitment = read(records.commitment())
    words = CHANGE.words(content(), {}, around(needed={"commitment": (commitment,)}))
    assert (words["commitment"], words["company"], words["project"]) == (
        "SC-014",
        "Delta Concrete",
        "Riverside Tower",
    )


def test_a_commitment_that_was_never_received_leaves_its_words_empty() -> None:
    words = CHANGE.words(content(), {}, around())
    assert (words["commitment"], words["company"], words["project"]) == ("", "", "")


# -- how it gets there ---------------------------------------------------------------------------------------------


def line(number: str, marker: str = "", item: str = "80-A", amount: str = "75.00") -> Rec:
    texts = {"TxnLineID": number, "Other1": marker, "ItemRef/ListID": item, "Amount": amount, "Quantity": "1"}
    return Rec("PurchaseOrderLineRet", texts)


OLD = (line("L1", item=""), line("L2"))
ADDED = (Rec("PurchaseOrderLineRet", {"TxnLineID": "L3", "Other1": OURS}), line("L4", OURS))


def order(*lines: Rec, edit: str = "6") -> Rec:
    return Rec("PurchaseOrderRet", {"TxnID": "T1", "EditSequence": edit, "RefNumber": "SC-014"}, lines)


def step(*replies: Any, fresh: bool = False) -> Any:
    bound = {
        ("commitment", "310"): BindingView("T1", "5", "SC-014", ("L1", "L2"), fresh),
        ("project", "86"): BindingView("80-J"),
        ("cost_code", "31"): BindingView("80-A"),
    }
    return CHANGE.next_step(Situation(document(), OURS, replies, bound=bound))


READ = Ask("read", writes=False, context={"refs": {"txn_id": "T1"}})


def mod(edit: str, *lines: str) -> Ask:
    refs = {
        "txn_id": "T1",
        "edit_sequence": edit,
        "lines": list(lines),
        "customer": "80-J",
        "items": {"31": "80-A"},
    }
    return Ask("mod", writes=True, context={"refs": refs})


def test_an_order_answered_in_this_very_session_needs_no_read() -> None:
    assert step(fresh=True) == mod("5", "L1", "L2")


def test_any_other_order_is_read_first() -> None:
    assert step() == READ


@pytest.mark.requirement("MAP-51", "CCO-01")
def test_all_lines_that_are_there_now_are_kept_also_those_a_person_added() -> None:
    by_hand = line("L9")
    assert step(reply("read", "found", order(*OLD, by_hand))) == mod("6", "L1", "L2", "L9")


@pytest.mark.parametrize("outcome", ["stale", "unknown", "unrun"])
def test_after_doubt_or_a_stale_edit_sequence_it_reads_again(outcome: str) -> None:
    assert step(reply("read", "found", order(*OLD)), reply("mod", outcome)) == READ


@pytest.mark.requirement("STM-02")
def test_lines_that_carry_its_marker_are_adopted_and_not_added_again() -> None:
    done = step(reply("mod", "unknown"), reply("read", "found", order(*OLD, *ADDED)))
    assert isinstance(done, Done)
    assert (done.adopted, done.lines, done.differences) == (True, ("L3", "L4"), ())


def test_an_order_as_it_was_takes_the_lines_once_more() -> None:
    assert step(reply("mod", "unknown"), reply("read", "found", order(*OLD))) == mod("6", "L1", "L2")


def test_an_order_somebody_changed_meanwhile_is_a_question_for_a_person() -> None:
    held = step(reply("mod", "stale"), reply("read", "found", order(*OLD, line("L9"))))
    assert isinstance(held, Hold)
    assert held.sentence == (
        "Somebody changed the purchase order of SC-014 in QuickBooks while this change order was on its way: "
        "it has 3 lines, 2 were expected."
    )


def test_an_order_that_keeps_changing_is_not_chased_for_ever() -> None:
    tries = [reply("mod", "stale"), reply("read", "found", order(*OLD))]
    assert step(*tries * 2) == mod("6", "L1", "L2")
    assert isinstance(step(*tries * 3), Refuse)


@pytest.mark.parametrize("outcome", ["empty", "missing"])
def test_an_order_that_was_deleted_is_not_made_again(outcome: str) -> None:
    held = step(reply("read", outcome))
    assert isinstance(held, Hold)
    assert "no longer in QuickBooks" in held.sentence


def test_a_saved_change_brings_the_binding_of_its_order_up_to_date() -> None:
    done = step(reply("mod", "saved", order(*OLD, *ADDED, edit="7")), fresh=True)
    assert done == Done(
        "PurchaseOrder lines",
        "T1",
        "7",
        "SC-014",
        ("L3", "L4"),
        parent=("commitment", "310"),
        parent_lines=("L1", "L2", "L3", "L4"),
    )


@pytest.mark.requirement("ACC-10")
def test_what_quickbooks_saved_otherwise_is_named() -> None:
    done = step(reply("mod", "saved", order(*OLD, ADDED[0], line("L4", OURS, amount="57.00"))), fresh=True)
    assert isinstance(done, Done)
    assert done.differences == ("Line 1: QuickBooks saved 57.00, approved 75.00",)


def test_a_busy_quickbooks_is_asked_again_and_a_refusal_is_passed_on() -> None:
    assert step(reply("read", "retry")) == Again("QuickBooks said no.")
    assert step(reply("mod", "refused")) == Refuse("QuickBooks said no.", "Look at it.")
