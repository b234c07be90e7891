"""Reads Procore, each kind on its own schedule: only what changed, and everything once a day as a net.

The mark a kind is read from is Procore's own time: the newest change a finished reading showed. It moves only when a
reading has come to its end; one that broke off goes on where it was, project by project.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import case, select, update

from app.core import clock
from app.core.batches import in_batches
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Connection, Item, Reading, Revision
from app.items import registry
from app.items.base import Content, ItemType
from app.procore import Run
from app.services import deletions, intake, retries
from app.services.tasks import Stop, never

#: Read once more, each time: Procore's lists may show a change a little late.
OVERLAP = timedelta(minutes=5)
#: How far ahead of ours Procore's clock may be.
AHEAD = timedelta(days=1)
#: A whole reading shows what changes do not: deleted records, lines that changed below a record that did not.
WHOLE_EVERY = timedelta(days=1)
#: So many records are kept at once, and what they cost to read is not paid twice after a crash.
KEEP_EVERY = 100


@dataclass
class Round:
    """What a round of readings did."""

    records: int = 0
    taken: intake.Intake = field(default_factory=intake.Intake)
    problems: dict[str, Exception] = field(default_factory=dict)  # by kind


def due(database: Database, connection_id: int) -> bool:
    """Whether any kind is to be read now."""
    now = clock.now()
    rows = _rows(database, connection_id)
    return any(kind not in rows or rows[kind].next_at <= now for kind in _fetched(database, connection_id))


def run(database: Database, connection_id: int, procore: Run, stop: Stop = never) -> Round:
    """Read every kind that is due, parents first. What is wrong with one kind keeps no other waiting.

    Raises where Procore itself has trouble. ``stop`` is asked now and then: what was read is kept, the rest waits.
    """
    done = Round()
    for name, kind in _fetched(database, connection_id).items():
        row = _row(database, connection_id, name)
        if row.next_at > clock.now():
            continue
        if stop():
            break
        try:
            _Pass(database, row, kind, procore, stop, done).run()
        except Exception as problem:
            done.problems[name] = problem
            _failed(database, row, problem)
            if retries.is_away(problem):
                raise
    return done


def hint(database: Database, connection_id: int, resource: str) -> list[str]:
    """Procore says that something of this resource changed: the kinds it belongs to are read soon. Returns them.

    The reading asks for all that changed. Names nobody knows are no trouble.
    """
    kinds = [name for name, kind in _fetched(database, connection_id).items() if resource in kind.resources]
    if kinds:
        _soon(database, connection_id, kinds)
    return kinds


def standing(database: Database, connection_id: int) -> list[tuple[ItemType, Reading | None]]:
    """Every kind that is read, with how far it is."""
    rows = _rows(database, connection_id)
    return [(kind, rows.get(name)) for name, kind in _fetched(database, connection_id).items()]


# -- one kind ------------------------------------------------------------------------------------------------------


@dataclass
class _Pass:
    """One reading of one kind, or what is left of it."""

    database: Database
    row: Reading
    kind: ItemType
    procore: Run
    stop: Stop
    round: Round
    seen: set[str] = field(default_factory=set)
    batch: list[Content] = field(default_factory=list)

    def run(self) -> None:
        """Read to the end, or as far as it goes."""
        self._begin()
        own = self.procore.of(self._changed(), self.row.passed)
        noted = 0
        try:
            for record in self.kind.fetch(own):
                if len(own.passed) > noted and (len(self.batch) >= KEEP_EVERY or self.stop()):
                    self._keep(own.passed[noted:])
                    noted = len(own.passed)
                    if self.stop():
                        return
                self._see(record)
        except Exception:
            self._keep(own.passed[noted:])
            raise
        self._keep(own.passed[noted:])
        self._end({row["id"] for row in own.of({}, ()).projects()} if self.row.whole else set())

    def _begin(self) -> None:
        """Go on with what broke off, or start anew."""
        if self.row.asked_at is not None:
            return
        now = clock.now()
        old = self.row.whole_at is None or now - self.row.whole_at >= WHOLE_EVERY or deletions.is_confirmed(self.row)
        whole = old or self.row.since is None or not self.kind.lists_changes
        if old:
            self.kind.prepare(self.procore)
        self._write(
            asked_at=now,
            hinted_at=None,
            whole=whole,
            newest=self.row.since,
            passed=[],
            missing=[],
            records=0,
            unreadable=[],
        )

    def _changed(self) -> Content:
        """What changed since the mark; everything, where everything is to be read."""
        if self.row.whole or self.row.since is None or self.row.asked_at is None:
            return {}
        start, end = self.row.since - OVERLAP, self.row.asked_at + AHEAD
        return {"filters[updated_at]": f'"{_stamp(start)}...{_stamp(end)}"'}

    def _see(self, record: Content) -> None:
        self.batch.append(record)
        self.seen.add(str(record.get("id")))

    def _keep(self, passed: list[int]) -> None:
        """Store what was read so far, then how far it goes: broken off in between, a little is read twice."""
        taken = intake.take(self.database, self.row.connection_id, ((self.kind.kind, one) for one in self.batch))
        total = self.round.taken
        total.new, total.changed = total.new + taken.new, total.changed + taken.changed
        total.unchanged += taken.unchanged
        total.unreadable += taken.unreadable
        self.round.records += len(self.batch)
        moments = [moment for one in self.batch if (moment := _moment(one.get("updated_at")))]
        newest = max([*moments, *([self.row.newest] if self.row.newest else [])], default=None)
        self._write(
            newest=newest,
            passed=[*self.row.passed, *passed],
            missing=[*self.row.missing, *self._missing({str(one) for one in passed})],
            records=self.row.records + len(self.batch),
            unreadable=[*self.row.unreadable, *taken.unreadable],
        )
        self.batch = []

    def _missing(self, projects: set[str]) -> list[int]:
        """Items of these projects that were known before, and that Procore did not show."""
        if not self.row.whole or not projects:
            return []
        known = self._known()
        return [item_id for item_id, key, project in known if project in projects and key not in self.seen]

    def _known(self) -> list[tuple[int, str, str | None]]:
        """Items, by their Procore ids and projects, that nobody has seen anew since the reading began."""
        query = (
            select(Item.id, Item.procore_id, Item.project_id)
            .join(Revision, Revision.id == Item.seen_revision_id)
            .where(
                Item.connection_id == self.row.connection_id,
                Item.kind == self.kind.kind,
                Revision.seen_at < self.row.asked_at,
            )
        )
        with self.database.reading() as session:
            return [(row.id, row.procore_id, row.project_id) for row in session.execute(query)]

    def _end(self, projects: set[int]) -> None:
        """Only now the mark moves: to the newest change seen, and never past the moment this reading began."""
        asked_at, newest = self.row.asked_at, self.row.newest
        assert asked_at is not None  # noqa: S101  # _begin set it
        whole = {"whole_at": asked_at} if self.row.whole else {}
        if whole and (doubt := self._give_up({str(one) for one in projects})):
            self.round.problems[self.kind.kind] = doubt
        self._write(
            **whole,
            asked_at=None,
            since=min(newest, asked_at) if newest else None,
            ended_at=clock.now(),
            read=self.row.records,
            next_at=case((Reading.hinted_at.is_not(None), clock.now()), else_=clock.now() + self.kind.read_every),
            tries=0,
            problem="",
        )

    def _give_up(self, projects: set[str]) -> Refusal | None:
        """What a whole reading no longer shows is deleted in Procore, unless it is so much that it cannot be."""
        known = self._known()
        beyond = {i for i, key, project in known if project not in projects and key not in self.seen}
        missing = set(self.row.missing) & {item_id for item_id, _, _ in known}
        gone = self._standing([*missing, *beyond])
        # Those long deleted say nothing of how much is gone now.
        there = len(self._standing([item_id for item_id, _, _ in known])) if gone else 0
        return deletions.settle(self.database, self.row, self.kind, gone, known=there)

    def _standing(self, item_ids: list[int]) -> list[int]:
        """Those of these that are not known to be deleted."""
        query = select(Item.id, Revision.content).join(Revision, Revision.id == Item.seen_revision_id)
        with self.database.reading() as session:
            return [
                row.id
                for batch in in_batches(sorted(set(item_ids)), intake.BATCH)
                for row in session.execute(query.where(Item.id.in_(batch)))
                if not row.content.get("deleted_at")
            ]

    def _write(self, **values: Any) -> None:
        _write(self.database, self.row, **values)


def _failed(database: Database, row: Reading, problem: Exception) -> None:
    _write(
        database,
        row,
        tries=row.tries + 1,
        problem=retries.sentence(problem),
        next_at=retries.retry_at(problem, row.tries + 1),
    )


def _soon(database: Database, connection_id: int, kinds: list[str]) -> None:
    """Now, or once more when the reading on its way has ended; what Procore refused keeps its own time."""
    now = clock.now()
    at_once = case((Reading.tries == 0, now), else_=Reading.next_at)
    which = (Reading.connection_id == connection_id) & Reading.kind.in_(kinds)
    news = which & ((Reading.next_at > now) | Reading.asked_at.is_not(None))
    values = {"hinted_at": now, "next_at": case((Reading.next_at > now, at_once), else_=Reading.next_at)}
    with database.writing() as session:
        session.execute(update(Reading).where(news).values(values).execution_options(synchronize_session=False))


# -- rows ----------------------------------------------------------------------------------------------------------


def _fetched(database: Database, connection_id: int) -> dict[str, ItemType]:
    """The kinds Procore has lists of; one that is behind a switch is not asked for while that is off."""
    with database.reading() as session:
        chosen = session.get_one(Connection, connection_id).settings
    return {
        name: kind
        for name, kind in registry.kinds().items()
        if kind.is_fetched and (not kind.read_with or chosen.get(kind.read_with))
    }


def _rows(database: Database, connection_id: int) -> dict[str, Reading]:
    with database.reading() as session:
        rows = session.execute(select(Reading).where(Reading.connection_id == connection_id)).scalars()
        return {row.kind: row for row in rows}


def _row(database: Database, connection_id: int, kind: str) -> Reading:
    with database.reading() as session:
        if row := session.get(Reading, (connection_id, kind)):
            return row
    new = Reading(
        connection_id=connection_id, kind=kind, next_at=clock.now(), tries=0, passed=[], missing=[], unreadable=[]
    )
    with database.writing() as session:
        session.add(new)
    return new


def _write(database: Database, row: Reading, **values: Any) -> None:
    """Whoever reads has the turn, so the row is the reader's; from elsewhere come hints (`_soon`) and what people say
    of deletions."""
    key = (Reading.connection_id == row.connection_id) & (Reading.kind == row.kind)
    with database.writing() as session:
        session.execute(update(Reading).where(key).values(**values).execution_options(synchronize_session=False))
    for name, value in values.items():
        setattr(row, name, value)


def _moment(stamp: object) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(stamp))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
