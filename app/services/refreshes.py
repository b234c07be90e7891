"""Asks QuickBooks for its lists and reports, and stages what comes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, delete, insert, select, update
from sqlalchemy.orm import aliased

from app.core import text
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Errand, Item, Operation, RefreshLog, StagedRecord
from app.items import registry
from app.items.base import Done, Record, Staged
from app.items.refresh import Refresh
from app.services import arrivals, asking, freshness, nightly, permissions, unlinking, updating
from app.services.people import Person
from app.services.unit import Work, work

SCHEDULE = "schedule"
QUICKBOOKS = "QuickBooks"
#: What changed is read with so much overlap: clocks differ, and a session takes its time.
OVERLAP = timedelta(hours=2)


@dataclass(frozen=True)
class Wanted:
    """One refresh, with what it is asked for."""

    name: str
    scope: str = ""
    params: dict[str, Any] = field(default_factory=dict)


def ask(
    database: Database, connection_id: int, who: Person, names: Sequence[str] = (), scopes: Sequence[str] = ()
) -> list[str]:
    """Ask for lists now; one already waiting is not asked for twice. Returns the names newly asked.

    ``scopes`` narrow those that are asked per project to these Procore projects.
    """
    for name in names or ("",):
        permissions.must(database, connection_id, who, "refresh", name)
    with work(database, connection_id) as unit:
        if unknown := set(names) - set(registry.refreshes()):
            raise NotFound(f"There is no list {min(unknown)}.", f"Lists are {', '.join(registry.refreshes())}.")
        if names and (
            closed := [why for name in names if (why := registry.refreshes()[name].why_not(unit.connection.host))]
        ):
            raise Refusal(closed[0], "Nothing was asked.", code="edition")
        wanted = _wanted(unit, list(names) or list(registry.refreshes()))
        return _ask(unit, [one for one in wanted if not scopes or one.scope in scopes], who.name)


def ask_for_due(unit: Work) -> list[str]:
    """Ask for what was never read, or not within its schedule."""
    query = select(RefreshLog).where(RefreshLog.connection_id == unit.connection.id)
    read = {(log.name, log.scope): log.finished_at for log in unit.session.execute(query).scalars()}
    scheduled = {name: freshness.every(unit.connection, refresh) for name, refresh in registry.refreshes().items()}
    due = [
        one
        for one in _wanted(unit, [name for name, each in scheduled.items() if each is not None])
        if _is_due(unit.at, read.get((one.name, one.scope)), scheduled[one.name])
    ]
    return _ask(unit, due, SCHEDULE)


def _is_due(now: datetime, read: datetime | None, each: timedelta | None) -> bool:
    return read is None or (each is not None and now - read >= each)


def _wanted(unit: Work, names: Sequence[str]) -> list[Wanted]:
    """What asking for these lists comes to: once each, or once for each item it goes by."""
    found: list[Wanted] = []
    for name in names:
        refresh = registry.refreshes()[name]
        if refresh.why_not(unit.connection.host):
            continue
        if refresh.per:
            found += _per_item(unit, refresh)
        elif refresh.looks_at:
            found.append(Wanted(name, params={"txn_ids": _bound_to(unit, refresh.looks_at)}))
        else:
            found.append(Wanted(name, params=_since(unit, name) if refresh.incremental else {}))
    return found


def _bound_to(unit: Work, kind: str) -> list[str]:
    """QuickBooks' ids of what items of a kind are bound to; one recorded by hand has none."""
    query = select(Binding.quickbooks_id).join(Item, Item.id == Binding.item_id)
    mine = query.where(Item.connection_id == unit.connection.id, Item.kind == kind, Binding.quickbooks_id != "")
    return list(dict.fromkeys(unit.session.execute(mine.order_by(Item.id)).scalars()))


def _since(unit: Work, name: str) -> dict[str, str]:
    """From when on changes matter: the last reading, at first the connection's own beginning, less an overlap.

    As the QuickBooks machine's clock shows it, without a time offset: QuickBooks' own offsets do not follow daylight
    saving.
    """
    log = unit.session.get(RefreshLog, (unit.connection.id, name, ""))
    since = log.finished_at if log else unit.connection.connected_at
    zone = ZoneInfo(unit.connection.zone)
    return {"since": (since - OVERLAP).astimezone(zone).strftime("%Y-%m-%dT%H:%M:%S")}


