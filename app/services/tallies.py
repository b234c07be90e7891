"""Kept counts: how many items of each kind, state and project there are, and their money.

They change in the transaction that moves the items, so that no page ever counts rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Subquery, func, literal, select, union_all
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Item, Operation, Tally

Cell = tuple[str, str, str]  # kind, state, project


class Tallies:
    """Collects what one write transaction moves, and adds it up at its end."""

    def __init__(self, session: Session, connection_id: int) -> None:
        self._session, self._connection_id = session, connection_id
        self._noted: list[tuple[Cell, int, int]] = []

    def enter(self, item: Item) -> None:
        """The item counts from now on as it stands."""
        self._note(item, item.state, 1)

    def leave(self, item: Item) -> None:
        """The item no longer counts as it stands; one never seen never counted."""
        if item.seen_revision_id is not None:
            self._note(item, item.state, -1)

    def moved(self, item: Item, source: str) -> None:
        """The item was in another state before."""
        self._note(item, source, -1)
        self._note(item, item.state, 1)

    @contextmanager
    def forgotten_on_error(self) -> Iterator[None]:
        """What is noted inside goes again when the block fails."""
        noted = len(self._noted)
        try:
            yield
        except BaseException:
            del self._noted[noted:]
            raise

    def write(self) -> None:
        """Add it all up: one row for each cell that changed. Called once, right before the transaction commits."""
        sums: dict[Cell, list[int]] = defaultdict(lambda: [0, 0])
        for cell, count, cents in self._noted:
            sums[cell][0] += count
            sums[cell][1] += cents
        self._noted.clear()
        rows = [
            {
                "connection_id": self._connection_id,
                **dict(zip(("kind", "state", "project_id"), cell, strict=True)),
                "count": count,
                "cents": cents,
            }
            for cell, (count, cents) in sorted(sums.items())
            if count or cents
        ]
        if rows:
            self._session.connection().execute(_adding(self._session.get_bind().dialect.name), rows)

    def _note(self, item: Item, state: str, sign: int) -> None:
        self._noted.append(((item.kind, state, item.project_id or ""), sign, sign * (item.cents or 0)))


def _adding(dialect: str) -> Any:
    insert = (sqlite.insert if dialect == "sqlite" else postgresql.insert)(Tally)
    return insert.on_conflict_do_update(
        index_elements=[column.name for column in Tally.__table__.primary_key],
        set_={"count": Tally.count + insert.excluded.count, "cents": Tally.cents + insert.excluded.cents},
    )


# -- to look at ----------------------------------------------------------------------------------------------------


def by_kind(session: Session, connection_id: int, *, project: str = "") -> dict[str, dict[str, tuple[int, int]]]:
    """Of every kind, by state: how many items and how many cents."""
    query = (
        select(Tally.kind, Tally.state, func.sum(Tally.count), func.sum(Tally.cents))
        .where(*_of(connection_id, project))
        .group_by(Tally.kind, Tally.state)
    )
    found: dict[str, dict[str, tuple[int, int]]] = defaultdict(dict)
    for kind, state, count, cents in session.execute(query):
        if count:
            found[kind][state] = (int(count), int(cents))
    return dict(found)


def resting(connection_id: int, state: str) -> Subquery:
    """How many items of each kind rest in a state, as part of a statement: ``kind`` and ``count``."""
    count = func.sum(Tally.count)
    query = select(Tally.kind, count.label("count")).where(*_of(connection_id, ""), Tally.state == state)
    return query.group_by(Tally.kind).having(count > 0).subquery()


@dataclass
class Around:
    """The counts that stand around one page of a list."""

    tabs: dict[str, int] = field(default_factory=lambda: {"checking": 0})
    groups: dict[str, tuple[int, int]] = field(default_factory=dict)  # of the projects shown: items and cents
    projects: list[tuple[str, str]] = field(default_factory=list)  # those with most items, by name: id and name


def by_tab(session: Session, connection_id: int, kind: str, *, project: str = "") -> dict[str, int]:
    """How many items of a kind each tab of its list holds; what is in doubt counts there alone."""
    return around(session, connection_id, kind, project=project).tabs


def around(
    session: Session,
    connection_id: int,
    kind: str,
    *,
    project: str = "",
    state: str = "",
    shown: Collection[str] = (),
    most: int = 0,
) -> Around:
    """The tabs, of one project or all; the projects ``shown`` in one state; and so many projects to choose from."""
    found = Around()
    parts = [*_tabs(connection_id, kind, project)]
    if shown:
        parts.append(_groups(connection_id, kind, state, shown))
    if most:
        parts.append(select(_projects(connection_id, kind, most)))
    named: list[tuple[str, str, str]] = []
    for what, name, count, cents, says, order in session.execute(union_all(*parts)):
        if what == "tab":
            found.tabs[name] = int(count)
        elif what == "group":
            found.groups[name] = (int(count), int(cents))
        else:
            named.append((order, name, says))
    found.tabs["queued"] = found.tabs.get("queued", 0) - found.tabs["checking"]
    found.projects = [(name, says) for _, name, says in sorted(named)]
    return found


def _tabs(connection_id: int, kind: str, project: str) -> Iterator[Any]:
    none, nothing = literal(0), literal("")
    kept = select(literal("tab"), Tally.state, func.sum(Tally.count), none, nothing, nothing)
    yield kept.where(*_of(connection_id, project), Tally.kind == kind).group_by(Tally.state)
    doubtful = select(literal("tab"), literal("checking"), func.count(Item.id), none, nothing, nothing)
    mine = (Item.id.in_(in_doubt(connection_id)), Item.kind == kind, Item.state == "queued")
    yield doubtful.where(*mine, *([Item.project_id == project] if project else []))


def _groups(connection_id: int, kind: str, state: str, shown: Collection[str]) -> Any:
    row = select(literal("group"), Tally.project_id, Tally.count, Tally.cents, literal(""), literal(""))
    mine = (Tally.connection_id == connection_id, Tally.kind == kind, Tally.state == state)
    return row.where(*mine, Tally.project_id.in_(shown))


def _projects(connection_id: int, kind: str, most: int) -> Subquery:
    project = (Item.connection_id == Tally.connection_id) & (Item.kind == "project")
    many = func.sum(Tally.count)
    row = select(
        literal("project").label("what"), Item.procore_id, many.label("many"), literal(0), Item.name, Item.sort_name
    )
    return (
        row.join(Tally, project & (Item.procore_id == Tally.project_id))
        .where(Tally.connection_id == connection_id, Tally.kind == kind)
        .group_by(Item.id)
        .having(many > 0)
        .order_by(many.desc(), Item.id)
        .limit(most)
        .subquery()
    )


def in_doubt(connection_id: int) -> Select[Any]:
    """The items one of whose operations waits for an answer that never came: at most one message set of them."""
    return select(Operation.item_id).where(
        Operation.connection_id == connection_id, Operation.state == "unknown", Operation.item_id.is_not(None)
    )


def _of(connection_id: int, project: str) -> list[Any]:
    return [Tally.connection_id == connection_id, *([Tally.project_id == project] if project else [])]


# -- whether they are right ----------------------------------------------------------------------------------------


def wrong(database: Database, connection_id: int) -> list[str]:
    """Every kept count that differs from the truth, in words; reads all items."""
    with database.reading() as session:
        kept = {
            (row.kind, row.state, row.project_id): (row.count, row.cents)
            for row in session.execute(select(Tally).where(Tally.connection_id == connection_id)).scalars()
            if row.count or row.cents
        }
        project = func.coalesce(Item.project_id, "")
        query = (
            select(Item.kind, Item.state, project, func.count(), func.coalesce(func.sum(Item.cents), 0))
            .where(Item.connection_id == connection_id)
            .group_by(Item.kind, Item.state, project)
        )
        true = {(row[0], row[1], row[2]): (int(row[3]), int(row[4] or 0)) for row in session.execute(query)}
    return [
        f"{kind} {state} {project or 'without a project'}: kept {kept.get(cell, (0, 0))}, true {true.get(cell, (0, 0))}"
        for cell in sorted(kept.keys() | true.keys())
        for kind, state, project in [cell]
        if kept.get(cell) != true.get(cell)
    ]
