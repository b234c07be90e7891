"""Nobody calls while Procore has said that no call is left, however many call for a company."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from app.core import clock
from app.procore import Client, ProcoreError
from app.procore.errors import NoAnswer
from app.procore.gate import Entry, Limit, MemoryGate, Window

from .conftest import BASE, TOKEN

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


class Office:
    """A Procore that allows so many calls in a window, and counts those it had forbidden."""

    def __init__(self, allowed: int, seconds: int) -> None:
        self.allowed, self.seconds = allowed, seconds
        self.now, self.opens_at, self.made, self.over = START, START, 0, 0
        self.waits: list[float] = []
        self._lock = threading.Lock()

    def client(self, **options: Any) -> Client:
        transport = httpx.MockTransport(self._answer)
        return Client(BASE, BASE, "id", "s", 5021, transport=transport, wait=self._wait, **options)

    def _wait(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += timedelta(seconds=seconds)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json=TOKEN)
        with self._lock:
            if self.now >= self.opens_at:
                self.opens_at, self.made = self.now + timedelta(seconds=self.seconds), 0
            self.made += 1
            self.over += self.made > self.allowed
            headers = {
                "X-Rate-Limit-Limit": str(self.allowed),
                "X-Rate-Limit-Remaining": str(max(self.allowed - self.made, 0)),
                "X-Rate-Limit-Reset": str(int(self.opens_at.timestamp())),
            }
            return httpx.Response(429 if self.made > self.allowed else 200, json={"id": self.made}, headers=headers)


def test_a_spike_is_waited_out_and_never_run_into() -> None:
    office = Office(allowed=25, seconds=10)
    with clock.running(lambda: office.now), office.client() as client:
        for _ in range(80):
            client.get("/rest/v1.0/me")
    assert office.over == 0
    assert office.waits == [10.0, 10.0, 10.0]


def test_an_hour_is_not_slept_through() -> None:
    office = Office(allowed=3, seconds=3600)
    with clock.running(lambda: office.now), office.client() as client:
        for _ in range(3):
            client.get("/rest/v1.0/me")
        for method in (client.get, lambda path: client.post(path, {})):
            with pytest.raises(ProcoreError, match="no more calls before 19:00:00 UTC") as caught:
                method("/rest/v1.0/me")
            assert (caught.value.procore_status, caught.value.retry_at) == (429, int(START.timestamp()) + 3600)
    assert (office.made, office.over, office.waits) == (3, 0, [])


def test_many_at_once_make_no_call_too_many() -> None:
    office, gate = Office(allowed=25, seconds=3600), MemoryGate()

    def call() -> None:
        with office.client(gate=gate) as client:
            for _ in range(10):
                try:
                    client.get("/rest/v1.0/me")
                except ProcoreError:
                    return

    with clock.running(lambda: office.now):
        threads = [threading.Thread(target=call) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert (office.made, office.over) == (25, 0)


@pytest.mark.parametrize("method", ["get", "patch", "post", "delete"])
@pytest.mark.parametrize("headers", [{"Retry-After": "4"}, {"X-Rate-Limit-Reset": "1774980004"}, {}])
def test_a_call_that_was_refused_for_too_many_is_made_again_when_the_window_opens(
    method: str, headers: dict[str, str]
) -> None:
    now, calls, waits = [START], [0], []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json=TOKEN)
        calls[0] += 1
        return httpx.Response(200, json={}) if calls[0] == 2 else httpx.Response(429, json={}, headers=headers)

    def wait(seconds: float) -> None:
        waits.append(seconds)
        now[0] += timedelta(seconds=seconds)

    client = Client(BASE, BASE, "id", "s", 5021, transport=httpx.MockTransport(answer), wait=wait)
    with clock.running(lambda: now[0]):
        getattr(client, method)("/rest/v1.0/vendors/47", *([{}] if method in ("patch", "post") else []))
    assert (calls, waits) == ([2], [4.0 if headers else 10.0])


def test_a_procore_that_refuses_every_time_is_left_alone_in_the_end() -> None:
    office = Office(allowed=0, seconds=1)
    with clock.running(lambda: office.now), office.client() as client, pytest.raises(ProcoreError) as caught:
        client.get("/rest/v1.0/me")
    assert caught.value.procore_status == 429
    assert len(office.waits) == 3


class _BreaksOff(httpx.SyncByteStream):
    def __iter__(self) -> Iterator[bytes]:
        yield b"{"
        raise httpx.ReadError("the connection broke")


def test_an_answer_that_breaks_off_has_told_its_limit_all_the_same() -> None:
    calls: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/oauth/token":
            return httpx.Response(200, json=TOKEN)
        calls.append(request.method)
        headers = {"X-Rate-Limit-Remaining": "0", "X-Rate-Limit-Reset": str(int(LATE.timestamp()))}
        return httpx.Response(200, headers=headers, stream=_BreaksOff())

    client = Client(BASE, BASE, "id", "s", 5021, transport=httpx.MockTransport(answer), repeats=0)
    with clock.running(lambda: START), client:
        with pytest.raises(NoAnswer):
            client.get("/rest/v1.0/me")
        with pytest.raises(ProcoreError, match="no more calls before 19:00:00 UTC"):
            client.get("/rest/v1.0/me")
    assert calls == ["GET"]


SOON, LATE = START + timedelta(seconds=10), START + timedelta(hours=1)


@pytest.mark.parametrize(
    ("told", "left", "opens_at"),
    [
        ([Limit(0, SOON), Limit(7, SOON)], 0, SOON),  # an older answer came later
        ([Limit(0, SOON), Limit(7, LATE)], 0, SOON),
        ([Limit(7, SOON), Limit(3, LATE)], 3, LATE),
        ([Limit(0, SOON), Limit(0, LATE)], 0, LATE),
        ([Limit(7, SOON), Limit(6, SOON), None], 6, SOON),
    ],
)
def test_in_a_window_the_least_that_was_told_counts(told: list[Limit | None], left: int, opens_at: datetime) -> None:
    window = Window()
    with clock.running(lambda: START):
        for one in told:
            window = window.after(Entry(), one)
    assert window.limit == Limit(left, opens_at)


def test_what_was_told_of_a_window_that_is_over_says_nothing() -> None:
    with clock.running(lambda: START):
        assert Window().after(Entry(), Limit(0, START)).limit is None


def test_a_call_on_its_way_uses_up_its_place_and_gives_back_only_its_own() -> None:
    window = Window()
    with clock.running(lambda: START):
        window = window.after(Entry(), Limit(2, SOON))
        entry = window.entry()
        window = window.one_more().one_more()
        assert window.entry() == Entry(closed_until=SOON)
        assert window.after(Entry(), None).entry() == Entry(closed_until=SOON)  # of a call that was never counted
        assert window.after(entry, Limit(2, SOON)).entry() == entry


def test_a_call_whose_answer_was_lost_used_up_its_place() -> None:
    """Procore may have counted it: where one call is left, none is after it."""
    limit = Limit(1, START + timedelta(seconds=10))
    with clock.running(lambda: START):
        window = Window(1, limit)
        entry = window.entry()
        after = window.one_more().after(entry, None)
        assert after.entry() == Entry(closed_until=limit.opens_at)
