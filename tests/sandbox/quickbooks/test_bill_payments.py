"""Payments of bills: what they take off, what discounts and credits do, and what is refused."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import ask, bill_add, bill_mod, ids_of, query, status
from tests.sandbox.quickbooks.conftest import Contractor

CLOSED = "2026-03-31"


def owed(books: Contractor, amount: str, number: str = "1047") -> str:
    """A bill of this much; its TxnID."""
    line = f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Amount>{amount}</Amount>"
    header = f"<TxnDate>2026-03-25</TxnDate><RefNumber>{number}</RefNumber>"
    return ask(books.file, bill_add(books.vendor, line, header=header))[0].findtext("BillRet/TxnID") or ""


@pytest.fixture
def bank(books: Contractor) -> str:
    """A bank account."""
    return books.file.add_account("Operating Bank", "Bank")


def payment_add(books: Contractor, bank: str, applied: str, header: str = "") -> str:
    head = f"<PayeeEntityRef><ListID>{books.vendor}</ListID></PayeeEntityRef>{header}"
    account = f"<BankAccountRef><ListID>{bank}</ListID></BankAccountRef><RefNumber>1044</RefNumber>"
    return (
        f"<BillPaymentCheckAddRq><BillPaymentCheckAdd>{head}{account}{applied}"
        "</BillPaymentCheckAdd></BillPaymentCheckAddRq>"
    )


def applied(bill: str, inner: str) -> str:
    return f"<AppliedToTxnAdd><TxnID>{bill}</TxnID>{inner}</AppliedToTxnAdd>"


def bill_now(books: Contractor, bill: str) -> list[str | None]:
    found = ask(books.file, query("Bill", f"<TxnID>{bill}</TxnID>"))[0][0]
    return [found.findtext(tag) for tag in ("AmountDue", "OpenAmount", "IsPaid")]


def applications(books: Contractor, family: str = "BillPaymentCheck") -> list[etree._Element]:
    return ask(books.file, query(family))[0].findall(".//AppliedToTxnRet")


def test_a_part_payment_leaves_the_rest_open_and_a_second_settles_it(books: Contractor, bank: str) -> None:
    bill = owed(books, "1000.00")
    first = ask(books.file, payment_add(books, bank, applied(bill, "<PaymentAmount>400.00</PaymentAmount>")))[0]
    assert first.findtext("BillPaymentCheckRet/Amount") == "400.00"
    assert bill_now(books, bill) == ["1000.00", "600.00", "false"]
    assert status(ask(books.file, payment_add(books, bank, applied(bill, "")))[0]) == 0
    assert bill_now(books, bill) == ["1000.00", "0.00", "true"]


def test_paying_more_than_is_due_is_refused_in_quickbooks_words(books: Contractor, bank: str) -> None:
    bill = owed(books, "100.00")
    answer = ask(books.file, payment_add(books, bank, applied(bill, "<PaymentAmount>129.43</PaymentAmount>")))[0]
    assert status(answer) == 3210
    assert answer.get("statusMessage") == (
        'The "AppliedToTxnAdd payment amount" field has an invalid value "129.43".  '
        "QuickBooks error message: You cannot pay more than the amount due."
    )
    assert bill_now(books, bill) == ["100.00", "100.00", "false"]


def test_a_payment_names_its_bills_only_when_lines_are_asked_for(books: Contractor, bank: str) -> None:
    bill = owed(books, "1000.00")
    books.file.pay_bill(bill, "900.00", bank=bank, number="1044", day="2026-04-10")
    assert ask(books.file, query("BillPaymentCheck", ""))[0].find(".//AppliedToTxnRet") is None
    shown = applications(books)[0]
    tags = ("TxnID", "TxnType", "TxnDate", "RefNumber", "BalanceRemaining", "Amount")
    assert [shown.findtext(tag) for tag in tags] == [bill, "Bill", "2026-03-25", "1047", "100.00", "900.00"]


@pytest.mark.parametrize("by_request", [True, False])
def test_discounts_and_vendor_credits_stand_beside_the_amount_paid(
    by_request: bool, books: Contractor, bank: str
) -> None:
    bill = owed(books, "1000.00")
    credit = books.file.enter_vendor_credit(books.vendor, {"ItemRef": {"ListID": books.item}, "Amount": "150.00"})
    if by_request:
        used = f"<SetCredit><CreditTxnID>{credit}</CreditTxnID><AppliedAmount>100.00</AppliedAmount></SetCredit>"
        inner = f"<PaymentAmount>880.00</PaymentAmount>{used}<DiscountAmount>20.00</DiscountAmount>"
        assert status(ask(books.file, payment_add(books, bank, applied(bill, inner)))[0]) == 0
    else:
        books.file.pay_bill(bill, "880.00", bank=bank, discount="20.00", credits={credit: "100.00"})
    shown = applications(books)[0]
    assert [shown.findtext(tag) for tag in ("Amount", "DiscountAmount", "LinkedTxn/TxnType", "LinkedTxn/Amount")] == [
        "880.00",
        "20.00",
        "VendorCredit",
        "-100.00",
    ]
    assert bill_now(books, bill) == ["1000.00", "0.00", "true"]
    assert books.file.records("VendorCredit")[0]["OpenAmount"] == "50.00"


def test_a_credit_can_be_used_without_a_payment(books: Contractor) -> None:
    bill = owed(books, "1000.00")
    credit = books.file.enter_vendor_credit(books.vendor, {"ItemRef": {"ListID": books.item}, "Amount": "150.00"})
    books.file.use_credit(credit, bill, "150.00")
    assert bill_now(books, bill) == ["1000.00", "850.00", "false"]
    linked = ask(books.file, query("Bill", "<IncludeLinkedTxns>true</IncludeLinkedTxns>"))[0].find(".//LinkedTxn")
    assert linked is not None
    assert [linked.findtext(tag) for tag in ("TxnType", "LinkType", "Amount")] == ["VendorCredit", "AMTTYPE", "-150.00"]


def test_a_credit_is_used_only_as_far_as_it_reaches(books: Contractor, bank: str) -> None:
    bill = owed(books, "1000.00")
    credit = books.file.enter_vendor_credit(books.vendor, {"ItemRef": {"ListID": books.item}, "Amount": "150.00"})
    used = f"<SetCredit><CreditTxnID>{credit}</CreditTxnID><AppliedAmount>150.01</AppliedAmount></SetCredit>"
    inner = f"<PaymentAmount>1.00</PaymentAmount>{used}"
    assert status(ask(books.file, payment_add(books, bank, applied(bill, inner)))[0]) == 3210
    assert bill_now(books, bill) == ["1000.00", "1000.00", "false"]


def test_a_bill_cannot_be_made_smaller_than_what_was_paid_of_it(books: Contractor, bank: str) -> None:
    bill = owed(books, "1000.00")
    books.file.pay_bill(bill, "400.00", bank=bank)
    saved = ask(books.file, query("Bill"))[0][0]
    line = ids_of(saved, "ItemLineRet")[0]
    smaller, as_paid = (bill_mod(saved, f"{line}<Amount>{amount}</Amount>") for amount in ("399.99", "400.00"))
    assert [status(answer) for answer in ask(books.file, smaller, as_paid)] == [3180, 0]
    assert bill_now(books, bill) == ["400.00", "0.00", "true"]


def test_a_card_pays_under_its_own_name(books: Contractor, bank: str) -> None:
    card = books.file.add_account("Company Card", "CreditCard")
    books.file.pay_bill(owed(books, "10.00"), card=card)
    assert [applications(books, family) for family in ("BillPaymentCheck",)] == [[]]
    assert len(applications(books, "BillPaymentCreditCard")) == 1


def test_paying_makes_the_bill_a_newer_one(books: Contractor, bank: str) -> None:
    bill = owed(books, "10.00")
    before = books.file.records("Bill")[0]["EditSequence"]
    books.file.pay_bill(bill, "5.00", bank=bank)
    assert books.file.records("Bill")[0]["EditSequence"] != before


def test_a_bill_of_another_vendor_or_one_somebody_has_open_is_not_paid(books: Contractor, bank: str) -> None:
    bill = owed(books, "10.00")
    payee = books.file.add_vendor("Acme")
    foreign = payment_add(books, bank, applied(bill, "")).replace(books.vendor, payee)
    books.file.open_by_someone(bill)
    assert [status(answer) for answer in ask(books.file, foreign, payment_add(books, bank, applied(bill, "")))] == [
        3120,
        3176,
    ]


def test_a_payment_in_a_closed_period_is_refused_and_a_later_one_of_an_old_bill_is_not(
    books: Contractor, bank: str
) -> None:
    bill = owed(books, "10.00")
    books.file.set_preference("ClosingDate", CLOSED)
    closed, later = (
        payment_add(books, bank, applied(bill, ""), header=f"<TxnDate>{day}</TxnDate>")
        for day in (CLOSED, "2026-04-01")
    )
    assert [status(answer) for answer in ask(books.file, closed, later)] == [3171, 0]


def test_an_iterator_walks_through_payments_modified_since(books: Contractor, bank: str) -> None:
    for _ in range(3):
        books.file.pay_bill(owed(books, "10.00"), bank=bank)
    since = "<ModifiedDateRangeFilter><FromModifiedDate>{}</FromModifiedDate></ModifiedDateRangeFilter>"
    recent = "<MaxReturned>2</MaxReturned>" + since.format("2026-01-01")
    first = ask(books.file, query("BillPaymentCheck", recent, 'iterator="Start"'))[0]
    again = f'iterator="Continue" iteratorID="{first.get("iteratorID")}"'
    second = ask(books.file, query("BillPaymentCheck", recent, again))[0]
    assert [len(first), len(second)] == [2, 1]
    assert status(ask(books.file, query("BillPaymentCheck", since.format("2037-01-01")))[0]) == 1


def test_a_macro_pays_a_bill_added_in_the_same_set(books: Contractor, bank: str) -> None:
    line = f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Amount>15.00</Amount>"
    bill = bill_add(books.vendor, line).replace("<BillAdd>", '<BillAdd defMacro="TxnID:Bill1">')
    paid = payment_add(books, bank, '<AppliedToTxnAdd><TxnID useMacro="TxnID:Bill1"/></AppliedToTxnAdd>')
    unknown = payment_add(books, bank, '<AppliedToTxnAdd><TxnID useMacro="TxnID:Bill2"/></AppliedToTxnAdd>')
    codes = [status(answer) for answer in ask(books.file, bill, paid, unknown)]
    assert codes == [0, 0, 9100]
    assert books.file.records("Bill")[0]["IsPaid"] == "true"
