"""Subcontractor invoices: the arithmetic of the trade's standard form, who may edit what, and the filters."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.procore import Store
from app.sandbox.procore.month import awkward
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import Api

PROJECTS = (86_401, 86_402, 86_403)
V11 = "/rest/v1.1/requisitions"


def invoices(api: Api, view: str = "extended") -> dict[tuple[int, int], dict[str, Any]]:
    """Every invoice by commitment and number."""
    rows = [row for project in PROJECTS for row in api.get(V11, project_id=project, view=view).get_json()]
    return {(row["commitment_id"], row["number"]): row for row in rows}


def named(api: Api, store: Store, commitment: str, number: int) -> dict[str, Any]:
    (contract,) = (
        row
        for resource in ("work_order_contracts", "purchase_order_contracts")
        for row in store.all(resource)
        if row["number"] == commitment
    )
    return invoices(api)[contract["id"], number]


def pick(record: dict[str, Any], *names: str) -> tuple[str, ...]:
    return tuple(record[name] for name in names)


HELD = "work_completed_retainage_retained_this_period"
RELEASED = "work_completed_retainage_released_this_period"
STORED = "materials_presently_stored"
STORED_HELD = "materials_stored_retainage_currently_retained"
DONE = "total_completed_and_stored_to_date"


def test_the_example_printed_in_procores_documentation_comes_out(api: Api, store: Store) -> None:
    """50,000.00 and changes of 5,000.00; 52,000.00 of work and 1,000.00 stored, 10 % held, all certified before."""
    for position, amount in enumerate(("50000.00", "3000.00", "2000.00"), start=1):
        ProjectManager(store).edit_line("SC-008", position, amount)
    store.patch("change_order_packages", 3_900_000_001, {"contract_id": 3_100_000_008, "project_id": 86_401})
    contract = store.get("work_order_contracts", 3_100_000_008)
    assert contract is not None
    lines = contract["line_items"][:1]
    store.patch("work_order_contracts", contract["id"], {"line_items": lines})
    package = store.get("change_order_packages", 3_900_000_001)
    assert package is not None
    package["line_items"][0]["amount"] = "5000.0"
    store.patch("change_order_packages", package["id"], {"line_items": package["line_items"]})
    seed = store.all("requisitions")[0]
    entry = {**seed["entries"][0], "line_item_id": lines[0]["id"]}
    bare = {**seed, "contract_id": contract["id"], "invoice_number": "123"}
    first, second = (
        {**entry, "work": "52000.00", "materials": "1000.00"},
        {**entry, "work": "0.00", "materials": "1000.00"},
    )
    store.put("requisitions", {**bare, "id": 9_001, "number": 1, "entries": [first]})
    store.put("requisitions", {**bare, "id": 9_002, "number": 2, "entries": [second]})
    summary = api.get(f"{V11}/9002", project_id=86_401, view="extended").get_json()["summary"]
    printed = {
        "original_contract_sum": "50000.00",
        "net_change_by_change_orders": "5000.00",
        "contract_sum_to_date": "55000.00",
        "total_completed_and_stored_to_date": "53000.00",
        "completed_work_retainage_percent": "10.00",
        "completed_work_retainage_amount": "5200.00",
        "stored_materials_retainage_percent": "10.00",
        "stored_materials_retainage_amount": "100.00",
        "total_retainage": "5300.00",
        "total_earned_less_retainage": "47700.00",
        "less_previous_certificates_for_payment": "47700.00",
        "current_payment_due": "0.00",
        "balance_to_finish_including_retainage": "7300.00",
    }
    assert {name: summary[name] for name in printed} == printed
    assert api.get(f"{V11}/9002", project_id=86_401).get_json()["percent_complete"] == "96.36%"


def test_every_summary_follows_from_its_lines(api: Api) -> None:
    known = invoices(api)
    assert len(known) == 16
    for (commitment, number), row in known.items():
        summary = {name: Decimal(value) for name, value in row["summary"].items() if name != "formatted_period"}
        before = known.get((commitment, number - 1))
        earned_before = Decimal(before["summary"]["total_earned_less_retainage"]) if before else Decimal(0)
        assert sum(Decimal(item[DONE]) for item in row["items"]) == summary[DONE]
        assert summary["total_earned_less_retainage"] == summary[DONE] - summary["total_retainage"]
        assert summary["less_previous_certificates_for_payment"] == earned_before
        assert summary["current_payment_due"] == summary["total_earned_less_retainage"] - earned_before
        assert sum(Decimal(item["net_amount"]) for item in row["items"]) == summary["current_payment_due"]


def test_no_line_is_billed_beyond_what_it_is_worth(api: Api) -> None:
    for row in invoices(api).values():
        for item in row["items"]:
            assert Decimal(item[DONE]) <= Decimal(item["scheduled_value"]), (row["invoice_number"], item["position"])


def test_stored_materials_are_a_stock_that_becomes_work(api: Api, store: Store) -> None:
    commitment, number = awkward.WITH_MATERIALS
    first, second = (named(api, store, commitment, n)["items"][1] for n in (number, number + 1))
    assert pick(first, "work_completed_this_period", STORED, DONE) == ("27122.25", "18450.75", "45573.00")
    assert pick(first, HELD, STORED_HELD, "gross_amount") == ("2712.23", "1845.08", "45573.00")
    assert pick(second, "work_completed_this_period", STORED, DONE) == ("36128.13", "0.00", "63250.38")
    # 63,250.38 less 45,573.00: what was stored is not billed twice, and its retainage went with it.
    assert pick(second, "gross_amount", STORED_HELD) == ("17677.38", "0.00")
    assert pick(second, "materials_stored_retainage_new_materials") == ("-1845.08",)
    assert second["work_completed_retainage_from_previous_application"] == "2712.23"


def test_retainage_is_held_line_by_line_and_released_by_an_invoice_of_its_own(api: Api, store: Store) -> None:
    commitment, number = awkward.WITH_RETAINAGE
    first = named(api, store, commitment, number)
    assert [pick(item, HELD) for item in first["items"]] == [("2214.00",), ("4193.79",)]
    assert first["summary"]["current_payment_due"] == "57670.14"
    release = named(api, store, *awkward.RELEASING_RETAINAGE)
    assert {pick(item, "work_completed_this_period", HELD) for item in release["items"]} == {("0.00", "0.00")}
    assert [pick(item, RELEASED) for item in release["items"]] == [("2214.00",), ("9680.50",)]
    assert pick(release["summary"], "total_retainage", "current_payment_due") == ("0.00", "11894.50")


def test_three_invoices_by_a_third_come_to_the_whole(api: Api, store: Store) -> None:
    billed = [
        [item["work_completed_this_period"] for item in named(api, store, awkward.BY_A_THIRD, number)["items"][:2]]
        for number in (1, 2, 3)
    ]
    assert billed == [["716.60", "3416.33"], ["716.60", "3416.33"], ["716.80", "3417.34"]]
    last = named(api, store, awkward.BY_A_THIRD, 3)
    assert {item["total_completed_and_stored_to_date_percent"] for item in last["items"]} == {"100.00"}


def test_a_change_order_is_billed_on_lines_of_its_own(api: Api, store: Store) -> None:
    commitment, number = awkward.BILLING_A_CHANGE_ORDER
    invoice = named(api, store, commitment, number)
    assert [(item["item_type"], item["work_completed_this_period"]) for item in invoice["items"]] == [
        ("contract_item", "0.00"),
        ("contract_item", "98520.00"),
        ("contract_item", "62483.33"),
        ("change_order_item", "14322.00"),
    ]
    (item,) = api.get(f"requisitions/{invoice['id']}/change_order_items", project_id=86_401).get_json()
    assert pick(item, "change_order_package_id", "scheduled_value") == (3_900_000_001, "23870.00")
    assert [package["number"] for package in invoice["item_packages"]] == [commitment, "001"]


def test_only_change_orders_approved_by_the_billing_date_can_be_billed(api: Api, store: Store) -> None:
    def types(number: int) -> list[str]:
        return [item["item_type"] for item in named(api, store, "SC-001", number)["items"]]

    assert types(1)[-1] == "change_order_item"  # approved on 16 March, billed on the 31st
    store.patch("change_order_packages", 3_900_000_001, {"reviewed_at": "2026-04-02T18:00:00Z"})
    assert (types(1)[-1], types(2)[-1]) == ("contract_item", "change_order_item")
    store.patch("change_order_packages", 3_900_000_001, {"status": "pending"})
    assert types(2)[-1] == "contract_item"


def test_an_invoice_names_the_one_before_it(api: Api, store: Store) -> None:
    ProjectManager(store).delete_invoice("SC-014", 2)
    assert named(api, store, "SC-014", 1)["previous_requisition_id"] is None
    assert named(api, store, "SC-014", 3)["previous_requisition_id"] == 4_400_000_010


def test_the_other_awkward_invoices_are_what_they_say(api: Api, store: Store) -> None:
    negative = named(api, store, *awkward.WITH_A_NEGATIVE_LINE)
    assert [item["gross_amount"] for item in negative["items"]] == ["19408.33", "-1250.00"]
    assert named(api, store, *awkward.WITHOUT_A_NUMBER)["invoice_number"] is None
    assert named(api, store, *awkward.UNDER_REVIEW)["status"] == "under_review"
    units = named(api, store, *awkward.BY_UNITS)["items"][0]
    assert pick(units, "accounting_method", "scheduled_unit_price") == ("unit", "168.4000")
    # 180.5 at 168.40
    quantity = pick(units, "work_completed_this_period_quantity", "work_completed_this_period")
    assert quantity == ("180.5", "30396.20")


def test_lines_come_only_with_the_views_that_have_them(api: Api) -> None:
    invoice = f"{V11}/4400000001"
    kept = {
        view: api.get(invoice, project_id=86_401, view=view).get_json() for view in ("default", "items", "extended")
    }
    assert {view: ("items" in row, "summary" in row) for view, row in kept.items()} == {
        "default": (False, False),
        "items": (True, False),
        "extended": (True, True),
    }


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ({"filters[commitment_id]": 3_100_000_002}, ["DC-3301", "DC-3344", "DC-3390"]),
        ({"filters[status]": "draft"}, ["ACE-1080"]),
        ({"filters[is_last]": "true"}, ["ACE-1080", "DC-3390", "DC-3303"]),
        ({"filters[period_id]": 4_300_000_012}, ["ACE-1062", "DC-3344"]),
        ({"filters[id]": 4_400_000_004}, ["DC-3301"]),
        ({"filters[origin_id]": "B1"}, []),
        ({"per_page": 2}, ["ACE-1047", "ACE-1062"]),
    ],
)
def test_invoices_can_be_filtered(api: Api, query: dict[str, Any], numbers: list[str]) -> None:
    rows = api.get(V11, project_id=86_401, **query).get_json()
    assert [row["invoice_number"] for row in rows] == numbers


def patch(api: Api, requisition_id: int, commitment_id: int, **fields: Any) -> Any:
    return api.patch(
        f"{V11}/{requisition_id}", {"project_id": 86_401, "commitment_id": commitment_id, "requisition": fields}
    )


def test_an_invoice_takes_its_origin_whatever_its_status_and_is_then_locked(api: Api) -> None:
    marked = patch(api, 4_400_000_003, 3_100_000_001, origin_id="B-3", origin_data="x")
    assert (marked.status_code, marked.get_json()["origin_id"]) == (200, "B-3")
    assert marked.get_json()["erp_status"] == "synced"
    refused = patch(api, 4_400_000_003, 3_100_000_001, invoice_number="other")
    assert refused.status_code == 422
    assert "synced with ERP" in refused.get_json()["message"]
    assert patch(api, 4_400_000_003, 3_100_000_001, origin_id=None).get_json()["origin_id"] is None
    assert patch(api, 4_400_000_003, 3_100_000_001, invoice_number="other").status_code == 200


@pytest.mark.parametrize(
    ("requisition_id", "commitment_id", "status"),
    [
        (4_400_000_003, 3_100_000_001, 200),  # the last, still a draft
        (4_400_000_002, 3_100_000_001, 422),  # an earlier one, sent back
        (4_400_000_006, 3_100_000_002, 422),  # the last, approved as noted
        (4_400_000_003, 3_100_000_002, 404),  # of another commitment
    ],
)
def test_only_the_last_open_invoice_can_be_edited(
    api: Api, store: Store, requisition_id: int, commitment_id: int, status: int
) -> None:
    ProjectManager(store).edit_invoice("SC-001", 2, status="revise_and_resubmit")
    assert patch(api, requisition_id, commitment_id, payment_date="2026-06-30").status_code == status


def test_what_the_project_manager_changes_moves_all_later_invoices(api: Api, store: Store) -> None:
    pat = ProjectManager(store)
    pat.bill("SC-009", 1, 2, "40000.00")
    assert named(api, store, "SC-009", 1)["summary"]["current_payment_due"] == "55926.00"
    assert named(api, store, "SC-009", 2)["items"][1]["work_completed_from_previous_application"] == "40000.00"
    pat.edit_invoice("SC-009", 2, status="revise_and_resubmit")
    assert named(api, store, "SC-009", 2)["status"] == "revise_and_resubmit"
    pat.delete_invoice("SC-009", 2)
    assert api.get(f"{V11}/4400000008", project_id=86_402).status_code == 404
    assert "ACE-1066" not in {row["invoice_number"] for row in api.get(V11, project_id=86_402).get_json()}
    assert named(api, store, "SC-009", 3)["items"][1]["work_completed_from_previous_application"] == "40000.00"


def test_a_commitment_tells_what_was_invoiced_of_it(api: Api) -> None:
    contract = api.get("work_order_contracts/3100000001", project_id=86_401).get_json()
    # 146,767.61 and 157,792.80; the draft does not count.
    assert contract["total_requisitions_amount"] == "304560.41"
