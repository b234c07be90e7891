"""Lists: pages, filters and views."""

from __future__ import annotations

import re
from typing import Any

import pytest

from app.sandbox.procore import Store
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import Api

CODES = {"company_id": 5021, "standard_cost_code_list_id": 2201, "view": "extended"}
TOWER = 86_401


def rels(answer: Any) -> list[tuple[str, str]]:
    found = re.findall(r'[?&]page=(\d+)[^>]*>; rel="(\w+)"', answer.headers.get("Link", ""))
    return [(rel, page) for page, rel in found]


@pytest.mark.parametrize(
    ("page", "links"),
    [
        (1, [("next", "2"), ("last", "4")]),
        (2, [("first", "1"), ("next", "3"), ("last", "4")]),
        (3, [("first", "1"), ("prev", "2"), ("next", "4"), ("last", "4")]),
        (4, [("first", "1"), ("prev", "3")]),
    ],
)
def test_links_are_those_of_procores_documents(api: Api, page: int, links: list[tuple[str, str]]) -> None:
    answer = api.get("standard_cost_codes", **CODES, page=page, per_page=12)
    assert rels(answer) == links
    assert (answer.headers["Per-Page"], answer.headers["Total"]) == ("12", "40")


def test_following_next_meets_every_record_once(api: Api) -> None:
    seen, path = [], "/rest/v1.0/standard_cost_codes?company_id=5021&standard_cost_code_list_id=2201&per_page=7"
    while path:
        answer = api.http.get(path, headers=api.headers)
        seen += [row["id"] for row in answer.get_json()]
        following = re.search(r'<http://[^/]+([^>]+)>; rel="next"', answer.headers.get("Link", ""))
        path = following[1] if following else ""
    assert seen == list(range(37_001, 37_041))


def test_a_list_on_one_page_has_no_links(api: Api) -> None:
    assert "Link" not in api.get("vendors", company_id=5021).headers


def test_updated_at_takes_a_range_with_both_ends_inside(api: Api, store: Store) -> None:
    contract = ProjectManager(store).edit("SC-007", title="Roofing, revised")
    moment = contract["updated_at"]
    rows = api.get(
        "work_order_contracts", **{"project_id": TOWER, "filters[updated_at]": f'"{moment}...{moment}"'}
    ).get_json()
    assert [row["number"] for row in rows] == ["SC-007"]
    rows = api.get(
        "work_order_contracts", **{"project_id": TOWER, "filters[updated_at]": "2026-03-03...2026-03-04"}
    ).get_json()
    assert [row["number"] for row in rows] == ["SC-003", "SC-004"]


@pytest.mark.parametrize("text", ["2026-03-03", "yesterday...today"])
def test_a_range_that_is_none_is_refused(api: Api, text: str) -> None:
    assert api.get("vendors", **{"company_id": 5021, "filters[updated_at]": text}).status_code == 400


@pytest.mark.parametrize(
    "query", [{"filters[id]": "[61001,61003]"}, {"filters[id][]": ["61001", "61003"]}, {"filters[id]": "61001,61003"}]
)
def test_ids_come_in_every_spelling(api: Api, query: dict[str, Any]) -> None:
    rows = api.get("vendors", company_id=5021, **query).get_json()
    assert [row["id"] for row in rows] == [61_001, 61_003]


def test_a_list_passes_over_filters_it_does_not_know(api: Api, store: Store) -> None:
    """Change orders cannot be found by origin, cost codes not by when they changed: the documents name no such filter."""
    store.patch("change_order_packages", 3_900_000_002, {"origin_id": "T1"})
    every = api.get("change_order_packages", project_id=TOWER).get_json()
    assert api.get("change_order_packages", **{"project_id": TOWER, "filters[origin_id]": "T1"}).get_json() == every
    codes = api.get("standard_cost_codes", **CODES).get_json()
    nothing = {"filters[updated_at]": "2030-01-01...2030-01-02"}
    assert api.get("standard_cost_codes", **CODES, **nothing).get_json() == codes
    store.delete("vendors", 61_001)
    listed = api.get("vendors", **{"company_id": 5021, "filters[include_deleted]": "with"}).get_json()
    assert 61_001 not in {row["id"] for row in listed}


