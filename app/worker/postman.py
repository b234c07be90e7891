"""Tells people of what waits and of what went wrong, for every connection, whether or not Procore can be reached."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field
from threading import Event

from app.core import ids
from app.core.errors import where
from app.db.engine import Database
from app.services import connections
from app.services.notices_post import Post
from app.services.notices_turns import MAILS, WATCH
from app.services.turns import Turn
from app.worker.loop import Tool, take

log = logging.getLogger(__name__)


@dataclass
class Postman:
    """Takes the turns of the post as they come due; any number may go about side by side."""

    database: Database
    post: Post | None  # None: there is no mail server, notices stand on the screen alone
    only: int | None = None
    name: str = field(default_factory=ids.short)

    def run(self, stop: Event, pause: float = 1.0) -> None:
        """Go about until ``stop`` is set."""
        while not stop.is_set():
            try:
                self.round(stop)
            except Exception as problem:  # noqa: BLE001  # the database itself: it may be back the next time
                log.error("The post: %s at %s", type(problem).__name__, where(problem))
            stop.wait(pause)

    def round(self, stop: Event) -> None:
        """Once to every connection."""
        everyone = [one.id for one in connections.everyone(self.database)] if self.only is None else [self.only]
        for connection_id in everyone:
            self._take(connection_id, WATCH, self.post, stop)
            if self.post is not None:
                for turn in MAILS:
                    self._take(connection_id, turn, self.post, stop)

    def _take(self, connection_id: int, turn: Turn[Tool], tool: Tool, stop: Event) -> None:
        take(self.database, connection_id, turn, lambda: tool, self.name, stop)
