"""The one runner of all that leaves for Procore: row by row, and no further once Procore is away.

Whatever goes wrong with a row is noted on that row, so that the next one goes all the same; and only as long as it
still is what was tried: the failure of an old wish never marks a newer one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from app.db.engine import Database
from app.items.base import Content
from app.services import retries
from app.services.retries import Tried
from app.services.tasks import Stop
from app.services.unit import Work, work

Due = TypeVar("Due")
Row = TypeVar("Row", bound=Tried)


@dataclass(frozen=True)
class Outbox(Generic[Due, Row]):
    """How what is due of one table reaches Procore."""

    #: Brings one to Procore and notes that it is there. Returns how much that was.
    act: Callable[[Due], int]
    #: The rows of one, as far as they still are what was tried.
    rows: Callable[[Work, Due], Iterable[Row]]
    #: Notes on a row what went wrong, and when it is tried again.
    put_off: Callable[[Row, Exception, datetime], None]
    #: Puts the sentence of a row on the trail.
    tell: Callable[[Work, Due, Row], None]

    def run(self, database: Database, connection_id: int, waiting: Iterable[Due], stop: Stop) -> int:
        """Do one after the other until ``stop``. Returns how much was done; raises where Procore is away."""
        done = 0
        for due in waiting:
            if stop():
                break
            try:
                done += self.act(due)
            except Exception as problem:
                if retries.must_wait(problem):  # nothing has failed
                    raise
                with work(database, connection_id) as unit:
                    for row in self.rows(unit, due):
                        self.note(unit, due, row, problem)
                if retries.is_away(problem):
                    raise
        return done

    def note(self, unit: Work, due: Due, row: Row, problem: Exception) -> None:
        """What went wrong with one row; the trail says what changed, not that nothing did."""
        said = row.problem
        self.put_off(row, problem, unit.at)
        if row.problem != said:
            self.tell(unit, due, row)


def as_tried(row: Row | None, before: Row, *names: str) -> list[Row]:
    """The row, if there is one and these of its fields are what they were when it was read."""
    names = (*names, "tries")
    return [row] if row is not None and all(getattr(row, name) == getattr(before, name) for name in names) else []


def made_once(look: Callable[[], Content | None], make: Callable[[], Content]) -> Content:
    """The record that Procore makes of something, once: an earlier call may have made it whose answer was lost.

    It is made with its origin in the same call, and Procore never takes one origin twice: what it refuses may be there.
    """
    if (found := look()) is not None:
        return found
    try:
        return make()
    except Exception as problem:
        if retries.is_refused(problem) and (found := look()) is not None:
            return found
        raise
