"""The client: sign-in, headers, pages, exact numbers, and never the token elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import httpx
import pytest
from werkzeug.serving import make_server

from app.core import clock
from app.procore import Client, ProcoreError
from app.procore.endpoints import users
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET

from .conftest import BASE, TOKEN, answering

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


def test_it_names_its_company_and_carries_its_token() -> None:
    seen: list[httpx.Headers] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.headers)
        return httpx.Response(200, json={})

    answering(answer).get("/rest/v1.0/me")
    assert seen[0]["Procore-Company-Id"] == "5021"
    assert seen[0]["Authorization"] == "Bearer let-me-in"


def test_numbers_with_a_point_are_exact_and_decimal_texts_are_left_alone() -> None:
    body = b'{"amount": 76.25, "grand_total": "250.0", "tenth": 0.1, "id": 3100000001}'
    record = answering(lambda _request: httpx.Response(200, content=body)).get("/rest/v1.0/x")
    assert record == {"amount": Decimal("76.25"), "grand_total": "250.0", "tenth": Decimal("0.1"), "id": 3_100_000_001}
    assert isinstance(record["tenth"], Decimal)


def test_it_reads_every_page(client: Client, store: Store) -> None:
    names = [row["name"] for row in client.pages("/rest/v1.0/vendors", company_id=5021, per_page=5)]
    assert names == [row["name"] for row in store.all("vendors")]
    assert [call.path for call in store.requests()].count("/rest/v1.0/vendors") == 3


def test_a_page_keeps_the_filters_of_the_first(client: Client) -> None:
    query = {"company_id": 5021, "per_page": 2, "filters[search]": "co", "view": "compact"}
    rows = list(client.pages("/rest/v1.0/vendors", **query))
    assert [row["name"] for row in rows] == ["Delta Concrete", "Pacific Glazing Contractors"]
    assert set(rows[-1]) == {"id", "name"}


@pytest.mark.requirement("SEC-01")
def test_a_link_to_another_host_does_not_get_the_token() -> None:
    hosts: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        hosts.append(request.url.host)
        links = {"Link": '<https://thief.test/rest/v1.0/vendors?page=2>; rel="next"'} if len(hosts) == 1 else {}
        return httpx.Response(200, json=[{"id": len(hosts)}], headers=links)

    assert [row["id"] for row in answering(answer).pages("/rest/v1.0/vendors")] == [1, 2]
    assert hosts == ["procore.test", "procore.test"]


def test_pages_work_behind_a_base_address_with_a_path() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/login/oauth/token":
            return httpx.Response(200, json=TOKEN)
        paths.append(request.url.path)
        links = {"Link": f'<{BASE}/gate/rest/v1.0/vendors?page=2>; rel="next"'} if len(paths) == 1 else {}
        return httpx.Response(200, json=[], headers=links)

    gate = Client(f"{BASE}/gate/", f"{BASE}/login/", "id", "s", 5021, transport=httpx.MockTransport(answer))
    assert list(gate.pages("/rest/v1.0/vendors")) == []
    assert paths == ["/gate/rest/v1.0/vendors"] * 2


def test_it_signs_in_once_and_again_only_before_the_token_expires(client: Client, store: Store) -> None:
    def sign_ins() -> int:
        return [call.path for call in store.requests()].count("/oauth/token")

    for seconds, expected in ((0, 1), (5339, 1), (5340, 2), (5400, 2)):
        with clock.running(lambda at=seconds: START + timedelta(seconds=at)):  # type: ignore[misc]
            client.get("/rest/v1.0/me")
        assert sign_ins() == expected, seconds


def test_a_token_refused_too_early_is_replaced_once() -> None:
    statuses = iter((401, 200))
    client = answering(lambda _request: httpx.Response(next(statuses), json={"id": 1}))
    assert client.get("/rest/v1.0/me") == {"id": 1}


def test_a_refused_sign_in_says_so(store: Store) -> None:
    transport = httpx.WSGITransport(create_procore(store))
    client = Client(BASE, BASE, CLIENT_ID, "wrong", 5021, transport=transport)
    with pytest.raises(ProcoreError, match=r"refused to let Tieout sign in \(401\): Client authentication failed"):
        client.get("/rest/v1.0/me")


@pytest.mark.parametrize("method", ["patch", "post"])
def test_it_does_not_repeat_a_call_whose_answer_was_lost(method: str) -> None:
    calls: list[str] = []

    def lose(request: httpx.Request) -> httpx.Response:
        calls.append(request.method)
        raise httpx.ReadError("gone")

    with pytest.raises(ProcoreError):
        getattr(answering(lose), method)("/rest/v1.0/vendors/47", {})
    assert calls == [method.upper()]


@pytest.fixture
def address(store: Store) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, create_procore(store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_it_talks_to_a_real_server(address: str) -> None:
    with Client(address, address, CLIENT_ID, CLIENT_SECRET, 5021) as client:
        assert len(list(users(client))) == 4
