"""What must stand in Procore before the first record: made once, found ever after."""

from __future__ import annotations

import pytest

from app.items import registry
from app.procore import Client, Run
from app.sandbox.procore import Store

NAME = "QuickBooks Standard Cost Codes"


def lists(store: Store) -> list[tuple[str, bool]]:
    return [(row["name"], row["is_erp_list"]) for row in store.all("standard_cost_code_lists")]


def no_list_for_accounting(store: Store) -> None:
    for row in store.all("standard_cost_code_lists"):
        store.put("standard_cost_code_lists", {**row, "name": "Our own codes", "is_erp_list": False})


@pytest.mark.requirement("WBS-03")
def test_the_list_for_accounting_is_made_exactly_once(client: Client, store: Store) -> None:
    no_list_for_accounting(store)
    for _ in range(2):
        registry.kind("cost_code").prepare(Run(client))
        assert lists(store) == [("Our own codes", False), (NAME, True)]


@pytest.mark.requirement("WBS-03")
def test_a_list_that_a_lost_answer_left_behind_is_taken(client: Client, store: Store) -> None:
    no_list_for_accounting(store)
    store.put("standard_cost_code_lists", {"name": NAME, "is_erp_list": False})
    registry.kind("cost_code").prepare(Run(client))
    assert lists(store) == [("Our own codes", False), (NAME, True)]


def test_a_company_that_has_one_keeps_it(client: Client, store: Store) -> None:
    before = lists(store)
    registry.kind("cost_code").prepare(Run(client))
    assert lists(store) == before
