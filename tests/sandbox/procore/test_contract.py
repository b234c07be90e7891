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
    ("/rest/v1.1/requisitions", "/rest/v1.1/requisitions", TOWER),
    ("/rest/v1.1/requisitions/{id}", "/rest/v1.1/requisitions/4400000002", {**TOWER, "view": "extended"}),
    (
        "/rest/v1.0/requisitions/{requisition_id}/contract_items",
        "requisitions/4400000002/contract_items",
        TOWER,
    ),
    (
        "/rest/v1.0/requisitions/{requisition_id}/change_order_items",
        "requisitions/4400000002/change_order_items",
        TOWER,
    ),
    ("/rest/v1.0/projects/{project_id}/billing_periods", "projects/86401/billing_periods", {}),
    ("/rest/v1.0/projects/{project_id}/budget", "projects/86401/budget", {}),
    ("/rest/v1.0/budget_views", "budget_views", TOWER),
    (
        "/rest/v1.0/budget_views/{budget_view_id}/budget_detail_columns",
        "budget_views/4050000001/budget_detail_columns",
        TOWER,
    ),
    ("/rest/v1.1/budget_line_items/{id}", "/rest/v1.1/budget_line_items/4200000004", TOWER),
    ("/rest/v1.0/projects/{project_id}/budget_modifications", "projects/86401/budget_modifications", {}),
    ("/rest/v1.0/projects/{project_id}/budget_changes", "projects/86402/budget_changes", {}),
    ("/rest/v1.0/projects/{project_id}/budget_changes/{id}", "projects/86402/budget_changes/4260000001", {}),
    ("/rest/v1.0/tax_codes", "tax_codes", SCOPE),
    ("/rest/v1.0/line_item_types", "line_item_types", SCOPE),
    ("/rest/v1.0/settings/permissions", "settings/permissions", TOWER),
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


def test_a_budget_row_answers_named_fields_and_the_columns_of_its_view(api: Api) -> None:
    path = "/rest/v1.0/budget_views/{budget_view_id}/detail_rows"
    rows = api.get("budget_views/4050000001/detail_rows", **TOWER, budget_row_type="all").get_json()
    columns = {row["id"] for row in api.get("budget_views/4050000001/budget_detail_columns", **TOWER).get_json()}
    assert len(columns) == 6
    assert strangers(rows, oracle()["paths"][path]["get"]["returns"]) == columns


def test_payments_and_direct_costs_are_made_and_answered_in_named_fields(api: Api) -> None:
    contract = {**TOWER, "contract_id": 3_100_000_001}
    base = "projects/86401/direct_costs"
    payment = {"amount": "10.0", "date": "2026-04-30", "invoice_number": "ACE-1047", "payment_method": "check"}
    cost = {"direct_cost_type": "expense", "direct_cost_date": "2026-04-30", "origin_id": "D1", "vendor_id": 61_001}
    line = {"cost_code_id": 14_001_002, "line_item_type_id": 47, "amount": 33.33, "extended_type": "manual"}
    answers: dict[tuple[str, str], Any] = {
        ("post", "/rest/v1.0/contract_payments"): api.post(
            "contract_payments", {**contract, "contract_payment": payment}
        ),
        ("get", "/rest/v1.0/contract_payments"): api.get("contract_payments", **contract),
        ("patch", "/rest/v1.0/projects/{project_id}/direct_costs/sync"): api.patch(f"{base}/sync", {"updates": [cost]}),
    }
    (made,) = answers["patch", "/rest/v1.0/projects/{project_id}/direct_costs/sync"].get_json()["entities"]
    answers |= {
        ("post", "/rest/v1.0/projects/{project_id}/direct_costs/{direct_cost_id}/line_items"): api.post(
            f"{base}/{made['id']}/line_items", {"line_item": line}
        ),
        ("get", "/rest/v1.0/projects/{project_id}/direct_costs/line_items"): api.get(f"{base}/line_items"),
        ("get", "/rest/v1.1/projects/{project_id}/direct_costs"): api.get("/rest/v1.1/projects/86401/direct_costs"),
        ("patch", "/rest/v1.0/projects/{project_id}/direct_costs/line_items/sync"): api.patch(
            f"{base}/line_items/sync", {"updates": [{"id": 1, "amount": "44.44"}]}
        ),
        ("get", "/rest/v1.0/work_order_contracts/{id}"): api.get("work_order_contracts/3100000001", **TOWER),
    }
    for (method, path), answer in answers.items():
        assert answer.status_code in (200, 201), (path, answer.get_json())
        assert answer.get_json(), path
        assert strangers(answer.get_json(), oracle()["paths"][path][method]["returns"]) == set(), path


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
