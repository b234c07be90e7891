"""One connection's traffic with Procore, over and over, until told to stop."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from app.core import clock
from app.core.errors import TieoutError, where
from app.db.engine import Database
from app.items import registry
from app.items.ports import Content, Procore
from app.procore import Client, Run
from app.services import direct_costs, errands, intake, issuing
from app.services import write_back as outbox

log = logging.getLogger(__name__)

#: A reading that failed is tried again so much later.
AFTER_TROUBLE = timedelta(seconds=30)


@dataclass
class Worker:
    """Reads Procore every so often and writes back what waits."""

    database: Database
    connection_id: int
    client: Client
    read_every: timedelta = timedelta(minutes=10)
    _next_read: datetime | None = field(default=None, init=False)
    _prepared: bool = field(default=False, init=False)

    def read(self) -> intake.Intake:
        """Take in everything Procore has; what did not change leaves no trace."""
        procore = Run(self.client)
        if not self._prepared:
            for kind in registry.kinds().values():
                kind.prepare(procore)
            self._prepared = True
        taken = intake.take(self.database, self.connection_id, everything(procore))
        for sentence in taken.unreadable:
            log.warning("Procore has a record that cannot be read: %s", sentence)
        self._next_read = clock.now() + self.read_every
        return taken

    def write_back(self) -> int:
        """Tell Procore what it does not know yet. Returns how much it took."""
        return outbox.run(self.database, self.connection_id, Run(self.client))

    def run_errands(self) -> int:
        """Do in Procore what people asked for. Returns how much was done."""
        return errands.run(self.database, self.connection_id, Run(self.client))

    def settle(self) -> int:
        """Bring payments and job costs in Procore to where QuickBooks has them. Returns how many it took."""
        procore = Run(self.client)
        issued = issuing.run(self.database, self.connection_id, procore)
        return issued + direct_costs.run(self.database, self.connection_id, procore)

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Work until ``stop`` is set; what is in hand is finished first."""
        while not stop.is_set():
            for turn in (self._read_when_due, self.run_errands, self.write_back, self.settle):
                _take(turn)
            stop.wait(pause)

    def _read_when_due(self) -> None:
        if self._next_read is None or clock.now() >= self._next_read:
            self._next_read = clock.now() + AFTER_TROUBLE  # unless this reading comes to its end
            self.read()


def _take(turn: Callable[[], object]) -> None:
    """Whatever goes wrong in one turn ends neither the others nor the loop."""
    try:
        turn()
    except TieoutError as problem:
        log.warning("Procore: %s", problem)
    except Exception as problem:  # noqa: BLE001  # a worker that died would say nothing to anybody
        log.error("%s at %s", type(problem).__name__, where(problem))


def everything(procore: Procore) -> Iterator[tuple[str, Content]]:
    """Every record of every kind, as (kind, record); kinds come in their order, so that parents come first."""
    for name, kind in registry.kinds().items():
        for record in kind.fetch(procore):
            yield name, record
