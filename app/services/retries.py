"""What did not reach Procore the first time: told apart by rule, tried again later each time, or left to a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol

from app.core import clock, ids
from app.core.errors import Forbidden, NotFound, Refusal, TieoutError, where
from app.procore import ProcoreError

#: No answer, no sign-in, too many calls; with every 5xx, what is wrong with Procore itself or with the way to it.
_NOT_NOW = (0, 401, 429)
_GONE = 404
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


# -- later ---------------------------------------------------------------------------------------------------------


def later(row: Tried, at: datetime) -> None:
    """Try again, twice as long from now as the last time."""
    row.tries += 1
    row.next_try_at = at + pause(row.tries)


def failed(row: Tried, problem: Exception, at: datetime) -> None:
    """Try again later, and say why."""
    later(row, at)
    row.problem = sentence(problem)


def failed_or_refused(row: Refusable, problem: Exception, at: datetime) -> None:
    """Try again only what may go another time; the rest is for a person to decide."""
    failed(row, problem, at)
    row.refused = is_lasting(problem)


def failed_or_rests(
    row: Tried, problem: Exception, at: datetime, lasting: Callable[[Exception], bool] | None = None
) -> None:
    """Try again soon what may go another time, and once a day what lasts."""
    failed(row, problem, at)
    if (lasting or is_lasting)(problem):
        row.next_try_at = at + REST


def afresh(row: Refusable, at: datetime) -> None:
    """As if it had never been tried."""
    row.refused, row.problem, row.tries, row.next_try_at = False, "", 0, at


def pause(tries: int) -> timedelta:
    """Twice as long as the last time, and not all at once."""
    return timedelta(seconds=min(2**tries, MOST_SECONDS) * (0.5 + ids.fraction() / 2))


def retry_at(problem: Exception, tries: int) -> datetime:
    """When to try again: never before Procore will listen."""
    moment = clock.now() + pause(tries)
    if isinstance(problem, ProcoreError) and problem.retry_at:
        return max(moment, datetime.fromtimestamp(problem.retry_at, tz=moment.tzinfo))
    return moment


def sentence(problem: Exception) -> str:
    """What went wrong, for people; of a fault of our own only where: its words could hold anything."""
    if isinstance(problem, TieoutError):
        return str(problem)
    return f"Tieout made a mistake ({type(problem).__name__} at {where(problem)}). Show this to support."


# -- what it was ---------------------------------------------------------------------------------------------------


def is_away(problem: Exception) -> bool:
    """Whether nothing else is worth asking Procore now."""
    status = _status(problem)
    return status is not None and (status in _NOT_NOW or status >= 500)


def must_wait(problem: Exception) -> bool:
    """Whether Procore takes no call before a moment it named: no failure of what was asked, and nothing else goes."""
    return isinstance(problem, ProcoreError) and bool(problem.retry_at)


def is_refused(problem: Exception) -> bool:
    """Whether Procore said no to this very call, and would again."""
    status = _status(problem)
    return status is not None and 400 <= status < 500 and status not in _NOT_NOW


def is_gone(problem: Exception) -> bool:
    """Whether Procore has no such record any more."""
    return _status(problem) == _GONE


def is_lasting(problem: Exception) -> bool:
    """Whether trying again cannot help before somebody does something: Procore refused it, or our own check did."""
    return is_refused(problem) or isinstance(problem, Refusal | Forbidden | NotFound)


def _status(problem: Exception) -> int | None:
    return problem.procore_status if isinstance(problem, ProcoreError) else None
