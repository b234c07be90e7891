"""What each kind says of the records QuickBooks offers for it."""

from __future__ import annotations

from typing import Any

import pytest

from app.items import registry
from app.items.base import Content, Staged
from app.items.offered import Offered
from tests import records
from tests.items.stand_ins import read

OFFERED = registry.offered()


def staged(
    name: str = "Granite Works", type: str = "Vendor", *, active: bool = True, tier: int = 0, **data: Any
) -> Staged:
    return Staged(type, "80-1", name.rpartition(":")[2], name, active, tier, data)


def kind(name: str) -> Offered:
    return OFFERED[name]


@pytest.mark.requirement("MAP-01", "MAP-02", "MAP-03")
def test_jobs_and_vendors_may_be_added_and_codes_only_linked() -> None:
    assert {name: (one.adds, bool(one.never_links)) for name, one in OFFERED.items()} == {
        "project": (True, True),
        "company": (True, False),
        "cost_code": (False, False),
    }
    assert {name: one.direction != "export" for name, one in OFFERED.items()} == {
        name: one.adds for name, one in OFFERED.items()
    }


def test_a_company_is_made_of_what_the_vendor_has_and_nothing_empty() -> None:
    vendor = staged(street="12 Pit Road", city="Kent", state="wa", zip="", phone="555", fax="")
    made = kind("company").new_record(vendor, {})
    assert (made.path, made.part) == ("/rest/v1.0/vendors", "vendor")
    assert made.fields == {
        "name": "Granite Works", "address": "12 Pit Road", "city": "Kent", "state_code": "WA", "business_phone": "555",
    }  # fmt: skip


@pytest.mark.parametrize("state", ["Washington", "W", "12", ""])
def test_a_state_that_is_no_code_is_left_out(state: str) -> None:
    assert "state_code" not in kind("company").new_record(staged(state=state), {}).fields


@pytest.mark.requirement("WBS-10")
def test_a_project_is_made_for_accounting_with_copies_of_its_codes() -> None:
    made = kind("project").new_record(staged("Fairview:Library", "Customer", tier=1, city="Kent"), {})
    assert made.fields == {
        "name": "Library", "city": "Kent", "erp_integrated": True, "enable_copy_of_standard_cost_codes": True,
    }  # fmt: skip
    assert made.look == {"filters[by_status]": "All"}


@pytest.mark.requirement("PRJ-05", "PRJ-07", "PRJ-08")
@pytest.mark.parametrize(
    ("customers_are_jobs", "tier", "barred"),
    [
        (True, 0, ""),
        (True, 1, "cannot become a project"),
        (True, 2, "tier-3-jobs"),
        (False, 0, "is a customer"),
        (False, 1, ""),
        (False, 2, "tier-3-jobs"),
        (False, 3, "tier-3-jobs"),
    ],
)
def test_the_setting_says_which_tier_becomes_a_project(customers_are_jobs: bool, tier: int, barred: str) -> None:
    settings = {"customers_are_jobs": customers_are_jobs}
    found = kind("project").why_not_add(staged("A:B", "Customer", tier=tier), settings)
    assert (found is None) == (not barred)
    assert found is None or barred in found.sentence + found.refusal


@pytest.mark.parametrize("name", ["project", "company"])
def test_what_is_inactive_is_not_added(name: str) -> None:
    found = kind(name).why_not_add(staged(active=False), {"customers_are_jobs": True})
    assert found is not None
    assert found.sentence == "Granite Works is inactive in QuickBooks."


@pytest.mark.requirement("ACC-04", "WBS-11")
@pytest.mark.parametrize(
    ("item", "barred"),
    [
        (
            staged("Permits", "ItemService", one_sided_account="Subcontractors"),
            "posts to one account only, Subcontractors",
        ),
        (staged("Permits", "ItemService", one_sided_account=""), ""),
        (staged("Permits", "ItemInventory"), "other-item-types"),
        (staged("Permits", "ItemService", active=False), "inactive"),
    ],
)
def test_a_code_goes_only_with_an_active_two_sided_service_item(item: Staged, barred: str) -> None:
    found = kind("cost_code").why_not_link(item)
    assert (found is None) == (not barred)
    assert found is None or barred in found.sentence + found.refusal


def test_a_code_is_recognised_by_its_leading_word() -> None:
    code = read(records.cost_code("03-300"))
    mine, theirs = (
        kind("cost_code").features(code),
        kind("cost_code").features_of(staged("03:03-300 Concrete", "ItemService")),
    )
    assert mine.marks == theirs.marks == {"code": "03-300"}


@pytest.mark.parametrize("number", ["+1 (425) 555-0110", "425.555.0110", "4255550110"])
def test_a_telephone_number_is_the_same_however_it_is_written(number: str) -> None:
    company = read(records.company())
    assert kind("company").features(company).marks == kind("company").features_of(staged(phone=number)).marks


@pytest.mark.requirement("CMP-06")
def test_a_company_differs_by_what_quickbooks_says_and_not_by_what_it_leaves_empty() -> None:
    company = read(records.company("Granite Works", business_phone="1", city="Everett"))
    found = kind("company").differences(staged(phone="2", city="Everett", zip="", state=""), company)
    assert [(one.label, one.field, one.quickbooks, one.procore, one.is_name) for one in found] == [
        ("Business Phone", "business_phone", "2", "1", False)
    ]
    [renamed] = kind("company").differences(staged("Granite & Sons"), company)
    assert (renamed.field, renamed.is_name) == ("name", True)


@pytest.mark.requirement("ACC-12")
@pytest.mark.parametrize(
    ("name", "written", "freely"),
    [
        ("company", {"name": "x"}, True),
        ("cost_code", {"link": "80-1"}, True),
        ("cost_code", {"link": None}, False),
        ("cost_code", {}, True),
        ("project", {"name": "x"}, False),
        ("project", {}, True),
    ],
)
def test_what_may_be_unlinked_while_quickbooks_keeps_it(name: str, written: Content, freely: bool) -> None:
    assert kind(name).unlinks_freely(written) == freely
