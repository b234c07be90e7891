"""QuickBooks' payments of bills, read as they come: each bill's own part, and what became of it."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import IMPORT, Ask, BindingView, Done, Refuse, Situation
from tests.items.stand_ins import Rec, reply

PAYMENTS = registry.refreshes()["payments"]
SINCE = "2026-03-31T04:00:00"


def part(bill: str, amount: str, *linked: Rec, type_: str = "Bill", **more: str) -> Rec:
    texts = {"TxnID": bill, "TxnType": type_, "RefNumber": f"No {bill}", "Amount": amount, **more}
    return Rec("AppliedToTxnRet", texts, linked)


def check(*parts: Rec, ret: str = "BillPaymentCheckRet", **more: str) -> Rec:
    texts = {"TxnID": "P1", "TxnDate": "2026-04-20", "RefNumber": "1042", "Memo": "March", "Amount": "1", **more}
    return Rec(ret, texts, parts)


def staged(record: Rec) -> dict[str, Any]:
    return {one.list_id: one for one in PAYMENTS.stage_all(record, {})}


def step(*replies: Any, since: str = "", **more: Any) -> Any:
    return PAYMENTS.next_step(Situation({"since": since} if since else {}, "tie:op", replies, **more))


def page(step: str, iterator: str = "", since: str = "") -> Ask:
    return Ask(step, writes=False, context={"iterator_id": iterator, "max_returned": 100, "since": since})


def test_it_asks_for_checks_and_cards_page_by_page_then_for_those_deleted() -> None:
    first = reply("checks", "found", iterator_id="{1}", remaining=5)
    last = reply("checks", "found", iterator_id="{1}", remaining=0)
    assert step(since=SINCE) == page("checks", since=SINCE)
    assert step(first, since=SINCE) == page("checks", "{1}", SINCE)
    assert step(first, last) == page("cards")
    assert step(first, last, reply("cards", "empty"), since=SINCE) == Ask(
        "deleted", writes=False, context={"since": SINCE}
    )
    assert isinstance(step(first, last, reply("cards", "empty"), reply("deleted", "empty")), Done)


def test_due_dates_are_asked_for_our_bills_alone() -> None:
    paid = reply("checks", "found", check(part("ours", "1.00"), part("other", "2.00")))
    before = [paid, reply("cards", "empty"), reply("deleted", "empty")]
    bound = {("subcontractor_invoice", "801"): BindingView("ours")}
    assert step(*before, bound=bound) == Ask("bills", writes=False, context={"txn_ids": ["ours"]})
    assert isinstance(step(*before, reply("bills", "found"), bound=bound), Done)


@pytest.mark.requirement("PAY-02", "MAP-09")
def test_outside_the_united_states_nothing_is_asked() -> None:
    refused = step(host={"country": "CA"})
    assert isinstance(refused, Refuse)
    assert refused.sentence == "Payments: US editions only; this QuickBooks is from CA."


@pytest.mark.requirement("MAP-94", "MAP-91", "MAP-92")
def test_a_check_that_pays_three_bills_has_a_part_for_each() -> None:
    found = staged(check(part("B1", "10.00"), part("B2", "20.50"), part("B3", "0.33")))
    assert {key: one.data["amount"] for key, one in found.items() if "|" in key} == {
        "P1|B1": "10.00",
        "P1|B2": "20.50",
        "P1|B3": "0.33",
    }
    first = found["P1|B1"]
    assert (first.name, first.full_name, first.data["bill_number"]) == ("B1", "Check 1042", "No B1")
    assert found["P1"].data == {"parts": ["B1", "B2", "B3"], "deleted": ""}


@pytest.mark.requirement("MAP-88")
@pytest.mark.parametrize(
    ("ret", "method"), [("BillPaymentCheckRet", "check"), ("BillPaymentCreditCardRet", "credit_card")]
)
def test_the_kind_of_payment_is_its_method(ret: str, method: str) -> None:
    assert staged(check(part("B1", "10.00"), ret=ret))["P1|B1"].data["method"] == method


@pytest.mark.requirement("ACC-24")
def test_discount_and_vendor_credits_are_kept_beside_the_amount() -> None:
    credits = [
        Rec("LinkedTxn", {"TxnType": "VendorCredit", "Amount": "-60.00"}),
        Rec("LinkedTxn", {"TxnType": "VendorCredit", "Amount": "40.00"}),
        Rec("LinkedTxn", {"TxnType": "PurchaseOrder", "Amount": "5.00"}),
    ]
    data = staged(check(part("B1", "790.00", *credits, DiscountAmount="10.00")))["P1|B1"].data
    assert (data["amount"], data["discount"], data["credit"]) == ("790.00", "10.00", "100.00")


def test_what_is_applied_to_no_bill_is_left_aside() -> None:
    assert list(staged(check(part("C1", "1.00", type_="Check")))) == ["P1"]


def test_a_deleted_payment_has_no_parts() -> None:
    gone = Rec("TxnDeletedRet", {"TxnID": "P1", "TimeDeleted": "2026-04-21T09:00:00", "RefNumber": "1042"})
    assert staged(gone)["P1"].data == {"parts": [], "deleted": "2026-04-21T09:00:00"}


@pytest.mark.requirement("MAP-09")
def test_payments_are_imported() -> None:
    assert registry.kind("payment").direction == IMPORT


def test_an_issued_payment_is_named_as_procore_numbers_it() -> None:
    kind = registry.kind("payment")
    record = {"id": 9, "contract_id": 310, "project_id": 86, "amount": "900.0", "payment_number": 3}
    content = kind.read({**record, "check_number": "1042", "invoice_number": "1047", "requisition_id": 801})
    assert (kind.name(content), kind.title(content), str(kind.amount(content))) == (
        "Payment 3",
        "Check 1042, Invoice 1047",
        "900.00",
    )
    assert {(need.kind, need.procore_id) for need in kind.needs(content)} == {
        ("commitment", "310"),
        ("subcontractor_invoice", "801"),
    }
