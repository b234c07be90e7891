"""Budgets: locked or not, their rows with the columns of a view, modifications, changes."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.procore import Store
from app.sandbox.procore.month import awkward
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import Api

TOWER, SCHOOL, CLINIC = 86_401, 86_402, 86_403


def rows(api: Api, project_id: int, wanted: str = "budgeted") -> dict[str, dict[str, Any]]:
    (view,) = api.get("budget_views", project_id=project_id).get_json()
    answer = api.get(f"budget_views/{view['id']}/detail_rows", project_id=project_id, budget_row_type=wanted)
    return {row["cost_code"].partition(" - ")[0]: row for row in answer.get_json()}


def test_two_budgets_are_locked_and_one_is_not(api: Api) -> None:
    found = [api.get(f"projects/{project}/budget").get_json() for project in (TOWER, SCHOOL, CLINIC)]
    assert found == [{"locked": True}, {"locked": True}, {"locked": False}]
    assert awkward.NOT_LOCKED == "Mill Creek Clinic"


def test_a_row_names_its_code_and_carries_the_original_amount(api: Api) -> None:
    row = rows(api, TOWER)["03-300"]
    assert (row["cost_code"], row["root_cost_code"]) == ("03-300 - Cast-in-Place Concrete", "03 - Concrete")
    assert (row["original_budget_amount"], row["budget_modifications"]) == ("498333.33", "0.0")
    line = api.get(f"/rest/v1.1/budget_line_items/{row['id']}", project_id=TOWER).get_json()
    assert (line["original_budget_amount"], line["wbs_code"]["id"]) == (498_333.33, row["wbs_code_id"])


def test_modifications_take_from_one_row_and_give_to_another(api: Api) -> None:
    found = {code: row["budget_modifications"] for code, row in rows(api, TOWER).items()}
    moved = {code: amount for code, amount in found.items() if amount != "0.0"}
    assert moved == {"01-310": "-23870.33", "05-510": "4500.0", "09-290": "-4500.0", "31-230": "23870.33"}
    listed = api.get(f"projects/{TOWER}/budget_modifications").get_json()
    assert [row["transfer_amount"] for row in listed] == ["4500.00", "23870.33"]


def test_only_approved_changes_count_and_the_owners_change_has_a_column_of_its_own(api: Api) -> None:
    found = rows(api, SCHOOL)
    changed = {code: row["Approved Budget Changes"] for code, row in found.items()}
    assert {code: one for code, one in changed.items() if one != "0.0"} == {"05-310": "12333.33", "09-290": "-12333.33"}
    owner = {code: row[awkward.PRIME_CHANGES_COLUMN] for code, row in found.items()}
    assert {code: one for code, one in owner.items() if one != "0.0"} == {"05-120": "25000.0"}
    # 221,333.33 and the owner's 25,000.00
    assert found["05-120"]["Revised Budget"] == "246333.33"


def test_changes_come_in_an_envelope_with_their_sides(api: Api) -> None:
    listed = api.get(f"projects/{SCHOOL}/budget_changes").get_json()["data"]
    assert [(row["number"], row["status"], row["amount"]) for row in listed] == [(1, "approved", 0), (2, "draft", 0)]
    change = api.get(f"projects/{SCHOOL}/budget_changes/{listed[0]['id']}").get_json()["data"]
    assert [(line["type"], line["amount"]) for line in change["adjustment_line_items"]] == [
        ("budget_change", -12_333.33),
        ("change_event", 12_333.33),
    ]
    assert api.get(f"projects/{TOWER}/budget_changes/{listed[0]['id']}").status_code == 404


@pytest.mark.parametrize("call", ["post", "patch"])
def test_modifications_can_no_longer_be_written(api: Api, call: str) -> None:
    path = f"projects/{TOWER}/budget_modifications" + ("/4250000001" if call == "patch" else "")
    answer = getattr(api, call)(path, {"budget_modification": {"origin_id": "E1"}})
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET")


def test_unlocking_throws_modifications_away_unless_told_to_keep_them(api: Api) -> None:
    path = f"projects/{TOWER}/budget/lock"
    assert api.delete(path, destroy_all_budget_line_item_transfers="false").get_json() == {"locked": False}
    assert len(api.get(f"projects/{TOWER}/budget_modifications").get_json()) == 2
    assert api.post(path).status_code == 201
    assert api.get(f"projects/{TOWER}/budget").get_json() == {"locked": True}
    api.delete(path)
    assert api.get(f"projects/{TOWER}/budget_modifications").get_json() == []
    assert rows(api, TOWER)["05-510"]["budget_modifications"] == "0.0"


def test_codes_with_costs_but_no_budget_are_told_apart(api: Api) -> None:
    bare = rows(api, CLINIC, "unbudgeted")
    assert set(bare) & set(rows(api, CLINIC)) == set()
    assert (bare["05-510"]["id"], bare["05-510"]["original_budget_amount"]) == (None, "0.0")
    assert bare["05-510"]["unbudgeted_reason"]
    assert set(rows(api, CLINIC, "all")) == set(bare) | set(rows(api, CLINIC))


def test_the_project_manager_changes_a_budget_after_it_was_locked(api: Api, store: Store) -> None:
    pat = ProjectManager(store)
    with pytest.raises(ValueError, match="locked"):
        pat.edit_budget(awkward.WITH_CHANGES, "01-310", "60000.00")
    pat.lock_budget(awkward.WITH_CHANGES, locked=False)
    pat.edit_budget(awkward.WITH_CHANGES, "01-310", "60000.00")
    pat.edit_budget(awkward.WITH_CHANGES, "23-050", "38120.00")
    pat.lock_budget(awkward.WITH_CHANGES)
    pat.modify_budget(awkward.WITH_CHANGES, "01-310", "23-050", "100.01", "Controls")
    pat.change_budget(awkward.WITH_CHANGES, "Bleachers", ("01-310", "-50.00"), ("05-510", "50.00"))
    found = rows(api, SCHOOL)
    assert found["01-310"]["original_budget_amount"] == "60000.0"
    assert found["01-310"]["Revised Budget"] == "59849.99"
    assert (found["23-050"]["budget_modifications"], found["05-510"]["Approved Budget Changes"]) == ("100.01", "50.0")
    assert api.get(f"projects/{SCHOOL}/budget").get_json() == {"locked": True}


def test_the_budget_shows_invoices_and_direct_costs_together(api: Api, store: Store) -> None:
    # Two invoices bill 716.60 each and the third the rest of 2,150.00; a direct cost of 60.00 comes on top.
    assert rows(api, SCHOOL)["03-100"]["Job to Date Costs"] == "2150.0"
    sent = {"origin_id": "D1", "direct_cost_type": "expense", "direct_cost_date": "2026-06-30", "status": "approved"}
    base = f"projects/{SCHOOL}/direct_costs"
    (cost,) = api.patch(f"{base}/sync", {"updates": [sent]}).get_json()["entities"]
    code = rows(api, SCHOOL)["03-100"]["cost_code_id"]
    line = {"cost_code_id": code, "line_item_type_id": 47, "amount": 60}
    assert api.post(f"{base}/{cost['id']}/line_items", {"line_item": line}).status_code == 201
    assert rows(api, SCHOOL)["03-100"]["Direct Costs"] == "60.0"
    assert rows(api, SCHOOL)["03-100"]["Job to Date Costs"] == "2210.0"
