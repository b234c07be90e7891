"""Voiding and deleting, by applications and by people, and the queries that tell what is gone."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import ask, bill_add, estimate_add, link, order_add, query, status
from tests.sandbox.quickbooks.conftest import Contractor


@pytest.fixture
def order(books: Contractor) -> etree._Element:
    line = f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Quantity>1</Quantity><Amount>1000.00</Amount>"
    return ask(books.file, order_add(books.vendor, line, header="<RefNumber>SC-014</RefNumber>"))[0][0]


@pytest.fixture
def bill(books: Contractor, order: etree._Element) -> str:
    """A bill over half of the order."""
    half = "<Quantity>0.5</Quantity><Amount>500.00</Amount>" + link(order, 0)
    header = "<RefNumber>1047</RefNumber><Memo>March</Memo>"
    return ask(books.file, bill_add(books.vendor, half, header=header))[0].findtext("BillRet/TxnID") or ""


def received(books: Contractor) -> str | None:
    answer = ask(books.file, query("PurchaseOrder"))[0]
    return answer.findtext(".//ReceivedQuantity")


def void_request(family: str, txn_id: str) -> str:
    return f"<TxnVoidRq><TxnVoidType>{family}</TxnVoidType><TxnID>{txn_id}</TxnID></TxnVoidRq>"


def delete_request(family: str, txn_id: str) -> str:
    return f"<TxnDelRq><TxnDelType>{family}</TxnDelType><TxnID>{txn_id}</TxnID></TxnDelRq>"


def gone(kind: str, *types: str, dates: str = "") -> str:
    wanted = "".join(f"<{kind}DelType>{each}</{kind}DelType>" for each in types)
    return f"<{kind}DeletedQueryRq>{wanted}{dates}</{kind}DeletedQueryRq>"


@pytest.mark.parametrize("by_request", [True, False])
def test_a_voided_bill_stays_with_nothing_on_it_and_gives_the_order_back(
    by_request: bool, books: Contractor, bill: str
) -> None:
    assert received(books) == "0.5"
    if by_request:
        answer = ask(books.file, void_request("Bill", bill))[0]
        assert [answer.findtext(tag) for tag in ("TxnVoidType", "TxnID", "RefNumber")] == ["Bill", bill, "1047"]
    else:
        books.file.void(bill)
    shown = ask(books.file, query("Bill"))[0][0]
    tags = ("AmountDue", "OpenAmount", "Memo", "ItemLineRet/Amount")
    assert [shown.findtext(tag) for tag in tags] == ["0.00", "0.00", "VOID: March", "0.00"]
    assert received(books) == "0"


@pytest.mark.parametrize("act", ["void", "delete"])
def test_a_payment_taken_back_opens_its_bill_again(act: str, books: Contractor, bill: str) -> None:
    bank = books.file.add_account("Bank", "Bank")
    payment = books.file.pay_bill(bill, bank=bank)
    assert books.file.records("Bill")[0]["IsPaid"] == "true"
    sequence = books.file.records("Bill")[0]["EditSequence"]
    getattr(books.file, act)(payment)
    opened = books.file.records("Bill")[0]
    assert (opened["OpenAmount"], opened["IsPaid"]) == ("500.00", "false")
    assert opened["EditSequence"] != sequence
    left = books.file.records("BillPaymentCheck")
    assert [each["Amount"] for each in left] == (["0.00"] if act == "void" else [])


def test_a_deleted_bill_gives_the_order_back_and_is_told_of(books: Contractor, bill: str) -> None:
    answer = ask(books.file, delete_request("Bill", bill))[0]
    assert [answer.findtext(tag) for tag in ("TxnDelType", "TxnID")] == ["Bill", bill]
    assert received(books) == "0"
    told = ask(books.file, gone("Txn", "Bill", "BillPaymentCheck"))[0].find("TxnDeletedRet")
    assert told is not None
    assert [told.findtext(tag) for tag in ("TxnDelType", "TxnID", "RefNumber")] == ["Bill", bill, "1047"]


def test_deletions_are_asked_for_by_type_and_date(books: Contractor, bill: str) -> None:
    books.file.delete(bill)
    span = "<DeletedDateRangeFilter><{0}DeletedDate>{1}</{0}DeletedDate></DeletedDateRangeFilter>"
    asked = [
        gone("Txn", "Bill"),
        gone("Txn", "PurchaseOrder"),
        gone("Txn", "Bill", dates=span.format("From", "2020-01-01")),
        gone("Txn", "Bill", dates=span.format("From", "2037-01-01")),
        gone("Txn", "Bill", dates=span.format("To", "2020-01-01")),
    ]
    assert [status(answer) for answer in ask(books.file, *asked)] == [0, 1, 0, 1, 1]


def test_orders_and_estimates_deleted_by_hand_are_told_of(books: Contractor, order: etree._Element, bill: str) -> None:
    estimate = ask(books.file, estimate_add(books.job, "<Desc>x</Desc>"))[0].findtext("EstimateRet/TxnID") or ""
    for txn_id in (order.findtext("TxnID") or "", estimate):
        books.file.delete(txn_id)
    told = ask(books.file, gone("Txn", "PurchaseOrder", "Estimate"))[0]
    assert [each.findtext("TxnID") for each in told] == [order.findtext("TxnID"), estimate]
    assert ask(books.file, query("Bill"))[0].findtext("BillRet/AmountDue") == "500.00"


def test_a_list_element_in_use_stays_and_one_that_is_not_goes(books: Contractor, order: etree._Element) -> None:
    other = books.file.add_vendor("Acme")
    asked = [
        f"<ListDelRq><ListDelType>Vendor</ListDelType><ListID>{each}</ListID></ListDelRq>"
        for each in (books.vendor, other, other)
    ]
    assert [status(answer) for answer in ask(books.file, *asked)] == [3160, 0, 3120]
    told = ask(books.file, gone("List", "Vendor"))[0][0]
    assert [told.findtext(tag) for tag in ("ListDelType", "ListID", "FullName")] == ["Vendor", other, "Acme"]


def test_closed_books_and_open_windows_stand_against_voiding_and_deleting(books: Contractor, bill: str) -> None:
    books.file.open_by_someone(bill)
    locked = ask(books.file, void_request("Bill", bill), delete_request("Bill", bill))
    books.file.open_by_someone(bill, opened=False)
    books.file.set_preference("ClosingDate", "2037-12-31")
    closed = ask(books.file, void_request("Bill", bill), delete_request("Bill", bill))
    assert [status(answer) for answer in (*locked, *closed)] == [3175, 3175, 3171, 3171]


def test_a_type_that_does_not_fit_the_id_finds_nothing(books: Contractor, bill: str) -> None:
    assert status(ask(books.file, void_request("BillPaymentCheck", bill))[0]) == 3120
