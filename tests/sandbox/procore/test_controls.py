"""The sandbox's own buttons: clock, limits, log, records."""

from __future__ import annotations

from flask import Flask

from app.sandbox.procore import Store
from app.sandbox.procore.access import CLIENT_SECRET

from .conftest import COMPANY, Api


def test_time_passes_for_the_sandbox_alone(api: Api) -> None:
    assert api.get("me").status_code == 200
    ahead = api.http.post("/_sandbox/clock", json={"forward_seconds": 5400}).get_json()["ahead_seconds"]
    assert ahead == 5400
    assert api.get("me").status_code == 401


def test_limits_can_be_set_and_are_told_with_the_calls_made_against_them(api: Api) -> None:
    api.http.post("/_sandbox/limits", json={"spike": 2})
    assert [api.get("me").status_code for _ in range(4)] == [200, 200, 429, 429]
    told = api.http.get("/_sandbox/limits").get_json()
    assert (told["spike"]["allowed"], told["overrun"]) == (2, 2)
    assert api.http.post("/_sandbox/limits", json={"minute": 2}).status_code == 422


def test_the_log_keeps_method_path_query_body_status_and_fault_but_no_secret(api: Api) -> None:
    api.http.post("/_sandbox/faults", json={"fault": "error_500", "path": "vendors"})
    api.patch("vendors/61001?view=compact", {"company_id": COMPANY, "vendor": {"name": "N", "code": "kept"}})
    calls = api.http.get("/_sandbox/requests").get_json()
    assert calls[0]["path"] == "/oauth/token"
    assert calls[0]["body"]["grant_type"] == "client_credentials"
    assert calls[0]["body"]["client_secret"] == "********"
    assert calls[-1] == {
        "method": "PATCH",
        "path": "/rest/v1.0/vendors/61001",
        "query": "view=compact",
        "body": {"company_id": COMPANY, "vendor": {"name": "N", "code": "kept"}},
        "status": 500,
        "fault": "error_500",
    }
    assert CLIENT_SECRET not in str(calls)
    api.http.delete("/_sandbox/requests")
    assert api.http.get("/_sandbox/requests").get_json() == []


def test_no_secret_of_a_hook_or_a_sign_in_reaches_the_log(api: Api) -> None:
    hook = {
        "api_version": "v2",
        "destination_url": "https://a.test/",
        "destination_headers": {"Authorization": "s3cret"},
    }
    api.post("webhooks/hooks", {"company_id": COMPANY, "hook": hook})
    api.http.post("/oauth/token", data={"grant_type": "authorization_code", "code": "s3cret", "client_id": "x"})
    api.http.post("/oauth/token", json={"grant_type": "refresh_token", "refresh_token": "s3cret"})
    assert "s3cret" not in str(api.http.get("/_sandbox/requests").get_json())


def test_the_buttons_are_neither_logged_nor_counted(api: Api, store: Store) -> None:
    before = len(store.requests())
    answer = api.http.get("/_sandbox/limits")
    assert len(store.requests()) == before
    assert "X-Rate-Limit-Limit" not in answer.headers


def test_records_are_made_changed_and_deleted_as_on_procores_own_screens(api: Api, store: Store) -> None:
    made = api.http.post("/_sandbox/records/vendors", json={"name": "Walk-in"}).get_json()
    assert api.http.patch(f"/_sandbox/records/vendors/{made['id']}", json={"name": "Walked in"}).status_code == 200
    assert api.http.delete(f"/_sandbox/records/vendors/{made['id']}").status_code == 200
    record = store.get("vendors", made["id"])
    assert record is not None
    assert (record["name"], bool(record["deleted_at"])) == ("Walked in", True)
    assert api.http.patch("/_sandbox/records/vendors/1", json={}).status_code == 404
    assert made["id"] in {row["id"] for row in api.http.get("/_sandbox/records/vendors").get_json()}


def test_an_unknown_button_is_not_found(sandbox: Flask) -> None:
    assert sandbox.test_client().get("/_sandbox/nothing").status_code == 404
