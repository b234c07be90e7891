"""One write transaction on one connection: the connection is locked first, its events appended last."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Connection
from app.services import audit
from app.services.tallies import Tallies

LOCKED = select(Connection).where(Connection.id == bindparam("id")).with_for_update()


@dataclass
class Work:
    """What a use case holds while it changes a connection."""

    session: Session
    connection: Connection
    trail: audit.Trail
    tallies: Tallies
    at: datetime

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """A part that may fail by itself: its changes and its events go with it, the rest stays."""
        with self.trail.forgotten_on_error(), self.tallies.forgotten_on_error(), self.session.begin_nested():
            yield


@contextmanager
def work(database: Database, connection_id: int) -> Iterator[Work]:
    """Change one connection: all of it or nothing, one writer at a time.

    Locking the connection row first makes every other lock of the business follow from it.
    """
    with database.writing() as session:
        connection = session.execute(LOCKED, {"id": connection_id}).scalar_one_or_none()
        if connection is None:
            raise NotFound(f"There is no connection {connection_id}.", "See `tieout connection list`.")
        trail = audit.Trail(session, audit.chain_of(connection_id))
        unit = Work(session, connection, trail, Tallies(session, connection_id), clock.now())
        yield unit
        session.flush()
        unit.tallies.write()
        unit.trail.write()


@contextmanager
def service_work(database: Database) -> Iterator[tuple[Session, audit.Trail]]:
    """Change what belongs to the service itself: users, rule packs, new connections."""
    with database.writing() as session:
        trail = audit.Trail(session, audit.SERVICE)
        yield session, trail
        session.flush()
        trail.write()
