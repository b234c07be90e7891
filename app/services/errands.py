"""Runs the errands in Procore: each exactly once, though an answer may be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Errand, Item, Revision, StagedRecord
from app.items import registry
from app.items.base import Content, Staged
from app.items.offered import NewRecord, Offered
from app.items.ports import Procore
from app.procore import ProcoreError
from app.services import intake, retries, write_back
from app.services.gather import staged_of
from app.services.linking import pair
from app.services.unit import Work, work
from app.services.updating import ADD, UPDATE

PROCORE = "Procore"
BATCH = 50


@dataclass(frozen=True)
class _Due:
    """An errand with what it is about."""

    staged_id: int
    act: str
    kind: Offered
    staged: Staged
    fields: Content
    settings: Mapping[str, Any]
    asked_by: str


def run(database: Database, connection_id: int, procore: Procore) -> int:
    """Do what is due; what fails waits longer each time, what Procore refuses waits for a person.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """
    done = 0
    for errand in due(database, connection_id):
        try:
            _DOERS[errand.act](database, connection_id, procore, errand)
            done += 1
        except TieoutError as problem:
            if retries.must_wait(problem):
                raise
            with work(database, connection_id) as unit:
                _failed(unit, errand, problem)
            if retries.is_away(problem):
                raise
    return done


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
        return [
            _Due(
                record.id,
                errand.act,
                registry.offered()[errand.kind],
                staged_of(record),
                dict(errand.fields),
                settings,
                errand.asked_by,
            )
            for errand, record in session.execute(query)
        ]


# -- add -----------------------------------------------------------------------------------------------------------


def _add(database: Database, connection_id: int, procore: Procore, errand: _Due) -> None:
    new = errand.kind.new_record(errand.staged, errand.settings)
    record = _made_before(procore, new, errand.staged) or _make(procore, new, errand.staged)
    whole = procore.get(f"{new.path}/{record['id']}", company_id=procore.company_id)
    intake.take_back(database, connection_id, errand.kind.kind, whole)
    with work(database, connection_id) as unit:
        _join(unit, errand, str(record["id"]))


def _made_before(procore: Procore, new: NewRecord, staged: Staged) -> Content | None:
    """The record of this origin: an earlier call made it whose answer was lost."""
    params = {"company_id": procore.company_id, "filters[origin_id]": staged.list_id, **new.look}
    rows = [row for row in procore.pages(new.path, **params) if row.get("origin_id") == staged.list_id]
    return rows[0] if rows else None


def _make(procore: Procore, new: NewRecord, staged: Staged) -> Content:
    """Made with its origin in the same call: Procore never takes one origin twice."""
    origin = {"origin_id": staged.list_id, "origin_code": staged.full_name}
    try:
        made: Content = procore.post(new.path, {"company_id": procore.company_id, new.part: {**new.fields, **origin}})
    except ProcoreError as problem:
        found = _made_before(procore, new, staged) if retries.is_for_good(problem) else None
        if found is None:
            raise
        return found
    return made


def _join(unit: Work, errand: _Due, procore_id: str) -> None:
    query = select(Item).where(
        Item.connection_id == unit.connection.id, Item.kind == errand.kind.kind, Item.procore_id == procore_id
    )
    item = unit.session.execute(query).scalar_one()
    record = unit.session.get_one(StagedRecord, errand.staged_id)
    if unit.session.get(Binding, item.id) is None:
        what = f"added to Procore from the {errand.kind.quickbooks.lower()}"
        pair(unit, item, record, ADD, errand.asked_by, what)
        write_back.made(unit, item, errand.staged.list_id)
    _close(unit, errand)


# -- update --------------------------------------------------------------------------------------------------------


def _update(database: Database, connection_id: int, procore: Procore, errand: _Due) -> None:
    new = errand.kind.new_record(errand.staged, errand.settings)
    query = (
        select(Item, Revision.content)
        .join(Binding, Binding.item_id == Item.id)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .where(Binding.connection_id == connection_id, Binding.quickbooks_id == errand.staged.list_id)
    )
    with database.reading() as session:
        found = session.execute(query).one_or_none()
    if found is None:  # unlinked meanwhile: nobody wants it any more
        with work(database, connection_id) as unit:
            _close(unit, errand)
        return
    item, before = found
    path = f"{new.path}/{item.procore_id}"
    procore.patch(path, {"company_id": procore.company_id, new.part: errand.fields})
    whole = procore.get(path, company_id=procore.company_id)
    intake.take_back(database, connection_id, errand.kind.kind, whole)
    with work(database, connection_id) as unit:
        unit.trail.add(
            Tag.UPDATED_IN_PROCORE,
            errand.asked_by,
            item.id,
            before={name: before.get(name) for name in errand.fields},
            after=errand.fields,
        )
        _close(unit, errand)


# -- both ----------------------------------------------------------------------------------------------------------

_DOERS: Mapping[str, Callable[[Database, int, Procore, _Due], None]] = {ADD: _add, UPDATE: _update}


def _close(unit: Work, errand: _Due) -> None:
    """Done: the row goes, unless more was asked of it meanwhile."""
    row = unit.session.get_one(Errand, errand.staged_id)
    if row.act == errand.act and row.fields == errand.fields:
        unit.session.delete(row)


def _failed(unit: Work, errand: _Due, problem: TieoutError) -> None:
    row = unit.session.get_one(Errand, errand.staged_id)
    retries.failed_or_refused(row, problem, unit.at)
    unit.trail.add(
        Tag.ERRAND_FAILED,
        PROCORE,
        record=errand.staged.full_name,
        list_id=errand.staged.list_id,
        act=errand.act,
        sentence=row.problem,
        tries=row.tries,
    )
