"""What the workers are at on one connection: what runs now, what ran last, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.core import clock
from app.db.engine import Database
from app.db.models import Reading, Task
from app.items.base import ItemType
from app.services import deletions, reading, tasks
from app.services.deletions import Doubt
from app.services.notices_turns import MAILS, WATCH
from app.services.turns import ALIVE, TURNS, Turn


@dataclass(frozen=True)
class TurnStands:
    """One turn of the work."""

    name: str
    label: str
    runs_since: datetime | None  # somebody is at it
    ended_at: datetime | None  # of the last one that came to its end
    took: timedelta
    did: int
    counted: str  # what `did` counts
    problem: str  # why the last try broke off, and who can help; empty after a good one
    tries: int
    next_at: datetime | None  # None: as soon as there is something to do


@dataclass(frozen=True)
class KindReads:
    """How far one kind is read from Procore."""

    kind: str
    plural: str
    ended_at: datetime | None
    records: int  # of the last reading that came to its end
    so_far: int | None  # of the one on its way
    whole_at: datetime | None  # when everything was last read
    only_changes: bool  # whether Procore can be asked for what changed
    unreadable: tuple[str, ...]
    problem: str
    next_at: datetime | None  # None: as soon as a worker comes by


@dataclass(frozen=True)
class Working:
    """All of it."""

    alive: bool  # whether a worker was here just now
    seen_at: datetime | None
    turns: tuple[TurnStands, ...]
    readings: tuple[KindReads, ...]
    doubts: tuple[Doubt, ...]  # deletions that a person may confirm

    @property
    def running(self) -> tuple[TurnStands, ...]:
        """What somebody is at now."""
        return tuple(turn for turn in self.turns if turn.runs_since)

    @property
    def troubles(self) -> tuple[str, ...]:
        """What does not work, in sentences; each once."""
        doubts = (one.sentence for one in self.doubts)
        said = [*doubts, *(one.problem for one in self.readings), *(one.problem for one in self.turns)]
        return tuple(dict.fromkeys(filter(None, said)))


def look(database: Database, connection_id: int) -> Working:
    """How the work on a connection stands."""
    now = clock.now()
    rows = tasks.standing(database, connection_id)
    shown = [_turn(turn, rows.get(turn.name), now) for turn in TURNS]
    mine = [rows[turn.name] for turn in TURNS if turn.name in rows]
    moments = [moment for row in mine for moment in (row.started_at, row.ended_at) if moment]
    seen_at = max(moments, default=None)
    post = [_turn(turn, rows[turn.name], now) for turn in (WATCH, *MAILS) if turn.name in rows]
    alive = any(turn.runs_since for turn in shown) or bool(seen_at and now - seen_at < 3 * ALIVE)
    read = reading.standing(database, connection_id)
    readings = tuple(_reads(kind, row, now) for kind, row in read)
    doubts = tuple(deletions.doubts(row for _, row in read if row is not None))
    # To look for work is how a worker shows that it lives, and nothing people wait for.
    return Working(alive, seen_at, (*shown[1:], *post), readings, doubts)


def _turn(turn: Turn[Any], row: Task | None, now: datetime) -> TurnStands:
    if row is None:
        return TurnStands(
            name=turn.name, label=turn.label, runs_since=None, ended_at=None, took=timedelta(0), did=0,
            counted=turn.counted, problem="", tries=0, next_at=None,
        )  # fmt: skip
    return TurnStands(
        name=turn.name,
        label=turn.label,
        runs_since=row.started_at if row.owner and row.lease_until > now else None,
        ended_at=row.ended_at,
        took=timedelta(milliseconds=row.milliseconds),
        did=row.did,
        counted=turn.counted,
        problem=row.problem,
        tries=row.tries,
        next_at=row.next_at if row.next_at > now else None,
    )


def _reads(kind: ItemType, row: Reading | None, now: datetime) -> KindReads:
    if row is None:
        return KindReads(
            kind=kind.kind, plural=kind.plural, ended_at=None, records=0, so_far=None, whole_at=None,
            only_changes=kind.lists_changes, unreadable=(), problem="", next_at=None,
        )  # fmt: skip
    return KindReads(
        kind=kind.kind,
        plural=kind.plural,
        ended_at=row.ended_at,
        records=row.read,
        so_far=row.records if row.asked_at else None,
        whole_at=row.whole_at,
        only_changes=kind.lists_changes,
        unreadable=tuple(row.unreadable),
        problem=row.problem,
        next_at=row.next_at if row.next_at > now else None,
    )
