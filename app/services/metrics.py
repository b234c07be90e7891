"""Figures of the whole service for a monitor; names of connections, people and items are not among them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from app.core import clock
from app.db.engine import Database
from app.db.models import Connection, Conversation, HookRefusal, ProcoreGate, Task
from app.services import health, hooks, tallies
from app.services.hook_refusals import Refused
from app.services.procore_stores import window

#: What is told, by name: its type, and what it means.
TOLD = {
    "tieout_items": ("gauge", "Items by kind and state."),
    "tieout_waiting": ("gauge", "Operations that wait for QuickBooks."),
    "tieout_web_connector_age_seconds": ("gauge", "Since the Web Connector was last heard of."),
    "tieout_worker_turn_age_seconds": ("gauge", "Since a worker's turn last came to its end."),
    "tieout_worker_turn_failures": ("gauge", "Tries of a worker's turn in a row that broke off."),
    "tieout_procore_paused": ("gauge", "1 while Procore allows no call."),
    "tieout_hooks_received_total": ("counter", "Webhooks of Procore's, each once."),
    "tieout_hooks_refused_total": ("counter", "Calls of webhooks turned away."),
}
Sample = tuple[str, dict[str, str], int]  # name, labels, value


@dataclass
class Metric:
    """One figure, for each set of labels."""

    name: str
    type: str
    help: str
    values: list[tuple[dict[str, str], int]] = field(default_factory=list)


def is_well(database: Database) -> bool:
    """Whether the database answers."""
    try:
        with database.reading() as session:
            session.execute(text("SELECT 1"))
    except SQLAlchemyError:
        return False
    return True


def collect(database: Database, refused: Refused) -> list[Metric]:
    """All of them, now; ``refused`` is what this process has not yet added up with the others'."""
    found = {name: Metric(name, *told) for name, told in TOLD.items()}
    with database.reading() as session:
        for connection in session.execute(select(Connection).order_by(Connection.id)).scalars().all():
            for name, labels, value in _of(session, connection):
                found[name].values.append(({"connection": str(connection.id), **labels}, value))
        rejected = Counter({(row.connection_id, row.reason): row.count for row in session.scalars(select(HookRefusal))})
    rejected.update(refused.not_yet_written())
    found["tieout_hooks_refused_total"].values = [
        ({"connection": str(connection_id), "reason": reason}, count)
        for (connection_id, reason), count in sorted(rejected.items())
    ]
    return list(found.values())


def _of(session: Session, connection: Connection) -> Iterator[Sample]:
    now = clock.now()
    for kind, states in tallies.by_kind(session, connection.id).items():
        for state, (count, _) in states.items():
            yield "tieout_items", {"kind": kind, "state": state}, count
    yield "tieout_waiting", {}, health.in_line(session, connection.id)
    last = select(Conversation).where(Conversation.connection_id == connection.id).order_by(Conversation.id.desc())
    if seen := health.last_contact(connection, session.scalars(last.limit(1)).one_or_none()):
        yield "tieout_web_connector_age_seconds", {}, int((now - seen).total_seconds())
    for task in session.scalars(select(Task).where(Task.connection_id == connection.id).order_by(Task.name)):
        yield "tieout_worker_turn_failures", {"turn": task.name}, task.tries
        if task.ended_at:
            yield "tieout_worker_turn_age_seconds", {"turn": task.name}, int((now - task.ended_at).total_seconds())
    gate = session.get(ProcoreGate, connection.procore_company_id)
    paused = gate is not None and window(gate).entry().closed_until is not None
    yield "tieout_procore_paused", {}, int(paused)
    yield "tieout_hooks_received_total", {}, hooks.received(session, connection.id)
