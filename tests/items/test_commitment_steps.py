"""How a purchase order gets into QuickBooks: a look, an add, and never a second one."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Done, Hold, Refuse, Situation
from tests import records
from tests.items.stand_ins import Rec, around, read, reply

COMMITMENT = registry.kind("commitment")
BOUND = {
    ("company", "61"): BindingView("80-V"),
    ("project", "86"): BindingView("80-J"),
    ("cost_code", "31"): BindingView("80-A"),
    ("cost_code", "32"): BindingView("80-B"),
}
REFS = {"refs": {"vendor": "80-V", "customer": "80-J", "items": {"31": "80-A", "32": "80-B"}}}
LOOK = Ask("look", writes=False, context=REFS)
ADD = Ask("add", writes=True, context=REFS)


def line(number: str, item: str, amount: str, quantity: str = "1", **more: str) -> Rec:
    texts = {"TxnLineID": number, "ItemRef/ListID": item, "Amount": amount, "Quantity": quantity, **more}
    return Rec("PurchaseOrderLineRet", texts)


TITLE = Rec("PurchaseOrderLineRet", {"TxnLineID": "L1", "Desc": "Foundations"})
LINES = (TITLE, line("L2", "80-A", "500.00"), line("L3", "80-B", "250.25"))


def order(*lines: Rec, **more: str) -> Rec:
    texts = {
        "TxnID": "T1",
        "EditSequence": "9",
        "RefNumber": "SC-014",
        "TxnDate": "2026-03-02",
        "VendorRef/ListID": "80-V",
        "TotalAmount": "750.25",
        **more,
    }
    return Rec("PurchaseOrderRet", texts, lines or LINES)


OURS, FOREIGN = order(Memo="tie:op"), order(Memo="ordered by phone")


def step(*replies: Any, inputs: dict[str, Any] | None = None) -> Any:
    document = COMMITMENT.document(read(records.commitment()), inputs or {}, around(settings={"zone": "UTC"}))
    return COMMITMENT.next_step(Situation(document, "tie:op", replies, bound=BOUND))


@pytest.mark.requirement("ACC-11")
def test_it_looks_for_vendor_and_number_before_it_adds() -> None:
    assert step() == LOOK
    assert step(reply("look", "empty")) == ADD


@pytest.mark.requirement("ACC-11")
def test_an_order_of_that_number_made_by_somebody_else_is_a_question_for_a_person() -> None:
    held = step(reply("look", "found", FOREIGN))
    assert isinstance(held, Hold)
    assert held.sentence == (
        "Delta Concrete already has purchase order SC-014 in QuickBooks: 750.25, dated 2026-03-02."
    )
    assert held.field == "send_anyway"


@pytest.mark.requirement("ACC-11")
def test_a_reason_to_send_it_anyway_is_enough() -> None:
    assert step(reply("look", "found", FOREIGN), inputs={"send_anyway": "second delivery"}) == ADD


def test_a_number_that_only_begins_alike_is_another_order() -> None:
    assert step(reply("look", "found", order(RefNumber="SC-0141"))) == ADD


@pytest.mark.requirement("STM-02")
def test_after_an_answer_that_never_came_it_looks_again_before_anything_else() -> None:
    assert step(reply("look", "empty"), reply("add", "unknown")) == LOOK


@pytest.mark.requirement("STM-02")
def test_an_order_that_carries_its_marker_is_adopted_and_not_added_again() -> None:
    done = step(reply("look", "empty"), reply("add", "unknown"), reply("look", "found", FOREIGN, OURS))
    assert done == Done("PurchaseOrder", "T1", "9", "SC-014", ("L1", "L2", "L3"), adopted=True)


def test_a_write_that_left_nothing_behind_is_made_again_but_not_for_ever() -> None:
    lost = [reply("add", "unknown"), reply("look", "empty")]
    assert step(reply("look", "empty"), *lost) == ADD
    assert step(reply("look", "empty"), *lost * 2) == ADD
    given_up = step(reply("look", "empty"), *lost * 3)
    assert isinstance(given_up, Refuse)
    assert given_up.sentence == "QuickBooks lost this purchase order three times without saying why."


def test_a_set_quickbooks_could_not_read_was_not_run_so_the_add_is_simply_repeated() -> None:
    assert step(reply("look", "empty"), reply("add", "unrun")) == ADD


def test_a_saved_order_is_bound_with_all_its_lines() -> None:
    done = step(reply("look", "empty"), reply("add", "saved", order()))
    assert done == Done("PurchaseOrder", "T1", "9", "SC-014", ("L1", "L2", "L3"))


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize(
    ("saved", "says"),
    [
        (order(TITLE, line("L2", "80-A", "499.99"), LINES[2]), "Line 1: QuickBooks saved 499.99, approved 500.00"),
        (order(TITLE, LINES[1], line("L3", "80-A", "250.25")), "Line 2: QuickBooks saved item none"),
        (order(TITLE, LINES[1], line("L3", "80-B", "250.25", "2")), "Line 2: QuickBooks saved quantity 2, approved 1"),
        (order(TITLE, LINES[1]), "QuickBooks saved 1 lines, approved 2"),
        (order(RefNumber="14"), "Number: QuickBooks saved “14”, approved “SC-014”"),
        (order(TxnDate="2026-03-03"), "Date: QuickBooks saved “2026-03-03”, approved “2026-03-02”"),
        (order(**{"VendorRef/ListID": "80-W"}), "Vendor: QuickBooks saved “80-W”, approved “80-V”"),
    ],
)
def test_what_quickbooks_saved_otherwise_is_named(saved: Rec, says: str) -> None:
    done = step(reply("look", "empty"), reply("add", "saved", saved))
    assert isinstance(done, Done)
    assert done.differences == (says,)


@pytest.mark.requirement("ACC-10")
def test_an_amount_written_in_another_way_is_no_difference() -> None:
    same = order(TITLE, line("L2", "80-A", "500.0", "1.00000"), LINES[2])
    done = step(reply("look", "empty"), reply("add", "saved", same))
    assert isinstance(done, Done)
    assert done.differences == ()


@pytest.mark.parametrize("asked", ["look", "add"])
def test_a_busy_quickbooks_is_asked_again_in_a_later_session(asked: str) -> None:
    assert step(reply(asked, "retry")) == Again("QuickBooks said no.")


@pytest.mark.parametrize("asked", ["look", "add"])
def test_a_refusal_keeps_quickbooks_own_words(asked: str) -> None:
    assert step(reply(asked, "refused")) == Refuse("QuickBooks said no.", "Look at it.")