@pytest.mark.parametrize("resource", ["purchase_order_contracts", "work_order_contracts", "change_order_packages"])
def test_where_deleted_rows_can_be_asked_for_they_come(api: Api, store: Store, resource: str) -> None:
    gone = api.get(resource, project_id=TOWER).get_json()[0]["id"]
    store.delete(resource, gone)
    query = {"project_id": TOWER, "filters[include_deleted]": "only"}
    assert [row["id"] for row in api.get(resource, **query).get_json()] == [gone]


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("vendors", {"company_id": 5021}),
        ("projects", {"company_id": 5021}),
        ("work_order_contracts", {"project_id": TOWER}),
        ("purchase_order_contracts", {"project_id": TOWER}),
        ("change_order_packages", {"project_id": TOWER}),
        ("/rest/v1.1/requisitions", {"project_id": TOWER}),
        ("projects/86401/billing_periods", {}),
        ("/rest/v1.3/companies/5021/users", {}),
        ("work_order_contracts/3100000001/line_items", {"project_id": TOWER}),
    ],
)
def test_what_changed_since_can_be_asked_for(api: Api, path: str, scope: dict[str, int]) -> None:
    rows = api.get(path, **scope, per_page=2000).get_json()
    assert rows
    ranges = ("2030-01-01...2030-12-31", "2020-01-01T00:00:00Z...2030-12-31T00:00:00Z")
    nothing, everything = (
        api.get(path, **scope, **{"per_page": 2000, "filters[updated_at]": text}).get_json() for text in ranges
    )
    assert (nothing, everything) == ([], rows)


def test_deleted_rows_are_listed_only_when_asked_for(api: Api, store: Store) -> None:
    deleted = ProjectManager(store).delete("SC-002")["id"]

    def listed(**query: str) -> set[int]:
        return {row["id"] for row in api.get("work_order_contracts", project_id=TOWER, **query).get_json()}

    assert deleted not in listed()
    assert listed(**{"filters[include_deleted]": "only"}) == {deleted}
    assert listed(**{"filters[include_deleted]": "with"}) == listed() | {deleted}
    assert api.get(f"work_order_contracts/{deleted}", project_id=TOWER).status_code == 404


def test_only_active_projects_are_listed_unless_all_are_asked_for(api: Api, store: Store) -> None:
    store.patch("projects", 86_402, {"active": False})
    assert {row["id"] for row in api.get("projects", company_id=5021).get_json()} == {86_401, 86_403}
    rows = api.get("projects", **{"company_id": 5021, "filters[by_status]": "All"}).get_json()
    assert len(rows) == 3


def test_views_decide_what_a_row_tells(api: Api) -> None:
    default = api.get("standard_cost_codes", **{**CODES, "view": "default"}).get_json()[0]
    assert set(default) == {"id", "standard_cost_code_list_id"}
    compact = api.get("work_order_contracts", project_id=TOWER).get_json()[0]
    extended = api.get("work_order_contracts", project_id=TOWER, view="extended").get_json()[0]
    assert "grand_total" not in compact
    assert extended["grand_total"] == "452250.0"
    assert "line_items" not in extended


def test_project_lists_keep_back_the_cost_code_list(api: Api) -> None:
    assert "standard_cost_code_list_id" not in api.get("projects", company_id=5021).get_json()[0]
    assert api.get("projects/86401", company_id=5021).get_json()["standard_cost_code_list_id"] == 2201


def test_change_orders_are_listed_by_project_and_by_contract(api: Api) -> None:
    of_project = api.get("change_order_packages", project_id=TOWER).get_json()
    of_contract = api.get("change_order_packages", project_id=TOWER, contract_id=3_100_000_003).get_json()
    assert len(of_project) == 6
    assert [row["number"] for row in of_contract] == ["001", "002", "003"]
    assert of_contract[0]["grand_total"] == "76315.25"


@pytest.mark.parametrize(
    "path",
    [
        "work_order_contracts/3100000001",
        "work_order_contracts/3100000001/line_items",
        "change_order_packages/3900000001",
    ],
)
def test_a_record_of_another_project_is_not_found(api: Api, path: str) -> None:
    assert api.get(path, project_id=TOWER).status_code == 200
    assert api.get(path, project_id=86_402).status_code == 404


def test_a_missing_parameter_is_named(api: Api) -> None:
    answer = api.get("vendors")
    assert answer.status_code == 400
    assert "company_id" in answer.get_json()["message"]


def test_a_contract_shows_its_sums_as_they_stand_after_an_edit(api: Api, store: Store) -> None:
    ProjectManager(store).edit_line("SC-003", 2, "216940.10")
    shown = api.get("work_order_contracts/3100000003", project_id=TOWER).get_json()
    assert shown["grand_total"] == "1599890.6"
    assert shown["approved_change_orders"] == "98240.75"
    assert shown["revised_contract"] == "1698131.35"
