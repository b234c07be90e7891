"""How a budget is read from Procore: lock, lines, modifications and approved changes, put together by the kind."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

import httpx
import pytest

from app.items import registry
from app.items.budget_record import PRIME_CHANGES
from app.procore import Client, Run
from app.sandbox.procore import Store
from app.sandbox.procore.month import budgets
from app.sandbox.procore.month.forms import Budget

from .conftest import answering

BUDGET = registry.kind("budget")


def read(client: Client) -> dict[str, dict[str, Any]]:
    """The budgets as they are kept, by project."""
    return {one["project"]["name"]: BUDGET.read(one) for one in BUDGET.fetch(Run(client))}


def form(project: str) -> Budget:
    return next(one for one in budgets.BUDGETS if one.project == project)


def originals(project: str) -> Decimal:
    return sum((Decimal(amount) for _, amount in form(project).lines), Decimal(0))


def test_every_project_has_its_budget_with_standard_cost_codes(client: Client) -> None:
    found = read(client)
    assert {name: [line["cost_code"]["full_code"] for line in one["lines"]] for name, one in found.items()} == {
        one.project: [code for code, _ in one.lines] for one in budgets.BUDGETS
    }
    lines = found[budgets.WITH_MODIFICATIONS]["lines"]
    assert all(line["cost_code"]["standard_cost_code_id"] for line in lines)


@pytest.mark.requirement("BUD-03")
def test_its_amount_is_original_amounts_modifications_and_approved_changes(client: Client) -> None:
    found = read(client)
    assert {name: BUDGET.amount(one) for name, one in found.items()} == {
        one.project: originals(one.project) for one in budgets.BUDGETS
    }, "the month only moves money about"
    moved = {name: [line["amount"] for line in BUDGET.lines(one)][len(one["lines"]) :] for name, one in found.items()}
    assert moved[budgets.WITH_MODIFICATIONS] == [Decimal(n) for n in ("-4500.00", "4500.00", "-23870.33", "23870.33")]
    assert moved[budgets.WITH_CHANGES] == [Decimal("-12333.33"), Decimal("12333.33")], "the draft is left out"


@pytest.mark.requirement("ACC-03")
def test_it_says_whether_procore_has_locked_it(client: Client) -> None:
    locked = {name: one["locked"] for name, one in read(client).items()}
    assert [name for name, is_so in locked.items() if not is_so] == [budgets.NOT_LOCKED]


@pytest.mark.requirement("BUD-07")
def test_prime_contract_change_orders_are_known_apart(client: Client) -> None:
    found = read(client)[budgets.WITH_CHANGES]
    changed = {line["cost_code"]["full_code"]: line["prime_changes"] for line in found["lines"]}
    assert {code: amount for code, amount in changed.items() if amount != "0.00"} == {"05-120": "25000.00"}


@pytest.mark.parametrize(
    ("column", "is_one"),
    [
        ("approved cos", True),
        ("approved pccos", True),
        ("approved prime contract change orders", True),
        ("prime contract change orders", True),
        ("pending cos", False),
        ("approved commitment change orders", False),
        ("approved budget changes", False),
        ("original budget amount", False),
    ],
)
def test_the_column_of_prime_contract_change_orders_has_one_of_the_usual_names(column: str, is_one: bool) -> None:
    assert bool(PRIME_CHANGES.fullmatch(column)) is is_one


def test_the_adjustments_of_a_change_are_read_only_when_it_is_approved(client: Client, store: Store) -> None:
    before = len(store.requests())
    assert read(client)
    paths = Counter(call.path.rsplit("/", 1)[-1] for call in store.requests()[before:] if call.method == "GET")
    approved = sum(change.status == "approved" for one in budgets.BUDGETS for change in one.changes)
    assert sum(name.isdigit() and int(name) > 4_260_000_000 for name in paths) == approved
    assert [paths[name] for name in ("budget", "budget_views", "budget_modifications", "budget_changes")] == [3] * 4


def _answer(request: httpx.Request) -> httpx.Response:
    path = request.url.path
    if path.endswith("/detail_rows"):
        row = {"id": 1, "cost_code_id": 7, "original_budget_amount": "10.0", "wbs_code_id": None, "biller": "Garage"}
        column = {"Approved COs": "2.5"} if "/22/" in path else {"Pending COs": "9.0"}
        return httpx.Response(200, json=[{**row, "biller_type": "SubJob", **column}])
    found: dict[str, Any] = {
        "/rest/v1.0/projects": [{"id": 5, "name": "Garage"}],
        "/rest/v1.0/projects/5": {"id": 5, "name": "Garage"},
        "/rest/v1.0/cost_codes": [],
        "/rest/v1.0/budget_views": [{"id": 21}, {"id": 22}],
        "/rest/v1.0/projects/5/budget": {"locked": True},
        "/rest/v1.0/projects/5/budget_modifications": [],
        "/rest/v1.0/projects/5/budget_changes": {"data": []},
    }
    return httpx.Response(200, json=found[path])


def test_a_view_that_tells_of_prime_contract_change_orders_is_looked_for() -> None:
    with answering(_answer) as client:
        (line,) = read(client)["Garage"]["lines"]
    assert (line["prime_changes"], line["sub_job"], line["cost_code"]) == ("2.50", "Garage", None)


def test_a_project_without_budget_lines_has_no_budget() -> None:
    def empty(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=[]) if request.url.path.endswith("/detail_rows") else _answer(request)

    with answering(empty) as client:
        assert read(client) == {}
