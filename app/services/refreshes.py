"""Asks QuickBooks for its lists, and stages what comes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, insert, select, update

from app.core import ids, text
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Operation, RefreshLog, StagedRecord
from app.items import registry
from app.items.base import Record, Staged
from app.services.people import Person
from app.services.unit import Work, work
from state_machines.operation import OPERATION

SCHEDULE = "schedule"
#: "Hourly company-level sync stages importable jobs and vendors" (the product's own schedule).
EVERY = timedelta(hours=1)


def ask(database: Database, connection_id: int, who: Person, names: Sequence[str] = ()) -> list[str]:
    """Ask for lists now; one already waiting is not asked for twice. Returns what was newly asked."""
    who.must("refresh")
    with work(database, connection_id) as unit:
        return _ask(unit, names or list(registry.refreshes()), who.name)


def ask_for_due(unit: Work) -> list[str]:
    """Ask for the lists that were never read, or not within the schedule."""
    query = select(RefreshLog).where(RefreshLog.connection_id == unit.connection.id)
    read = {log.name: log.finished_at for log in unit.session.execute(query).scalars()}
    due = [name for name in registry.refreshes() if name not in read or unit.at - read[name] >= EVERY]
    return _ask(unit, due, SCHEDULE)


def _ask(unit: Work, names: Sequence[str], actor: str) -> list[str]:
    query = select(Operation.kind).where(
        Operation.connection_id == unit.connection.id,
        Operation.kind.in_(names),
        Operation.state.in_(("waiting", "ready", "working", "unknown")),
    )
    under_way = set(unit.session.execute(query).scalars())
    new = [name for name in names if name not in under_way]
    for name in new:
        operation = Operation(
            id=ids.short(),
            connection_id=unit.connection.id,
            kind=name,
            state=OPERATION.initial,
            reads_next=True,
            asked=0,
            made_at=unit.at,
        )
        OPERATION.move(operation, "release")
        unit.session.add(operation)
    if new:
        unit.trail.add(Tag.REFRESH_ASKED, actor, refreshes=new)
    return new


def stage(unit: Work, operation: Operation, records: Sequence[Record]) -> None:
    """Keep one page of records; a record seen before is brought up to date."""
    refresh = registry.refreshes()[operation.kind]
    staged = {found.list_id: found for found in (refresh.stage(record) for record in records)}
    if not staged:
        return
    row = StagedRecord
    mine = (row.connection_id == unit.connection.id) & (row.source == operation.kind)
    known = {
        found.list_id: found
        for found in unit.session.execute(select(row).where(mine, row.list_id.in_(staged))).scalars()
    }
    new = []
    for list_id, record in staged.items():
        values = _values(record) | {"seen_at": unit.at, "seen_by": operation.seq}
        if list_id in known:
            for name, value in values.items():
                setattr(known[list_id], name, value)
        else:
            new.append(values | {"connection_id": unit.connection.id, "source": operation.kind, "list_id": list_id})
    if new:
        unit.session.execute(insert(row), new)


def _values(record: Staged) -> dict[str, object]:
    leaf = text.same_name(record.name)
    return {
        "type": record.type,
        "name": record.name,
        "full_name": record.full_name,
        "leaf_key": leaf,
        "full_key": text.same_name(record.full_name),
        "code_key": leaf.split(" ", 1)[0],
        "active": record.active,
        "sublevel": record.sublevel,
        "data": dict(record.data),
    }


def finished(unit: Work, operation: Operation) -> None:
    """The list was read to its end: what did not show is gone from QuickBooks."""
    row = StagedRecord
    mine = (row.connection_id == unit.connection.id) & (row.source == operation.kind)
    unit.session.execute(delete(row).where(mine, row.seen_by != operation.seq, row.state == "staged"))
    _mark_parents(unit, operation)
    log = RefreshLog(connection_id=unit.connection.id, name=operation.kind, finished_at=unit.at)
    unit.session.merge(log)
    unit.trail.add(Tag.REFRESH_DONE, "QuickBooks", refresh=operation.kind)


def _mark_parents(unit: Work, operation: Operation) -> None:
    """Note which records others stand under: QuickBooks tells only the child's side."""
    row = StagedRecord
    mine = (row.connection_id == unit.connection.id) & (row.source == operation.kind)
    below = unit.session.execute(select(row.data).where(mine, row.sublevel > 0)).scalars()
    parents = {str(data.get("parent") or "") for data in below}
    for parent in unit.session.execute(select(row).where(mine, row.list_id.in_(parents))).scalars():
        parent.data = {**parent.data, "has_children": True}


def restart(unit: Work) -> None:
    """Begin again, in a new session, the refreshes an ended one left half read."""
    unit.session.execute(
        update(Operation)
        .where(
            Operation.connection_id == unit.connection.id,
            Operation.item_id.is_(None),
            Operation.state == "working",
        )
        .values(reads_next=True)
    )
