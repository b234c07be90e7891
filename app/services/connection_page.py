"""The connection page: the line for QuickBooks, the last sessions and what went wrong in them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session, load_only

from app.core import clock
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import (
    Connection,
    Conversation,
    Event,
    EventPayload,
    Item,
    MessageSet,
    Operation,
    RefreshLog,
    Request,
    WriteBack,
)
from app.items import registry
from app.services import audit, health, quiet
from state_machines.conversation import LIVE

SESSIONS, LINE, TROUBLES = 20, 50, 10
#: So many of those that were not let in are named.
MOST_TURNED_AWAY = 5
TURNED_AWAY_WITHIN = timedelta(days=7)
#: Answers that went as they should; all else is somebody's trouble, or was.
WENT_WELL = ("", "saved", "found", "empty", "unrun")
#: A message set without its texts, which may be large.
LIGHT = load_only(
    MessageSet.id,
    MessageSet.conversation_id,
    MessageSet.writes,
    MessageSet.state,
    MessageSet.requests,
    MessageSet.sends,
    MessageSet.hresult,
    MessageSet.sent_at,
    MessageSet.answered_at,
)


@dataclass(frozen=True)
class QueueRow:
    """One operation in line, or out."""

    place: int
    operation: Operation
    item: Item | None


@dataclass(frozen=True)
class TurnedAway:
    """A Web Connector that knocked and was not let in."""

    at: datetime
    machine: str
    why: str
    other: str  # the machine at work then, if that was the reason


@dataclass(frozen=True)
class Trouble:
    """An answer of the last sessions that somebody may have to do something about."""

    at: datetime
    code: str
    sentence: str
    what_to_do: str
    times: int


@dataclass(frozen=True)
class ConnectionPage:
    """What the connection page shows."""

    connection: Connection
    health: health.Health
    sessions: tuple[Conversation, ...]
    sets: dict[int, list[MessageSet]]
    queue: tuple[QueueRow, ...]
    waiting: int
    refreshes: tuple[tuple[str, str, Any, bool], ...]  # name, label, finished at, under way
    not_told: int  # items Procore does not know of yet
    turned_away: tuple[TurnedAway, ...]
    troubles: tuple[Trouble, ...]
    quiet_until: str  # empty: not quiet now

    @property
    def running(self) -> Conversation | None:
        """The session at work now."""
        return next((one for one in self.sessions if one.state in LIVE), None)

    @property
    def machines(self) -> tuple[str, ...]:
        """The machines whose Web Connectors came, the last one first."""
        return tuple(dict.fromkeys(one.machine for one in self.sessions if one.machine))

    @property
    def last_contact(self) -> datetime | None:
        """When a Web Connector was last heard of."""
        return health.last_contact(self.connection, self.sessions[0] if self.sessions else None)

    @property
    def next_contact(self) -> datetime | None:
        """When it is planned to come next; nothing where that time has passed."""
        if self.last_contact is None:
            return None
        planned = self.last_contact + health.planned(self.connection)
        return planned if planned > clock.now() else None


def page(database: Database, connection_id: int) -> ConnectionPage:
    """The connection with its sessions, its line and its lists."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        query = select(Conversation).where(Conversation.connection_id == connection_id)
        sessions = tuple(session.execute(query.order_by(Conversation.id.desc()).limit(SESSIONS)).scalars())
        sets: dict[int, list[MessageSet]] = {}
        for message_set in light_sets(session, [one.id for one in sessions]):
            sets.setdefault(message_set.conversation_id, []).append(message_set)
        return ConnectionPage(
            connection,
            health.of(session, connection),
            sessions,
            sets,
            _queue(session, connection_id),
            health.in_line(session, connection_id),
            refreshes(session, connection_id),
            _untold(session, connection_id),
            _turned_away(session, connection_id),
            _troubles(session, [found.id for held in sets.values() for found in held]),
            quiet.ends(connection.settings, clock.now()),
        )


def light_sets(session: Session, conversations: Sequence[int]) -> list[MessageSet]:
    """The message sets of these sessions without their texts, the oldest first."""
    found = select(MessageSet).options(LIGHT).where(MessageSet.conversation_id.in_(conversations))
    return list(session.execute(found.order_by(MessageSet.sent_at)).scalars())


def _untold(session: Session, connection_id: int) -> int:
    query = select(func.count()).select_from(WriteBack)
    mine = query.where(WriteBack.connection_id == connection_id, WriteBack.written < WriteBack.counter)
    return int(session.execute(mine).scalar_one())


def _troubles(session: Session, sets: Sequence[str]) -> tuple[Trouble, ...]:
    newest = func.max(Request.made_at).label("at")
    query = (
        select(newest, Request.status, Request.sentence, Request.remedy, func.count().label("times"))
        .where(Request.set_id.in_(sets), Request.status.is_not(None), Request.outcome.not_in(WENT_WELL))
        .group_by(Request.status, Request.sentence, Request.remedy)
        .order_by(newest.desc())
        .limit(TROUBLES)
    )
    return tuple(
        Trouble(row.at, str(row.status), row.sentence, row.remedy, row.times) for row in session.execute(query)
    )


def _turned_away(session: Session, connection_id: int) -> tuple[TurnedAway, ...]:
    query = (
        select(Event.at, EventPayload.payload)
        .join(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(
            Event.chain == audit.chain_of(connection_id),
            Event.at >= clock.now() - TURNED_AWAY_WITHIN,
            Event.tag == Tag.WC_REFUSED.value,
        )
        .order_by(Event.seq.desc())
        .limit(MOST_TURNED_AWAY)
    )
    found = ((at, json.loads(payload)) for at, payload in session.execute(query))
    return tuple(
        TurnedAway(at, said["remote"], str(said.get("why", "")), str(said.get("other", "")))
        for at, said in found
        if said.get("remote")
    )


def _queue(session: Session, connection_id: int) -> tuple[QueueRow, ...]:
    query = (
        select(Operation, Item)
        .outerjoin(Item, Item.id == Operation.item_id)
        .where(Operation.connection_id == connection_id, Operation.state.in_(health.IN_LINE))
        .order_by(Operation.seq)
        .limit(LINE)
    )
    return tuple(QueueRow(place, *row) for place, row in enumerate(session.execute(query), 1))


def refreshes(session: Session, connection_id: int) -> tuple[tuple[str, str, Any, bool], ...]:
    """Each list with when it was last read to its end, and whether it is asked for again."""
    oldest = select(RefreshLog.name, func.min(RefreshLog.finished_at).label("at")).group_by(RefreshLog.name)
    logs = session.execute(oldest.where(RefreshLog.connection_id == connection_id))
    finished = {log.name: log.at for log in logs}
    under_way = set(
        session.execute(
            select(Operation.kind).where(
                Operation.connection_id == connection_id,
                Operation.item_id.is_(None),
                Operation.state.in_(("waiting", "ready", "working")),
            )
        ).scalars()
    )
    return tuple(
        (name, refresh.label, finished.get(name), name in under_way) for name, refresh in registry.refreshes().items()
    )
