"""What accounting or approval has locked: 422 in Procore's own words, and origin fields always go through."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.procore import Store
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import Api

TOWER = {"project_id": 86_401}
CONTRACT, LINE = 3_100_000_001, 3_500_000_001
BASE = f"work_order_contracts/{CONTRACT}"


def change(api: Api, **fields: Any) -> Any:
    return api.patch(BASE, {**TOWER, "work_order_contract": fields})


def change_line(api: Api, **fields: Any) -> Any:
    return api.patch(f"{BASE}/line_items/{LINE}", {**TOWER, "line_item": fields})


def test_a_line_of_an_approved_commitment_takes_origins_alone(api: Api) -> None:
    assert api.get(BASE, **TOWER).get_json()["status"] == "Approved"
    refused = change_line(api, amount="1.0")
    assert refused.status_code == 422
    assert "Schedule of Values" in refused.get_json()["message"]
    assert change_line(api, origin_id="1A-1", origin_data="x").get_json()["origin_id"] == "1A-1"
    row = {"id": LINE, "amount": "1.0"}
    synced = api.patch(f"{BASE}/line_items/sync?project_id=86401", {"updates": [row]}).get_json()
    assert (synced["entities"], list(synced["errors"][0]["errors"])) == ([], ["base"])


def test_a_line_of_a_draft_may_change_and_is_counted_anew(api: Api, store: Store) -> None:
    store.patch("work_order_contracts", CONTRACT, {"status": "Draft"})
    line = change_line(api, quantity="3", unit_cost="2.5", extended_type="calculated").get_json()
    assert (line["amount"], line["extended_amount"]) == ("7.5", "7.5")
    (listed,) = [row for row in api.get(f"{BASE}/line_items", **TOWER).get_json() if row["id"] == LINE]
    assert listed["amount"] == "7.5"


def test_the_company_of_an_approved_commitment_stays(api: Api, store: Store) -> None:
    before = api.get(BASE, **TOWER).get_json()["vendor"]["id"]
    other = 61_009 if before != 61_009 else 61_008
    refused = change(api, vendor_id=other)
    assert (refused.status_code, list(refused.get_json()["errors"])) == (422, ["vendor"])
    assert change(api, vendor_id=before, title="T").status_code == 200
    store.patch("work_order_contracts", CONTRACT, {"status": "Draft"})
    assert change(api, vendor_id=other).get_json()["vendor"]["id"] == other


def test_an_origin_id_does_not_lock_a_commitment(api: Api) -> None:
    assert change(api, origin_id="1A-1").status_code == 200
    assert change(api, title="Still open").get_json()["title"] == "Still open"


def test_a_line_of_a_locked_budget_is_refused_as_a_whole(api: Api, store: Store) -> None:
    path = "/rest/v1.1/budget_line_items/4200000004"
    body = {**TOWER, "budget_line_item": {"original_budget_amount": 500.25}}
    refused = api.patch(path, body)
    assert (refused.status_code, set(refused.get_json())) == (422, {"base", "fields"})
    ProjectManager(store).lock_budget("Riverside Tower", locked=False)
    assert api.patch(path, body).get_json()["original_budget_amount"] == 500.25


@pytest.mark.parametrize(
    ("call", "keys"),
    [
        ("vendors", {"code", "message", "fields", "reason", "error"}),
        ("settings/permissions", {"error"}),
        ("projects/86402/budget_changes/1", {"errors"}),
        ("/rest/v2.0/companies/5021/projects/86401/commitment_change_orders/1/line_items", {"error"}),
    ],
)
def test_refusals_come_in_the_form_of_their_call(api: Api, call: str, keys: set[str]) -> None:
    answer = api.get(call)
    assert answer.status_code in (400, 404)
    assert set(answer.get_json()) == keys


def test_version_2_names_its_code_and_details(api: Api) -> None:
    told = api.get("/rest/v2.0/companies/5021/projects/86401/commitment_change_orders/1/line_items").get_json()
    assert (told["error"]["code"], set(told["error"])) == ("NOT_FOUND", {"code", "message", "details"})
    listed = api.get("projects/86402/budget_changes/1").get_json()["errors"]
    assert isinstance(listed, list)
    api.headers["Authorization"] = "Bearer made-up"
    refused = api.get("/rest/v2.0/companies/5021/projects/86401/commitment_change_orders/1/line_items")
    assert (refused.status_code, refused.get_json()["error"]["code"]) == (401, "UNAUTHORIZED")
