"""What leaves for Procore: one row per item and target with the wanted values; the newest wins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock, text
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.engine import Database, add_rows
from app.db.models import Binding, Item, Revision, WriteBack
from app.items import registry
from app.items.base import Content, ItemType
from app.items.ports import Procore, Told
from app.services import retries
from app.services.gather import view
from app.services.unit import Work, work

ORIGIN = "origin"
PROCORE = "Procore"
BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """What waits to be told, and for which wish it stands."""

    item_id: int
    kind: ItemType
    told: Told
    counter: int


def want(unit: Work, items: Sequence[Item]) -> None:
    """Procore is to know that QuickBooks holds these, or no longer: whatever is so when it is told."""
    items = [item for item in items if registry.kind(item.kind).marks]
    if not items:
        return
    known = {
        row.item_id: row
        for row in unit.session.execute(
            select(WriteBack).where(WriteBack.item_id.in_([item.id for item in items]), WriteBack.target == ORIGIN)
        ).scalars()
    }
    new = []
    for item in items:
        wanted = {"state": item.state}
        if row := known.get(item.id):
            row.wanted, row.counter, row.tries, row.problem = wanted, row.counter + 1, 0, ""
            row.next_try_at = unit.at
        else:
            new.append(
                {
                    "item_id": item.id,
                    "target": ORIGIN,
                    "connection_id": unit.connection.id,
                    "wanted": wanted,
                    "next_try_at": unit.at,
                }
            )
    add_rows(unit.session, WriteBack, new)


def due(database: Database, connection_id: int, limit: int = BATCH) -> list[Wanted]:
    """What Procore does not know yet, parents first."""
    query = (
        select(WriteBack, Item, Binding, Revision.content)
        .join(Item, Item.id == WriteBack.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .where(
            WriteBack.connection_id == connection_id,
            WriteBack.written < WriteBack.counter,
            WriteBack.next_try_at <= clock.now(),
        )
        .order_by(Binding.bound_at, WriteBack.item_id)
        .limit(limit)
    )
    with database.reading() as session:
        return [_wanted(*row) for row in session.execute(query)]


def _wanted(row: WriteBack, item: Item, binding: Binding | None, content: Content) -> Wanted:
    kind, bound = registry.kind(item.kind), view(binding) if binding else None
    told = Told(
        procore_id=int(item.procore_id),
        project_id=int(item.project_id) if item.project_id else None,
        content=content,
        origin_id=kind.origin_id(content, bound) if bound else None,
        origin_code=bound.full_name if bound else None,
        origin_data=text.canonical({"edit_sequence": bound.edit_sequence}) if bound else None,
    )
    return Wanted(item.id, kind, told, row.counter)


def run(database: Database, connection_id: int, procore: Procore) -> int:
    """Tell Procore what is due; a failure waits longer each time and never re-exports. Returns how many it took."""
    taken = 0
    for wanted in due(database, connection_id):
        problem: TieoutError | None = None
        try:
            wanted.kind.tell(procore, wanted.told)
        except TieoutError as error:
            # A mark cannot stand on a record that is gone: there is nothing left to take away.
            problem = None if wanted.told.origin_id is None and retries.is_gone(error) else error
        with work(database, connection_id) as unit:
            _note(unit, wanted, problem)
        taken += problem is None
    return taken


def _note(unit: Work, wanted: Wanted, problem: TieoutError | None) -> None:
    row = unit.session.get_one(WriteBack, (wanted.item_id, ORIGIN))
    if problem is not None:
        said_before = row.problem == str(problem)
        retries.failed_or_rests(row, problem, unit.at)
        if not said_before:  # the trail says what changed, not that nothing did
            unit.trail.add(Tag.WRITE_BACK_FAILED, PROCORE, wanted.item_id, sentence=row.problem, tries=row.tries)
        return
    row.written, row.problem, row.tries = wanted.counter, "", 0
    unit.trail.add(Tag.WRITTEN_BACK, PROCORE, wanted.item_id, **wanted.told.origin)
