"""The home page: what waits, what to do first, what happened, and what comes next."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from app.core import clock, money
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Event, EventPayload, Item, ItemNeed, Operation, RefreshLog, Tally
from app.items import registry
from app.items.base import ItemType
from app.services import activity, audit, tallies
from app.services.activity import HalfHour
from app.services.explain import WAIT, reasons
from app.services.verdicts import verdicts

#: So many things to do are named, of so many that are looked at.
FIRST, LOOKED_AT = 6, 30
#: Beyond so many that wait behind one another, the count says "more".
BEHIND = 500
#: Waiting longer than so many days, in words.
AGES = ((1, "today"), (2, "1 day"), (4, "2 to 3 days"), (8, "4 to 7 days"), (15, "8 to 14 days"), (None, "longer"))
PROJECTS, RECENT = 8, 8
#: Moves that only follow another.
BY_ITSELF = frozenset({"queue", "hold"})


@dataclass(frozen=True)
class KindRow:
    """One kind with how many items rest where, and the money that waits for a decision."""

    kind: ItemType
    counts: Mapping[str, int]
    waiting: Decimal | None


@dataclass(frozen=True)
class First:
    """An item whose decision, or repair, lets others go."""

    item: Item
    behind: tuple[tuple[str, int], ...]  # how many of which kind wait for it, directly or behind one another
    amount: Decimal
    why: str  # what the rules hold against accepting it as it stands, or remark on it; or what QuickBooks said

    @property
    def unblocks(self) -> int:
        """All that wait for it."""
        return sum(count for _, count in self.behind)


@dataclass(frozen=True)
class Moved:
    """One move that people may want to know of."""

    item: Item
    move: str
    actor: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """One of the three first steps."""

    title: str
    says: str
    page: str
    done: bool


@dataclass(frozen=True)
class Home:
    """What the home page shows."""

    kinds: tuple[KindRow, ...]
    checking: int
    first: tuple[First, ...]
    moves: tuple[Moved, ...]
    accepted: Moved | None  # the last thing a person accepted
    next_session: datetime | None
    day: tuple[HalfHour, ...]
    ages: tuple[tuple[str, int, Decimal], ...]
    projects: tuple[tuple[str, Decimal], ...]  # name, money to decide
    steps: tuple[Step, ...]  # none once everything began

    def count(self, state: str) -> int:
        """How many items of all kinds rest in a state."""
        return sum(row.counts.get(state, 0) for row in self.kinds)


def home(database: Database, connection_id: int, approver: str = "") -> Home:
    """What waits, what to do first, what happened; ``approver`` is who looks."""
    with database.reading() as session:
        kinds = _kinds(session, connection_id)
        moves = _moves(session, connection_id)
        return Home(
            kinds=kinds,
            checking=_checking(session, connection_id),
            first=_first(session, connection_id, approver),
            moves=tuple(move for move in moves if move.move not in BY_ITSELF)[:RECENT],
            accepted=next((move for move in moves if move.move == "accept"), None),
            next_session=activity.next_session(session, connection_id),
            day=activity.last_day(session, connection_id),
            ages=_ages(session, connection_id),
            projects=_projects(session, connection_id),
            steps=_steps(session, connection_id, kinds),
        )


# -- counts --------------------------------------------------------------------------------------------------------


def _kinds(session: Session, connection_id: int) -> tuple[KindRow, ...]:
    found = tallies.by_kind(session, connection_id)
    return tuple(_kind(kind, found.get(name, {})) for name, kind in registry.kinds().items())


def _kind(kind: ItemType, states: Mapping[str, tuple[int, int]]) -> KindRow:
    _, cents = states.get("sent", (0, 0))
    counts = {state: count for state, (count, _) in states.items()}
    return KindRow(kind, counts, money.from_cents(cents) if cents else None)


def _checking(session: Session, connection_id: int) -> int:
    query = select(func.count()).select_from(Operation)
    mine = (Operation.connection_id == connection_id, Operation.state == "unknown", Operation.item_id.is_not(None))
    return int(session.execute(query.where(*mine)).scalar_one())


def _ages(session: Session, connection_id: int) -> tuple[tuple[str, int, Decimal], ...]:
    now = clock.now()
    bands = [(Item.changed_at > now - timedelta(days=days), at) for at, (days, _) in enumerate(AGES) if days]
    band = case(*bands, else_=len(AGES) - 1)
    query = (
        select(band, func.count(), func.coalesce(func.sum(Item.cents), 0))
        .where(Item.connection_id == connection_id, Item.state == "sent")
        .group_by(band)
    )
    found = {at: (int(count), money.from_cents(int(cents))) for at, count, cents in session.execute(query)}
    return tuple((word, *found.get(at, (0, Decimal(0)))) for at, (_, word) in enumerate(AGES)) if found else ()


def _projects(session: Session, connection_id: int) -> tuple[tuple[str, Decimal], ...]:
    """The projects with most money to decide."""
    cents = func.sum(Tally.cents)
    query = (
        select(Tally.project_id, cents)
        .where(Tally.connection_id == connection_id, Tally.state == "sent", Tally.project_id != "")
        .group_by(Tally.project_id)
        .having(cents > 0)
        .order_by(cents.desc())
        .limit(PROJECTS)
    )
    sums = [(project, int(many)) for project, many in session.execute(query)]
    named = select(Item.procore_id, Item.name).where(
        Item.connection_id == connection_id,
        Item.kind == "project",
        Item.procore_id.in_([project for project, _ in sums]),
    )
    names = {row.procore_id: row.name for row in session.execute(named)}
    return tuple((names.get(project, f"Project {project}"), money.from_cents(many)) for project, many in sums)


# -- what to do first ----------------------------------------------------------------------------------------------

Waiting = aliased(Item)
#: Whoever points at an item.
POINTS_AT = and_(
    ItemNeed.connection_id == Item.connection_id, ItemNeed.kind == Item.kind, ItemNeed.procore_id == Item.procore_id
)
UNDECIDED = ("accepted", "sent")


def _first(session: Session, connection_id: int, approver: str) -> tuple[First, ...]:
    """Items somebody must decide or repair, by how many wait behind them, then by the money there."""
    many = func.count(Waiting.id)
    query = (
        select(Item)
        .outerjoin(ItemNeed, POINTS_AT)
        .outerjoin(Waiting, and_(Waiting.id == ItemNeed.item_id, Waiting.state.in_(UNDECIDED)))
        .where(Item.connection_id == connection_id, Item.state.in_(("sent", "failed")))
        .group_by(Item.id)
        .having((many > 0) | (Item.state == "failed"))
        .order_by(many.desc(), Item.id)
        .limit(LOOKED_AT)
    )
    items = list(session.execute(query).scalars())
    behind = _behind(session, connection_id, [item.id for item in items])
    found = [_one(item, behind[item.id]) for item in items]
    first = sorted(found, key=lambda one: (-one.unblocks, -one.amount, one.item.id))[:FIRST]
    whys = _whys(session, connection_id, [one.item for one in first if one.item.state == "sent"], approver)
    return tuple(replace(one, why=whys.get(one.item.id, one.why)) for one in first)


def _whys(session: Session, connection_id: int, items: Sequence[Item], approver: str) -> dict[int, str]:
    """What the rules hold against accepting each of these as it stands, or remark on it."""
    if not items:
        return {}
    told = verdicts(session, session.get_one(Connection, connection_id), items, approver)
    spoken = {one: [reason for reason in reasons(verdict) if reason.effect != WAIT] for one, verdict in told.items()}
    return {one: f"{said[0].sentence} {said[0].fix}".strip() for one, said in spoken.items() if said}


def _one(item: Item, waiting: Sequence[Row]) -> First:
    kinds = Counter(kind for _, kind, _ in waiting)
    behind = tuple((kind, kinds[kind]) for kind in registry.kinds() if kinds[kind])
    why = f"{item.problem} {item.remedy}".strip() if item.state == "failed" else ""
    return First(item, behind, money.from_cents(sum(cents for _, _, cents in waiting)), why)


Row = tuple[int, str, int]


def _behind(session: Session, connection_id: int, roots: Iterable[int]) -> dict[int, list[Row]]:
    """All that wait for each of these, and what waits for those, each once; one statement for each step down."""
    found: dict[int, dict[int, Row]] = {root: {} for root in roots}
    edge: dict[int, set[int]] = {root: {root} for root in found}
    while any(edge.values()):
        wanted = {item for items in edge.values() for item in items}
        query = (
            select(Item.id, Waiting.id, Waiting.kind, Waiting.cents)
            .join(ItemNeed, POINTS_AT)
            .join(Waiting, and_(Waiting.id == ItemNeed.item_id, Waiting.state.in_(UNDECIDED)))
            .where(Item.connection_id == connection_id, Item.id.in_(wanted))
            .limit(LOOKED_AT * BEHIND)
        )
        pointing: dict[int, dict[int, Row]] = defaultdict(dict)
        for parent, child, kind, cents in session.execute(query):
            pointing[parent][child] = (child, kind, int(cents or 0))
        for root, items in edge.items():
            new = {child: row for item in items for child, row in pointing[item].items()}
            fresh = {child: row for child, row in new.items() if child not in found[root] and child != root}
            found[root] |= fresh
            edge[root] = set(fresh) if len(found[root]) < BEHIND else set()
    return {root: list(rows.values()) for root, rows in found.items()}


# -- what happened -------------------------------------------------------------------------------------------------


def _moves(session: Session, connection_id: int) -> list[Moved]:
    """The newest moves, read off the end of the trail: it grows, and this stays as quick."""
    query = (
        select(Event, EventPayload.payload)
        .join(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.chain == audit.chain_of(connection_id), Event.tag == Tag.ITEM_MOVED.value)
        .order_by(Event.seq.desc())
        .limit(RECENT * 20)
    )
    told: list[tuple[Event, Any]] = [(event, json.loads(payload)) for event, payload in session.execute(query)]
    wanted = {event.item_id for event, _ in told}
    items = {item.id: item for item in session.execute(select(Item).where(Item.id.in_(wanted))).scalars()}
    return [
        Moved(items[event.item_id], str(said["move"]), event.actor, event.at)
        for event, said in told
        if event.item_id in items
    ]


# -- the first run -------------------------------------------------------------------------------------------------


def _steps(session: Session, connection_id: int, kinds: Sequence[KindRow]) -> tuple[Step, ...]:
    """The three steps of a beginning; none once QuickBooks holds the first thing Tieout wrote or linked."""
    bound = select(Binding.item_id).where(Binding.connection_id == connection_id).limit(1)
    if session.execute(bound).first() is not None:
        return ()
    read = select(RefreshLog.name).where(RefreshLog.connection_id == connection_id).limit(1)
    sent = any(row.counts for row in kinds)
    return (
        Step(
            "Let the Web Connector come",
            "Download the .qwc file on the Connection page and open it on the machine of QuickBooks.",
            "connection.page",
            session.execute(read).first() is not None,
        ),
        Step(
            "See what Procore has",
            "Cost codes, projects and companies appear here as soon as Procore is read.",
            "what_syncs.page",
            sent,
        ),
        Step(
            "Accept the first record",
            "Begin with what other records wait for: cost codes, then the project and its companies.",
            "offers.first",
            any(row.counts.get(state) for row in kinds for state in ("accepted", "queued", "synced")),
        ),
    )
