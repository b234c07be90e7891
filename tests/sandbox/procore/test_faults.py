"""What can be made to go wrong, and that it does so when it was said to."""

from __future__ import annotations

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from flask import Flask
from waitress.server import create_server
from werkzeug.serving import make_server

from app.sandbox.procore import Store, parts
from app.sandbox.procore.faults import Faults
from app.sandbox.procore.wire import Wire

from .conftest import COMPANY, Api

VENDOR = "vendors/61001"
RENAME = {"company_id": COMPANY, "vendor": {"name": "Renamed"}}


@pytest.fixture
def faults(sandbox: Flask) -> Faults:
    return parts(sandbox).faults


def statuses(api: Api, times: int = 4) -> list[int]:
    return [api.get("me").status_code for _ in range(times)]


def name_of(store: Store) -> str:
    record = store.get("vendors", 61_001)
    assert record is not None
    return str(record["name"])


@pytest.mark.parametrize(("kind", "status"), [("error_500", 500), ("error_502", 502), ("error_503", 503)])
def test_the_third_patch_to_vendors_fails_and_does_nothing(
    api: Api, store: Store, faults: Faults, kind: str, status: int
) -> None:
    faults.add(kind, method="PATCH", path="vendors", nth=3)
    bodies = [{"company_id": COMPANY, "vendor": {"name": f"Name {n}"}} for n in range(4)]
    assert api.get(VENDOR, company_id=COMPANY).status_code == 200
    assert [api.patch(VENDOR, body).status_code for body in bodies] == [200, 200, status, 200]
    assert [call.fault for call in store.requests()].count(kind) == 1
    assert name_of(store) == "Name 3"


def test_a_busy_procore_tells_when_to_come_back(api: Api, faults: Faults) -> None:
    faults.add("error_503", seconds=17)
    assert api.get("me").headers["Retry-After"] == "17"


def test_a_failing_gateway_answers_with_a_page(api: Api, faults: Faults) -> None:
    faults.add("error_502")
    answer = api.get("me")
    assert answer.mimetype == "text/html"
    assert answer.get_json(silent=True) is None


def test_a_failing_procore_names_its_exception(api: Api, faults: Faults) -> None:
    faults.add("error_500")
    assert api.get("me").get_json().keys() == {"message", "exception"}


@pytest.mark.parametrize(("kind", "seconds"), [("rate_limit_hour", 3600), ("rate_limit_spike", 10)])
def test_a_window_is_used_up_at_once_and_opens_again(api: Api, store: Store, kind: str, seconds: int) -> None:
    api.http.post("/_sandbox/faults", json={"fault": kind, "nth": 2})
    assert statuses(api) == [200, 429, 429, 429]
    api.http.post("/_sandbox/clock", json={"forward_seconds": seconds})
    assert api.get("me").status_code == (200 if seconds < 5400 else 401)


def test_a_token_stops_working_in_mid_run(api: Api, faults: Faults) -> None:
    faults.add("token_expired", nth=2)
    assert statuses(api) == [200, 401, 401, 401]
    again = Api(api.http)
    assert statuses(again) == [200, 200, 200, 200]


def test_chance_is_the_same_for_the_same_seed(sandbox: Flask, store: Store, faults: Faults) -> None:
    def drawn(seed: int) -> list[int]:
        faults.clear()
        faults.add("error_500", "error_503", rate=0.2, seed=seed)
        return statuses(Api(sandbox.test_client()), 100)

    first = drawn(7)
    assert drawn(7) == first
    assert drawn(8) != first
    assert 10 <= sum(status != 200 for status in first) <= 32
    assert set(first) == {200, 500, 503}


def test_signing_in_meets_no_fault_unless_it_is_meant(sandbox: Flask, faults: Faults) -> None:
    faults.add("error_500", rate=1.0)
    assert Api(sandbox.test_client()).get("me").status_code == 500
    faults.clear()
    faults.add("drop_after", path="^/oauth/token$")
    with httpx.Client(transport=Wire(sandbox), base_url="http://procore.test") as http_client:
        with pytest.raises(httpx.TransportError):
            http_client.post("/oauth/token", data={"grant_type": "client_credentials"})
        assert http_client.post("/oauth/token", data={"grant_type": "x"}).status_code == 401


