"""One connection's traffic with Procore, over and over, until told to stop."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TypeVar

from app.core import ids
from app.core.errors import TieoutError, where
from app.db.engine import Database
from app.procore import Client, Run
from app.services import reading, tasks
from app.services.intake import Intake
from app.services.turns import TURNS, Turn

log = logging.getLogger(__name__)
Tool = TypeVar("Tool")


@dataclass
class Worker:
    """Takes the turns of one connection as they come due; any number of them may do so side by side."""

    database: Database
    connection_id: int
    client: Client
    name: str = field(default_factory=ids.short)

    def read(self) -> Intake:
        """Read now whatever is due, and tell what came of it. Raises where something could not be read."""
        done = reading.run(self.database, self.connection_id, Run(self.client))
        for problem in done.problems.values():
            raise problem
        return done.taken

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Work until ``stop`` is set; what is in hand is finished first."""
        while not stop.is_set():
            for turn in TURNS:
                if not stop.is_set():
                    self.take(turn, stop)
            stop.wait(pause)

    def take(self, turn: Turn[Run], stop: Event) -> None:
        """One turn, if it is due and nobody else has it. Whatever goes wrong in it ends neither the others nor us."""
        take(self.database, self.connection_id, turn, lambda: Run(self.client), self.name, stop)


def take(
    database: Database, connection_id: int, turn: Turn[Tool], tool: Callable[[], Tool], owner: str, stop: Event
) -> None:
    """One turn of one connection, with the tool it works with, if it is due and nobody else has it."""
    try:
        if turn.waits is not None and not turn.waits(database, connection_id):
            return
        if lease := tasks.take(database, connection_id, turn.name, owner):
            _do(database, turn, lease, tool(), stop)
    except Exception as problem:  # noqa: BLE001  # the database itself: it may be back the next time
        _tell(turn, problem)


def _do(database: Database, turn: Turn[Tool], lease: tasks.Lease, tool: Tool, stop: Event) -> None:
    with _kept(database, lease) as lost:
        try:
            did = turn.run(database, lease.connection_id, tool, lambda: stop.is_set() or lost.is_set())
        except Exception as problem:  # noqa: BLE001  # a worker that died would say nothing to anybody
            _tell(turn, problem)
            tasks.failed(database, lease, problem)
        else:
            tasks.ended(database, lease, did, turn.every)


@contextmanager
def _kept(database: Database, lease: tasks.Lease) -> Iterator[Event]:
    """The lease is renewed for as long as the work goes on, however long one answer takes; the event says it is lost.

    Another may be at the turn from then on, so whoever lost it ends with the step in hand.
    """
    over, lost = Event(), Event()

    def renew() -> None:
        while not over.wait(tasks.LEASE.total_seconds() / 4):
            try:
                if not tasks.renew(database, lease):
                    log.warning("The turn %s took too long to say that it goes on: it ends", lease.name)
                    lost.set()
                    return
            except Exception as problem:  # noqa: BLE001  # there are more attempts before the lease runs out
                log.warning("A lease could not be renewed: %s at %s", type(problem).__name__, where(problem))

    thread = threading.Thread(target=renew, daemon=True)
    thread.start()
    try:
        yield lost
    finally:
        over.set()
        thread.join()


def _tell(turn: Turn[Tool], problem: Exception) -> None:
    if isinstance(problem, TieoutError):
        log.warning("%s: %s", turn.label, problem)
    else:
        log.error("%s: %s at %s", turn.label, type(problem).__name__, where(problem))
