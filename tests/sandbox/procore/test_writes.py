"""PATCH and sync: what is written, what is passed over, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from app.sandbox.procore import Store

from .conftest import Api

WRITES = [
    ("vendors/61001", {"company_id": 5021}, "vendor"),
    ("projects/86401", {"company_id": 5021}, "project"),
    ("standard_cost_codes/37002", {"company_id": 5021, "standard_cost_code_list_id": 2201}, "standard_cost_code"),
    ("work_order_contracts/3100000001", {"project_id": 86401}, "work_order_contract"),
    ("purchase_order_contracts/3100000025", {"project_id": 86401}, "purchase_order_contract"),
    ("change_order_packages/3900000001", {"project_id": 86401, "contract_id": 3100000001}, "change_order"),
]


@pytest.mark.parametrize(("path", "scope", "wrapper"), WRITES)
def test_a_patch_keeps_the_origin_and_moves_updated_at(
    api: Api, store: Store, path: str, scope: dict[str, int], wrapper: str
) -> None:
    resource, _, record_id = path.partition("/")
    before = store.get(resource, int(record_id))
    changes = {"origin_id": "8000-1", "origin_data": "x", "id": 5}
    answer = api.patch(f"{path}?view=extended", {**scope, wrapper: changes})
    after = store.get(resource, int(record_id))
    assert answer.status_code == 200
    assert before is not None
    assert after is not None
    assert answer.get_json()["origin_id"] == "8000-1"
    assert (after["origin_id"], after["origin_data"], after["id"]) == ("8000-1", "x", int(record_id))
    assert after["updated_at"] > before["updated_at"]


def test_two_writes_in_one_second_both_move_updated_at(store: Store) -> None:
    moments = [store.patch("vendors", 61_001, {"notes": str(n)})["updated_at"] for n in range(3)]
    assert moments == sorted(set(moments))


@pytest.mark.parametrize(("path", "scope", "wrapper"), WRITES)
def test_a_patch_without_its_wrapper_is_refused(api: Api, path: str, scope: dict[str, int], wrapper: str) -> None:
    answer = api.patch(path, {**scope, "origin_id": "8000-1"})
    assert answer.status_code == 400
    assert wrapper in answer.get_json()["message"]


def test_an_origin_id_belongs_to_one_record_of_a_resource(api: Api, store: Store) -> None:
    assert api.patch("vendors/61001", {"company_id": 5021, "vendor": {"origin_id": "V1"}}).status_code == 200
    answer = api.patch("vendors/61002", {"company_id": 5021, "vendor": {"origin_id": "V1", "name": "Changed"}})
    assert (answer.status_code, answer.get_json()) == (422, {"errors": {"origin_id": ["has already been taken"]}})
    untouched = store.get("vendors", 61_002)
    assert untouched is not None
    assert (untouched["origin_id"], untouched["name"]) == (None, "Lakeside Holdings")
    assert api.patch("projects/86401", {"company_id": 5021, "project": {"origin_id": "V1"}}).status_code == 200


def test_a_schedule_of_values_is_not_written_through_the_contract(api: Api) -> None:
    changes = {"line_items": [], "title": "T"}
    answer = api.patch("work_order_contracts/3100000001", {"project_id": 86401, "work_order_contract": changes})
    assert answer.get_json()["title"] == "T"
    assert len(answer.get_json()["line_items"]) == 3


def sync(api: Api, *rows: dict[str, Any]) -> dict[str, Any]:
    answer = api.patch("vendors/sync", {"company_id": 5021, "updates": list(rows)})
    assert answer.status_code == 200
    body: dict[str, Any] = answer.get_json()
    return body


def test_sync_creates_what_neither_id_names_and_again_when_repeated(api: Api, store: Store) -> None:
    for expected in (13, 14):
        body = sync(api, {"name": "New Supplier"})
        assert body["errors"] == []
        assert body["entities"][0]["name"] == "New Supplier"
        assert len(store.all("vendors")) == expected


def test_sync_creates_by_an_unknown_origin_id_once_and_then_updates(api: Api, store: Store) -> None:
    first = sync(api, {"origin_id": "V9", "name": "New Supplier"})["entities"][0]
    second = sync(api, {"origin_id": "V9", "name": "Renamed"})["entities"][0]
    assert first["id"] == second["id"]
    assert second["name"] == "Renamed"
    assert len(store.all("vendors")) == 13


def test_sync_reports_unknown_ids_row_by_row_and_writes_the_others(api: Api) -> None:
    body = sync(api, {"id": 61_001, "name": "Delta Concrete LLC"}, {"id": 999, "name": "nobody"})
    assert [row["name"] for row in body["entities"]] == ["Delta Concrete LLC"]
    assert body["errors"] == [{"id": 999, "name": "nobody", "errors": {"id": ["Entity with this ID not found"]}}]


def test_sync_changes_an_origin_id_only_by_id(api: Api, store: Store) -> None:
    sync(api, {"id": 61_001, "origin_id": "old"})
    sync(api, {"id": 61_001, "origin_id": "new"})
    moved = store.with_origin("vendors", "new")
    assert moved is not None
    assert moved["id"] == 61_001
    assert store.with_origin("vendors", "old") is None


def test_sync_reports_a_taken_origin_id_as_a_row(api: Api) -> None:
    sync(api, {"id": 61_001, "origin_id": "V1"})
    body = sync(api, {"id": 61_002, "origin_id": "V1"})
    assert (body["entities"], body["errors"][0]["errors"]) == ([], {"origin_id": ["has already been taken"]})


def test_sync_takes_a_thousand_rows_and_no_more(api: Api) -> None:
    answer = api.patch("vendors/sync", {"company_id": 5021, "updates": [{"id": 61_001}] * 1001})
    assert answer.status_code == 413


@pytest.mark.parametrize(
    ("path", "scope", "row"),
    [
        ("projects/sync", {"company_id": 5021}, {"name": "Pier 9", "origin_id": "J1"}),
        (
            "standard_cost_codes/sync",
            {"company_id": 5021, "standard_cost_code_list_id": 2201},
            {"code": "400", "name": "Precast", "parent_id": 37_005, "origin_id": "I1"},
        ),
    ],
)
def test_created_records_can_be_listed_like_the_others(
    api: Api, path: str, scope: dict[str, int], row: dict[str, Any]
) -> None:
    created = api.patch(path, {**scope, "updates": [row]}).get_json()["entities"][0]
    resource = path.removesuffix("/sync")
    query = {**scope, "view": "extended", "filters[origin_id]": row["origin_id"]}
    assert [found["id"] for found in api.get(resource, **query).get_json()] == [created["id"]]


def test_a_new_cost_code_carries_its_divisions_code_in_front(api: Api) -> None:
    row = {"code": "400", "name": "Precast Concrete", "parent_id": 37_005}
    body = api.patch(
        "standard_cost_codes/sync", {"company_id": 5021, "standard_cost_code_list_id": 2201, "updates": [row]}
    ).get_json()
    assert body["entities"][0]["full_code"] == "03-400"


def test_sync_of_contracts_stays_within_the_project(api: Api) -> None:
    answer = api.patch(
        "work_order_contracts/sync", {"project_id": 86_402, "updates": [{"id": 3_100_000_001, "origin_id": "P1"}]}
    ).get_json()
    assert answer["entities"] == []
    assert answer["errors"][0]["errors"] == {"id": ["Entity with this ID not found"]}
