"""The sandbox's ERP Integrations tool: off until it is on, its buttons, and what an integration may call."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.procore import Client, ProcoreError, Run
from app.procore.erp import Erp
from app.sandbox.procore import Store
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.erp_tool import ErpTool
from app.sandbox.procore.month import HALVORSEN
from tests.importing import BASE, Losing

VENDOR, OTHER = 61_001, 61_002


@pytest.fixture
def store() -> Iterator[Store]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    yield store
    store.close()


@pytest.fixture
def wire(store: Store) -> Losing:
    return Losing(store)


@pytest.fixture
def erp(wire: Losing) -> Iterator[Erp]:
    with Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=wire) as client:
        yield Erp(Run(client))


@pytest.fixture
def tool(store: Store) -> ErpTool:
    found = ErpTool(store)
    found.turn_on()
    return found


def accepted(tool: ErpTool) -> tuple[str, str]:
    """A request and its detail."""
    tool.send("vendor", VENDOR)
    request = tool.accept("vendor", VENDOR)
    return str(request), str(tool.details()[-1]["id"])


def test_without_the_tool_there_is_nothing_to_call(erp: Erp) -> None:
    with pytest.raises(ProcoreError, match="not enabled") as caught:
        list(erp.details())
    assert caught.value.procore_status == 403


def test_accept_makes_a_request_with_an_open_detail(erp: Erp, tool: ErpTool) -> None:
    request, detail = accepted(tool)
    body = erp.request(request)
    assert (body["request_name"], body["request_data"]["vendor"]["id"]) == ("create_vendor", VENDOR)
    assert str(body["request_data"]["request_detail_id"]) == detail
    assert erp.open_requests() == {request}
    assert erp.detail_of(str(VENDOR)) == detail
    assert tool.status("vendor", VENDOR) == "exporting"


def test_only_what_was_sent_can_be_accepted_and_only_what_waits_retrieved(tool: ErpTool) -> None:
    with pytest.raises(ValueError, match="sent"):
        tool.accept("vendor", VENDOR)
    tool.send("vendor", VENDOR)
    tool.retrieve("vendor", VENDOR)
    with pytest.raises(ValueError, match="not waiting"):
        tool.retrieve("vendor", VENDOR)


@pytest.mark.parametrize(
    ("status", "messages", "tab"), [("success", (), "synced"), ("failed", ("No.",), "failed_to_export")]
)
def test_a_closed_detail_moves_its_item(
    erp: Erp, tool: ErpTool, status: str, messages: tuple[str, ...], tab: str
) -> None:
    _, detail = accepted(tool)
    erp.close(detail, status, messages)
    assert erp.open_requests() == set()
    assert not erp.is_open(detail)
    assert tool.status("vendor", VENDOR) == tab
    assert tool.details()[-1]["messages"] == list(messages)


def test_a_mark_stands_on_the_record_and_goes_again(erp: Erp, tool: ErpTool, store: Store) -> None:
    def origin() -> Any:
        return (store.get("vendors", VENDOR) or {})["origin_id"]

    row = {"item_type": "vendor", "item_id": VENDOR}
    for _ in range(2):
        erp.mark([{**row, "origin_id": "8000-1"}])
        assert origin() == "8000-1"
    erp.mark([{**row, "origin_id": None}])
    assert origin() is None


def test_one_origin_stands_on_one_record_of_a_type(erp: Erp, tool: ErpTool) -> None:
    erp.mark([{"item_type": "vendor", "item_id": VENDOR, "origin_id": "8000-1"}])
    with pytest.raises(ProcoreError, match="already been taken"):
        erp.mark([{"item_type": "vendor", "item_id": OTHER, "origin_id": "8000-1"}])


def test_staged_records_are_known_by_their_origin(erp: Erp, tool: ErpTool, store: Store) -> None:
    row = {"item_type": "vendor", "origin_id": "8000-9", "status": "staged", "data": {"name": "Vista"}}
    for _ in range(2):
        erp.stage([row])
    assert [one["data"]["name"] for one in store.all("staged_records")] == ["Vista"]


def test_job_costs_are_known_by_job_code_and_type(erp: Erp, tool: ErpTool, store: Store) -> None:
    for cost in ("10.00", "25.50"):
        erp.job_costs("8000-2", [{"cost_code_id": 1, "line_item_type_id": 47, "job_to_date_cost": cost}])
    [row] = store.all("erp_job_costs")
    assert (row["job_origin_id"], row["job_to_date_cost"]) == ("8000-2", "25.50")


def test_a_close_is_never_made_again_by_itself(store: Store, tool: ErpTool, wire: Losing) -> None:
    _, detail = accepted(tool)
    client = Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=wire, repeats=3, wait=lambda _: None)
    wire.lost_answers = ["PATCH"]
    with client, pytest.raises(ProcoreError):
        Erp(Run(client)).close(detail, "success", ())
    assert tool.details()[-1]["closings"] == 1
