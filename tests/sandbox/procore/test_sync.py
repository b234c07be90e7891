"""The table of Procore's sync actions, row by row, for every sync action the sandbox has."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest

from app.sandbox.procore import Store

from .conftest import COMPANY, Api

LIST = {"company_id": COMPANY, "standard_cost_code_list_id": 2201}
TOWER = 86_401


@dataclass(frozen=True)
class Sync:
    """One sync action: two records it finds, and a row that makes another (None where it makes none)."""

    path: str
    ids: tuple[int, int]
    new: dict[str, Any] | None
    body: dict[str, Any] = field(default_factory=dict)
    field: str = "name"


LINES = "line_items/sync?project_id=86401"
SYNCS = [
    Sync("vendors/sync", (61_001, 61_002), {"name": "New"}, {"company_id": COMPANY}),
    Sync("projects/sync", (86_401, 86_402), {"name": "New"}, {"company_id": COMPANY}),
    Sync("standard_cost_codes/sync", (37_002, 37_003), {"name": "New", "code": "9"}, LIST),
    Sync("cost_codes/sync?project_id=86401", (14_001_002, 14_001_003), {"name": "New", "code": "9"}),
    Sync("line_item_types/sync", (47, 48), {"name": "New", "csv_import_code": "N"}, {"company_id": COMPANY}),
    Sync("work_order_contracts/sync", (3_100_000_001, 3_100_000_003), None, {"project_id": TOWER}, "title"),
    Sync("purchase_order_contracts/sync", (3_100_000_025, 3_100_000_026), None, {"project_id": TOWER}, "title"),
    Sync(f"work_order_contracts/3100000001/{LINES}", (3_500_000_001, 3_500_000_002), None, {}, "origin_data"),
    Sync(
        "projects/86401/direct_costs/sync",
        (1, 2),
        {"direct_cost_type": "expense", "description": "New"},
        {},
        "description",
    ),
    Sync("projects/86401/direct_costs/line_items/sync", (1, 2), None, {}, "description"),
]
EVERY = pytest.mark.parametrize("sync", SYNCS, ids=[one.path.split("?")[0] for one in SYNCS])
MAKING = pytest.mark.parametrize("sync", [one for one in SYNCS if one.new], ids=[one.path for one in SYNCS if one.new])


@pytest.fixture
def ready(api: Api, store: Store) -> Api:
    """A second cost type, and two direct costs with a line each."""
    store.put("line_item_types", {**store.all("line_item_types")[0], "id": 48, "name": "Labor", "origin_id": None})
    base = f"projects/{TOWER}/direct_costs"
    for cost in (1, 2):
        api.patch(f"{base}/sync", {"updates": [{"direct_cost_type": "expense"}]})
        line = {"cost_code_id": 14_001_002, "line_item_type_id": 47, "amount": "10.0"}
        assert api.post(f"{base}/{cost}/line_items", {"line_item": line}).status_code == 201
    return api


def ask(api: Api, sync: Sync, *rows: dict[str, Any]) -> tuple[list[Any], list[Any]]:
    answer = api.patch(sync.path, {**sync.body, "updates": list(rows)})
    assert answer.status_code == 200, answer.get_json()
    body = answer.get_json()
    assert set(body) == {"entities", "errors"}
    return body["entities"], body["errors"]


@EVERY
def test_an_id_nobody_has_is_an_error_row_with_what_was_sent(ready: Api, sync: Sync) -> None:
    row = {"id": 999_999_999, sync.field: "x"}
    assert ask(ready, sync, row) == ([], [{**row, "errors": {"id": ["Entity with this ID not found"]}}])


@EVERY
def test_an_id_updates(ready: Api, sync: Sync) -> None:
    entities, errors = ask(ready, sync, {"id": sync.ids[0], sync.field: "Changed"})
    assert ([row["id"] for row in entities], errors) == ([sync.ids[0]], [])
    assert entities[0][sync.field] == "Changed"


@EVERY
def test_an_origin_id_is_set_by_id_found_by_itself_and_changed_by_id(ready: Api, sync: Sync) -> None:
    assert ask(ready, sync, {"id": sync.ids[0], "origin_id": "A1"})[1] == []
    (found,), errors = ask(ready, sync, {"origin_id": "A1", sync.field: "Found"})
    assert (found["id"], found[sync.field], errors) == (sync.ids[0], "Found", [])
    (moved,), errors = ask(ready, sync, {"id": sync.ids[0], "origin_id": "A2"})
    assert (moved["id"], moved["origin_id"], errors) == (sync.ids[0], "A2", [])


@EVERY
def test_an_origin_id_belongs_to_one_record(ready: Api, sync: Sync) -> None:
    ask(ready, sync, {"id": sync.ids[0], "origin_id": "A1"})
    entities, errors = ask(ready, sync, {"id": sync.ids[1], "origin_id": "A1"}, {"id": sync.ids[0], sync.field: "On"})
    assert [row["id"] for row in entities] == [sync.ids[0]]
    assert [row["errors"] for row in errors] == [{"origin_id": ["has already been taken"]}]


@MAKING
def test_neither_id_makes_one_and_another_when_repeated(ready: Api, sync: Sync) -> None:
    assert sync.new is not None
    made = [ask(ready, sync, sync.new)[0][0]["id"] for _ in range(2)]
    assert made[0] != made[1]


@MAKING
def test_an_origin_id_nobody_has_makes_one_once(ready: Api, sync: Sync) -> None:
    assert sync.new is not None
    made = [ask(ready, sync, {**sync.new, "origin_id": "A9"})[0][0] for _ in range(2)]
    assert made[0]["id"] == made[1]["id"]
    assert made[0]["origin_id"] == "A9"


@pytest.mark.parametrize("sync", [one for one in SYNCS if not one.new], ids=[one.path for one in SYNCS if not one.new])
def test_where_nothing_is_made_such_rows_are_errors(ready: Api, sync: Sync) -> None:
    entities, errors = ask(ready, sync, {"origin_id": "A9", sync.field: "New"}, {sync.field: "New"})
    assert entities == []
    assert [row["errors"] for row in errors] == [{"base": ["Entity cannot be created by this action"]}] * 2


@EVERY
def test_a_thousand_rows_and_no_more(ready: Api, sync: Sync) -> None:
    assert ready.patch(sync.path, {**sync.body, "updates": [{}] * 1001}).status_code == 413
    assert ready.patch(sync.path, {**sync.body, "updates": {}}).status_code == 400


@pytest.mark.parametrize("path", ["projects/86402/direct_costs/sync", "projects/86402/direct_costs/line_items/sync"])
def test_an_origin_id_of_another_project_is_taken_there_too(ready: Api, path: str) -> None:
    for there in (path.replace("86402", "86401"),):
        ready.patch(there, {"updates": [{"id": 1, "origin_id": "A1"}]})
    answer = ready.patch(path, {"updates": [{"origin_id": "A1", "description": "hers"}]}).get_json()
    assert answer["entities"] == []
    assert answer["errors"][0]["errors"] == {"origin_id": ["has already been taken"]}


def test_a_projects_row_has_no_place_for_the_code_people_see(ready: Api) -> None:
    """As Procore's description of the row has it; a change of one project takes the code."""
    (row,), errors = ask(ready, SYNCS[1], {"id": 86_401, "origin_id": "J1", "origin_code": "Tower"})
    assert (errors, row["origin_id"], row["origin_code"]) == ([], "J1", None)


def test_a_projects_new_code_stands_behind_its_division(ready: Api) -> None:
    row = {"code": "900", "name": "Own", "parent_id": 14_001_001, "origin_id": "J|I"}
    (made,), errors = ask(ready, SYNCS[3], row)
    assert (errors, made["parent"], made["origin_id"]) == ([], {"id": 14_001_001}, "J|I")
    division = next(row for row in ready.get("cost_codes", project_id=TOWER).get_json() if row["id"] == 14_001_001)
    assert made["full_code"] == f"{division['full_code']}-900"
