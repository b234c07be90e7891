"""Reconciliation: whatever was sent is synced, failed, rejected, retrieved, unlinked or waiting; nothing is lost.

It counts by revision: an item that was sent twice counts twice, each time under what became of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import money
from app.db.engine import Database
from app.db.models import Item, Revision, Transition
from app.items import registry
from app.items.base import ItemType
from app.services.reports import Sheet

#: What becomes of something sent, in the order people ask for it.
OUTCOMES = ("synced", "failed", "rejected", "retrieved", "unlinked", "waiting")
#: Moves that put a revision before the approvers, and moves that end its way.
BEGINS = ("send", "amend")
ENDS = {"reject": "rejected", "revert": "rejected", "retrieve": "retrieved", "unlink": "unlinked"}
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Count:
    """So many, worth so much."""

    many: int = 0
    amount: Decimal = NOTHING

    def __add__(self, other: Count) -> Count:
        return Count(self.many + other.many, self.amount + other.amount)


@dataclass(frozen=True)
class Line:
    """One kind: what was sent, and what became of it. The two are counted apart."""

    kind: ItemType | None  # None: all kinds together
    sent: Count
    outcomes: Mapping[str, Count]

    @property
    def label(self) -> str:
        """What people call it."""
        return self.kind.plural if self.kind else "All"

    @property
    def accounted(self) -> Count:
        """All outcomes together."""
        return sum((self.outcomes[name] for name in OUTCOMES), Count())

    @property
    def ties(self) -> bool:
        """Whether nothing is lost and nothing counted twice."""
        return self.sent == self.accounted


@dataclass(frozen=True)
class _Move:
    item_id: int
    kind: str
    state: str
    move: str
    at: datetime


@dataclass
class _Sent:
    """One revision that was sent."""

    move: _Move
    outcome: str = ""


def report(database: Database, connection_id: int) -> list[Line]:
    """Every kind with something sent, then all together."""
    with database.reading() as session:
        moves = _moves(session, connection_id)
        amounts = _Amounts(session, connection_id)
    sent: dict[str, Count] = defaultdict(Count)
    outcomes: dict[str, dict[str, Count]] = defaultdict(lambda: dict.fromkeys(OUTCOMES, Count()))
    for move in moves:
        if move.move in BEGINS:
            sent[move.kind] += amounts.of(move)
    for of_item in _by_item(moves):
        for one in _ways(of_item):
            outcomes[one.move.kind][one.outcome] += amounts.of(one.move)
    lines = [Line(kind, sent[name], outcomes[name]) for name, kind in registry.kinds().items() if name in sent]
    together = {name: sum((line.outcomes[name] for line in lines), Count()) for name in OUTCOMES}
    return [*lines, Line(None, sum((line.sent for line in lines), Count()), together)]


def _moves(session: Session, connection_id: int) -> list[_Move]:
    query = (
        select(Transition.item_id, Item.kind, Item.state, Transition.move, Transition.at)
        .join(Item, Item.id == Transition.item_id)
        .where(Item.connection_id == connection_id, Transition.move.in_((*BEGINS, *ENDS)))
        .order_by(Transition.item_id, Transition.sort_key)
    )
    return [_Move(*row) for row in session.execute(query)]


def _by_item(moves: Iterable[_Move]) -> Iterable[list[_Move]]:
    found: dict[int, list[_Move]] = defaultdict(list)
    for move in moves:
        found[move.item_id].append(move)
    return found.values()


def _ways(moves: Sequence[_Move]) -> list[_Sent]:
    """What became of each revision of one item that was sent."""
    found: list[_Sent] = []
    held: _Sent | None = None  # what QuickBooks holds
    under_way: _Sent | None = None
    for move in moves:
        if move.move in BEGINS:
            if move.move == "amend" and under_way is not None:
                held, under_way.outcome = under_way, "synced"
            under_way = _Sent(move)
            found.append(under_way)
        elif move.move == "unlink":
            for one in (under_way or held,):
                if one is not None:
                    one.outcome = ENDS[move.move]
            held = under_way = None
        elif under_way is not None:
            under_way.outcome = ENDS[move.move]
            under_way = held if move.move == "revert" else None
    if under_way is not None and not under_way.outcome:
        state = under_way.move.state
        under_way.outcome = state if state in ("synced", "failed") else "waiting"
    return found


class _Amounts:
    """What each revision was worth when it was sent."""

    def __init__(self, session: Session, connection_id: int) -> None:
        mine = select(Item.id, Item.cents).where(Item.connection_id == connection_id)
        self._now = {row.id: money.from_cents(row.cents or 0) for row in session.execute(mine)}
        # Most items were never changed: only of the others every revision is read.
        changed = select(Revision.item_id).group_by(Revision.item_id).having(func.count() > 1)
        query = (
            select(Revision.item_id, Item.kind, Revision.seen_at, Revision.content)
            .join(Item, Item.id == Revision.item_id)
            .where(Item.connection_id == connection_id, Item.cents.is_not(None), Revision.item_id.in_(changed))
            .order_by(Revision.id)
        )
        self._then: dict[int, list[tuple[datetime, Decimal]]] = defaultdict(list)
        for item_id, kind, seen_at, content in session.execute(query):
            self._then[item_id].append((seen_at, registry.kind(kind).amount(content) or NOTHING))

    def of(self, move: _Move) -> Count:
        """The amount Procore had told by the time of the move."""
        revisions = self._then.get(move.item_id, ())
        told = [amount for seen_at, amount in revisions if seen_at <= move.at]
        return Count(1, told[-1] if told else self._now[move.item_id])


def sheet(lines: Sequence[Line]) -> Sheet:
    """Counts and money, kind by kind."""
    columns = [f"{name.capitalize()}{what}" for name in ("sent", *OUTCOMES) for what in ("", " amount")]
    return Sheet(
        "reconciliation",
        "Reconciliation",
        ("Kind", *columns, "Ties out"),
        [
            (
                line.label,
                *(
                    cell
                    for one in (line.sent, *map(line.outcomes.get, OUTCOMES))
                    if one
                    for cell in (one.many, one.amount)
                ),
                "yes" if line.ties else "no",
            )
            for line in lines
        ],
        ("Sent = synced + failed + rejected + retrieved + unlinked + waiting, counted by revision.",),
    )
