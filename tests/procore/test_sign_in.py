"""A person's sign-in renews itself, once for everybody, and says so when a person is needed again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from app.core import clock
from app.procore import ProcoreError, wire
from app.procore.errors import ConnectAgain
from app.procore.log_in import LogIn
from app.procore.sign_in import SignIn
from app.procore.tokens import MemoryTokens

from .log_in_server import APP, LogInServer, pair

BASE = "http://procore.test"
START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


class Desk:
    """A sign-in whose clock, and whose way to the log-in server, the test owns."""

    def __init__(self, secret: str = APP[1]) -> None:
        self.now = START
        self.server = LogInServer()
        self.store = MemoryTokens()
        self.store.keep(0, pair(0, START))  # about to be renewed
        self.trouble: Callable[[httpx.Request], None] = lambda _request: None  # before Procore hears of it
        self.lost = 0  # answers to lose after Procore acted
        self._there = httpx.WSGITransport(self.server.app)
        log_in = LogIn(wire.opened(5, httpx.MockTransport(self._carry)), BASE, APP[0], secret)
        self.sign_in = SignIn(log_in, self.store, lambda _seconds: threading.Event().wait(0.01))

    def _carry(self, request: httpx.Request) -> httpx.Response:
        self.trouble(request)
        answer = self._there.handle_request(request)
        answer.read()
        if self.lost:
            self.lost -= 1
            raise httpx.ReadTimeout("gone")
        return answer

    def later(self, **more: int) -> None:
        self.now += timedelta(**more)


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    with clock.running(lambda: found.now):
        yield found


def test_each_renewal_uses_the_token_of_the_one_before(desk: Desk) -> None:
    for number in (1, 2, 3):
        assert desk.sign_in.token() == f"access-{number}"
        assert desk.sign_in.token() == f"access-{number}"
        desk.later(seconds=5340)
    assert desk.server.asked == ["refresh_token"] * 3
    assert desk.server.dead == {"refresh-0", "refresh-1", "refresh-2"}


def test_any_number_of_threads_make_one_renewal(desk: Desk) -> None:
    got: list[str] = []
    threads = [threading.Thread(target=lambda: got.append(desk.sign_in.token())) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == ["access-1"] * 8
    assert desk.server.asked == ["refresh_token"]


def test_a_token_procore_refuses_is_renewed_once_for_all_who_were_refused(desk: Desk) -> None:
    token = desk.sign_in.token()
    for _ in range(3):
        desk.sign_in.refused(token)
        assert desk.sign_in.token() == "access-2"
    assert desk.server.asked == ["refresh_token"] * 2


def test_after_a_lost_answer_it_asks_once_more_and_then_needs_a_person(desk: Desk) -> None:
    desk.lost = 1
    with pytest.raises(ProcoreError, match="answer was lost") as caught:
        desk.sign_in.token()
    assert caught.value.retry_at == int(START.timestamp()) + 31
    with pytest.raises(ProcoreError, match="answer was lost"):
        desk.sign_in.token()
    assert len(desk.server.asked) == 1
    desk.later(seconds=31)
    for _ in range(3):
        with pytest.raises(ConnectAgain) as again:
            desk.sign_in.token()
        assert "must connect it again" in again.value.what_to_do
    assert len(desk.server.asked) == 2


def test_a_lost_answer_to_a_call_that_never_arrived_costs_nothing(desk: Desk) -> None:
    def cut(_request: httpx.Request) -> None:
        raise httpx.WriteError("cut on the way")

    desk.trouble = cut
    with pytest.raises(ProcoreError):
        desk.sign_in.token()
    desk.trouble = lambda _request: None
    desk.later(seconds=31)
    assert desk.sign_in.token() == "access-1"
    assert desk.store.kept().unclear == 0


def test_without_a_way_to_procore_it_tries_again_at_once(desk: Desk) -> None:
    def no_way(_request: httpx.Request) -> None:
        raise httpx.ConnectError("no route")

    desk.trouble = no_way
    for _ in range(9):
        with pytest.raises(ProcoreError, match="could not be reached"):
            desk.sign_in.token()
    desk.trouble = lambda _request: None
    assert desk.sign_in.token() == "access-1"


def test_it_does_not_ask_for_ever(desk: Desk) -> None:
    asked: list[str] = []

    def silence(request: httpx.Request) -> None:
        asked.append(request.url.path)
        raise httpx.ReadTimeout("nothing")

    desk.trouble = silence
    for _ in range(40):
        with pytest.raises(ProcoreError):
            desk.sign_in.token()
        desk.later(minutes=2)
    assert len(asked) == 5
    with pytest.raises(ConnectAgain, match="lost each time"):
        desk.sign_in.token()


def test_a_wrong_secret_in_the_settings_does_not_end_a_persons_sign_in() -> None:
    wrong = Desk(secret="not-it")
    with clock.running(lambda: START):
        for _ in range(2):
            with pytest.raises(ProcoreError, match=r"renew its sign-in \(401\)") as caught:
                wrong.sign_in.token()
            assert "TIEOUT_PROCORE_CLIENT_ID" in caught.value.what_to_do
    assert wrong.store.kept().lapsed == ""


def test_who_waits_too_long_for_another_gives_up(desk: Desk) -> None:
    assert desk.store.take(1)
    with pytest.raises(ProcoreError, match="for too long"):
        desk.sign_in.token()
    assert desk.server.asked == []
