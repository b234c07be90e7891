"""Each of Procore's error bodies becomes one sentence, with who can help and how."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from app.core import clock
from app.core.errors import TieoutError
from app.procore import ProcoreError
from app.procore.errors import reason

from .conftest import answering


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"code": 403, "message": "Forbidden", "fields": "", "reason": "Tool off", "error": ""}, "Forbidden; Tool off"),
        ({"message": "Not there", "exception": "RecordNotFound"}, "Not there"),
        ({"error": {"code": "E1", "message": "Bad token"}}, "Bad token"),
        ({"errors": {"number": ["has already been taken"]}}, "number: has already been taken"),
        ({"errors": [{"amount": "is too large"}, {"base": "Locked"}]}, "amount: is too large; Locked"),
        ({"base": ["Locked"], "fields": {"label": "is missing"}}, "Locked; label: is missing"),
        (
            {"error": {"code": "BAD_REQUEST", "message": "Invalid", "details": [{"message": "id is no number"}]}},
            "Invalid; id is no number",
        ),
        (
            {"error": "invalid_client", "error_description": "Unknown client"},
            "Unknown client; invalid_client",
        ),
        ({"code": 401, "message": "Unauthorized", "error": "Unauthorized"}, "Unauthorized"),
        ("plain words", "plain words"),
        ({}, ""),
        (["?"], ""),
    ],
)
def test_it_reads_every_form_of_error_body(body: Any, said: str) -> None:
    assert reason(body) == said


@pytest.mark.parametrize(
    ("status", "who"),
    [
        (401, "client ID and secret"),
        (403, "A Procore administrator"),
        (404, "A Procore administrator"),
        (422, "Procore's own rules"),
        (503, "Tieout asks again"),
    ],
)
def test_an_error_says_what_happened_and_what_to_do(status: int, who: str) -> None:
    client = answering(lambda _request: httpx.Response(status, json={"message": "No"}))
    with pytest.raises(ProcoreError) as caught:
        client.get("/rest/v1.0/vendors/47")
    assert caught.value.sentence == f"Procore refused to let Tieout read vendors/47 ({status}): No."
    assert who in caught.value.what_to_do
    assert caught.value.procore_status == status


def test_procores_status_is_not_passed_on_as_ours() -> None:
    error = ProcoreError(401, "No")
    assert isinstance(error, TieoutError)
    assert (error.status, error.procore_status, error.code) == (502, 401, "procore")


def test_an_error_without_a_body_is_told_by_its_status() -> None:
    client = answering(lambda _request: httpx.Response(502, text="<html>Bad gateway</html>"))
    with pytest.raises(ProcoreError, match=r"read me \(502\): Bad Gateway\."):
        client.get("/rest/v1.0/me")


def test_a_used_up_window_says_when_it_opens() -> None:
    headers = {"X-Rate-Limit-Reset": "1774981800", "Retry-After": "12"}
    client = answering(lambda _request: httpx.Response(429, json={"message": "Slow down"}, headers=headers))
    with pytest.raises(ProcoreError) as caught, clock.running(lambda: datetime(2026, 3, 31, 18, 0, tzinfo=UTC)):
        client.get("/rest/v1.0/me")
    assert (caught.value.procore_status, caught.value.retry_at) == (429, 1_774_981_800)


def test_an_answer_that_is_not_json_is_an_error() -> None:
    client = answering(lambda _request: httpx.Response(200, text="<html>Welcome</html>"))
    with pytest.raises(ProcoreError, match="not JSON"):
        client.get("/rest/v1.0/me")


@pytest.mark.parametrize(
    ("failure", "words"),
    [(httpx.ReadTimeout("slow"), "did not answer in time"), (httpx.ConnectError("refused"), "could not be reached")],
)
def test_silence_is_an_error_with_status_zero(failure: httpx.TransportError, words: str) -> None:
    def fail(_request: httpx.Request) -> httpx.Response:
        raise failure

    with pytest.raises(ProcoreError, match=words) as caught:
        answering(fail).patch("/rest/v1.0/vendors/47", {})
    assert caught.value.procore_status == 0
    assert "change vendors/47" in caught.value.sentence


@pytest.mark.requirement("SEC-01")
def test_no_error_tells_the_secret_or_the_token() -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        return httpx.Response(401, json={"message": "Unauthorized"})

    with pytest.raises(ProcoreError) as caught:
        answering(refuse).get("/rest/v1.0/me")
    told = f"{caught.value!s} {caught.value!r} {vars(caught.value)}"
    assert "top-secret" not in told
    assert "let-me-in" not in told
