"""Who the sandbox's Procore lets in, and how it refuses the others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET

from .conftest import Api, sign_in

GRANT = {"grant_type": "client_credentials", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.mark.parametrize("form", ["data", "json"])
def test_it_gives_a_token_for_90_minutes_to_a_form_and_to_json(store: Store, form: str) -> None:
    given = create_procore(store).test_client().post("/oauth/token", **{form: GRANT}).get_json()
    assert set(given) == {"access_token", "token_type", "expires_in", "created_at"}
    assert given["expires_in"] == 5400


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "nobody"}, 401, "invalid_client"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
def test_it_refuses_a_grant_it_does_not_know(store: Store, change: dict[str, str], status: int, code: str) -> None:
    answer = create_procore(store).test_client().post("/oauth/token", data={**GRANT, **change})
    assert (answer.status_code, answer.get_json()["error"]) == (status, code)


def test_it_refuses_a_call_without_a_token_it_gave(api: Api) -> None:
    for token in ("", "Bearer made-up", api.headers["Authorization"].replace("Bearer", "Basic")):
        answer = api.http.get("/rest/v1.0/me", headers={**api.headers, "Authorization": token})
        assert (answer.status_code, answer.get_json()["code"]) == (401, 401)


def test_a_token_expires(store: Store) -> None:
    start = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
    http = create_procore(store).test_client()
    with clock.running(lambda: start):
        headers = sign_in(http)
    with clock.running(lambda: start + timedelta(seconds=5399)):
        assert http.get("/rest/v1.0/me", headers=headers).status_code == 200
    with clock.running(lambda: start + timedelta(seconds=5400)):
        assert http.get("/rest/v1.0/me", headers=headers).status_code == 401


def test_every_call_must_name_its_company(api: Api) -> None:
    del api.headers["Procore-Company-Id"]
    answer = api.get("companies")
    assert answer.status_code == 400
    assert answer.get_json()["message"].startswith("Missing Procore-Company-Id header!")


def test_another_company_is_not_connected(api: Api) -> None:
    api.headers["Procore-Company-Id"] = "7"
    answer = api.get("companies")
    assert (answer.status_code, answer.get_json()["message"]) == (403, "App is not connected to this company")


def test_every_answer_tells_the_rate_limit_and_a_used_up_window_is_429_until_it_ends(store: Store) -> None:
    start = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
    http = create_procore(store, hourly_limit=2).test_client()
    with clock.running(lambda: start):
        headers = sign_in(http)
        first, second, third = (http.get("/rest/v1.0/me", headers=headers) for _ in range(3))
    assert [answer.status_code for answer in (first, second, third)] == [200, 200, 429]
    assert [answer.headers["X-Rate-Limit-Remaining"] for answer in (first, second, third)] == ["1", "0", "0"]
    assert third.headers["Retry-After"] == "3600"
    assert int(third.headers["X-Rate-Limit-Reset"]) == int(start.timestamp()) + 3600
    with clock.running(lambda: start + timedelta(hours=1)):
        assert http.get("/rest/v1.0/me", headers=headers).status_code == 200


def test_the_log_holds_every_call_with_its_answer(api: Api, store: Store) -> None:
    api.get("me")
    api.get("vendors/9", company_id=5021)
    assert [(call.method, call.path, call.status) for call in store.requests()] == [
        ("POST", "/oauth/token", 200),
        ("GET", "/rest/v1.0/me", 200),
        ("GET", "/rest/v1.0/vendors/9", 404),
    ]
