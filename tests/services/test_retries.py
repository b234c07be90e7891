"""What went wrong with Procore, told apart: what ends a turn, what is tried again, what waits for somebody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.errors import Conflict, NotFound, Refusal, TieoutError
from app.procore import ProcoreError
from app.services import retries

NOW = datetime(2026, 5, 4, 12, tzinfo=UTC)
#: By status: whether the turn ends, and whether it lasts until somebody does something.
STATUSES = {
    0: (True, False),
    200: (False, False),
    301: (False, False),
    400: (False, True),
    401: (True, False),
    403: (False, True),
    404: (False, True),
    409: (False, True),
    413: (False, True),
    422: (False, True),
    429: (True, False),
    500: (True, False),
    502: (True, False),
    503: (True, False),
    504: (True, False),
    520: (True, False),
}


@dataclass
class Row:
    """Something on its way."""

    tries: int = 0
    problem: str = ""
    next_try_at: datetime = NOW
    refused: bool = False


@pytest.mark.parametrize("status", STATUSES)
def test_statuses_are_told_apart_by_rule(status: int) -> None:
    problem = ProcoreError(status, "Procore did not do it.")
    assert (retries.is_away(problem), retries.is_lasting(problem)) == STATUSES[status]
    assert retries.is_gone(problem) == (status == 404)


@pytest.mark.parametrize(
    ("problem", "lasting"),
    [
        (Refusal("Procore has no cost type."), True),
        (NotFound("There is no such item."), True),
        (Conflict("Somebody was faster."), False),
        (TieoutError("Something did not work."), False),
        (KeyError("amount"), False),
    ],
    ids=lambda one: type(one).__name__,
)
def test_what_is_not_procores_ends_no_turn(problem: Exception, lasting: bool) -> None:
    assert not retries.is_away(problem)
    assert retries.is_lasting(problem) == lasting


def test_each_try_waits_twice_as_long_and_no_longer_than_a_quarter_of_an_hour() -> None:
    row = Row()
    for most in (2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900):
        retries.failed(row, Refusal("Not now."), NOW)
        assert timedelta(seconds=most / 2) <= row.next_try_at - NOW <= timedelta(seconds=most)


def test_not_all_come_again_at_once() -> None:
    assert len({retries.pause(9) for _ in range(20)}) > 1


@pytest.mark.parametrize(("status", "refused", "rests"), [(422, True, True), (404, True, True), (200, False, False)])
def test_what_lasts_is_left_to_a_person_or_rests_for_a_day(status: int, refused: bool, rests: bool) -> None:
    one, other, problem = Row(), Row(), ProcoreError(status, "Procore did not do it.")
    retries.failed_or_refused(one, problem, NOW)
    retries.failed_or_rests(other, problem, NOW)
    assert one.refused == refused
    assert (other.next_try_at - NOW == timedelta(days=1)) == rests
    assert one.problem == other.problem == str(problem)


def test_nothing_is_tried_before_procore_will_listen() -> None:
    opens_at = NOW + timedelta(minutes=50)
    with clock.running(lambda: NOW):
        problem = ProcoreError(429, "Too many calls.", retry_at=int(opens_at.timestamp()))
        assert retries.must_wait(problem)
        assert retries.retry_at(problem, 1) == opens_at
        assert not retries.must_wait(ProcoreError(429, "Too many calls."))


def test_a_mistake_of_our_own_is_said_without_what_it_was_about() -> None:
    try:
        raise KeyError("the secret of somebody")
    except KeyError as problem:
        said = retries.sentence(problem)
    assert said.startswith("Tieout made a mistake (KeyError at ")
    assert "secret" not in said
