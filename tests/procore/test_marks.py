"""Marking records as held in QuickBooks, and taking the mark away."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.procore import Client, ProcoreError, mark_synced
from app.sandbox.procore import Store

from .conftest import answering

PLACES: list[tuple[str, str, int, dict[str, Any]]] = [
    ("company", "vendors", 61_001, {}),
    ("project", "projects", 86_401, {}),
    ("cost_code", "standard_cost_codes", 37_002, {"standard_cost_code_list_id": 2201}),
    (
        "commitment",
        "work_order_contracts",
        3_100_000_001,
        {"project_id": 86_401, "commitment_type": "subcontract"},
    ),
    (
        "commitment",
        "purchase_order_contracts",
        3_100_000_025,
        {"project_id": 86_401, "commitment_type": "purchase_order"},
    ),
    (
        "commitment_change_order",
        "change_order_packages",
        3_900_000_002,
        {"project_id": 86_401, "contract_id": 3_100_000_003},
    ),
]


@pytest.mark.parametrize(("kind", "resource", "record_id", "parents"), PLACES)
def test_every_kind_can_be_marked_repeatedly_and_unmarked(
    client: Client, store: Store, kind: str, resource: str, record_id: int, parents: dict[str, Any]
) -> None:
    def origin() -> tuple[str | None, str | None]:
        record = store.get(resource, record_id)
        assert record is not None
        return record["origin_id"], record["origin_data"]

    sequence = '{"edit_sequence":"17"}'
    for _ in range(2):
        marked = mark_synced(client, kind, record_id, origin_id="1A-17", origin_data=sequence, **parents)
        assert marked["id"] == record_id
        assert origin() == ("1A-17", sequence)
    mark_synced(client, kind, record_id, origin_id=None, **parents)
    assert origin() == (None, None)


def test_a_mark_leaves_what_it_does_not_name(client: Client, store: Store) -> None:
    store.patch("vendors", 61_001, {"origin_code": "D-100"})
    mark_synced(client, "company", 61_001, origin_id="1A-17")
    record = store.get("vendors", 61_001)
    assert record is not None
    assert (record["origin_code"], record["name"]) == ("D-100", "Delta Concrete")


def test_the_code_people_see_is_written_where_procore_has_a_place_for_it(client: Client, store: Store) -> None:
    parents: dict[str, Any] = {"project_id": 86_401, "commitment_type": "purchase_order"}
    mark_synced(client, "commitment", 3_100_000_039, origin_id="T1", origin_code="PO-231", **parents)
    mark_synced(client, "cost_code", 37_002, origin_id="I1", origin_code="01-310", standard_cost_code_list_id=2201)
    contract, code = store.get("purchase_order_contracts", 3_100_000_039), store.get("standard_cost_codes", 37_002)
    assert contract is not None
    assert code is not None
    assert contract["origin_code"] == "PO-231"
    assert "origin_code" not in code


@pytest.mark.parametrize(("kind", "resource", "record_id", "parents"), PLACES)
def test_a_taken_origin_is_an_error_for_every_kind(
    client: Client, store: Store, kind: str, resource: str, record_id: int, parents: dict[str, Any]
) -> None:
    store.patch(resource, record_id + 1, {"origin_id": "T1"})
    with pytest.raises(ProcoreError, match="origin_id: has already been taken") as caught:
        mark_synced(client, kind, record_id, origin_id="T1", **parents)
    assert caught.value.procore_status == 422


def test_a_mark_is_one_call_and_touches_nothing_else() -> None:
    calls: list[tuple[str, str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.path, request.content))
        return httpx.Response(200, json={"id": 47})

    mark_synced(answering(answer), "company", 47, origin_id="8000-1")
    assert calls == [
        ("PATCH", "/rest/v1.0/vendors/47", b'{"company_id":5021,"vendor":{"origin_id":"8000-1"}}'),
    ]


def test_a_kind_without_a_place_is_refused(client: Client) -> None:
    with pytest.raises(ValueError, match="budget"):
        mark_synced(client, "budget", 1, origin_id="E1")
