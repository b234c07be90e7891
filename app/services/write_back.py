"""What leaves for Procore: one row per item and target with the wanted values; the newest wins.

Only one system may mark a record of Procore's. Each is looked at right before it is written, and a mark that Tieout
never put there stays: what it ever put there is noted before the first call, so that a lost answer changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import clock, text
from app.core.errors import Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database, add_rows
from app.db.models import Binding, Item, Revision, WriteBack
from app.items import registry
from app.items.base import Content, ItemType
from app.items.ports import Procore, Told
from app.services import procore_mode, retries
from app.services.gather import view
from app.services.unit import Work, work

ORIGIN = "origin"
PROCORE = "Procore"
BATCH = 50


@dataclass(frozen=True)
class Wanted:
    """What waits to be told, and for which wish it stands."""

    item_id: int
    name: str
    kind: ItemType
    told: Told
    counter: int
    sent: frozenset[str]  # every origin that Tieout put there


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
                    "sent": [],
                    "next_try_at": unit.at,
                }
            )
    add_rows(unit.session, WriteBack, new)


def made(unit: Work, item: Item, origin_id: str) -> None:
    """Procore made this record for us with its mark on it: nothing is left to tell, and the mark is ours."""
    if not registry.kind(item.kind).marks:
        return
    row = unit.session.get(WriteBack, (item.id, ORIGIN))
    if row is None:
        row = WriteBack(
            item_id=item.id,
            target=ORIGIN,
            connection_id=unit.connection.id,
            wanted={"state": item.state},
            written=1,
            sent=[],
            next_try_at=unit.at,
        )
        unit.session.add(row)
    row.sent = sorted({*row.sent, origin_id})


def waits(database: Database, connection_id: int) -> bool:
    """Whether anything is due."""
    return bool(due(database, connection_id, 1))


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
    told = told_of(item, binding, content)
    return Wanted(item.id, item.name, registry.kind(item.kind), told, row.counter, frozenset(row.sent))


def told_of(item: Item, binding: Binding | None, content: Content) -> Told:
    """What Procore is to hold of an item; without a binding, nothing."""
    kind, bound = registry.kind(item.kind), view(binding) if binding else None
    return Told(
        procore_id=int(item.procore_id),
        project_id=int(item.project_id) if item.project_id else None,
        content=content,
        origin_id=kind.origin_id(content, bound) if bound else None,
        origin_code=bound.full_name if bound else None,
        origin_data=text.canonical({"edit_sequence": bound.edit_sequence}) if bound else None,
        lines=bound.lines if bound else (),
    )


def run(database: Database, connection_id: int, procore: Procore) -> int:
    """Tell Procore what is due; a failure waits longer each time and never re-exports. Returns how many it took.

    Raises where Procore itself has trouble: nothing else is worth telling now.
    """
    taken = 0
    batch, by_marks = due(database, connection_id), procore_mode.is_erp(database, connection_id)
    _note_sent(database, connection_id, batch)
    for wanted in batch:
        problem: TieoutError | None = None
        try:
            if not (by_marks and procore_mode.mark(procore, wanted.kind, wanted.told)):
                _tell(procore, wanted)
        except TieoutError as error:
            if retries.must_wait(error):
                raise
            # A mark cannot stand on a record that is gone: there is nothing left to take away.
            problem = None if wanted.told.origin_id is None and retries.is_gone(error) else error
        with work(database, connection_id) as unit:
            _note(unit, wanted, problem)
        if problem is not None and retries.is_away(problem):
            raise problem
        taken += problem is None
    return taken


def _note_sent(database: Database, connection_id: int, batch: Sequence[Wanted]) -> None:
    """Before the first call: whether or not its answer comes, the mark is ours from now on."""
    new = [one for one in batch if one.told.origin_id and one.told.origin_id not in one.sent]
    if not new:
        return
    with work(database, connection_id) as unit:
        for one in new:
            row = unit.session.get_one(WriteBack, (one.item_id, ORIGIN))
            row.sent = [*row.sent, one.told.origin_id]


def _tell(procore: Procore, wanted: Wanted) -> None:
    """Look, then write what is not there yet; another's mark is neither written over nor taken away."""
    kind, told = wanted.kind, wanted.told
    held = kind.in_procore(procore, told)
    there = held.get("origin_id")
    if there and there not in wanted.sent | {told.origin_id}:
        if told.origin_id is None:
            return
        raise Refusal(
            f"{wanted.name} carries the mark of another accounting system in Procore (its origin is “{there}”), so "
            "Tieout did not write its own there.",
            "Who looks after that other integration should unlink the record there. Tieout looks again every day.",
            code="foreign_origin",
        )
    if any(held.get(name) != value for name, value in kind.origin(procore, told).items()):
        kind.tell(procore, told)


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
