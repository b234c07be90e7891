"""Every field the sandbox answers is one that Procore's own API description names."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from .conftest import Api

ORACLE = Path(__file__).parents[4] / "shared" / "procore" / "oas_subset.json"

pytestmark = pytest.mark.skipif(not ORACLE.exists(), reason=f"Procore's API description is not at {ORACLE.name}")

SCOPE = {"company_id": 5021}
TOWER = {"project_id": 86_401}
READS: list[tuple[str, str, dict[str, Any]]] = [
    ("/rest/v1.0/me", "me", SCOPE),
    ("/rest/v1.0/companies", "companies", {}),
    ("/rest/v1.0/projects", "projects", SCOPE),
    ("/rest/v1.0/projects/{id}", "projects/86401", SCOPE),
    ("/rest/v1.0/vendors", "vendors", SCOPE),
    ("/rest/v1.0/vendors/{id}", "vendors/61005", SCOPE),
    ("/rest/v1.0/standard_cost_code_lists", "standard_cost_code_lists", SCOPE),
    (
        "/rest/v1.0/standard_cost_codes",
        "standard_cost_codes",
        {**SCOPE, "standard_cost_code_list_id": 2201, "view": "extended"},
    ),
    ("/rest/v1.0/cost_codes", "cost_codes", TOWER),
    ("/rest/v1.0/purchase_order_contracts", "purchase_order_contracts", {**TOWER, "view": "extended"}),
    ("/rest/v1.0/purchase_order_contracts/{id}", "purchase_order_contracts/3100000025", TOWER),
    (
        "/rest/v1.0/purchase_order_contracts/{purchase_order_contract_id}/line_items",
        "purchase_order_contracts/3100000025/line_items",
        TOWER,
    ),
    ("/rest/v1.0/work_order_contracts", "work_order_contracts", {**TOWER, "view": "extended"}),
    ("/rest/v1.0/work_order_contracts/{id}", "work_order_contracts/3100000003", TOWER),
    (
        "/rest/v1.0/work_order_contracts/{work_order_contract_id}/line_items",
        "work_order_contracts/3100000003/line_items",
        TOWER,
    ),
    ("/rest/v1.0/change_order_packages", "change_order_packages", TOWER),
    ("/rest/v1.0/change_order_packages/{id}", "change_order_packages/3900000002", TOWER),
]
WRITES: list[tuple[str, str, dict[str, Any]]] = [
    ("/rest/v1.0/projects/{id}", "projects/86401", {**SCOPE, "project": {"origin_code": "A"}}),
    ("/rest/v1.0/vendors/{id}", "vendors/61001", {**SCOPE, "vendor": {"origin_code": "A"}}),
    (
        "/rest/v1.0/work_order_contracts/{id}",
        "work_order_contracts/3100000003",
        {**TOWER, "work_order_contract": {"origin_code": "A"}},
    ),
    (
        "/rest/v1.0/change_order_packages/{id}",
        "change_order_packages/3900000002",
        {**TOWER, "contract_id": 3_100_000_003, "change_order": {"origin_code": "A"}},
    ),
]


@cache
def oracle() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(ORACLE.read_text(encoding="utf-8"))
    return loaded


def shapes(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The object schemas behind references, arrays and alternatives."""
    if "$ref" in schema:
        yield from shapes(oracle()["schemas"].get(schema["$ref"], {}))
    elif schema.get("type") == "array":
        yield from shapes(schema.get("items", {}))
    elif "oneOf" in schema:
        for choice in schema["oneOf"]:
            yield from shapes(choice)
    else:
        yield schema


def strangers(value: Any, schema: dict[str, Any], path: str = "") -> set[str]:
    """The fields of an answer that the description does not name."""
    if isinstance(value, list):
        return set().union(*(strangers(row, schema, path) for row in value))
    if not isinstance(value, dict):
        return set()
    named: dict[str, list[dict[str, Any]]] = {}
    for shape in shapes(schema):
        for name, inner in (shape.get("properties") or {}).items():
            named.setdefault(name, []).append(inner)
    if not named:
        return set()
    unknown = {f"{path}{name}" for name in value if name not in named}
    for name, inner in value.items():
        unknown |= strangers(inner, {"oneOf": named.get(name, [])}, f"{path}{name}.")
    return unknown


@pytest.mark.parametrize(("path", "call", "query"), READS, ids=[row[1] for row in READS])
def test_reads_answer_only_named_fields(api: Api, path: str, call: str, query: dict[str, Any]) -> None:
    answer = api.get(call, **query)
    assert answer.status_code == 200
    assert answer.get_json(), "an empty answer proves nothing"
    assert strangers(answer.get_json(), oracle()["paths"][path]["get"]["returns"]) == set()


@pytest.mark.parametrize(("path", "call", "body"), WRITES, ids=[row[1] for row in WRITES])
def test_writes_are_sent_and_answered_in_named_fields(api: Api, path: str, call: str, body: dict[str, Any]) -> None:
    described = oracle()["paths"][path]["patch"]
    answer = api.patch(call, body)
    assert answer.get_json()["origin_code"] == "A"
    assert strangers(body, described["requestBody"]) == set()
    assert strangers(answer.get_json(), described["returns"]) == set()


def test_users_answer_only_named_fields(api: Api) -> None:
    path = "/rest/v1.3/companies/{company_id}/users"
    answer = api.http.get(path.format(company_id=5021), headers=api.headers)
    assert len(answer.get_json()) == 4
    assert strangers(answer.get_json(), oracle()["paths"][path]["get"]["returns"]) == set()


@pytest.mark.parametrize("resource", ["purchase_order_contracts", "work_order_contracts", "change_order_packages"])
def test_statuses_are_among_those_described(api: Api, resource: str) -> None:
    described = oracle()["paths"][f"/rest/v1.0/{resource}"]["get"]["returns"]
    allowed = {status for shape in shapes(described) for status in shape["properties"]["status"]["enum"]}
    for project_id in (86_401, 86_402, 86_403):
        rows = api.get(resource, project_id=project_id).get_json()
        assert {row["status"] for row in rows} <= allowed


def test_the_comparison_can_fail() -> None:
    described = oracle()["paths"]["/rest/v1.0/change_order_packages/{id}"]["get"]["returns"]
    wrong = {"id": 1, "amount_due": "1.0", "line_items": [{"id": 2, "rate": "3.0"}]}
    assert strangers(wrong, described) == {"amount_due", "line_items.rate"}
