"""Reading everything: parents first, with lines, types and parents named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import httpx

from app.items import registry
from app.procore import Client, Run
from app.procore.endpoints import companies, users
from app.sandbox.procore import Store
from app.sandbox.procore.month import awkward
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import answering

KINDS = ("company", "cost_code", "project", "commitment", "commitment_change_order")


def everything(procore: Run) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every record of every kind, in the order of the kinds."""
    for name, kind in registry.kinds().items():
        for record in kind.fetch(procore):
            yield name, record


def of_kind(client: Client, kind: str) -> list[dict[str, Any]]:
    return list(registry.kind(kind).fetch(Run(client)))


def test_it_reads_the_whole_month(client: Client) -> None:
    found = Counter(kind for kind, _ in everything(Run(client)))
    assert {kind: found[kind] for kind in KINDS} == {
        "company": 12,
        "cost_code": 41,
        "project": 3,
        "commitment": 40,
        "commitment_change_order": 12,
    }


def test_a_run_reads_nothing_twice(client: Client, store: Store) -> None:
    before, run = len(store.requests()), Run(client)
    assert all(list(registry.kind(kind).fetch(run)) for kind in KINDS)
    paths = Counter(call.path for call in store.requests()[before:] if call.method == "GET")
    once = {f"/rest/v1.0/projects/{number}": 1 for number in (86_401, 86_402, 86_403)}
    assert {path: paths[path] for path in once} == once
    # A project's cost codes, and each list of what hangs on a project: one call a project, whoever asks.
    per_project = ("cost_codes", "work_order_contracts", "purchase_order_contracts", "change_order_packages")
    assert [paths[f"/rest/v1.0/{name}"] for name in per_project] == [3, 3, 3, 3]
    assert paths["/rest/v1.0/projects"] == 1


def test_every_parent_comes_before_what_hangs_on_it(client: Client) -> None:
    seen: set[tuple[str, int]] = set()
    for kind, record in everything(Run(client)):
        parents: list[tuple[str, int]] = []
        if kind in ("commitment", "commitment_change_order"):
            codes = [line["cost_code"] for line in record["line_items"]]
            parents = [("cost_code", code["standard_cost_code_id"] or code["id"]) for code in codes]
            parents.append(("project", record["project_id"]))
        if kind == "commitment":
            parents.append(("company", record["vendor"]["id"]))
        if kind == "commitment_change_order":
            parents.append(("commitment", record["contract_id"]))
        if kind == "cost_code" and record.get("parent_id"):
            parents.append(("cost_code", record["parent_id"]))
        assert seen.issuperset(parents), (kind, record["id"])
        seen.add((kind, record["id"]))


def test_commitments_come_with_type_project_and_lines(client: Client) -> None:
    commitments = {row["number"]: row for row in of_kind(client, "commitment")}
    assert Counter(row["type"] for row in commitments.values()) == {"subcontract": 24, "purchase_order": 16}
    order = commitments["PO-202"]
    assert (order["project_id"], order["grand_total"]) == (86_401, "77205.0")
    line = order["line_items"][0]
    assert (line["quantity"], line["unit_cost"], line["amount"]) == ("412.5", "168.4", "69465.0")


def test_change_orders_name_their_commitment_and_project(client: Client) -> None:
    first = next(row for row in of_kind(client, "commitment_change_order") if row["title"] == "Equipment pads")
    assert (first["project_id"], first["contract_id"]) == (86_403, 3_100_000_019)
    assert [line["total_amount"] for line in first["line_items"]] == ["1240.0", "5385.0"]


def test_projects_tell_which_cost_code_list_they_use(client: Client) -> None:
    assert {row["standard_cost_code_list_id"] for row in of_kind(client, "project")} == {2201}


def test_inactive_projects_are_read_too(client: Client, store: Store) -> None:
    store.patch("projects", 86_403, {"active": False})
    assert len(of_kind(client, "project")) == 3


def test_a_cost_code_of_one_project_is_told_apart(client: Client) -> None:
    own = [row for row in of_kind(client, "cost_code") if "project_id" in row]
    assert [(row["full_code"], row["project_id"], row["standard_cost_code_id"]) for row in own] == [
        (awkward.OWN_CODE, 86_403, None)
    ]


def test_only_the_accounting_list_is_read(client: Client, store: Store) -> None:
    store.put("standard_cost_code_lists", {"id": 9, "name": "Estimating", "is_erp_list": False})
    store.put("standard_cost_codes", {"id": 9, "standard_cost_code_list_id": 9, "full_code": "99"})
    assert "99" not in {row.get("full_code") for row in of_kind(client, "cost_code")}


def test_a_deleted_commitment_is_read_with_its_mark(client: Client, store: Store) -> None:
    ProjectManager(store).delete("SC-014")
    rows = {row["number"]: row for row in of_kind(client, "commitment")}
    assert len(rows) == 40
    assert rows["SC-014"]["deleted_at"]
    assert rows["SC-014"]["type"] == "subcontract"


def test_the_people_who_approve_can_be_found(client: Client) -> None:
    assert [row["id"] for row in companies(client)] == [5021]
    assert [row["name"] for row in users(client) if row["erp_integrated_accountant"]] == ["Ana Ruiz"]


def test_a_short_cost_code_on_a_line_is_filled_in_from_the_project() -> None:
    line = {"id": 1, "cost_code": {"id": 1472, "name": "Purpose"}}
    bare = {"id": 2, "cost_code": None}
    bodies: dict[str, Any] = {
        "/rest/v1.0/vendors": [],
        "/rest/v1.0/standard_cost_code_lists": [],
        "/rest/v1.0/projects": [{"id": 86}],
        "/rest/v1.0/projects/86": {"id": 86},
        "/rest/v1.0/cost_codes": [{"id": 1472, "full_code": "01-000", "standard_cost_code_id": 371}],
        "/rest/v1.0/work_order_contracts": [{"id": 41}],
        "/rest/v1.0/work_order_contracts/41": {"id": 41, "line_items": [line, bare]},
        "/rest/v1.0/purchase_order_contracts": [],
        "/rest/v1.0/change_order_packages": [],
    }
    client = answering(lambda request: httpx.Response(200, json=bodies[request.url.path]))
    (commitment,) = of_kind(client, "commitment")
    assert [line["cost_code"] for line in commitment["line_items"]] == [
        {"id": 1472, "name": "Purpose", "full_code": "01-000", "standard_cost_code_id": 371},
        None,
    ]


def test_project_codes_point_to_their_standard_codes(client: Client) -> None:
    codes = {row["full_code"]: row for row in Run(client).cost_codes(86_402).values()}
    standard = {row["full_code"]: row["id"] for row in of_kind(client, "cost_code") if "project_id" not in row}
    assert {name: row["standard_cost_code_id"] for name, row in codes.items()} == standard
