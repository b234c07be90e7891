"""Leases on the turns of the work: whoever takes one is alone at it, for as long as it says that it lives.

Any number of workers may run, in any number of processes and on any number of machines. What a killed worker held is
free again when its lease has run out. The clocks of the machines may differ by far less than a lease lasts.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Update, select, update
from sqlalchemy.exc import IntegrityError

from app.core import clock
from app.db.engine import Database
from app.db.models import Task
from app.services import retries

LEASE = timedelta(seconds=60)
#: Whether to end soon; asked by whoever works long, between two steps.
Stop = Callable[[], bool]


def never() -> bool:
    """What is asked for by hand goes on to its end."""
    return False


@dataclass(frozen=True)
class Lease:
    """A turn that somebody has taken."""

    connection_id: int
    name: str
    owner: str
    started_at: datetime
    tries: int


def take(database: Database, connection_id: int, name: str, owner: str) -> Lease | None:
    """The turn, if it is due and nobody has it; one statement decides between all who ask."""
    now = clock.now()
    with database.reading() as session:
        row = session.get(Task, (connection_id, name))
    if row is None:
        with suppress(IntegrityError), database.writing() as session:  # another worker may have been faster
            session.add(Task(connection_id=connection_id, name=name, lease_until=now, next_at=now))
    elif row.next_at > now or row.lease_until > now:  # asked for every second: mostly there is nothing to write
        return None
    taken = _mine(connection_id, name).where(Task.next_at <= now, Task.lease_until <= now)
    if not _done(database, taken.values(owner=owner, lease_until=now + LEASE, started_at=now)):
        return None
    with database.reading() as session:
        row = session.get_one(Task, (connection_id, name))
        return Lease(connection_id, name, owner, now, row.tries)


def renew(database: Database, lease: Lease) -> bool:
    """Say that the work goes on. False: it took too long to say so, and another may have the turn."""
    return _done(database, _held(lease).values(lease_until=clock.now() + LEASE))


def ended(database: Database, lease: Lease, did: int, again: timedelta) -> None:
    """The turn came to its end; the next is due after ``again``."""
    now = clock.now()
    took = int((now - lease.started_at) / timedelta(milliseconds=1))
    _release(database, lease, now + again, ended_at=now, did=did, milliseconds=took, tries=0, problem="")


def failed(database: Database, lease: Lease, problem: Exception) -> None:
    """The turn broke off; it is tried again, later each time."""
    again = retries.retry_at(problem, lease.tries + 1)
    _release(database, lease, again, tries=lease.tries + 1, problem=retries.sentence(problem))


def standing(database: Database, connection_id: int) -> dict[str, Task]:
    """Every turn of a connection, as it stands."""
    with database.reading() as session:
        rows = session.execute(select(Task).where(Task.connection_id == connection_id)).scalars()
        return {row.name: row for row in rows}


def _release(database: Database, lease: Lease, next_at: datetime, **what: object) -> None:
    _done(database, _held(lease).values(owner="", lease_until=clock.now(), next_at=next_at, **what))


def _held(lease: Lease) -> Update:
    """The row, as long as it is still ours."""
    mine = _mine(lease.connection_id, lease.name)
    return mine.where(Task.owner == lease.owner, Task.started_at == lease.started_at)


def _mine(connection_id: int, name: str) -> Update:
    return update(Task).where(Task.connection_id == connection_id, Task.name == name)


def _done(database: Database, statement: Update) -> bool:
    with database.writing() as session:
        result = session.execute(statement.execution_options(synchronize_session=False))
        return cast(CursorResult[Any], result).rowcount == 1
