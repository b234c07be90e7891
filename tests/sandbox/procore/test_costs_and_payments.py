"""What accounting brings back: payments, direct costs, and records made from imports."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.procore import Store

from .conftest import Api

CONTRACT = {"project_id": 86_401, "contract_id": 3_100_000_001}
COSTS = "projects/86401/direct_costs"
EXPENSE = {"direct_cost_type": "expense", "direct_cost_date": "2026-03-31", "status": "approved"}


def pay(api: Api, **fields: Any) -> Any:
    return api.post("contract_payments", {**CONTRACT, "contract_payment": {"amount": "1087.80", **fields}})


def test_a_payment_posted_twice_is_there_twice(api: Api) -> None:
    first, second = pay(api, invoice_number="ACE-1047"), pay(api, invoice_number="ACE-1047")
    assert (first.status_code, second.status_code) == (201, 201)
    found = api.get("contract_payments", **CONTRACT).get_json()
    assert [(row["amount"], row["payment_number"]) for row in found] == [("1087.8", 1), ("1087.8", 2)]
    # It belongs to the invoice whose number it names.
    assert {row["requisition_id"] for row in found} == {4_400_000_001}


def test_payments_are_listed_by_project_and_contract_only(api: Api) -> None:
    pay(api, origin_id="P1")
    assert api.get("contract_payments", project_id=86_401).status_code == 400
    assert api.get("contract_payments", contract_id=3_100_000_001).status_code == 400
    assert api.get("contract_payments", project_id=86_402, contract_id=3_100_000_001).status_code == 404
    assert len(api.get("contract_payments", **CONTRACT, **{"filters[origin_id]": "other"}).get_json()) == 1


def test_a_payment_with_an_origin_is_locked_but_for_its_origin(api: Api) -> None:
    payment = pay(api, origin_id="P1").get_json()
    path = f"contract_payments/{payment['id']}"

    def patch(**fields: Any) -> Any:
        return api.patch(path, {**CONTRACT, "contract_payment": fields})

    refused = patch(amount="1.00")
    assert (refused.status_code, "cannot be edited or deleted" in refused.get_json()["message"]) == (422, True)
    assert api.delete(path, **CONTRACT).status_code == 422
    assert patch(origin_id=None, origin_data="freed").status_code == 200
    assert patch(amount="1.00").get_json()["amount"] == "1.0"
    assert api.delete(path, **CONTRACT).status_code == 200
    assert api.get("contract_payments", **CONTRACT).get_json() == []


def test_a_payment_cannot_carry_anothers_origin_nor_a_wrong_amount(api: Api) -> None:
    pay(api, origin_id="P1")
    assert pay(api, origin_id="P1").get_json() == {"errors": {"origin_id": ["has already been taken"]}}
    assert pay(api, amount="many").get_json() == {"errors": {"amount": ["is not a number"]}}
    assert len(api.get("contract_payments", **CONTRACT).get_json()) == 1


def test_a_commitment_tells_what_was_paid(api: Api) -> None:
    pay(api, check_number="10432")
    contract = api.get("work_order_contracts/3100000001", project_id=86_401).get_json()
    # 452,250.00 and the change order's 23,870.00, less the payment
    assert (contract["total_payments"], contract["remaining_balance_outstanding"]) == ("1087.8", "475032.2")
    assert [row["check_number"] for row in contract["payments_issued"]] == ["10432"]


def sync_costs(api: Api, *rows: dict[str, Any]) -> dict[str, Any]:
    answer = api.patch(f"{COSTS}/sync", {"updates": list(rows)})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def test_direct_costs_are_synced_by_origin_row_by_row(api: Api) -> None:
    rows = [{**EXPENSE, "origin_id": "J|I"}, {**EXPENSE, "direct_cost_type": "gift"}, {**EXPENSE, "id": 999}]
    first = sync_costs(api, *rows)
    assert [row["origin_id"] for row in first["entities"]] == ["J|I"]
    assert [row["errors"] for row in first["errors"]] == [
        {"direct_cost_type": ["is not included in the list"]},
        {"id": ["Entity with this ID not found"]},
    ]
    second = sync_costs(api, {"origin_id": "J|I", "description": "QuickBooks job cost"})
    assert second["entities"][0]["id"] == first["entities"][0]["id"]
    (listed,) = api.get("/rest/v1.1/projects/86401/direct_costs", **{"filters[origin_id]": "J|I"}).get_json()
    assert (listed["description"], listed["amount"]) == ("QuickBooks job cost", "0.0")


def a_cost(api: Api, **more: Any) -> int:
    return int(sync_costs(api, {**EXPENSE, **more})["entities"][0]["id"])


def test_lines_are_made_under_their_cost_and_then_synced(api: Api) -> None:
    cost = a_cost(api, origin_id="J|I")
    line = {"cost_code_id": 14_001_002, "line_item_type_id": 47, "amount": 33.33, "origin_id": "L1"}
    made = api.post(f"{COSTS}/{cost}/line_items", {"line_item": line})
    assert made.status_code == 201
    assert (made.get_json()["amount"], made.get_json()["cost_code"]["full_code"]) == ("33.33", "01-310")
    answer = api.patch(
        f"{COSTS}/line_items/sync", {"updates": [{"origin_id": "L1", "amount": "44.44"}, {"amount": "1"}]}
    )
    body = answer.get_json()
    assert [row["amount"] for row in body["entities"]] == ["44.44"]
    # A new row cannot say which direct cost it belongs to.
    assert [row["errors"] for row in body["errors"]] == [{"base": ["Entity cannot be created by this action"]}]
    (listed,) = api.get(f"{COSTS}/line_items", **{"filters[direct_cost_id]": cost}).get_json()
    assert (listed["total_amount"], api.get(f"{COSTS}/{cost}/line_items").get_json()[0]["id"]) == (
        "44.44",
        listed["id"],
    )


def test_a_line_of_another_projects_code_is_refused(api: Api) -> None:
    cost = a_cost(api)
    answer = api.post(f"{COSTS}/{cost}/line_items", {"line_item": {"cost_code_id": 14_002_002, "amount": 1}})
    assert (answer.status_code, answer.get_json()) == (422, {"errors": {"cost_code": ["must exist"]}})


def test_a_calculated_line_is_quantity_times_unit_cost(api: Api) -> None:
    cost = a_cost(api)
    line = {"wbs_code_id": 114_001_002, "extended_type": "calculated", "quantity": 2.5, "unit_cost": 10.1, "amount": 9}
    assert api.post(f"{COSTS}/{cost}/line_items", {"line_item": line}).get_json()["amount"] == "25.25"


def test_a_direct_cost_with_an_origin_is_locked_for_all_but_its_sync(api: Api) -> None:
    cost = a_cost(api, origin_id="J|I")
    path = f"{COSTS}/{cost}"
    assert api.patch(path, {"item": {"status": "draft"}}).status_code == 422
    assert api.delete(path).status_code == 422
    assert sync_costs(api, {"origin_id": "J|I", "status": "draft"})["entities"][0]["status"] == "draft"
    assert api.patch(path, {"item": {"origin_id": None}}).status_code == 200
    assert api.delete(path).get_json() == {"id": cost}
    assert api.get("/rest/v1.1/projects/86401/direct_costs").get_json() == []


@pytest.mark.parametrize("resource", ["vendors", "projects"])
def test_a_record_is_made_from_an_import_and_needs_a_name(api: Api, store: Store, resource: str) -> None:
    one = resource.removesuffix("s")
    made = api.post(resource, {"company_id": 5021, one: {"name": "Brand New", "origin_id": "80-1"}})
    assert (made.status_code, made.get_json()["name"]) == (201, "Brand New")
    again = api.post(resource, {"company_id": 5021, one: {"name": "Another", "origin_id": "80-1"}})
    assert (again.status_code, again.get_json()) == (422, {"errors": {"origin_id": ["has already been taken"]}})
    blank = api.post(resource, {"company_id": 5021, one: {"name": " "}})
    assert (blank.status_code, blank.get_json()) == (422, {"errors": {"name": ["can't be blank"]}})
    found = store.with_origin(resource, "80-1")
    assert found is not None
    assert api.get(f"{resource}/{found['id']}", company_id=5021).get_json()["name"] == "Brand New"


def test_a_new_project_has_cost_codes_only_if_it_asks_for_copies(api: Api) -> None:
    bare, full = (
        api.post("projects", {"company_id": 5021, "project": {"name": name, "erp_integrated": True, **more}}).get_json()
        for name, more in (("Bare", {}), ("Full", {"enable_copy_of_standard_cost_codes": True}))
    )
    assert api.get("cost_codes", project_id=bare["id"]).get_json() == []
    codes = {row["full_code"]: row for row in api.get("cost_codes", project_id=full["id"]).get_json()}
    assert len(codes) == 40
    assert codes["03-300"]["parent"] == {"id": codes["03"]["id"]}
    assert (codes["03-300"]["biller"], full["is_erp_integrated"]) == ("Full", True)


def test_the_callers_levels_are_told_tool_by_tool(api: Api) -> None:
    def levels(**scope: int) -> dict[str, tuple[str, bool]]:
        tools = api.get("settings/permissions", **scope).get_json()["tools"]
        return {tool["friendly_name"]: (tool["user_access_level"]["name"], tool["can_create"]) for tool in tools}

    company, project = levels(company_id=5021), levels(project_id=86_401)
    assert company["ERP Integrations"] == ("admin", True)
    assert (project["Commitments"], project["Prime Contracts"]) == (("admin", True), ("none", False))
    assert project["Reports"] == ("read_only", False)
    assert api.get("settings/permissions").status_code == 400


def test_somebody_who_left_is_no_longer_among_the_users(api: Api, store: Store) -> None:
    store.patch("users", 7_301, {"is_active": False})
    active = api.get("/rest/v1.3/companies/5021/users").get_json()
    assert "Ana Ruiz" not in {user["name"] for user in active}
    (gone,) = api.get("companies/5021/users/inactive").get_json()
    assert (gone["name"], gone["erp_integrated_accountant"]) == ("Ana Ruiz", True)


def test_a_company_has_one_cost_type_and_its_tax_codes(api: Api) -> None:
    (kind,) = api.get("line_item_types", company_id=5021).get_json()
    assert (kind["name"], kind["code"]) == ("Other", "O")
    (code,) = api.get("tax_codes", company_id=5021).get_json()
    # 45.00 on 4,500.00: the one taxed line of the month
    assert (code["id"], code["rate1"]) == (31, 1.0)
