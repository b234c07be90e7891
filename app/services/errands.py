"""Runs the errands in Procore: each exactly once, though an answer may be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Errand, Item, Revision, StagedRecord
from app.items import registry
from app.items.base import Content, Staged
from app.items.offered import NewRecord, Offered
from app.items.ports import Procore
from app.services import intake, retries, write_back
from app.services.gather import staged_of
from app.services.linking import pair
from app.services.outbox import Outbox, as_tried, made_once
from app.services.tasks import Stop, never
from app.services.unit import Work, work
from app.services.updating import ADD, UPDATE

BATCH = 50


@dataclass(frozen=True)
class _Due:
    """An errand as it was read, with what it is about."""

    row: Errand
    record: StagedRecord
    settings: Mapping[str, Any]

    @property
    def kind(self) -> Offered:
        """What is made of the record in Procore."""
        return registry.offered()[self.row.kind]

    @property
    def staged(self) -> Staged:
        """The record of QuickBooks."""
        return staged_of(self.record)


def run(database: Database, connection_id: int, procore: Procore, stop: Stop = never) -> int:
    """Do what is due; what fails waits longer each time, what Procore refuses waits for a person.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """

    def act(errand: _Due) -> int:
        _DOERS[errand.row.act](database, connection_id, procore, errand)
        return 1

    box = Outbox(act, _rows, retries.failed_or_refused, _tell)
    return box.run(database, connection_id, due(database, connection_id), stop)


def waits(database: Database, connection_id: int) -> bool:
    """Whether anything is due."""
    return bool(due(database, connection_id))


def due(database: Database, connection_id: int) -> list[_Due]:
    """The errands whose time has come, the oldest first."""
    query = (
        select(Errand, StagedRecord)
        .join(StagedRecord, StagedRecord.id == Errand.staged_id)
        .where(Errand.connection_id == connection_id, ~Errand.refused, Errand.next_try_at <= clock.now())
        .order_by(Errand.asked_at, Errand.staged_id)
        .limit(BATCH)
    )
    with database.reading() as session:
        settings = session.get_one(Connection, connection_id).settings
        return [_Due(row=row, record=record, settings=settings) for row, record in session.execute(query)]


# -- add -----------------------------------------------------------------------------------------------------------


def _add(database: Database, connection_id: int, procore: Procore, errand: _Due) -> None:
    new, staged = errand.kind.new_record(errand.staged, errand.settings), errand.staged
    record = made_once(lambda: _made_before(procore, new, staged), lambda: _make(procore, new, staged))
    whole = procore.get(f"{new.path}/{record['id']}", company_id=procore.company_id)
    intake.take_back(database, connection_id, errand.kind.kind, whole)
    with work(database, connection_id) as unit:
        _join(unit, errand, str(record["id"]))


def _made_before(procore: Procore, new: NewRecord, staged: Staged) -> Content | None:
    """The record of this origin."""
    params = {"company_id": procore.company_id, "filters[origin_id]": staged.list_id, **new.look}
    rows = [row for row in procore.pages(new.path, **params) if row.get("origin_id") == staged.list_id]
    return rows[0] if rows else None


def _make(procore: Procore, new: NewRecord, staged: Staged) -> Content:
    origin = {"origin_id": staged.list_id, "origin_code": staged.full_name}
    made: Content = procore.post(new.path, {"company_id": procore.company_id, new.part: {**new.fields, **origin}})
    return made


def _join(unit: Work, errand: _Due, procore_id: str) -> None:
    query = select(Item).where(
        Item.connection_id == unit.connection.id, Item.kind == errand.kind.kind, Item.procore_id == procore_id
    )
    item = unit.session.execute(query).scalar_one()
    record = unit.session.get_one(StagedRecord, errand.record.id)
    if unit.session.get(Binding, item.id) is None:
        what = f"added to Procore from the {errand.kind.quickbooks.lower()}"
        pair(unit, item, record, ADD, errand.row.asked_by, what)
        write_back.made(unit, item, errand.staged.list_id)
    _close(unit, errand)


# -- update --------------------------------------------------------------------------------------------------------


def _update(database: Database, connection_id: int, procore: Procore, errand: _Due) -> None:
    new, fields = errand.kind.new_record(errand.staged, errand.settings), errand.row.fields
    query = (
        select(Item, Revision.content)
        .join(Binding, Binding.item_id == Item.id)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .where(
            Binding.connection_id == connection_id,
            Binding.quickbooks_id == errand.staged.list_id,
            Item.kind == errand.kind.kind,
        )
    )
    with database.reading() as session:
        found = session.execute(query).one_or_none()
    if found is None:  # unlinked meanwhile: nobody wants it any more
        with work(database, connection_id) as unit:
            _close(unit, errand)
        return
    item, before = found
    path = f"{new.path}/{item.procore_id}"
    procore.patch(path, {"company_id": procore.company_id, new.part: fields})
    whole = procore.get(path, company_id=procore.company_id)
    intake.take_back(database, connection_id, errand.kind.kind, whole)
    with work(database, connection_id) as unit:
        unit.trail.add(
            Tag.UPDATED_IN_PROCORE,
            errand.row.asked_by,
            item.id,
            before={name: before.get(name) for name in fields},
            after=fields,
        )
        _close(unit, errand)


# -- both ----------------------------------------------------------------------------------------------------------

_DOERS: Mapping[str, Callable[[Database, int, Procore, _Due], None]] = {ADD: _add, UPDATE: _update}


def _close(unit: Work, errand: _Due) -> None:
    """Done: the row goes, unless more was asked of it meanwhile."""
    row = unit.session.get_one(Errand, errand.row.staged_id)
    if row.act == errand.row.act and row.fields == errand.row.fields:
        unit.session.delete(row)


def _rows(unit: Work, errand: _Due) -> list[Errand]:
    row = unit.session.get(Errand, errand.row.staged_id)
    return as_tried(row, errand.row, "act", "fields", "asked_at")


def _tell(unit: Work, errand: _Due, row: Errand) -> None:
    unit.trail.add(
        Tag.ERRAND_FAILED,
        PROCORE,
        record=errand.record.full_name,
        list_id=errand.record.list_id,
        act=row.act,
        sentence=row.problem,
        tries=row.tries,
    )
