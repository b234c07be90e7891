"""What leaves for Procore: one row per item and target with the wanted values; the newest wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.engine import Database, add_rows
from app.db.models import Binding, Item, Revision, WriteBack
from app.items.base import Content
from app.services.unit import Work, work

ORIGIN = "origin"
PROCORE = "Procore"
BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """What Procore should hold of one item."""

    item_id: int
    kind: str
    procore_id: str
    project_id: str | None
    parent_id: str | None
    content: Content  # what Procore said of it when it was sent
    values: dict[str, Any]
    counter: int


def want(unit: Work, items: Sequence[Item]) -> None:
    """Procore is to know that QuickBooks holds these."""
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
        .join(Binding, Binding.item_id == Item.id)
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


def _wanted(row: WriteBack, item: Item, binding: Binding, content: Content) -> Wanted:
    parent = item.lock_key.split(":", 1)[1] if item.lock_key else None
    return Wanted(
        item_id=item.id,
        kind=item.kind,
        procore_id=item.procore_id,
        project_id=item.project_id,
        parent_id=parent,
        content=content,
        values={
            "origin_id": origin_id(item, binding),
            "origin_data": {"edit_sequence": binding.edit_sequence},
            "origin_code": binding.full_name,
        },
        counter=row.counter,
    )


def origin_id(item: Item, binding: Binding) -> str:
    """QuickBooks' id as Procore keeps it; what shares an order is told apart by its first line."""
    return (
        f"{binding.quickbooks_id}|{binding.lines[0]}" if item.lock_key and _is_part(binding) else binding.quickbooks_id
    )


def _is_part(binding: Binding) -> bool:
    return binding.record.endswith(" lines")


def run(database: Database, connection_id: int, tell: Callable[[Wanted], None]) -> int:
    """Tell Procore what is due; a failure waits longer each time and never re-exports. Returns how many it took."""
    taken = 0
    for wanted in due(database, connection_id):
        problem = ""
        try:
            tell(wanted)
        except TieoutError as error:
            problem = str(error)
        with work(database, connection_id) as unit:
            _note(unit, wanted, problem)
        taken += not problem
    return taken


def _note(unit: Work, wanted: Wanted, problem: str) -> None:
    row = unit.session.get_one(WriteBack, (wanted.item_id, ORIGIN))
    if problem:
        row.tries += 1
        row.problem = problem
        row.next_try_at = unit.at + timedelta(seconds=min(2**row.tries, 900))
        unit.trail.add(Tag.WRITE_BACK_FAILED, PROCORE, wanted.item_id, sentence=problem, tries=row.tries)
        return
    row.written, row.problem, row.tries = wanted.counter, "", 0
    unit.trail.add(Tag.WRITTEN_BACK, PROCORE, wanted.item_id, **wanted.values)
