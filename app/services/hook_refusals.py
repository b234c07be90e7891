"""Counts what is turned away at the address of webhooks; the trail hears of it once a minute and reason."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import HookRefusal
from app.services import audit
from app.services.unit import service_work, work

NOTED_EVERY = timedelta(minutes=1)
#: What was sent to an address that no connection has.
NOBODY = 0
ACTOR = "webhook"

FORGED, UNKNOWN, TOO_LARGE, UNREADABLE = "forged", "unknown address", "too large", "unreadable"
_SENTENCES = {
    FORGED: "Somebody who does not know the secret called the address of Procore's webhooks.",
    UNKNOWN: "Somebody called an address of Procore's webhooks that no connection has.",
    TOO_LARGE: "A webhook was larger than any of Procore's.",
    UNREADABLE: "A webhook came with the right secret, but was no event of Procore's.",
}
Which = tuple[int, str]


class Refused:
    """What this process has turned away. Between two notes it only counts, however much comes."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._counted: Counter[Which] = Counter()
        self._again: dict[Which, datetime] = {}

    def note(self, connection_id: int, reason: str) -> None:
        """One more."""
        which, now = (connection_id, reason), clock.now()
        with self._lock:
            self._counted[which] += 1
            if now < self._again.get(which, now):
                return
            self._again[which] = now + NOTED_EVERY
            count, self._counted[which] = self._counted[which], 0
        if not self._written(which, count, now):
            with self._lock:
                self._counted[which] += count

    def not_yet_written(self) -> dict[Which, int]:
        """What is counted here and nowhere else."""
        with self._lock:
            return {which: count for which, count in self._counted.items() if count}

    def _written(self, which: Which, count: int, now: datetime) -> bool:
        """Add it up for all processes; False when another of them has just done so."""
        connection_id, reason = which
        with _opened(self._database, connection_id) as (session, trail):
            row = session.get(HookRefusal, which)
            if row is None:
                row = HookRefusal(connection_id=connection_id, reason=reason, count=0, noted_at=now)
                session.add(row)
            elif now - row.noted_at < NOTED_EVERY:
                return False
            row.count, row.noted_at = row.count + count, now
            trail.add(Tag.HOOK_REFUSED, ACTOR, sentence=_SENTENCES[reason], reason=reason, count=count)
            return True


@contextmanager
def _opened(database: Database, connection_id: int) -> Iterator[tuple[Session, audit.Trail]]:
    """The trail of the connection that was meant, or of the service."""
    if connection_id == NOBODY:
        with service_work(database) as found:
            yield found
    else:
        with work(database, connection_id) as unit:
            yield unit.session, unit.trail
