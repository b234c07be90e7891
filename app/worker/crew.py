"""Workers for every connection of the service, one thread each."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from threading import Event

from app.core.errors import where
from app.db.engine import Database
from app.procore import Client
from app.services import connections, retries
from app.worker.loop import Worker

log = logging.getLogger(__name__)

#: So often it is looked whether there is a new connection, or one that could not be served before.
LOOK_SECONDS = 30.0


@dataclass
class Crew:
    """Serves all connections, those made later too, or only one."""

    database: Database
    client_of: Callable[[int], Client]
    only: int | None = None
    pause: float = 1.0
    _threads: dict[int, threading.Thread] = field(default_factory=dict, init=False)

    def run(self, stop: Event) -> None:
        """Work until ``stop`` is set; every worker finishes what it has in hand."""
        while not stop.is_set():
            try:
                for connection_id in self._unserved():
                    self._serve(connection_id, stop)
            except Exception as problem:  # noqa: BLE001  # the database itself: it may be back at the next look
                log.error("The look for connections: %s at %s", type(problem).__name__, where(problem))
            stop.wait(LOOK_SECONDS)
        for thread in self._threads.values():
            thread.join()

    def _unserved(self) -> list[int]:
        everyone = [one.id for one in connections.everyone(self.database)] if self.only is None else [self.only]
        return [one for one in everyone if one not in self._threads]

    def _serve(self, connection_id: int, stop: Event) -> None:
        try:
            client = self.client_of(connection_id)
        except Exception as problem:  # noqa: BLE001  # one that cannot be served keeps no other waiting
            log.warning("Connection %s: %s", connection_id, retries.sentence(problem))
            return

        def work() -> None:
            with client:
                Worker(self.database, connection_id, client).run(stop, self.pause)

        thread = threading.Thread(target=work, name=f"connection {connection_id}")
        thread.start()
        self._threads[connection_id] = thread
