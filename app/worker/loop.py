"""One connection's traffic with Procore, over and over, until told to stop."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event

from app.core import clock, text
from app.core.errors import TieoutError
from app.db.engine import Database
from app.procore import Client, mark_synced, read_all
from app.services import intake
from app.services import write_back as outbox

log = logging.getLogger(__name__)


@dataclass
class Worker:
    """Reads Procore every so often and writes back what waits."""

    database: Database
    connection_id: int
    client: Client
    read_every: timedelta = timedelta(minutes=10)
    _next_read: datetime | None = field(default=None, init=False)

    def read(self) -> intake.Intake:
        """Take in everything Procore has; what did not change leaves no trace."""
        taken = intake.take(self.database, self.connection_id, read_all(self.client))
        self._next_read = clock.now() + self.read_every
        return taken

    def write_back(self) -> int:
        """Tell Procore what it does not know yet. Returns how much it took."""
        return outbox.run(self.database, self.connection_id, self._tell)

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Work until ``stop`` is set; what is in hand is finished first."""
        while not stop.is_set():
            try:
                if self._next_read is None or clock.now() >= self._next_read:
                    self.read()
                self.write_back()
            except TieoutError as problem:
                log.warning("Procore: %s", problem)
                self._next_read = clock.now() + timedelta(seconds=30)
            stop.wait(pause)

    def _tell(self, wanted: outbox.Wanted) -> None:
        mark_synced(
            self.client,
            wanted.kind,
            int(wanted.procore_id),
            origin_id=wanted.values["origin_id"],
            origin_code=wanted.values["origin_code"],
            origin_data=text.canonical(wanted.values["origin_data"]),
            project_id=int(wanted.project_id) if wanted.project_id else None,
            contract_id=int(wanted.parent_id) if wanted.parent_id else None,
            commitment_type=str(wanted.content.get("type", "")),
            standard_cost_code_list_id=wanted.content.get("standard_cost_code_list_id"),
        )
