"""Signing in: the page a person allows the app on, codes, refresh tokens that work once, revoking."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.core import clock
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
BACK = "http://127.0.0.1:8080/procore/back"
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
APP = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
ANA, PAT = 7_301, 7_302


@pytest.fixture
def http(sandbox: Flask) -> FlaskClient:
    return sandbox.test_client()


def asked(**change: str) -> dict[str, str]:
    return {"response_type": "code", "client_id": CLIENT_ID, "redirect_uri": BACK, "state": "s 1", **change}


def code(http: FlaskClient, user: int = ANA, answer: str = "allow", **change: str) -> str:
    """Somebody presses a button on the page; the code, when there is one."""
    reply = http.post("/oauth/authorize", data={**asked(**change), "user_id": user, "answer": answer})
    return parse_qs(urlsplit(reply.headers["Location"]).query).get("code", [""])[0]


def grant(http: FlaskClient, grant_type: str, **more: str) -> Any:
    return http.post("/oauth/token", data={"grant_type": grant_type, **APP, **more})


def signed_in(http: FlaskClient) -> dict[str, Any]:
    given: dict[str, Any] = grant(http, "authorization_code", code=code(http), redirect_uri=BACK).get_json()
    return given


def who(http: FlaskClient, token: str) -> Any:
    return http.get("/rest/v1.0/me", headers={"Authorization": f"Bearer {token}"})


def test_the_page_asks_and_allow_sends_the_person_back_with_a_code_and_the_state(http: FlaskClient) -> None:
    page = http.get("/oauth/authorize", query_string=asked())
    assert page.status_code == 200
    assert "Allow" in page.text
    assert "Ana Ruiz" in page.text
    reply = http.post("/oauth/authorize", data={**asked(), "user_id": ANA, "answer": "allow"})
    told = parse_qs(urlsplit(reply.headers["Location"]).query)
    assert (reply.status_code, reply.headers["Location"].startswith(f"{BACK}?")) == (302, True)
    assert (set(told), told["state"]) == ({"code", "state"}, ["s 1"])


def test_deny_sends_the_person_back_without_a_code(http: FlaskClient) -> None:
    reply = http.post("/oauth/authorize", data={**asked(), "user_id": ANA, "answer": "deny"})
    assert parse_qs(urlsplit(reply.headers["Location"]).query)["error"] == ["access_denied"]


@pytest.mark.parametrize(
    "change",
    [
        {"client_id": "nobody"},
        {"response_type": "token"},
        {"redirect_uri": "http://thief.test/"},
        {"redirect_uri": "javascript:x"},
    ],
)
def test_an_app_it_does_not_know_gets_no_page_and_no_redirect(http: FlaskClient, change: dict[str, str]) -> None:
    for reply in (
        http.get("/oauth/authorize", query_string=asked(**change)),
        http.post("/oauth/authorize", data={**asked(**change), "user_id": ANA, "answer": "allow"}),
    ):
        assert reply.status_code == 401
        assert "Location" not in reply.headers


def test_an_app_without_an_address_has_its_code_shown(http: FlaskClient) -> None:
    form = {**asked(redirect_uri=OUT_OF_BAND), "user_id": PAT, "answer": "allow"}
    shown = re.search(r'<code id="code">([^<]+)</code>', http.post("/oauth/authorize", data=form).text)
    assert shown is not None
    given = grant(http, "authorization_code", code=shown[1], redirect_uri=OUT_OF_BAND).get_json()
    assert who(http, given["access_token"]).get_json()["name"] == "Pat Moreno"


def test_a_code_gives_both_tokens_once(http: FlaskClient) -> None:
    once = code(http)
    given = grant(http, "authorization_code", code=once, redirect_uri=BACK)
    assert set(given.get_json()) == {"access_token", "token_type", "expires_in", "created_at", "refresh_token"}
    again = grant(http, "authorization_code", code=once, redirect_uri=BACK)
    assert (again.status_code, again.get_json()["error"]) == (401, "invalid_grant")


def test_a_code_is_good_for_ten_minutes_and_for_its_own_address(http: FlaskClient) -> None:
    with clock.running(lambda: START):
        late, elsewhere = code(http), code(http)
        assert grant(http, "authorization_code", code=elsewhere, redirect_uri=OUT_OF_BAND).status_code == 401
    with clock.running(lambda: START + timedelta(minutes=10)):
        assert grant(http, "authorization_code", code=late, redirect_uri=BACK).status_code == 401


def test_a_refresh_token_works_once_and_brings_the_next_one(http: FlaskClient) -> None:
    first = signed_in(http)
    second = grant(http, "refresh_token", refresh_token=first["refresh_token"]).get_json()
    assert second["refresh_token"] != first["refresh_token"]
    used = grant(http, "refresh_token", refresh_token=first["refresh_token"])
    assert (used.status_code, used.get_json()["error"]) == (401, "invalid_grant")
    assert grant(http, "refresh_token", refresh_token=second["refresh_token"]).status_code == 200
    assert who(http, second["access_token"]).get_json()["name"] == "Ana Ruiz"


def test_a_refresh_token_outlives_its_access_token(http: FlaskClient) -> None:
    with clock.running(lambda: START):
        first = signed_in(http)
    with clock.running(lambda: START + timedelta(days=90)):
        assert who(http, first["access_token"]).status_code == 401
        assert grant(http, "refresh_token", refresh_token=first["refresh_token"]).status_code == 200


def test_a_refresh_asked_for_in_json_does_as_well(http: FlaskClient) -> None:
    first = signed_in(http)
    body = {"grant_type": "refresh_token", **APP, "refresh_token": first["refresh_token"]}
    assert http.post("/oauth/token", json=body).status_code == 200


def test_token_info_tells_whose_it_is_and_how_long_it_lasts(http: FlaskClient) -> None:
    with clock.running(lambda: START):
        token = signed_in(http)["access_token"]
    with clock.running(lambda: START + timedelta(seconds=400)):
        info = http.get("/oauth/token/info", headers={"Authorization": f"Bearer {token}"}).get_json()
    assert info == {
        "resource_owner_id": ANA,
        "scopes": [],
        "expires_in_seconds": 5000,
        "application": {"uid": CLIENT_ID},
        "created_at": int(START.timestamp()),
    }
    assert http.get("/oauth/token/info", headers={"Authorization": "Bearer made-up"}).status_code == 401


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(http: FlaskClient, which: str) -> None:
    given = signed_in(http)
    assert http.post("/oauth/revoke", data={**APP, "token": given[which]}).status_code == 200
    assert who(http, given["access_token"]).status_code == 401
    assert grant(http, "refresh_token", refresh_token=given["refresh_token"]).status_code == 401
    assert http.post("/oauth/revoke", data={**APP, "token": "made-up"}).status_code == 200


def test_a_person_need_not_name_a_company_to_ask_who_they_are(http: FlaskClient) -> None:
    headers = {"Authorization": f"Bearer {signed_in(http)['access_token']}"}
    statuses = [http.get(f"/rest/v1.0/{name}", headers=headers).status_code for name in ("me", "companies", "vendors")]
    assert statuses == [200, 200, 400]


def test_somebody_who_has_left_cannot_sign_in(http: FlaskClient, store: Any) -> None:
    store.patch("users", PAT, {"is_active": False})
    assert "Pat Moreno" not in http.get("/oauth/authorize", query_string=asked()).text
    reply = http.post("/oauth/authorize", data={**asked(), "user_id": PAT, "answer": "allow"})
    assert reply.status_code == 401
