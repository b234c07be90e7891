"""Reading change orders from two lists: each once, the newer ones with cost codes found from their budget codes."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.items import registry
from app.procore import Client, ProcoreError, Run
from app.sandbox.procore import Store
from app.sandbox.procore.project_manager import ProjectManager
from tests.items.stand_ins import around

from .conftest import answering

CHANGE = registry.kind("commitment_change_order")
SINCE = {"filters[updated_at]": '"2026-06-01T00:00:00Z...2099-01-01T00:00:00Z"'}
FRAME = ("05-120", "Two columns", "1200.00")
RAMP = ("03-300", "Ramp", "830.50")


@pytest.fixture
def pm(store: Store) -> ProjectManager:
    return ProjectManager(store)


def read(client: Client, changed: dict[str, str] | None = None) -> dict[str, dict[str, Any]]:
    """The records by title."""
    found = list(CHANGE.fetch(Run(client).of(changed or {}, ())))
    rows = {record["title"]: record for record in found}
    assert len(rows) == len(found), "each once"
    return rows


def test_what_both_lists_show_is_read_once_and_as_the_package(client: Client, pm: ProjectManager) -> None:
    made = pm.package(pm.change("SC-003", "004", "Columns", FRAME)["id"])
    rows = read(client)
    assert len(rows) == 13
    assert {type(row["id"]) for row in rows.values()} == {int}
    assert rows["Columns"]["id"] == made["id"]


def test_one_that_is_in_no_package_is_read_from_the_newer_list(client: Client, pm: ProjectManager) -> None:
    made = pm.change("SC-003", "004", "Columns", FRAME, RAMP)
    content = CHANGE.read(read(client)["Columns"])
    assert (content["id"], content["contract_id"]) == (f"newer-{made['id']}", 3_100_000_003)
    assert (content["number"], content["status"], content["unpackaged"]) == ("004", "approved", False)
    assert CHANGE.amount(content) == Decimal("2030.50")
    assert [line["cost_code"]["full_code"] for line in content["line_items"]] == ["05-120", "03-300"]
    assert [(line["position"], line["description"]) for line in content["line_items"]] == [
        (1, "Two columns"),
        (2, "Ramp"),
    ]
    # One list of codes serves all projects: the lines need the same codes as those of packages.
    codes = {need.procore_id for need in CHANGE.needs(content) if need.kind == "cost_code"}
    [frame] = [row for row in read(client).values() if row["title"] == "Added moment frame, line 4"]
    assert {need.procore_id for need in CHANGE.needs(CHANGE.read(frame)) if need.kind == "cost_code"} <= codes


def test_only_a_package_has_a_place_for_a_mark(client: Client, pm: ProjectManager) -> None:
    pm.change("SC-003", "004", "Columns", FRAME)
    rows = read(client)
    assert not CHANGE.can_be_marked(str(rows.pop("Columns")["id"]))
    assert rows
    assert all(CHANGE.can_be_marked(str(row["id"])) for row in rows.values())


def test_where_only_changes_are_wanted_the_newer_list_is_asked_for_them_too(client: Client, pm: ProjectManager) -> None:
    assert read(client, SINCE) == {}
    pm.change("SC-003", "004", "Columns", FRAME)
    assert set(read(client, SINCE)) == {"Columns"}


def test_a_package_is_read_when_the_newer_list_alone_says_that_it_changed(client: Client, pm: ProjectManager) -> None:
    order = pm.change("SC-003", "004", "Columns", FRAME)
    made = pm.package(order["id"])
    changed = pm.touch_change(order["id"], after=made["updated_at"])["updated_at"]
    since = {"filters[updated_at]": f'"{changed}...2099-01-01T00:00:00Z"'}
    assert {title: row["id"] for title, row in read(client, since).items()} == {"Columns": made["id"]}


def test_a_package_says_under_which_ids_it_was_known_before(client: Client, pm: ProjectManager) -> None:
    order = pm.change("SC-003", "004", "Columns", FRAME)
    pm.package(order["id"])
    assert CHANGE.formerly(read(client)["Columns"]) == (f"newer-{order['id']}",)


@pytest.mark.parametrize(
    "fields",
    [{"legacy_request_id": 17}, {"legacy_package_id": 999}],
    ids=["a potential change order", "its package is not shown"],
)
def test_one_whose_package_is_missing_says_so(client: Client, pm: ProjectManager, fields: dict[str, int]) -> None:
    pm.edit_change(pm.change("SC-003", "004", "Columns", FRAME)["id"], **fields)
    assert CHANGE.read(read(client)["Columns"])["unpackaged"] is True


@pytest.mark.requirement("CFG-12")
def test_the_change_orders_of_the_prime_contract_stay_in_procore(client: Client, store: Store) -> None:
    store.patch("change_order_packages", 3_900_000_001, {"type": "PrimeContractChangeOrder"})
    assert 3_900_000_001 not in {row["id"] for row in read(client).values()}


# -- what Procore may answer ---------------------------------------------------------------------------------------

BASE = "/rest/v1.0/projects/86"
NEWER = f"{BASE}/commitment_change_orders"
LINES = "/rest/v2.0/companies/5021/projects/86/commitment_change_orders/7/line_items"
CODES = [
    {"id": 1, "full_code": "03", "standard_cost_code_id": 31},
    {"id": 2, "full_code": "03.300", "standard_cost_code_id": 32},
    {"id": 3, "full_code": "05-120", "standard_cost_code_id": 33, "biller_type": "SubJob"},
]


def procore(newer: Any, *lines: dict[str, Any]) -> Client:
    """A project with these two cost codes, one package and what is given."""
    package = {"id": 5, "contract_id": 41, "number": "001", "line_items": []}
    bodies = {
        "/rest/v1.0/projects": [{"id": 86}],
        "/rest/v1.0/cost_codes": CODES,
        "/rest/v1.0/change_order_packages": [package],
        "/rest/v1.0/change_order_packages/5": package,
        NEWER: newer,
        LINES: {"data": list(lines)},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        body = bodies[request.url.path]
        return httpx.Response(body, json={"message": "no"}) if isinstance(body, int) else httpx.Response(200, json=body)

    return answering(answer)


def newer_one(client: Client) -> dict[str, Any]:
    [found] = [row for row in CHANGE.fetch(Run(client)) if row["id"] == "newer-7"]
    return CHANGE.read(found)


ROW = {"id": 7, "contract_id": 41, "number": "002", "title": "More", "status": "approved", "grand_total": "110.0"}


def line(flat_code: str | None, **more: Any) -> dict[str, Any]:
    wbs_code = flat_code and {"id": "999", "flat_code": flat_code, "description": "?"}
    amounts = {"quantity": 4.5, "unit_cost": "20.0", "amount": "90.0"}
    return {"id": "100", "position": 1, "description": "D", "wbs_code": wbs_code, **amounts, **more}


@pytest.mark.parametrize(
    ("budget_code", "cost_code", "segment", "unknown"),
    [
        ("03.O", "03", "", ""),
        ("03.300.O", "03.300", "", ""),
        ("03.300", "03.300", "", ""),
        ("03.O.Phase 2.East", "03", "Phase 2.East", ""),
        ("A1.03.O", None, "", "A1.03.O"),
        ("05-120.O", None, "", "05-120.O"),
        ("031.O", None, "", "031.O"),
        (None, None, "", ""),
    ],
)
def test_the_cost_code_is_what_the_budget_code_begins_with(
    budget_code: str | None, cost_code: str | None, segment: str, unknown: str
) -> None:
    [found] = newer_one(procore([ROW], line(budget_code)))["line_items"]
    assert (found["cost_code"] and found["cost_code"]["full_code"]) == cost_code
    assert (found["custom_segment"] or "", found["unknown_code"]) == (segment, unknown)


def test_a_line_without_a_known_code_is_kept_and_named() -> None:
    content = newer_one(procore([ROW], line("A1.03.O"), line("03.O", id="101", position=2)))
    [first, second] = CHANGE.lines(content)
    assert (first["cost_code"], first["unknown_code"]) == ("", "A1.03.O")
    assert (second["cost_code"], second["unknown_code"], second["quantity"]) == ("03", "", Decimal("4.5"))
    assert [need.procore_id for need in CHANGE.needs(content) if need.kind == "cost_code"] == ["31"]


@pytest.mark.parametrize(("total", "beyond"), [("90.0", "0.00"), ("110.0", "20.00"), (None, "0.00")])
def test_what_its_total_has_above_its_lines_is_told(total: str | None, beyond: str) -> None:
    content = newer_one(procore([{**ROW, "grand_total": total}], line("03.O")))
    assert CHANGE.words(content, {}, around())["beyond_lines"] == Decimal(beyond)


@pytest.mark.parametrize("status", [403, 404])
def test_a_project_without_the_newer_list_has_its_packages_read(status: int) -> None:
    assert [row["id"] for row in CHANGE.fetch(Run(procore(status)))] == [5]


@pytest.mark.parametrize("status", [400, 500])
def test_any_other_refusal_ends_the_reading(status: int) -> None:
    def everything() -> Iterator[dict[str, Any]]:
        return CHANGE.fetch(Run(procore(status)))

    with pytest.raises(ProcoreError):
        list(everything())
