"""The two windows of Procore's rate limit: 25 calls in ten seconds and 600 in an hour, by its own examples."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core import clock
from app.sandbox.procore import Store, create_procore, parts
from app.sandbox.procore.door import Dropped
from app.sandbox.procore.limits import DOCUMENTED_HOURLY, DOCUMENTED_SPIKE

from .conftest import Api

START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)
NAMES = ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset")


class Desk:
    """A caller under limits, and the time of day."""

    def __init__(self, store: Store, hourly: int, spike: int) -> None:
        self.app = create_procore(store, hourly_limit=hourly, spike_limit=spike, sending=False)
        self.seconds = 0
        with clock.running(self.now):
            self.api = Api(self.app.test_client())

    def now(self) -> datetime:
        return START + timedelta(seconds=self.seconds)

    def ask(self, times: int = 1) -> Any:
        with clock.running(self.now):
            return [self.api.get("me") for _ in range(times)][-1]

    def told(self, answer: Any) -> tuple[int, int, int]:
        limit, remaining, reset = (int(answer.headers[name]) for name in NAMES)
        return limit, remaining, reset - int(START.timestamp())

    @property
    def overrun(self) -> int:
        return parts(self.app).limits.overrun


def test_the_headers_tell_of_the_window_that_is_nearer_to_its_end(store: Store) -> None:
    desk = Desk(store, hourly=30, spike=25)
    assert desk.told(desk.ask()) == (25, 24, 10)
    desk.seconds = 10
    assert desk.told(desk.ask(9)) == (25, 16, 20)
    desk.seconds = 20
    assert desk.told(desk.ask(15)) == (30, 5, 3600)


def test_the_26th_call_within_ten_seconds_waits_for_the_eleventh(store: Store) -> None:
    assert (DOCUMENTED_HOURLY, DOCUMENTED_SPIKE) == (600, 25)
    desk = Desk(store, DOCUMENTED_HOURLY, DOCUMENTED_SPIKE)
    assert desk.ask(25).status_code == 200
    desk.seconds = 4
    refused = desk.ask()
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "6")
    assert desk.told(refused) == (25, 0, 10)
    desk.seconds = 10
    assert desk.ask().status_code == 200


def test_the_61st_call_of_60_within_an_hour_waits_for_the_next_hour(store: Store) -> None:
    desk = Desk(store, hourly=60, spike=10_000)
    assert desk.ask(60).status_code == 200
    desk.seconds = 3599
    assert desk.told(desk.ask()) == (60, 0, 3600)
    assert desk.ask().status_code == 429
    desk.seconds = 3600
    assert desk.ask().status_code == 200


def test_a_refused_call_is_told_in_the_error_body_most_calls_have(store: Store) -> None:
    desk = Desk(store, hourly=1, spike=25)
    assert desk.ask(2).get_json().keys() == {"code", "message", "fields", "reason", "error"}


def test_calls_made_against_what_was_told_are_counted(store: Store) -> None:
    desk = Desk(store, hourly=600, spike=2)
    desk.ask(2)
    assert desk.overrun == 0
    desk.ask(3)
    assert desk.overrun == 3
    desk.seconds = 10
    desk.ask()
    assert desk.overrun == 3


def test_a_limit_told_in_an_answer_that_never_left_was_told_to_nobody(store: Store) -> None:
    desk = Desk(store, hourly=600, spike=2)
    desk.ask()
    parts(desk.app).faults.add("drop_after", nth=1)
    with pytest.raises(Dropped):
        desk.ask()
    assert desk.ask().status_code == 429
    assert desk.overrun == 0
    desk.ask()
    assert desk.overrun == 1
