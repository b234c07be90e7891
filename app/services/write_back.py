"""What leaves for Procore: one row per item and target with the wanted values; the newest wins.

What Tieout ever puts on a record is noted before the first call that carries it, so that a lost answer changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice

from sqlalchemy import select

from app.core import clock, text
from app.core.tags import PROCORE, Tag
from app.db.engine import Database, add_rows
from app.db.models import Binding, Item, Revision, WriteBack
from app.items import registry
from app.items.base import Content
from app.items.ports import Procore, Told
from app.procore.syncing import MOST_ROWS
from app.services import procore_mode, retries
from app.services.gather import view
from app.services.outbox import Outbox
from app.services.tasks import Stop, never
from app.services.unit import Work, work
from app.services.write_back_calls import Outcome, Wanted, in_order, tell

ORIGIN = "origin"
#: So much is done in one turn: what one record, or one call that tells many, comes to.
STEPS = 50


def want(unit: Work, items: Sequence[Item]) -> None:
    """Procore is to know that QuickBooks holds these, or no longer: whatever is so when it is told."""
    items = [item for item in items if registry.kind(item.kind).can_be_marked(item.procore_id)]
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
    if not registry.kind(item.kind).can_be_marked(item.procore_id):
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


def due(database: Database, connection_id: int, limit: int = MOST_ROWS) -> list[Wanted]:
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
    kind = registry.kind(item.kind)
    return Wanted(
        item_id=item.id,
        name=item.name,
        kind=kind,
        told=told,
        counter=row.counter,
        sent=frozenset(row.sent),
        tries=row.tries,
    )


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


def run(database: Database, connection_id: int, procore: Procore, stop: Stop = never) -> int:
    """Tell Procore what is due; a failure waits longer each time and never re-exports. Returns how many it took.

    Raises where Procore itself has trouble: nothing else is worth telling now.
    """
    waiting, by_marks = due(database, connection_id), procore_mode.is_erp(database, connection_id)
    groups = in_order(procore, waiting, alone=by_marks)[:STEPS]
    _note_sent(database, connection_id, chain.from_iterable(groups))

    def outcomes() -> Iterator[Outcome]:
        for group in groups:
            if stop():
                return
            yield from tell(procore, group, by_marks=by_marks)

    def act(outcome: Outcome) -> int:
        with work(database, connection_id) as unit:
            for row, problem in _settle(unit, outcome):
                box.note(unit, outcome, row, problem)
        if away := next((problem for _, problem in outcome if problem and retries.is_away(problem)), None):
            raise away
        return sum(problem is None for _, problem in outcome)

    box = Outbox(act, _as_tried, retries.failed_or_rests, _tell)
    return box.run(database, connection_id, islice(outcomes(), STEPS), never)  # what was told is noted first


def _note_sent(database: Database, connection_id: int, waiting: Iterable[Wanted]) -> None:
    """Before the first call: whether or not its answer comes, the mark is ours from now on."""
    new = {one.item_id: one.told.origin_id for one in waiting if one.told.origin_id not in (None, *one.sent)}
    if not new:
        return
    with work(database, connection_id) as unit:
        for row in _rows(unit, new):
            row.sent = [*row.sent, new[row.item_id]]


def _settle(unit: Work, outcome: Outcome) -> Iterator[tuple[WriteBack, Exception]]:
    """Note what Procore holds by now. Yields what it does not, and why; unless something newer is wanted there."""
    rows = {row.item_id: row for row in _rows(unit, [wanted.item_id for wanted, _ in outcome])}
    for wanted, problem in outcome:
        row = rows[wanted.item_id]
        if problem is None:
            row.written, row.problem, row.tries = wanted.counter, "", 0
            unit.trail.add(Tag.WRITTEN_BACK, PROCORE, wanted.item_id, **wanted.told.origin)
        elif _is_as_tried(row, wanted):
            yield row, problem


def _as_tried(unit: Work, outcome: Outcome) -> Iterator[WriteBack]:
    tried = {wanted.item_id: wanted for wanted, _ in outcome}
    return (row for row in _rows(unit, tried) if _is_as_tried(row, tried[row.item_id]))


def _is_as_tried(row: WriteBack, wanted: Wanted) -> bool:
    """Whether it still is to be told, and nobody wants anything newer of it by now."""
    return row.written < wanted.counter and (row.counter, row.tries) == (wanted.counter, wanted.tries)


def _tell(unit: Work, _: Outcome, row: WriteBack) -> None:
    unit.trail.add(Tag.WRITE_BACK_FAILED, PROCORE, row.item_id, sentence=row.problem, tries=row.tries)


def _rows(unit: Work, items: Iterable[int]) -> Sequence[WriteBack]:
    query = select(WriteBack).where(WriteBack.item_id.in_(items), WriteBack.target == ORIGIN)
    return unit.session.execute(query).scalars().all()
