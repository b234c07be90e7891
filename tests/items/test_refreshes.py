"""A refresh reads a whole list, page after page, and keeps what somebody will want."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Again, Ask, Done, Refuse, Situation
from tests.items.stand_ins import Rec, reply

REFRESHES = registry.refreshes()
#: Those that read one list; the others ask in steps of their own.
LISTS = ["accounts", "customers", "estimates", "items", "vendors"]
BY_PAGES = pytest.mark.parametrize("name", ["customers", "items", "vendors"])


def step(name: str, *replies: Any) -> Any:
    return REFRESHES[name].next_step(Situation({}, "tie:op", replies))


def page(iterator: str) -> Ask:
    return Ask("page", writes=False, context={"iterator_id": iterator, "max_returned": 100})


@pytest.mark.parametrize("name", LISTS)
def test_it_only_reads(name: str) -> None:
    assert REFRESHES[name].begins_with_read({})
    assert step(name) == page("")


@BY_PAGES
def test_it_goes_on_until_nothing_remains(name: str) -> None:
    assert step(name, reply("page", "found", iterator_id="{1}", remaining=5)) == page("{1}")
    assert isinstance(step(name, reply("page", "found", iterator_id="{1}", remaining=0)), Done)


@BY_PAGES
def test_an_iterator_that_broke_starts_over(name: str) -> None:
    first = reply("page", "found", iterator_id="{1}", remaining=5)
    assert step(name, first, reply("page", "unknown")) == page("")


def test_quickbooks_answers_the_chart_of_accounts_at_once() -> None:
    assert isinstance(step("accounts", reply("page", "found", iterator_id="{1}", remaining=5)), Done)


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_is_a_list_and_a_refusal_is_passed_on(name: str) -> None:
    assert isinstance(step(name, reply("page", "empty")), Done)
    assert step(name, reply("page", "retry")) == Again("QuickBooks said no.")
    assert step(name, reply("page", "refused")) == Refuse("QuickBooks said no.", "Look at it.")


@pytest.mark.requirement("WBS-12")
def test_a_staged_record_keeps_its_type_its_place_and_whether_it_is_active() -> None:
    record = Rec(
        "ItemInventoryRet",
        {"ListID": "80-1", "Name": "Bolt", "FullName": "Parts:Bolt", "IsActive": "false", "Sublevel": "1"},
    )
    kept = REFRESHES["items"].stage(record)
    assert (kept.type, kept.list_id, kept.full_name) == ("ItemInventory", "80-1", "Parts:Bolt")
    assert (kept.active, kept.sublevel) == (False, 1)


@pytest.mark.parametrize(
    ("name", "record", "kept"),
    [
        ("accounts", {"AccountType": "Income", "AccountNumber": "4000"}, {"account_type": "Income", "number": "4000"}),
        ("customers", {"ParentRef/ListID": "80-C"}, {"parent": "80-C", "company": ""}),
        ("customers", {"BillAddress/Addr1": "1 Pier", "CompanyName": "n Inc."}, {"street": "1 Pier"}),
        ("customers", {"BillAddress/Addr1": "PO Box 1", "ShipAddress/Addr1": "1 Pier"}, {"street": "1 Pier"}),
        ("vendors", {"Phone": "555", "Fax": "556"}, {"phone": "555", "fax": "556"}),
        (
            "vendors",
            {"VendorAddress/Addr1": "N", "VendorAddress/Addr2": "1 Pit Road", "VendorAddress/City": "Everett"},
            {"street": "1 Pit Road", "city": "Everett", "state": "", "zip": ""},
        ),
        (
            "items",
            {"SalesOrPurchase/AccountRef/FullName": "Subcontractors"},
            {"one_sided_account": "Subcontractors", "parent": ""},
        ),
    ],
)
def test_each_list_keeps_the_fields_somebody_will_ask_for(
    name: str, record: dict[str, str], kept: dict[str, str]
) -> None:
    found = REFRESHES[name].stage(Rec("XRet", {"Name": "n", **record}))
    assert kept.items() <= found.data.items()
    assert found.full_name == "n"
