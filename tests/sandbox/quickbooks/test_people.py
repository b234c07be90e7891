"""What people do between two sessions, as an application sees it afterwards."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.sandbox.quickbooks.asking import (
    ask,
    bill_add,
    bill_mod,
    estimate_add,
    estimate_mod,
    ids_of,
    link,
    order_add,
    query,
    status,
)
from tests.sandbox.quickbooks.conftest import Contractor


def item_line(books: Contractor, amount: str = "100.00") -> str:
    job = f"<CustomerRef><ListID>{books.job}</ListID></CustomerRef>"
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Quantity>1</Quantity><Amount>{amount}</Amount>{job}"


@pytest.fixture
def order(books: Contractor) -> etree._Element:
    return ask(books.file, order_add(books.vendor, item_line(books), header="<RefNumber>SC-014</RefNumber>"))[0][0]


def test_an_edited_estimate_is_newer_and_adds_up(books: Contractor) -> None:
    line = f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Quantity>1</Quantity><Amount>100.00</Amount>"
    estimate = ask(books.file, estimate_add(books.job, line))[0][0]
    books.file.edit_estimate_line(estimate.findtext("TxnID") or "", 0, Amount="250.00")
    assert status(ask(books.file, estimate_mod(estimate, header="<Memo>x</Memo>"))[0]) == 3200
    shown = books.file.records("Estimate")[0]
    assert (shown["TotalAmount"], shown["EstimateLineRet"][0]["Rate"]) == ("250.00", "250.00")


def test_an_edited_bill_is_newer_and_changes_what_the_order_has_received(
    books: Contractor, order: etree._Element
) -> None:
    bill = ask(books.file, bill_add(books.vendor, "<Quantity>0.5</Quantity>" + link(order, 0)))[0][0]
    books.file.edit_bill_line(bill.findtext("TxnID") or "", 0, Quantity="0.25", Amount="25.00")
    assert status(ask(books.file, bill_mod(bill, *ids_of(bill, "ItemLineRet")))[0]) == 3200
    assert books.file.records("Bill")[0]["AmountDue"] == "25.00"
    assert books.file.records("PurchaseOrder")[0]["PurchaseOrderLineRet"][0]["ReceivedQuantity"] == "0.25"


def test_a_bill_typed_by_hand_may_receive_our_order(books: Contractor, order: etree._Element) -> None:
    line = order[-1].findtext("TxnLineID") or ""
    bill = books.file.enter_bill(
        books.vendor,
        {"LinkToTxn": {"TxnID": order.findtext("TxnID") or "", "TxnLineID": line}, "Amount": "40.00"},
        {"AccountRef": {"ListID": books.expense}, "Amount": "2.50", "Memo": "freight"},
        number="1047",
        day="2026-03-25",
    )
    found = ask(books.file, query("Bill", "<RefNumber>1047</RefNumber><IncludeLinkedTxns>1</IncludeLinkedTxns>"))[0][0]
    assert [found.findtext(tag) for tag in ("TxnID", "AmountDue", "LinkedTxn/TxnID", "TxnDate")] == [
        bill,
        "42.50",
        order.findtext("TxnID"),
        "2026-03-25",
    ]


def test_an_order_closed_by_hand_takes_no_bill(books: Contractor, order: etree._Element) -> None:
    books.file.close_purchase_order(order.findtext("TxnID") or "")
    assert status(ask(books.file, bill_add(books.vendor, "<Amount>1.00</Amount>" + link(order, 0)))[0]) == 3180


def test_merged_vendors_are_one_and_its_transactions_keep_their_ids(books: Contractor, order: etree._Element) -> None:
    bank = books.file.add_account("Bank", "Bank")
    bill = books.file.enter_bill(books.vendor, {"ItemRef": {"ListID": books.item}, "Amount": "10.00"})
    books.file.pay_bill(bill, bank=bank)
    into = books.file.add_vendor("Delta Concrete Inc")
    books.file.merge_vendors(books.vendor, into)
    by_vendor = f"<EntityFilter><ListID>{into}</ListID></EntityFilter>"
    found = ask(books.file, *(query(kind, by_vendor) for kind in ("PurchaseOrder", "Bill", "BillPaymentCheck")))
    assert [answer[0].findtext("TxnID") for answer in found[:2]] == [order.findtext("TxnID"), bill]
    assert found[0][0].findtext("VendorRef/FullName") == "Delta Concrete Inc"
    assert found[2][0].findtext("PayeeEntityRef/ListID") == into
    assert status(ask(books.file, query("Vendor", f"<ListID>{books.vendor}</ListID>"))[0]) == 1
    told = ask(books.file, "<ListDeletedQueryRq><ListDelType>Vendor</ListDelType></ListDeletedQueryRq>")[0][0]
    assert [told.findtext(tag) for tag in ("ListID", "FullName")] == [books.vendor, "Delta Concrete"]


def test_a_renamed_vendor_shows_under_its_new_name_on_old_transactions(
    books: Contractor, order: etree._Element
) -> None:
    before = books.file.records("Vendor")[0]["EditSequence"]
    books.file.rename(books.vendor, "Delta Structures")
    assert books.file.records("Vendor")[0]["EditSequence"] != before
    found = ask(books.file, query("PurchaseOrder"))[0][0]
    assert found.findtext("VendorRef/FullName") == "Delta Structures"
    assert found.findtext("EditSequence") == order.findtext("EditSequence")


def test_a_renamed_customer_takes_its_jobs_along(books: Contractor, order: etree._Element) -> None:
    books.file.rename(books.customer, "School District 10")
    found = ask(books.file, query("Customer", "<FullName>School District 10:Gymnasium</FullName>"))[0][0]
    assert found.findtext("ParentRef/FullName") == "School District 10"
    shown = books.file.records("PurchaseOrder")[0]["PurchaseOrderLineRet"][0]
    assert shown["CustomerRef"]["FullName"] == "School District 10:Gymnasium"


def test_an_item_moved_under_a_division_keeps_its_id_and_changes_its_name(
    books: Contractor, order: etree._Element
) -> None:
    division = books.file.add_service_item("03 Concrete", income=books.income, expense=books.expense)
    books.file.move_under(books.item, division)
    found = ask(books.file, query("ItemService", f"<ListID>{books.item}</ListID>"))[0][0]
    tags = ("FullName", "ParentRef/ListID", "Sublevel")
    assert [found.findtext(tag) for tag in tags] == ["03 Concrete:03-300", division, "1"]
    again = books.file.add_service_item("03-300", income=books.income, expense=books.expense)
    books.file.delete(again)
    books.file.move_under(books.item, None)
    assert status(ask(books.file, query("ItemService", "<FullName>03-300</FullName>"))[0]) == 0


def test_money_spent_without_a_bill_is_kept(books: Contractor) -> None:
    bank, card = books.file.add_account("Bank", "Bank"), books.file.add_account("Card", "CreditCard")
    coded = {"ItemRef": {"ListID": books.item}, "CustomerRef": {"ListID": books.job}, "Amount": "12.00"}
    books.file.enter_check(books.vendor, dict(coded), bank=bank, number="501")
    books.file.enter_credit_card_charge(books.vendor, dict(coded), card=card)
    books.file.enter_journal_entry(books.expense, bank, "9.99", job=books.job)
    amounts = [books.file.records(family)[0]["Amount"] for family in ("Check", "CreditCardCharge")]
    assert amounts == ["12.00", "12.00"]
    assert books.file.records("JournalEntry")[0]["JournalDebitLine"]["EntityRef"]["ListID"] == books.job


def test_a_renumbered_and_redated_order_is_found_where_it_now_is(books: Contractor, order: etree._Element) -> None:
    books.file.edit(order.findtext("TxnID") or "", RefNumber="SC-014A", TxnDate="2026-02-01")
    spans = "<TxnDateRangeFilter><FromTxnDate>2026-02-01</FromTxnDate><ToTxnDate>2026-02-01</ToTxnDate></TxnDateRangeFilter>"
    numbers = ("<RefNumber>SC-014</RefNumber>", "<RefNumber>sc-014a</RefNumber>", spans)
    found = ask(books.file, *(query("PurchaseOrder", inner) for inner in numbers))
    assert [status(answer) for answer in found] == [1, 0, 0]


def test_an_inactive_job_hides_from_the_usual_query_and_keeps_its_estimates(books: Contractor) -> None:
    ask(books.file, estimate_add(books.job, "<Desc>x</Desc>"))
    books.file.make_inactive(books.job)
    name = "<ActiveStatus>{}</ActiveStatus><NameFilter><MatchCriterion>StartsWith</MatchCriterion><Name>Gym</Name></NameFilter>"
    found = ask(
        books.file, *(query("Customer", name.format(each)) for each in ("ActiveOnly", "All")), query("Estimate")
    )
    assert [status(answer) for answer in found] == [1, 0, 0]
