"""How a payment made with Procore Pay gets into QuickBooks: a look, a read of the bill, an add, never a second one."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, BindingView, Content, Done, Hold, Refuse, Situation
from tests.items.stand_ins import Rec, around, read, reply, staged

KIND = registry.kind("procore_pay_payment")
RECORD = {
    "id": 9100000001, "contract_id": 310, "project_id": 86, "requisition_id": 801, "vendor_id": 61,
    "vendor_name": "Delta Concrete", "external_payment_id": "pay-7f3a", "amount": "900.0", "date": "2026-04-20",
    "check_number": "5001", "invoice_number": "1047", "payment_number": 3, "status": "paid",
}  # fmt: skip
BOUND = {("company", "61"): BindingView("80-V"), ("subcontractor_invoice", "801"): BindingView("B1")}
BANK = staged("Account", "Operating Bank", "80-B", data={"account_type": "Bank"})
BILL = Ask("bill", writes=False, context={"refs": {"bill": "B1"}})
LOOK = Ask("look", writes=False, context={"refs": {"vendor": "80-V"}}, also=(BILL,))
ADD = Ask("add", writes=True, context={"refs": {"vendor": "80-V", "bill": "B1", "payable_account": "80-AP"}})
NOTHING = reply("look", "empty")


def content(**more: Any) -> Content:
    return read((KIND.kind, {**RECORD, **more}))


def draft(**inputs: Any) -> Content:
    return KIND.document(content(), inputs, around(BANK, settings={"procore_pay_account": "80-B"}))


def step(*replies: Any, document: Content | None = None) -> Any:
    return KIND.next_step(Situation(document or draft(), "tie:op", replies, bound=BOUND))


def bill(left: str = "900.00", **more: str) -> Any:
    texts = {"TxnID": "B1", "VendorRef/ListID": "80-V", "APAccountRef/ListID": "80-AP", "OpenAmount": left, **more}
    return reply("bill", "found", Rec("BillRet", texts))


def payment(memo: str = "tie:op", number: str = "5001", pays: str = "B1", **more: str) -> Rec:
    texts = {
        "TxnID": "P1", "EditSequence": "7", "RefNumber": number, "TxnDate": "2026-04-20", "Amount": "900.00",
        "Memo": memo, "BankAccountRef/ListID": "80-B", "BankAccountRef/FullName": "Operating Bank", **more,
    }  # fmt: skip
    return Rec("BillPaymentCheckRet", texts, (Rec("AppliedToTxnRet", {"TxnID": pays, "Amount": "900.00"}),))


@pytest.mark.requirement("PAY-03")
def test_it_looks_for_payee_and_number_and_at_the_bill_then_it_adds() -> None:
    assert step() == LOOK
    assert step(NOTHING, bill()) == ADD


@pytest.mark.requirement("PAY-03")
def test_after_a_lost_answer_it_looks_again_and_adopts_only_what_carries_its_mark() -> None:
    lost = reply("add", "unknown")
    assert step(NOTHING, bill(), lost) == LOOK
    adopted = step(lost, reply("look", "found", payment("", pays="B2"), payment()), bill("0.00"))
    assert adopted == Done("BillPaymentCheck", "P1", "7", "5001", adopted=True)
    assert step(lost, NOTHING, bill()) == ADD
    assert isinstance(step(lost, lost, lost, NOTHING, bill()), Refuse)


def test_a_check_of_this_number_that_pays_this_bill_is_a_question_for_a_person() -> None:
    there = reply("look", "found", payment("typed"))
    held = step(there, bill("100.00"))
    assert isinstance(held, Hold)
    assert held.sentence == (
        "The bill of Invoice 1047 is already paid in QuickBooks by check 5001: 900.00, dated 2026-04-20."
    )
    assert step(there, bill(), document=draft(send_anyway="another one")) == ADD


@pytest.mark.parametrize("other", [payment("typed", number="50012"), payment("typed", pays="B2")])
def test_a_longer_number_and_a_check_that_pays_another_bill_are_nothing_to_it(other: Rec) -> None:
    assert step(reply("look", "found", other), bill()) == ADD


@pytest.mark.requirement("PAY-03")
@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (bill("899.99"), "The bill of Invoice 1047 has 899.99 left to pay in QuickBooks; this payment is 900.00."),
        (bill("", IsPaid="true", AmountDue="900.00"), "The bill of Invoice 1047 has 0.00 left to pay in QuickBooks; "
         "this payment is 900.00."),
        (reply("bill", "missing"), "The bill of Invoice 1047 is no longer in QuickBooks."),
        (bill(**{"VendorRef/ListID": "80-X", "VendorRef/FullName": "Ironline"}),
         "The bill of Invoice 1047 is Ironline's in QuickBooks; Delta Concrete was paid."),
    ],
)  # fmt: skip
def test_a_bill_that_cannot_be_paid_so_waits_for_a_person(found: Any, sentence: str) -> None:
    held = step(NOTHING, found)
    assert isinstance(held, Hold)
    assert held.sentence == sentence


def test_a_file_that_tells_no_open_amount_says_at_least_what_is_due() -> None:
    assert step(NOTHING, bill("", IsPaid="false", AmountDue="900.00")) == ADD


@pytest.mark.parametrize("busy", [(reply("look", "retry"), bill()), (NOTHING, reply("bill", "retry"))])
def test_a_busy_quickbooks_is_asked_again(busy: tuple[Any, ...]) -> None:
    assert isinstance(step(*busy), Again)


def test_what_quickbooks_refuses_is_said() -> None:
    refused = step(NOTHING, bill(), reply("add", "refused", sentence="You cannot pay more than the amount due."))
    assert refused == Refuse("You cannot pay more than the amount due.", "Look at it.")


def test_what_quickbooks_saved_otherwise_is_a_difference() -> None:
    saved = payment(pays="B2", Amount="890.00", **{"BankAccountRef/ListID": "80-X", "BankAccountRef/FullName": "Petty"})
    done = step(NOTHING, bill(), reply("add", "saved", saved))
    assert isinstance(done, Done)
    assert done.differences == (
        "Amount: 890.00 in QuickBooks, 900.00 approved",
        "Bank account: Petty in QuickBooks, Operating Bank approved",
        "QuickBooks did not apply the payment to the bill of Invoice 1047",
    )


@pytest.mark.parametrize(
    ("given", "inputs", "number"),
    [
        ({}, {}, "5001"),
        ({"check_number": None}, {}, "3"),
        ({"check_number": "ACH-2026-0000123"}, {"number": " ACH-123 "}, "ACH-123"),
    ],
)
def test_its_number_is_the_approvers_else_the_checks_else_the_payments(
    given: Content, inputs: Content, number: str
) -> None:
    assert KIND.words(content(**given), inputs, around())["number"] == number


def test_a_payment_without_a_date_is_of_the_day_it_was_settled_where_the_company_is() -> None:
    settled = content(date=None, date_payment_settled="2026-04-21T03:00:00Z")
    assert KIND.day(settled, {}, "America/Chicago") == "2026-04-20"
    assert KIND.day(settled, {"accounting_date": "2026-05-01"}, "America/Chicago") == "2026-05-01"


def test_the_page_shows_what_will_be_written() -> None:
    assert [value for _, value in KIND.preview(draft())] == [
        "Delta Concrete", "5001", "2026-04-20", "", "Operating Bank", "Invoice 1047", "900.00",
    ]  # fmt: skip
