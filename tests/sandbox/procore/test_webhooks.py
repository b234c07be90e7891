"""Webhooks: who may be told of what, what is told, and what happens when nobody answers."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from itertools import pairwise
from typing import Any

import httpx
import pytest
from flask import Flask

from app.core import clock
from app.sandbox.procore import Parts, Store, create_procore, parts
from app.sandbox.procore.access import CLIENT_ID
from app.sandbox.procore.project_manager import ProjectManager

from .conftest import COMPANY, Api

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
SCOPE = {"company_id": COMPANY}
SECRET = "Bearer between-us"
HOOK = {
    "api_version": "v2",
    "namespace": "tieout",
    "destination_url": "https://tieout.test/hooks/procore",
    "destination_headers": {"Authorization": SECRET},
}


class Receiver(httpx.MockTransport):
    """The other end: what it was sent, and with which status it answers."""

    def __init__(self) -> None:
        super().__init__(self._answer)
        self.status = 200
        self.got: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.got.append(request)
        if not self.status:
            raise httpx.ReadTimeout("timed out", request=request)
        return httpx.Response(self.status, text="noted")

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(request.content) for request in self.got]


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def sandbox(store: Store, receiver: Receiver) -> Flask:
    return create_procore(store, sending=False, webhook_transport=receiver)


@pytest.fixture
def inside(sandbox: Flask) -> Parts:
    return parts(sandbox)


def hooked(api: Api, *wanted: tuple[str, str], **more: Any) -> int:
    """A hook with a trigger for each (resource name, event)."""
    made: int = api.post("webhooks/hooks", {**SCOPE, "hook": {**HOOK, **more}}).get_json()["id"]
    for name, event in wanted:
        trigger = {"resource_name": name, "event_type": event}
        answer = api.post(f"webhooks/hooks/{made}/triggers", {**SCOPE, "api_version": "v2", "trigger": trigger})
        assert answer.status_code == 201
    return made


def deliveries(api: Api, hook: int, status: str = "any", **more: int) -> list[dict[str, Any]]:
    query = {**SCOPE, "filters[status]": status, **more}
    found: list[dict[str, Any]] = api.get(f"webhooks/hooks/{hook}/deliveries", **query).get_json()
    return found


# -- hooks and triggers -------------------------------------------------------------------------------------------


def test_a_hook_is_made_listed_changed_and_deleted(api: Api) -> None:
    hook = hooked(api)
    (listed,) = api.get("webhooks/hooks", **SCOPE).get_json()
    assert listed == {
        "id": hook,
        "owned_by_company_id": COMPANY,
        "owned_by_project_id": None,
        "owned_by_user_id": 7_399,
        **HOOK,
    }
    changed = api.patch(f"webhooks/hooks/{hook}", {**SCOPE, "hook": {"destination_url": "https://b.test/"}})
    assert changed.get_json()["destination_url"] == "https://b.test/"
    assert api.get("webhooks/hooks", **SCOPE, namespace="other").get_json() == []
    assert api.delete(f"webhooks/hooks/{hook}", **SCOPE).status_code == 200
    assert api.get("webhooks/hooks", **SCOPE).get_json() == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"namespace": "Tie Out"}, "namespace"),
        ({"destination_url": "http://tieout.test/"}, "destination_url"),
        ({"destination_url": None}, "destination_url"),
        ({"api_version": ""}, "api_version"),
    ],
)
def test_a_hook_that_cannot_work_is_refused(api: Api, change: dict[str, Any], field: str) -> None:
    answer = api.post("webhooks/hooks", {**SCOPE, "hook": {**HOOK, **change}})
    assert (answer.status_code, list(answer.get_json()["errors"])) == (422, [field])


def test_hooks_belong_to_a_company_or_a_project(api: Api) -> None:
    assert api.post("webhooks/hooks", {"hook": HOOK}).status_code == 400
    hook = hooked(api)
    assert api.get(f"webhooks/hooks/{hook}/triggers", project_id=86_401).status_code == 404


def test_triggers_one_by_one_and_in_bulk(api: Api) -> None:
    hook = hooked(api, ("Company Vendors", "update"))
    (trigger,) = api.get(f"webhooks/hooks/{hook}/triggers", **SCOPE).get_json()
    assert (trigger["resource_name"], trigger["event_type"], trigger["webhook_hook_id"]) == (
        "Company Vendors",
        "UPDATE",
        hook,
    )
    wanted = [{"resource_name": "Requisitions", "event_type": event} for event in ("create", "update", "delete")]
    bulk = f"webhooks/hooks/{hook}/triggers/bulk"
    made = api.post(bulk, {**SCOPE, "api_version": "v2", "triggers": wanted})
    assert (made.status_code, len(made.get_json()["success"])) == (200, 3)
    mixed = api.post(bulk, {**SCOPE, "triggers": [*wanted[:1], {"resource_name": "Projects", "event_type": "create"}]})
    assert (mixed.status_code, len(mixed.get_json()["success"])) == (207, 1)
    numbers = [one["id"] for one in made.get_json()["success"]]
    gone = api.http.delete(f"/rest/v1.0/{bulk}", json={**SCOPE, "triggers": numbers}, headers=api.headers)
    assert (gone.status_code, gone.get_json()) == (200, {"success": numbers})
    assert api.delete(f"webhooks/hooks/{hook}/triggers/{trigger['id']}", **SCOPE).status_code == 200
    left = api.get(f"webhooks/hooks/{hook}/triggers", **SCOPE).get_json()
    assert [one["resource_name"] for one in left] == ["Projects"]


def test_five_hundred_triggers_at_once_and_no_more(api: Api) -> None:
    hook = hooked(api)
    answer = api.post(f"webhooks/hooks/{hook}/triggers/bulk", {**SCOPE, "triggers": [{}] * 501})
    assert (answer.status_code, answer.get_json()["error"]["code"]) == (413, "REQUEST_ENTITY_TOO_LARGE")


def test_what_can_be_asked_for_is_told(api: Api) -> None:
    names = {row["name"] for row in api.get("webhooks/resources", **SCOPE).get_json()}
    documented = {"ERP Requests", "Company Users", "Company Vendors", "Direct Costs", "Direct Cost Line Items"}
    assert documented <= names
    hook = hooked(api)
    trigger = {"resource_name": "Weather", "event_type": "update"}
    answer = api.post(f"webhooks/hooks/{hook}/triggers", {**SCOPE, "api_version": "v2", "trigger": trigger})
    assert answer.status_code == 422


# -- what is told -------------------------------------------------------------------------------------------------


def test_an_event_is_told_as_payload_version_2_has_it(api: Api, inside: Parts, receiver: Receiver) -> None:
    hooked(api, ("Work Order Contracts", "update"))
    ProjectManager(inside.store).edit("SC-003", title="Framing, revised")
    inside.sender.turn()
    (event,) = receiver.events
    assert set(event) == {
        "id",
        "ulid",
        "timestamp",
        "metadata",
        "user_id",
        "company_id",
        "project_id",
        "api_version",
        "event_type",
        "resource_name",
        "resource_id",
    }
    assert re.fullmatch(r"[0-9A-HJKMNP-TV-Z]{26}", event["ulid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", event["timestamp"])
    assert (event["resource_name"], event["resource_id"]) == ("Work Order Contracts", 3_100_000_003)
    assert (event["event_type"], event["company_id"], event["project_id"]) == ("update", COMPANY, 86_401)
    assert event["metadata"]["source_application_id"] is None
    assert receiver.got[0].headers["Authorization"] == SECRET
    assert receiver.got[0].headers["Content-Type"] == "application/json"


def test_a_write_through_the_api_names_the_app_it_came_from(api: Api, inside: Parts, receiver: Receiver) -> None:
    hooked(api, ("Company Vendors", "update"))
    api.patch("vendors/61001", {**SCOPE, "vendor": {"origin_id": "V1"}})
    ProjectManager(inside.store)
    inside.store.patch("vendors", 61_002, {"notes": "typed"})
    inside.sender.turn()
    sources = [event["metadata"]["source_application_id"] for event in receiver.events]
    assert sources == [CLIENT_ID, None]
    assert [event["user_id"] for event in receiver.events] == [7_399, 7_302]


WRITES = [
    ("Company Vendors", "create", "vendors/sync", {**SCOPE, "updates": [{"name": "New"}]}),
    ("Projects", "update", "projects/86401", {**SCOPE, "project": {"origin_id": "J1"}}),
    ("Standard Cost Codes", "update", "standard_cost_codes/37002", None),
    ("Direct Costs", "create", "projects/86401/direct_costs/sync", None),
]
BODIES = {
    "standard_cost_codes/37002": {**SCOPE, "standard_cost_code_list_id": 2201, "standard_cost_code": {"name": "N"}},
    "projects/86401/direct_costs/sync": {"updates": [{"direct_cost_type": "expense"}]},
}


@pytest.mark.parametrize(("name", "event", "path", "body"), WRITES, ids=[row[0] for row in WRITES])
def test_every_write_of_a_resource_is_told(
    api: Api, inside: Parts, receiver: Receiver, name: str, event: str, path: str, body: Any
) -> None:
    hooked(api, (name, event))
    assert api.patch(path, body or BODIES[path]).status_code == 200
    inside.sender.turn()
    assert [(one["resource_name"], one["event_type"]) for one in receiver.events] == [(name, event)]


def test_a_delete_is_told_as_such(api: Api, inside: Parts, receiver: Receiver) -> None:
    hooked(api, ("Work Order Contracts", "update"), ("Work Order Contracts", "delete"))
    ProjectManager(inside.store).delete("SC-014")
    inside.sender.turn()
    assert [one["event_type"] for one in receiver.events] == ["delete"]


def test_a_write_that_is_refused_tells_nothing(api: Api, inside: Parts, receiver: Receiver) -> None:
    hooked(api, ("Company Vendors", "update"))
    inside.store.patch("vendors", 61_001, {"origin_id": "V1"})
    assert api.patch("vendors/61002", {**SCOPE, "vendor": {"origin_id": "V1"}}).status_code == 422
    inside.sender.turn()
    assert [event["resource_id"] for event in receiver.events] == [61_001]


def test_a_hook_of_a_project_hears_of_that_project_alone(api: Api, inside: Parts, receiver: Receiver) -> None:
    scope = {"project_id": 86_402}
    hook = api.post("webhooks/hooks", {**scope, "hook": HOOK}).get_json()["id"]
    trigger = {"resource_name": "Work Order Contracts", "event_type": "update"}
    api.post(f"webhooks/hooks/{hook}/triggers", {**scope, "api_version": "v2", "trigger": trigger})
    for row in inside.store.all("work_order_contracts"):
        inside.store.patch("work_order_contracts", row["id"], {"title": "T"})
    inside.sender.turn()
    assert {event["project_id"] for event in receiver.events} == {86_402}


# -- delivery -----------------------------------------------------------------------------------------------------


def test_a_failed_delivery_is_tried_again_later_and_later(api: Api, inside: Parts, receiver: Receiver) -> None:
    hook = hooked(api, ("Company Vendors", "update"))
    receiver.status = 500
    tried = []
    with clock.running(lambda: START):
        inside.store.patch("vendors", 61_001, {"notes": "x"})
    for second in range(20):
        with clock.running(lambda at=second: START + timedelta(seconds=at)):  # type: ignore[misc]
            tried += [second] * inside.sender.turn()
    assert tried == [0, 1, 3, 7, 15]
    receiver.status = 204
    with clock.running(lambda: START + timedelta(seconds=31)):
        inside.sender.turn()
    assert len({event["ulid"] for event in receiver.events}) == 1
    assert [row["outcome"] for row in deliveries(api, hook)] == ["retried"] * 5 + ["ok"]
    assert [row["response_status"] for row in deliveries(api, hook, "successful")] == [204]


def test_waits_grow_to_an_hour_and_after_twelve_hours_all_is_discarded(
    api: Api, inside: Parts, receiver: Receiver
) -> None:
    hook = hooked(api, ("Company Vendors", "update"))
    receiver.status = 0
    moments: list[int] = []
    with clock.running(lambda: START):
        inside.store.patch("vendors", 61_001, {"notes": "x"})
    for minute in range(0, 13 * 60, 5):
        with clock.running(lambda at=minute: START + timedelta(minutes=at)):  # type: ignore[misc]
            moments += [minute] * inside.sender.turn()
            if minute == 700:
                inside.store.patch("vendors", 61_002, {"notes": "waits too"})
    waits = [after - before for before, after in pairwise(moments)]
    assert max(waits) == 60
    assert inside.store.all("webhooks_queue") == []
    gone = deliveries(api, hook, "discarded")
    assert {row["event"]["resource_id"] for row in gone} == {61_001, 61_002}
    failing = deliveries(api, hook, "failing")
    assert failing[0]["response_status"] is None
    assert "timed out" in failing[0]["response_error"]


def test_the_list_of_deliveries_pages_by_the_last_id(api: Api, inside: Parts) -> None:
    hook = hooked(api, ("Company Vendors", "update"))
    for vendor in (61_001, 61_002, 61_003):
        inside.store.patch("vendors", vendor, {"notes": "x"})
    inside.sender.turn()
    pages = [deliveries(api, hook, page_size=2), deliveries(api, hook, page_size=2, page_start=2)]
    assert [[row["event"]["resource_id"] for row in page] for page in pages] == [[61_001, 61_002], [61_003]]


@pytest.mark.parametrize(
    ("kind", "at_once", "later"), [("duplicate", 2, 2), ("missing", 0, 0), ("late", 0, 1)], ids=str
)
def test_deliveries_can_be_doubled_lost_or_late(
    api: Api, inside: Parts, receiver: Receiver, kind: str, at_once: int, later: int
) -> None:
    hooked(api, ("Company Vendors", "update"))
    wish = {"fault": kind, "method": "WEBHOOK", "path": "Company Vendors update", "seconds": 60}
    assert api.http.post("/_sandbox/faults", json=wish).status_code == 201
    inside.store.patch("vendors", 61_001, {"notes": "x"})
    inside.sender.turn()
    assert len(receiver.got) == at_once
    api.http.post("/_sandbox/clock", json={"forward_seconds": 60})
    inside.sender.turn()
    assert len(receiver.got) == later
    assert len({event["ulid"] for event in receiver.events}) == min(later, 1)


@pytest.fixture
def mailbox() -> Iterator[tuple[str, list[Any]]]:
    """A real address that takes webhooks."""
    got: list[Any] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = HTTPServer(("127.0.0.1", 0), Take)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/hooks/procore", got
    server.shutdown()
    server.server_close()


def test_in_the_background_they_go_out_by_themselves(store: Store, mailbox: tuple[str, list[Any]]) -> None:
    address, got = mailbox
    api = Api(create_procore(store).test_client())
    hooked(api, ("Company Vendors", "update"), destination_url=address)
    store.patch("vendors", 61_001, {"notes": "x"})
    until = time.monotonic() + 5
    while not got and time.monotonic() < until:
        time.sleep(0.02)
    assert [event["resource_id"] for event in got] == [61_001]