def _per_item(unit: Work, refresh: Refresh) -> Iterator[Wanted]:
    query = (
        select(Item.procore_id, Binding.quickbooks_id, Binding.full_name)
        .join(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == unit.connection.id, Item.kind == refresh.per)
        .order_by(Item.id)
    )
    if refresh.after:
        other, held = aliased(Item), aliased(Binding)
        query = query.where(
            select(other.id)
            .join(held, held.item_id == other.id)
            .where(
                other.connection_id == Item.connection_id,
                other.kind == refresh.after,
                other.project_id == Item.procore_id,
            )
            .exists()
        )
    for procore_id, quickbooks_id, full_name in unit.session.execute(query):
        yield Wanted(refresh.name, procore_id, {"quickbooks_id": quickbooks_id, "full_name": full_name})


def _ask(unit: Work, wanted: Sequence[Wanted], actor: str) -> list[str]:
    query = select(Operation.kind, Operation.scope).where(
        Operation.connection_id == unit.connection.id,
        Operation.kind.in_({one.name for one in wanted}),
        Operation.state.in_(asking.UNDER_WAY),
    )
    under_way = {(row.kind, row.scope) for row in unit.session.execute(query)}
    new = [one for one in wanted if (one.name, one.scope) not in under_way]
    for one in new:
        asking.ask(unit, one.name, one.scope, one.params)
    names = list(dict.fromkeys(one.name for one in new))
    if names:
        unit.trail.add(Tag.REFRESH_ASKED, actor, refreshes=names)
    return names


def _mine(unit: Work, operation: Operation) -> ColumnElement[bool]:
    """The records this refresh staged before."""
    row = StagedRecord
    return (row.connection_id == unit.connection.id) & (row.source == operation.kind) & (row.scope == operation.scope)


def stage(unit: Work, operation: Operation, records: Sequence[Record]) -> None:
    """Keep one page of records; a record seen before is brought up to date. A look before an unlink keeps none."""
    if operation.kind not in registry.refreshes():
        return
    refresh = registry.refreshes()[operation.kind]
    staged = {found.list_id: found for record in records for found in refresh.stage_all(record, operation.params)}
    if not staged:
        return
    row = StagedRecord
    query = select(row).where(_mine(unit, operation), row.list_id.in_(staged))
    known = {found.list_id: found for found in unit.session.execute(query).scalars()}
    updating.follow(unit, operation.kind, [(known[list_id], staged[list_id]) for list_id in known])
    new = []
    for list_id, record in staged.items():
        values = _values(record) | {"seen_at": unit.at, "seen_by": operation.seq}
        if list_id in known:
            for name, value in values.items():
                setattr(known[list_id], name, value)
        else:
            place = {"connection_id": unit.connection.id, "source": operation.kind, "scope": operation.scope}
            new.append(values | place | {"list_id": list_id})
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


def finished(unit: Work, operation: Operation, done: Done) -> None:
    """The list was read to its end: what did not show is gone from QuickBooks, unless it told only what changed."""
    if operation.kind not in registry.refreshes():
        unlinking.answered(unit, operation, done)
        return
    row = StagedRecord
    if not registry.refreshes()[operation.kind].incremental:
        gone = delete(row).where(
            _mine(unit, operation),
            row.seen_by != operation.seq,
            row.state.in_(("staged", "archived")),
            row.id.not_in(select(Errand.staged_id)),  # Procore may have it already
        )
        unit.session.execute(gone)
    _mark_parents(unit, operation)
    log = RefreshLog(connection_id=unit.connection.id, name=operation.kind, scope=operation.scope, finished_at=unit.at)
    unit.session.merge(log)
    unit.trail.add(Tag.REFRESH_DONE, QUICKBOOKS, refresh=operation.kind, scope=operation.scope)
    arrivals.settle(unit, operation, done)
    nightly.look(unit, operation)


def failed(unit: Work, operation: Operation, sentence: str) -> None:
    """QuickBooks refused the question."""
    if operation.kind not in registry.refreshes():
        unlinking.refused(unit, operation, sentence)
        return
    unit.trail.add(Tag.REFRESH_FAILED, QUICKBOOKS, refresh=operation.kind, sentence=sentence)


def _mark_parents(unit: Work, operation: Operation) -> None:
    """Note which records others stand under: QuickBooks tells only the child's side."""
    row, mine = StagedRecord, _mine(unit, operation)
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
