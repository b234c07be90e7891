"""Each kind tells Procore that QuickBooks holds its item, and takes the mark away."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from app.items import registry
from app.items.ports import Told
from app.procore import Client, ProcoreError, Run
from app.sandbox.procore import Store

from .conftest import answering

PLACES: list[tuple[str, str, int, int | None, dict[str, Any]]] = [
    ("company", "vendors", 61_001, None, {}),
    ("project", "projects", 86_401, 86_401, {}),
    ("cost_code", "standard_cost_codes", 37_002, None, {"standard_cost_code_list_id": 2201}),
    ("commitment", "work_order_contracts", 3_100_000_001, 86_401, {"type": "subcontract"}),
    ("commitment", "purchase_order_contracts", 3_100_000_025, 86_401, {"type": "purchase_order"}),
    ("commitment_change_order", "change_order_packages", 3_900_000_002, 86_401, {"contract_id": 3_100_000_003}),
]
EVERYWHERE = pytest.mark.parametrize(
    ("kind", "resource", "record_id", "project_id", "content"), PLACES, ids=[row[1] for row in PLACES]
)


def tell(client: Client, kind: str, record_id: int, origin_id: str | None, **more: Any) -> None:
    told = Told(record_id, more.pop("project_id", None), more.pop("content", {}), origin_id, **more)
    registry.kind(kind).tell(Run(client), told)


@EVERYWHERE
def test_every_kind_can_be_marked_repeatedly_and_unmarked(
    client: Client, store: Store, kind: str, resource: str, record_id: int, project_id: int | None, content: Any
) -> None:
    def origin() -> tuple[str | None, str | None]:
        record = store.get(resource, record_id)
        assert record is not None
        return record["origin_id"], record["origin_data"]

    sequence, parents = '{"edit_sequence":"17"}', {"project_id": project_id, "content": content}
    for _ in range(2):
        tell(client, kind, record_id, "1A-17", origin_data=sequence, **parents)
        assert origin() == ("1A-17", sequence)
    tell(client, kind, record_id, None, **parents)
    assert origin() == (None, None)


def test_a_mark_leaves_what_it_does_not_name(client: Client, store: Store) -> None:
    store.patch("vendors", 61_001, {"origin_code": "D-100"})
    tell(client, "company", 61_001, "1A-17")
    record = store.get("vendors", 61_001)
    assert record is not None
    assert (record["origin_code"], record["name"]) == ("D-100", "Delta Concrete")


def test_the_code_people_see_is_written_where_procore_has_a_place_for_it(client: Client, store: Store) -> None:
    order, code = {"type": "purchase_order"}, {"standard_cost_code_list_id": 2201}
    tell(client, "commitment", 3_100_000_039, "T1", origin_code="PO-231", project_id=86_401, content=order)
    tell(client, "cost_code", 37_002, "I1", origin_code="01-310", content=code)
    contract, written = store.get("purchase_order_contracts", 3_100_000_039), store.get("standard_cost_codes", 37_002)
    assert contract is not None
    assert written is not None
    assert contract["origin_code"] == "PO-231"
    assert "origin_code" not in written


@EVERYWHERE
def test_a_taken_origin_is_an_error_for_every_kind(
    client: Client, store: Store, kind: str, resource: str, record_id: int, project_id: int | None, content: Any
) -> None:
    store.patch(resource, record_id + 1, {"origin_id": "T1"})
    with pytest.raises(ProcoreError, match="origin_id: has already been taken") as caught:
        tell(client, kind, record_id, "T1", project_id=project_id, content=content)
    assert caught.value.procore_status == 422


def test_a_mark_is_one_call_and_touches_nothing_else() -> None:
    calls: list[tuple[str, str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        calls.append((request.method, request.url.path, request.content))
        return httpx.Response(200, json={"id": 47})

    tell(answering(answer), "company", 47, "8000-1")
    assert calls == [
        ("PATCH", "/rest/v1.0/vendors/47", b'{"company_id":5021,"vendor":{"origin_id":"8000-1"}}'),
    ]
