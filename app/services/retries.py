"""What Procore did not take the first time: tried again, later each time, or left to a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from app.core.errors import Refusal, TieoutError
from app.procore import ProcoreError

#: Answers after which the same call would be refused again.
FOR_GOOD = (400, 409, 422)
#: Procore has no such record (any more).
GONE = 404
#: What is wrong with Procore itself, and not with what was asked of it: nothing else is worth asking now.
AWAY = (0, 401, 429, 500, 502, 503)
MOST_SECONDS = 900
#: What was refused may be put right in Procore one day; it is not asked about every quarter of an hour.
REST = timedelta(days=1)


class Tried(Protocol):
    """A row that says how often something was tried, and when it is tried next."""

    tries: int
    problem: str
    next_try_at: datetime


class Refusable(Tried, Protocol):
    """… and whether a person has to decide first."""

    refused: bool


def failed(row: Tried, problem: str, at: datetime) -> None:
    """Try again, twice as long from now as the last time."""
    row.tries += 1
    row.problem = problem
    row.next_try_at = at + timedelta(seconds=min(2**row.tries, MOST_SECONDS))


def failed_or_refused(row: Refusable, problem: TieoutError, at: datetime) -> None:
    """Try again only what may go another time."""
    failed(row, str(problem), at)
    row.refused = is_for_good(problem)


def is_for_good(problem: TieoutError) -> bool:
    """Whether trying again cannot help: Procore refused it, or our own check did."""
    return not isinstance(problem, ProcoreError) or problem.procore_status in FOR_GOOD


def failed_or_rests(row: Tried, problem: TieoutError, at: datetime) -> None:
    """Try again soon what may go another time, and once a day what Procore or our own check refused."""
    failed(row, str(problem), at)
    if isinstance(problem, Refusal) or _status(problem) in (*FOR_GOOD, GONE):
        row.next_try_at = at + REST


def must_wait(problem: TieoutError) -> bool:
    """Whether Procore takes no call before a moment it named: no failure of what was asked, and nothing else goes."""
    return isinstance(problem, ProcoreError) and bool(problem.retry_at)


def is_gone(problem: TieoutError) -> bool:
    """Whether Procore has no such record any more."""
    return _status(problem) == GONE


def is_away(problem: Exception) -> bool:
    """Whether Procore itself has trouble, or there is no way to it."""
    return _status(problem) in AWAY


def _status(problem: Exception) -> int | None:
    return problem.procore_status if isinstance(problem, ProcoreError) else None


def afresh(row: Refusable, at: datetime) -> None:
    """As if it had never been tried."""
    row.refused, row.problem, row.tries, row.next_try_at = False, "", 0, at