# -- connections that break ---------------------------------------------------------------------------------------

Serving = tuple[str, Callable[[], None]]


def with_waitress(app: Flask) -> Serving:
    server = create_server(app, host="127.0.0.1", port=0, threads=2)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    return f"http://127.0.0.1:{server.effective_port}", server.close


def with_werkzeug(app: Flask) -> Serving:
    server = make_server("127.0.0.1", 0, app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def close() -> None:
        server.shutdown()
        server.server_close()

    return f"http://127.0.0.1:{server.port}", close


@pytest.fixture(params=[with_waitress, with_werkzeug, None], ids=["waitress", "werkzeug", "in process"])
def line(request: Any, sandbox: Flask, api: Api) -> Iterator[httpx.Client]:
    """A caller over a real socket, or over the wire of one process."""
    if request.param is None:
        with httpx.Client(transport=Wire(sandbox), base_url="http://procore.test", headers=api.headers) as client:
            yield client
        return
    address, close = request.param(sandbox)
    with httpx.Client(base_url=address, headers=api.headers, timeout=5) as client:
        yield client
    close()


@pytest.mark.parametrize(("kind", "name"), [("drop_before", "Delta Concrete"), ("drop_after", "Renamed")])
def test_a_connection_closes_before_or_after_the_write(
    line: httpx.Client, store: Store, faults: Faults, kind: str, name: str
) -> None:
    faults.add(kind, method="PATCH")
    with pytest.raises(httpx.TransportError):
        line.patch(f"/rest/v1.0/{VENDOR}", json=RENAME)
    assert name_of(store) == name
    last = store.requests()[-1]
    assert (last.fault, last.status) == (kind, 0 if kind == "drop_before" else 200)
    assert line.patch(f"/rest/v1.0/{VENDOR}", json=RENAME).status_code == 200


def test_an_answer_breaks_off_in_the_middle(line: httpx.Client, faults: Faults) -> None:
    faults.add("truncated")
    with pytest.raises(httpx.TransportError):
        line.get("/rest/v1.0/companies")
    assert line.get("/rest/v1.0/companies").json()[0]["id"] == COMPANY


def test_an_answer_drips(line: httpx.Client, faults: Faults) -> None:
    faults.add("slow", seconds=0.4)
    began = time.monotonic()
    assert line.get("/rest/v1.0/companies").json()[0]["id"] == COMPANY
    assert time.monotonic() - began >= 0.3


def test_a_dropped_connection_says_not_one_byte(sandbox: Flask, api: Api, faults: Faults) -> None:
    faults.add("drop_after")
    address, close = with_waitress(sandbox)
    connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=5)
    connection.request("GET", "/rest/v1.0/me", headers=api.headers)
    with pytest.raises(http.client.RemoteDisconnected):
        connection.getresponse()
    close()


# -- planning them ------------------------------------------------------------------------------------------------


def test_faults_are_planned_seen_and_forgotten_by_calls(api: Api) -> None:
    wish = {"faults": ["drop_after"], "method": "patch", "path": "vendors", "nth": 3, "times": 2}
    made = api.http.post("/_sandbox/faults", json=wish).get_json()
    assert (made["kinds"], made["method"], made["nth"], made["times"]) == (["drop_after"], "PATCH", 3, 2)
    assert len(api.http.get("/_sandbox/faults").get_json()["planned"]) == 1
    api.http.delete("/_sandbox/faults")
    assert api.http.get("/_sandbox/faults").get_json()["planned"] == []


@pytest.mark.parametrize("wish", [{"fault": "earthquake"}, {}, {"fault": "duplicate"}, {"fault": "slow", "path": "("}])
def test_a_fault_nobody_knows_is_refused(api: Api, wish: dict[str, str]) -> None:
    assert api.http.post("/_sandbox/faults", json=wish).status_code == 422
