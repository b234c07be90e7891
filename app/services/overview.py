"""The home page and the connection page: what waits, what to do first, and how the connection is."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session, aliased

from app.core import clock, money
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import (
    Connection,
    Conversation,
    Event,
    EventPayload,
    Item,
    ItemNeed,
    MessageSet,
    Operation,
    RefreshLog,
    Request,
    Transition,
    WriteBack,
)
from app.items import registry
from app.items.base import ItemType
from app.services import audit
from state_machines.conversation import LIVE

#: Longer than this without a session and the Web Connector counts as silent.
SILENT_AFTER = timedelta(hours=2)
#: So many of those that were not let in are named.
MOST_TURNED_AWAY = 5
TURNED_AWAY_WITHIN = timedelta(days=7)


@dataclass(frozen=True)
class Health:
    """How the connection is, in one sentence."""

    tone: str  # good, busy, warn, bad
    sentence: str


@dataclass(frozen=True)
class KindRow:
    """One kind with how many items rest where, and the money that waits for a decision."""

    kind: ItemType
    counts: dict[str, int]
    waiting: Decimal | None


@dataclass(frozen=True)
class First:
    """An item whose decision lets others go."""

    item: Item
    unblocks: int
    amount: Decimal


@dataclass(frozen=True)
class Home:
    """What the home page shows."""

    kinds: tuple[KindRow, ...]
    first: tuple[First, ...]
    moves: tuple[tuple[Transition, Item], ...]


def home(database: Database, connection_id: int) -> Home:
    """What waits, what to do first, what happened."""
    with database.reading() as session:
        query = (
            select(Transition, Item)
            .join(Item, Item.id == Transition.item_id)
            .where(Item.connection_id == connection_id, Transition.move.not_in(("queue", "hold")))
            .order_by(Transition.at.desc(), Transition.item_id.desc())
            .limit(10)
        )
        moves = tuple((row.Transition, row.Item) for row in session.execute(query))
        return Home(_kinds(session, connection_id), _first(session, connection_id), moves)


def to_decide(database: Database, connection_id: int) -> dict[str, int]:
    """How many items of each kind wait for a decision."""
    query = (
        select(Item.kind, func.count())
        .where(Item.connection_id == connection_id, Item.state == "sent")
        .group_by(Item.kind)
    )
    with database.reading() as session:
        return {kind: int(count) for kind, count in session.execute(query)}


def _kinds(session: Session, connection_id: int) -> tuple[KindRow, ...]:
    query = (
        select(Item.kind, Item.state, func.count(), func.sum(Item.cents))
        .where(Item.connection_id == connection_id)
        .group_by(Item.kind, Item.state)
    )
    counts: dict[str, dict[str, int]] = {}
    money_waiting: dict[str, int] = {}
    for kind, state, count, cents in session.execute(query):
        counts.setdefault(kind, {})[state] = count
        if state == "sent" and cents is not None:
            money_waiting[kind] = int(cents)
    return tuple(
        KindRow(kind, counts.get(name, {}), money.from_cents(money_waiting[name]) if name in money_waiting else None)
        for name, kind in registry.kinds().items()
    )


def _first(session: Session, connection_id: int) -> tuple[First, ...]:
    """Undecided items by how many accepted or undecided ones wait for them, then by the money behind them."""
    waiting = aliased(Item)
    query = (
        select(Item, func.count(waiting.id).label("many"), func.coalesce(func.sum(waiting.cents), 0).label("cents"))
        .join(
            ItemNeed,
            and_(
                ItemNeed.connection_id == Item.connection_id,
                ItemNeed.kind == Item.kind,
                ItemNeed.procore_id == Item.procore_id,
            ),
        )
        .join(waiting, and_(waiting.id == ItemNeed.item_id, waiting.state.in_(("accepted", "sent"))))
        .where(Item.connection_id == connection_id, Item.state == "sent")
        .group_by(Item.id)
        .order_by(func.count(waiting.id).desc(), func.coalesce(func.sum(waiting.cents), 0).desc(), Item.id)
        .limit(6)
    )
    return tuple(
        First(item, int(many), money.from_cents(int(cents or 0))) for item, many, cents in session.execute(query)
    )


# -- the connection ------------------------------------------------------------------------------------------------


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
class ConnectionPage:
    """What the connection page shows."""

    connection: Connection
    health: Health
    sessions: tuple[Conversation, ...]
    sets: dict[int, list[MessageSet]]
    queue: tuple[QueueRow, ...]
    waiting: int
    refreshes: tuple[tuple[str, str, Any, bool], ...]  # name, label, finished at, under way
    not_told: int  # items Procore does not know of yet
    turned_away: tuple[TurnedAway, ...]


def health(database: Database, connection_id: int) -> Health:
    """The health pill of every page."""
    with database.reading() as session:
        return _health(session, session.get_one(Connection, connection_id))


def _health(session: Session, connection: Connection) -> Health:
    query = select(Conversation).where(Conversation.connection_id == connection.id)
    last = session.execute(query.order_by(Conversation.id.desc()).limit(1)).scalar_one_or_none()
    waiting = _waiting(session, connection.id)
    in_line = f" · {waiting} in line" if waiting else ""
    if connection.paused:
        return Health("warn", f"Paused{in_line}")
    if last is None:
        return Health("warn", "No Web Connector session yet")
    if last.state in LIVE:
        return Health("busy", f"Web Connector at work{in_line}")
    if last.last_error:
        return Health("bad", f"Last session stopped: {last.last_error}")
    ago = clock.now() - last.last_call_at
    if waiting and ago > SILENT_AFTER:
        return Health("bad", f"Web Connector silent, last here {_ago(ago)}{in_line}")
    return Health("good", f"Web Connector worked {_ago(ago)}{in_line}")


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"


def _waiting(session: Session, connection_id: int) -> int:
    query = (
        select(func.count())
        .select_from(Operation)
        .where(Operation.connection_id == connection_id, Operation.state.in_(("ready", "working", "unknown")))
    )
    return int(session.execute(query).scalar_one())


def connection_page(database: Database, connection_id: int) -> ConnectionPage:
    """The connection with its sessions, its line and its lists."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        query = select(Conversation).where(Conversation.connection_id == connection_id)
        sessions = tuple(session.execute(query.order_by(Conversation.id.desc()).limit(20)).scalars())
        sets: dict[int, list[MessageSet]] = {}
        found = select(MessageSet).where(MessageSet.conversation_id.in_([one.id for one in sessions]))
        for message_set in session.execute(found.order_by(MessageSet.sent_at)).scalars():
            sets.setdefault(message_set.conversation_id, []).append(message_set)
        untold = (
            select(func.count())
            .select_from(WriteBack)
            .where(WriteBack.connection_id == connection_id, WriteBack.written < WriteBack.counter)
        )
        return ConnectionPage(
            connection,
            _health(session, connection),
            sessions,
            sets,
            _queue(session, connection_id),
            _waiting(session, connection_id),
            _refreshes(session, connection_id),
            int(session.execute(untold).scalar_one()),
            _turned_away(session, connection_id),
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
        .where(Operation.connection_id == connection_id, Operation.state.in_(("ready", "working", "unknown")))
        .order_by(Operation.seq)
        .limit(50)
    )
    return tuple(QueueRow(place, *row) for place, row in enumerate(session.execute(query), 1))


