"""How a bill gets into QuickBooks: a look, a read of the order, an add, and never a second one."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Content, Done, Hold, Refuse, Situation
from tests import records
from tests.invoices import billed, invoice, on_change
from tests.items.stand_ins import Rec, read, reply, staged
from tests.items.test_subcontractor_invoice import LIABILITY, RETAINAGE, place

INVOICE = registry.kind("subcontractor_invoice")
BOUND = {
    ("company", "61"): BindingView("80-V"),
    ("project", "86"): BindingView("80-J"),
    ("commitment", "310"): BindingView("T1", "5", "SC-014", ("L1", "L2", "L3")),
    ("commitment_change_order", "390"): BindingView("T1", "6", "SC-014", ("L4", "L5")),
    ("cost_code", "31"): BindingView("80-A"),
    ("cost_code", "32"): BindingView("80-B"),
}
ORDER = Ask("order", writes=False, context={"refs": {"txn_id": "T1"}})
LOOK = Ask("look", writes=False, context={"refs": {"vendor": "80-V"}}, also=(ORDER,))
NOTHING = reply("look", "empty")


def draft(*items: Any, where: Any = None, **inputs: Any) -> Content:
    taken = invoice(1, *(items or (billed("3333.00", retained="333.30"),)))
    return INVOICE.document(read(taken), inputs, where or place())


def step(*replies: Any, document: Content | None = None) -> Any:
    return INVOICE.next_step(Situation(document or draft(), "tie:op", replies, bound=BOUND))


def add(*order_lines: str) -> Ask:
    refs = {
        "vendor": "80-V",
        "customer": "80-J",
        "order": "T1",
        "order_lines": list(order_lines),
        "items": {"31": "80-A", "32": "80-B"},
    }
    return Ask("add", writes=True, context={"refs": refs})


def ordered(number: str = "L2", left: str = "1", **more: str) -> Rec:
    texts = {"TxnLineID": number, "ItemRef/ListID": "80-A", "Amount": "10000.00", "Quantity": "1"}
    return Rec("PurchaseOrderLineRet", {**texts, "UnbilledQuantity": left, **more})


def order(*lines: Rec, **more: str) -> Rec:
    return Rec("PurchaseOrderRet", {"TxnID": "T1", "RefNumber": "SC-014", **more}, lines or (ordered(),))


def saved(*lines: Rec, linked: str = "T1", **more: str) -> Rec:
    texts = {
        "TxnID": "B1",
        "EditSequence": "9",
        "RefNumber": "1047",
        "TxnDate": "2026-03-25",
        "DueDate": "2026-04-24",
        "VendorRef/ListID": "80-V",
        "AmountDue": "2999.70",
        "Memo": "tie:op",
        **more,
    }
    found = lines or (row("I1", "3333.00"), row("I2", "-333.30", item="80-R", quantity=""))
    links = (Rec("LinkedTxn", {"TxnID": linked}),) if linked else ()
    return Rec("BillRet", texts, (*found, *links))


def row(number: str, amount: str, item: str = "80-A", quantity: str = "0.3333", **more: str) -> Rec:
    texts = {"TxnLineID": number, "ItemRef/ListID": item, "Amount": amount, "Quantity": quantity}
    return Rec("ItemLineRet", {**texts, "CustomerRef/ListID": "80-J", **more})


FOREIGN = saved(Memo="typed by hand", AmountDue="12400.00")
READ = reply("order", "found", order())
DONE = Done("Bill", "B1", "9", "1047", ("I1", "I2"), parent=("commitment", "310"))


# -- before it is written ------------------------------------------------------------------------------------------


@pytest.mark.requirement("ACC-11")
def test_it_looks_for_vendor_and_number_then_at_the_order_then_it_adds() -> None:
    assert step() == LOOK
    assert step(NOTHING) == ORDER
    assert step(NOTHING, READ) == add("L2")


@pytest.mark.requirement("ACC-11")
def test_a_bill_typed_by_hand_under_that_number_is_a_question_for_a_person() -> None:
    held = step(reply("look", "found", FOREIGN))
    assert isinstance(held, Hold)
    assert held.sentence == "Delta Concrete already has bill 1047 in QuickBooks: 12,400.00, dated 2026-03-25."
    assert held.field == "send_anyway"


@pytest.mark.requirement("ACC-11")
def test_a_reason_to_send_it_anyway_is_enough_and_a_longer_number_is_another_bill() -> None:
    assert step(reply("look", "found", FOREIGN), document=draft(send_anyway="second delivery")) == ORDER
    assert step(reply("look", "found", saved(Memo="", RefNumber="10470"))) == ORDER


def test_a_line_of_a_change_order_is_found_below_its_own_title() -> None:
    change = read(records.change_order(lines=[records.line("75.00")]))
    commitment = read(records.commitment(lines=[records.line("10000.00")]))
    where = place(needed={"commitment": (commitment,), "change_order": (change,)})
    found = order(ordered(), ordered("L5", Amount="75.00"))
    document = draft(billed("100.00"), on_change("75.00"), where=where)
    assert step(NOTHING, reply("order", "found", found), document=document) == add("L2", "L5")


@pytest.mark.requirement("ACC-06")
@pytest.mark.parametrize(
    ("found", "says"),
    [
        (
            order(ordered(left="0.12")),
            "Line 1 of SC-014 has 1,200.00 left in QuickBooks; this invoice bills 3,333.00.",
        ),
        (
            order(ordered(IsManuallyClosed="true")),
            "Line 1 of SC-014 has 0.00 left in QuickBooks; this invoice bills 3,333.00.",
        ),
        (
            order(IsManuallyClosed="true"),
            "Line 1 of SC-014 has nothing left: its purchase order is closed in QuickBooks.",
        ),
        (order(ordered("L9")), "Line 1 of SC-014 is no longer on its purchase order in QuickBooks."),
        (
            order(ordered(Amount="9000.00", **{"ItemRef/FullName": "03-100"})),
            "Line 1 of SC-014 was changed in QuickBooks: it is 9,000.00 for 03-100, "
            "10,000.00 for code 31 was expected.",
        ),
        (
            order(ordered(**{"ItemRef/ListID": "80-B", "ItemRef/FullName": "03-200"})),
            "Line 1 of SC-014 was changed in QuickBooks: it is 10,000.00 for 03-200, "
            "10,000.00 for code 31 was expected.",
        ),
    ],
)
def test_what_the_order_has_left_is_asked_at_the_last_moment(found: Rec, says: str) -> None:
    held = step(NOTHING, reply("order", "found", found))
    assert isinstance(held, Hold)
    assert (held.sentence, held.field) == (says, "unlinked_lines")


@pytest.mark.parametrize("outcome", ["empty", "missing"])
def test_an_order_that_was_deleted_is_not_made_again(outcome: str) -> None:
    held = step(NOTHING, reply("order", outcome))
    assert isinstance(held, Hold)
    assert held.sentence == "The purchase order of commitment SC-014 is no longer in QuickBooks."


@pytest.mark.requirement("ACC-06")
def test_lines_a_person_approved_without_a_link_are_not_asked_about() -> None:
    document = draft(unlinked_lines="1", unlinked="the order is closed")
    assert step(NOTHING, document=document) == add("")


def test_a_release_alone_needs_no_order() -> None:
    document = draft(billed("0.00", done="100.00", kept="10.00", released="10.00"))
    assert step(NOTHING, document=document) == add()


# -- after it was written ------------------------------------------------------------------------------------------


@pytest.mark.requirement("INV-01", "WFL-09")
def test_a_saved_bill_is_bound_and_its_order_must_be_read_again() -> None:
    assert step(NOTHING, READ, reply("add", "saved", saved())) == DONE


@pytest.mark.requirement("STM-02")
@pytest.mark.parametrize("outcome", ["unknown", "unrun"])
def test_after_doubt_it_looks_again_before_anything_else(outcome: str) -> None:
    assert step(NOTHING, READ, reply("add", outcome)) == LOOK


@pytest.mark.requirement("STM-02")
def test_a_bill_that_carries_its_marker_is_adopted_and_not_added_again() -> None:
    done = step(reply("add", "unknown"), reply("look", "found", FOREIGN, saved()))
    assert done == Done("Bill", "B1", "9", "1047", ("I1", "I2"), adopted=True, parent=("commitment", "310"))


def test_a_bill_quickbooks_keeps_losing_is_given_up() -> None:
    lost = [reply("add", "unknown"), NOTHING]
    assert step(*lost * 2) == ORDER
    assert isinstance(step(*lost * 3), Refuse)


def test_a_closed_order_is_a_question_for_a_person() -> None:
    held = step(NOTHING, READ, reply("add", "refused", status=3180, sentence="QuickBooks says: “closed”"))
    assert isinstance(held, Hold)
    assert held.sentence == (
        "QuickBooks did not save the bill; the purchase order of SC-014 is closed, or has no room. "
        "QuickBooks says: “closed”"
    )


@pytest.mark.requirement("ACC-10")
@pytest.mark.parametrize(
    ("found", "says"),
    [
        (saved(row("I1", "3333.01"), row("I2", "-333.30", "80-R")), "Line 1: QuickBooks saved 3,333.01, approved"),
        (saved(row("I1", "3333.00", quantity="1"), row("I2", "-333.30", "80-R")), "Line 1: QuickBooks saved quantity"),
        (saved(row("I1", "3333.00", "80-B"), row("I2", "-333.30", "80-R")), "Line 1: QuickBooks saved item none"),
        (saved(row("I1", "3333.00"), row("I2", "-333.30")), "Line 2: QuickBooks saved item none"),
        (saved(row("I1", "3333.00")), "QuickBooks saved 1 lines, approved 2"),
        (
            saved(row("I1", "3333.00", **{"CustomerRef/ListID": "80-K"}), row("I2", "-333.30", "80-R")),
            "Line 1: QuickBooks saved job none",
        ),
        (
            saved(row("I1", "3333.00", BillableStatus="Billable"), row("I2", "-333.30", "80-R")),
            "Line 1: QuickBooks marked it billable to the customer",
        ),
        (saved(AmountDue="3389.66"), "Total: QuickBooks saved 3,389.66, approved 2,999.70"),
        (saved(TxnDate="2026-03-26"), "Date: QuickBooks saved “2026-03-26”, approved “2026-03-25”"),
        (saved(DueDate="2026-05-01"), "Bill Due: QuickBooks saved “2026-05-01”, approved “2026-04-24”"),
        (saved(RefNumber="47"), "Number: QuickBooks saved “47”, approved “1047”"),
        (saved(linked="T9"), "QuickBooks did not link the bill to the purchase order of SC-014"),
    ],
)
def test_what_quickbooks_saved_otherwise_is_named(found: Rec, says: str) -> None:
    done = step(NOTHING, READ, reply("add", "saved", found))
    assert isinstance(done, Done)
    assert [one[: len(says)] for one in done.differences] == [says]


@pytest.mark.requirement("ACC-12")
@pytest.mark.parametrize(
    ("found", "says"),
    [
        (saved(), []),
        (saved(row("I1", "0.00"), row("I2", "0.00", "80-R"), AmountDue="0.00"),
         ["QuickBooks has it with amounts of nought: it was voided"]),
        (saved(row("I1", "3300.00"), row("I2", "-333.30", "80-R"), AmountDue="2966.70"),
         ["Total: QuickBooks saved 2,966.70, approved 2,999.70", "Line 1: QuickBooks saved 3,300.00, approved 3,333.00"]),
    ],
)  # fmt: skip
def test_a_bill_a_person_voided_or_edited_is_noticed(found: Rec, says: list[str]) -> None:
    assert INVOICE.beside(Situation(draft(), "", bound=BOUND), found) == says


@pytest.mark.requirement("ACC-06")
def test_an_overbilled_line_is_listed_with_its_reason() -> None:
    document = draft(billed("100.00"), unlinked_lines="1", unlinked="the order is closed")
    found = saved(row("I1", "100.00", quantity=""), linked="", AmountDue="100.00")
    done = step(NOTHING, reply("add", "saved", found), document=document)
    assert isinstance(done, Done)
    assert done.differences == (
        "Line 1 of SC-014: 100.00 billed without a link to the purchase order, because: the order is closed",
    )
    assert done.parent is None


@pytest.mark.parametrize("asked", ["look", "order", "add"])
def test_a_busy_quickbooks_is_asked_again_and_a_refusal_is_passed_on(asked: str) -> None:
    assert step(NOTHING, reply(asked, "retry")) == Again("QuickBooks said no.")
    assert step(NOTHING, reply(asked, "refused")) == Refuse("QuickBooks said no.", "Look at it.")


# -- in Canada -----------------------------------------------------------------------------------------------------

VENDOR = staged("Vendor", "Delta Concrete", "80-V", data={"tax_code": "G", "currency": ""})
CANADA = place(shown=(RETAINAGE, LIABILITY, VENDOR), host={"country": "CA"})
UNTAXED = saved(row("I1", "3333.00"), row("I2", "-333.30", "80-R", **{"SalesTaxCodeRef/FullName": "G"}))
TAXED = saved(
    *(
        row(number, amount, item, **{"SalesTaxCodeRef/FullName": "G"})
        for number, amount, item in (("I1", "3333.00", "80-A"), ("I2", "-333.30", "80-R"))
    ),
    EditSequence="10",
)
SET_CODES = Ask(
    "tax",
    writes=True,
    context={
        "refs": {
            "txn_id": "B1",
            "edit_sequence": "9",
            "lines": [{"id": "I1", "tax_code": "G"}, {"id": "I2", "tax_code": ""}],
        }
    },
)


def in_canada(*replies: Any) -> Any:
    return step(NOTHING, READ, *replies, document=draft(where=CANADA))


@pytest.mark.requirement("ACC-22")
def test_linked_lines_get_their_tax_code_in_a_second_step_and_are_not_done_before() -> None:
    assert in_canada(reply("add", "saved", UNTAXED)) == SET_CODES
    done = in_canada(reply("add", "saved", UNTAXED), reply("tax", "saved", TAXED))
    assert done == Done("Bill", "B1", "10", "1047", ("I1", "I2"), parent=("commitment", "310"))


@pytest.mark.requirement("ACC-22")
def test_where_quickbooks_chose_the_code_itself_no_second_step_is_needed() -> None:
    assert isinstance(in_canada(reply("add", "saved", TAXED)), Done)


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize("outcome", ["unknown", "stale"])
def test_a_second_step_in_doubt_is_looked_up_and_taken_again(outcome: str) -> None:
    doubt = [reply("add", "saved", UNTAXED), reply("tax", outcome)]
    assert in_canada(*doubt) == LOOK
    assert in_canada(*doubt, reply("look", "found", UNTAXED)) == SET_CODES
    assert isinstance(in_canada(*doubt, reply("look", "found", TAXED)), Done)
    assert isinstance(in_canada(*doubt * 3, reply("look", "found", UNTAXED)), Refuse)


def test_in_canada_a_line_quickbooks_left_out_is_a_difference_and_no_code_goes_to_another_line() -> None:
    only = saved(row("I2", "-333.30", "80-R"), AmountDue="-333.30")
    done = in_canada(reply("add", "saved", only))
    assert isinstance(done, Done)
    assert "QuickBooks saved 1 lines, approved 2" in done.differences
