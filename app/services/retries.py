"""What Procore did not take the first time: tried again, later each time, or left to a person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Protocol

from app.core.errors import TieoutError
from app.procore import ProcoreError

#: Answers after which the same call would be refused again.
FOR_GOOD = (400, 409, 422)
#: Procore has no such record (any more).
GONE = 404
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
    """Try again soon what may go another time, and once a day what Procore refused."""
    failed(row, str(problem), at)
    if isinstance(problem, ProcoreError) and problem.procore_status in (*FOR_GOOD, GONE):
        row.next_try_at = at + REST


def is_gone(problem: TieoutError) -> bool:
    """Whether Procore has no such record any more."""
    return isinstance(problem, ProcoreError) and problem.procore_status == GONE


def afresh(row: Refusable, at: datetime) -> None:
    """As if it had never been tried."""
    row.refused, row.problem, row.tries, row.next_try_at = False, "", 0, at
