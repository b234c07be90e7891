"""Vendors, customers and items: names, parents, references, and what a saved element looks like."""

from __future__ import annotations

import re

import pytest

from tests.sandbox.quickbooks.asking import ask, status, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor


def customer_add(name: str, more: str = "") -> str:
    return f"<CustomerAddRq><CustomerAdd><Name>{name}</Name>{more}</CustomerAdd></CustomerAddRq>"


def item_add(name: str, details: str, parent: str = "") -> str:
    ref = f"<ParentRef><FullName>{parent}</FullName></ParentRef>" if parent else ""
    return f"<ItemServiceAddRq><ItemServiceAdd><Name>{name}</Name>{ref}{details}</ItemServiceAdd></ItemServiceAddRq>"


def both_sides(income: str, expense: str) -> str:
    return (
        f"<SalesAndPurchase><IncomeAccountRef><FullName>{income}</FullName></IncomeAccountRef>"
        f"<ExpenseAccountRef><FullName>{expense}</FullName></ExpenseAccountRef></SalesAndPurchase>"
    )


def test_a_saved_vendor_comes_back_with_what_quickbooks_added(books: Contractor) -> None:
    address = "<VendorAddress><Addr1>12 Kiln Road</Addr1><City>Ojai</City><State>CA</State></VendorAddress>"
    vendor = ask(books.file, vendor_add("Acme", address + "<Phone>805-555-0100</Phone>"))[0].find("VendorRet")
    assert vendor is not None
    assert re.fullmatch(r"8[0-9A-F]{7}-\d{10}", vendor.findtext("ListID") or "")
    assert re.fullmatch(r"\d{10}", vendor.findtext("EditSequence") or "")
    assert (vendor.findtext("TimeCreated") or "").endswith("-08:00")
    assert vendor.findtext("IsActive") == "true"
    assert vendor.findtext("VendorAddressBlock/Addr2") == "Ojai, CA"


@pytest.mark.parametrize("name", ["Delta Concrete", "DELTA CONCRETE", "school district 9", "Pat Moss", "Petty Cash"])
def test_it_refuses_a_name_any_customer_vendor_employee_or_other_name_has(name: str, books: Contractor) -> None:
    books.file.add_employee("Pat Moss")
    books.file.add_other_name("Petty Cash")
    assert status(ask(books.file, vendor_add(name))[0]) == 3100
    assert status(ask(books.file, customer_add(name))[0]) == 3100


def test_an_inactive_element_still_holds_its_name(books: Contractor) -> None:
    books.file.make_inactive(books.vendor)
    answer = ask(books.file, vendor_add("Delta Concrete"))[0]
    assert status(answer) == 3100
    assert answer.get("statusMessage") == 'The name "Delta Concrete" of the list element is already in use.'


def test_jobs_of_two_customers_may_share_a_name_and_jobs_of_one_may_not(books: Contractor) -> None:
    books.file.add_customer("Harbor Trust")
    under = "<ParentRef><FullName>{}</FullName></ParentRef>"
    elsewhere, again = ask(
        books.file,
        customer_add("Gymnasium", under.format("Harbor Trust")),
        customer_add("gymnasium", under.format("School District 9")),
    )
    assert (status(elsewhere), status(again)) == (0, 3100)
    assert elsewhere.findtext("CustomerRet/FullName") == "Harbor Trust:Gymnasium"
    assert elsewhere.findtext("CustomerRet/Sublevel") == "1"


def test_it_refuses_a_colon_in_a_name(books: Contractor) -> None:
    assert status(ask(books.file, vendor_add("Acme: Concrete"))[0]) == 3090


def test_it_refuses_an_empty_name_though_the_schema_lets_it_through(books: Contractor) -> None:
    assert status(ask(books.file, vendor_add("  "))[0]) == 3150


def test_it_refuses_a_parent_that_is_not_there(books: Contractor) -> None:
    answer = ask(books.file, customer_add("Annex", "<ParentRef><FullName>Nobody</FullName></ParentRef>"))[0]
    assert status(answer) == 3130
    assert '"Nobody" in the Customers list' in answer.attrib["statusMessage"]


def test_a_parent_someone_has_open_is_in_use_for_the_moment(books: Contractor) -> None:
    books.file.open_by_someone(books.customer)
    under = f"<ParentRef><ListID>{books.customer}</ListID></ParentRef>"
    answer = ask(books.file, customer_add("Annex", under))[0]
    assert (status(answer), "list element is in use" in answer.attrib["statusMessage"]) == (3180, True)
    books.file.open_by_someone(books.customer, opened=False)
    assert status(ask(books.file, customer_add("Annex", under))[0]) == 0


def test_a_list_id_wins_over_a_full_name(books: Contractor) -> None:
    ref = f"<ParentRef><ListID>{books.customer}</ListID><FullName>Nobody</FullName></ParentRef>"
    assert ask(books.file, customer_add("Annex", ref))[0].findtext("CustomerRet/FullName") == "School District 9:Annex"


def test_a_service_item_posts_to_the_accounts_it_names(books: Contractor) -> None:
    item = ask(books.file, item_add("03-310", both_sides("construction income", "Subcontractors"), "03-300"))[0]
    assert item.findtext("ItemServiceRet/FullName") == "03-300:03-310"
    assert item.findtext("ItemServiceRet/SalesAndPurchase/IncomeAccountRef/ListID") == books.income
    assert item.findtext("ItemServiceRet/SalesAndPurchase/ExpenseAccountRef/ListID") == books.expense


def test_it_refuses_an_account_that_is_not_there(books: Contractor) -> None:
    answer = ask(books.file, item_add("03-310", both_sides("Construction Income", "Nowhere")))[0]
    assert (status(answer), 'Account "Nowhere"' in answer.attrib["statusMessage"]) == (3140, True)


def test_it_refuses_an_item_without_an_account(books: Contractor) -> None:
    assert status(ask(books.file, item_add("03-310", "<SalesOrPurchase/>"))[0]) == 3150


def test_items_of_every_type_share_their_names(books: Contractor) -> None:
    books.file.add_item("ItemInventory", "Rebar")
    assert status(ask(books.file, item_add("REBAR", both_sides("Construction Income", "Subcontractors")))[0]) == 3100


def test_a_failed_request_leaves_nothing_and_the_others_are_done(books: Contractor) -> None:
    codes = [
        status(answer)
        for answer in ask(
            books.file,
            vendor_add("North", request_id="1"),
            vendor_add("north", request_id="2"),
            vendor_add("South", request_id="3"),
        )
    ]
    assert codes == [0, 3100, 0]
    assert [vendor["Name"] for vendor in books.file.records("Vendor")] == ["Delta Concrete", "North", "South"]


def test_stop_on_error_leaves_the_rest_unprocessed(books: Contractor) -> None:
    requests = [vendor_add("A:B", request_id="1"), vendor_add("C", request_id="2"), vendor_add("D", request_id="3")]
    found = ask(books.file, *requests, onError="stopOnError")
    assert [status(answer) for answer in found] == [3090, 3231, 3231]
    assert found[2].get("statusMessage") == "The request has not been processed."
    assert len(books.file.records("Vendor")) == 1