def _refreshes(session: Session, connection_id: int) -> tuple[tuple[str, str, Any, bool], ...]:
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


def message_set(database: Database, connection_id: int, set_id: str) -> tuple[MessageSet, tuple[Request, ...]] | None:
    """One message set with its requests, or None."""
    with database.reading() as session:
        found = session.get(MessageSet, set_id)
        if found is None or found.connection_id != connection_id:
            return None
        requests = select(Request).where(Request.set_id == set_id).order_by(Request.operation_seq)
        return found, tuple(session.execute(requests).scalars())


def events(database: Database, connection_id: int, *, tag: str = "", actor: str = "", before: int = 0) -> list[Event]:
    """A page of the trail, newest first."""
    query = select(Event).where(Event.chain == f"connection:{connection_id}")
    if tag:
        query = query.where(Event.tag == tag)
    if actor:
        query = query.where(Event.actor == actor)
    if before:
        query = query.where(Event.seq < before)
    with database.reading() as session:
        return list(session.execute(query.order_by(Event.seq.desc()).limit(100)).scalars())


def named(database: Database, shown: Sequence[Event]) -> dict[int, Item]:
    """The items that events are about."""
    wanted = {event.item_id for event in shown if event.item_id is not None}
    with database.reading() as session:
        return {item.id: item for item in session.execute(select(Item).where(Item.id.in_(wanted))).scalars()}
