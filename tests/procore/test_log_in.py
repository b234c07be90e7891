"""What Procore's log-in server is asked, word for word."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.core import clock
from app.procore import ProcoreError, wire
from app.procore.log_in import LogIn
from app.procore.tokens import Tokens

NOW = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


def log_in(answer: httpx.Response, asked: list[httpx.Request]) -> LogIn:
    def both(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        return answer

    return LogIn(wire.opened(5, httpx.MockTransport(both)), "https://login.procore.test/", "app", "s&cret")


PAIR = {"access_token": "a", "refresh_token": "r", "token_type": "bearer", "expires_in": 5400, "created_at": 1}


@pytest.mark.parametrize(
    ("act", "arguments", "form"),
    [
        ("client_credentials", [], b"grant_type=client_credentials"),
        (
            "exchange",
            ["c0de"],
            b"grant_type=authorization_code&code=c0de&redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob",
        ),
        ("refresh", ["r0"], b"grant_type=refresh_token&refresh_token=r0"),
    ],
)
def test_each_grant_is_asked_for_as_procore_documents_it(act: str, arguments: list[str], form: bytes) -> None:
    asked: list[httpx.Request] = []
    with clock.running(lambda: NOW):
        given = getattr(log_in(httpx.Response(200, json=PAIR), asked), act)(*arguments)
    assert given == Tokens("a", NOW + timedelta(seconds=5400), "r")
    assert str(asked[0].url) == "https://login.procore.test/oauth/token"
    assert asked[0].content == form + b"&client_id=app&client_secret=s%26cret"


def test_a_token_is_asked_about_and_ended() -> None:
    asked: list[httpx.Request] = []
    desk = log_in(httpx.Response(200, json={"expires_in_seconds": 90}), asked)
    assert desk.info("a") == {"expires_in_seconds": 90}
    desk.revoke("r")
    assert [str(one.url) for one in asked] == [
        "https://login.procore.test/oauth/token/info",
        "https://login.procore.test/oauth/revoke",
    ]
    assert asked[0].headers["Authorization"] == "Bearer a"
    assert asked[1].content == b"token=r&client_id=app&client_secret=s%26cret"


@pytest.mark.parametrize("act", ["info", "revoke", "refresh", "exchange"])
def test_a_refusal_is_in_words_and_without_the_token(act: str) -> None:
    desk = log_in(httpx.Response(503, text="down"), [])
    with pytest.raises(ProcoreError, match=r"\(503\)") as caught:
        getattr(desk, act)("planted-token")
    assert "planted-token" not in f"{caught.value} {caught.value!r}"


@pytest.mark.requirement("SEC-01")
def test_tokens_do_not_tell_themselves() -> None:
    assert "planted" not in repr(Tokens("planted-access", NOW, "planted-refresh"))
