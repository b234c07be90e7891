"""A project becomes a customer, or a job under one."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from app.items import registry
from app.items.base import Done, Situation
from tests import records
from tests.items.stand_ins import Rec, around, read, reply, staged

PROJECT = registry.kind("project")
LAKESIDE = staged("Customer", "Lakeside Holdings", "80-C")
CUSTOMERS, JOBS = {"customers_are_jobs": True}, {"customers_are_jobs": False}


def content(**more: Any) -> dict[str, Any]:
    return read(records.project(**more))


@pytest.mark.requirement("MAP-18", "PRJ-04")
def test_where_customers_are_jobs_the_project_has_no_parent() -> None:
    inputs = {"customer": "80-C"}  # typed before the setting was changed
    document = PROJECT.document(content(), inputs, around(LAKESIDE, settings=CUSTOMERS))
    assert (document["name"], document["parent"], document["parent_name"]) == ("Riverside Tower", None, None)


@pytest.mark.requirement("MAP-18", "PRJ-06")
def test_where_jobs_lie_under_customers_the_chosen_one_is_the_parent() -> None:
    document = PROJECT.document(content(), {"customer": "80-C"}, around(LAKESIDE, settings=JOBS))
    assert (document["parent"], document["parent_name"]) == ("80-C", "Lakeside Holdings")


@pytest.mark.requirement("MAP-19", "MAP-20")
def test_name_and_address_go_to_the_job() -> None:
    document = PROJECT.document(content(), {}, around(settings=CUSTOMERS))
    assert document["name"] == "Riverside Tower"
    assert document["ship_to"] == {"addr1": "410 River Street", "city": "Seattle", "state": "WA", "zip": "98104"}


@pytest.mark.requirement("ACC-20")
def test_a_typed_name_keeps_the_full_one_in_the_notes() -> None:
    long = "Riverside Tower, Phase Two, Podium and Parking"
    document = PROJECT.document(content(name=long), {"quickbooks_name": "Riverside 2"}, around(settings=CUSTOMERS))
    assert (document["name"], document["notes"]) == ("Riverside 2", long)


@pytest.mark.requirement("PRJ-02")
@pytest.mark.parametrize(
    ("created", "before"),
    [("2025-12-31T23:59:59Z", True), ("2026-01-01T00:00:00Z", False), ("2025-12-31T18:00:00-06:00", False)],
)
def test_it_tells_a_project_that_began_before_the_connection(created: str, before: bool) -> None:
    connected = datetime(2026, 1, 1, tzinfo=UTC)
    words = PROJECT.words(content(created_at=created), {}, around(settings=CUSTOMERS, connected_at=connected))
    assert words["before_connection"] is before


@pytest.mark.requirement("WBS-09")
@pytest.mark.parametrize(("list_id", "says"), [(2201, "QuickBooks Standard Cost Codes"), (17, "another list")])
def test_it_names_the_cost_code_list(list_id: int, says: str) -> None:
    settings = {**CUSTOMERS, "cost_code_list_id": 2201}
    words = PROJECT.words(content(standard_cost_code_list_id=list_id), {}, around(settings=settings))
    assert words["cost_code_list"] == says


@pytest.mark.parametrize("type_", ["Customer", "Vendor", "Employee", "OtherName"])
def test_a_customers_name_must_be_free_in_all_lists(type_: str) -> None:
    words = PROJECT.words(content(), {}, around(staged(type_, "Riverside Tower"), settings=CUSTOMERS))
    assert words["name_taken_by"].endswith(" Riverside Tower")


def test_a_jobs_name_need_only_be_free_under_its_own_customer() -> None:
    there = staged("Customer", "Riverside Tower", "80-J", sublevel=1, data={"parent": "80-C"}, full_name="Lakeside:RT")
    vendor = staged("Vendor", "Riverside Tower")

    def taken(customer: str) -> str:
        inputs = {"customer": customer}
        words = PROJECT.words(content(), inputs, around(LAKESIDE, there, vendor, settings=JOBS))
        return str(words["name_taken_by"])

    assert taken("80-C") == "job Lakeside:RT"
    assert taken("80-OTHER") == ""


def test_its_own_job_does_not_take_its_name() -> None:
    mine = staged("Customer", "Riverside Tower", bound_to=7)
    assert PROJECT.words(content(), {}, around(mine, settings=CUSTOMERS))["name_taken_by"] == ""


def test_the_customer_chosen_is_looked_up() -> None:
    assert PROJECT.list_ids({"customer": "80-C"}, {}) == {"80-C"}
    assert PROJECT.list_ids({}, {}) == set()


@pytest.mark.parametrize(("active", "word"), [(True, "active"), (False, "inactive")])
def test_procores_own_word_for_its_status_is_shown(active: bool, word: str) -> None:
    assert PROJECT.words(content(active=active), {}, around(settings=CUSTOMERS))["procore_status"] == word


@pytest.mark.requirement("MAP-16", "MAP-18")
def test_a_job_saved_under_another_customer_is_named_as_a_difference() -> None:
    document = PROJECT.document(content(), {"customer": "80-C"}, around(LAKESIDE, settings=JOBS))
    address = {"Addr1": "410 River Street", "City": "Seattle", "State": "WA", "PostalCode": "98104"}
    texts = {"ListID": "80-J", "Name": "Riverside Tower", "FullName": "Fairview:Riverside Tower"}
    texts |= {"ParentRef/ListID": "80-F"} | {f"ShipAddress/{path}": value for path, value in address.items()}
    done = PROJECT.next_step(Situation(document, "tie:op", [reply("add", "saved", Rec("CustomerRet", texts))]))
    assert isinstance(done, Done)
    assert (done.record, done.quickbooks_id, done.full_name) == ("Customer", "80-J", "Fairview:Riverside Tower")
    assert done.differences == ("ParentRef/ListID: QuickBooks saved “80-F”, approved “80-C”",)
