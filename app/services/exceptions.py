"""The exceptions: what QuickBooks holds otherwise than approved, or one person approved alone, until it is cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Select,
    and_,
    cast,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session, aliased

from app.core import clock
from app.db.engine import Database
from app.db.models import Discrepancy, Item
from app.items import registry
from app.items.base import IMPORT
from app.services.list_order import ORDERS, Order, moment
from app.services.reports import Sheet

PAGE = 50

#: So many past ones are shown; the trail holds them all.
PAST = 200
#: The menu counts no further.
MOST_COUNTED = 99
#: How long something stands: up to so many days, and how people say it.
AGES = ((1, "under a day"), (7, "under a week"), (30, "under a month"), (None, "longer"))


#: In the very words of the index of the few that differ: a database takes it only for those.
DIFFERS = Item.difference != literal_column("''")


@dataclass(frozen=True)
class Standing:
    """One item with everything that stands against it."""

    item: Item
    rows: tuple[Discrepancy, ...]  # none: its own page says what to do


@dataclass(frozen=True)
class Page:
    """One page of what stands, the oldest first; behind it the items whose own list says what to do."""

    standing: tuple[Standing, ...]
    ages: Mapping[str, int]  # how many items stand how long; one too many stands for all the others
    next_after: str = ""
    next_before: str = ""


def standing_against(connection_id: int) -> ColumnElement[bool]:
    """What nobody has cleared, and is not gone by itself."""
    return and_(Discrepancy.connection_id == connection_id, *_stands(Discrepancy))


def _stands(of: type[Discrepancy]) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    """The same of one item: without the connection it is looked up by that item, however many others stand."""
    return of.gone_at.is_(None), of.cleared_at.is_(None)


def counted(connection_id: int) -> ColumnElement[int]:
    """How many items a person should look at, as part of a statement: one too many stands for all the others."""
    found = select(Discrepancy.item_id).where(standing_against(connection_id)).distinct().limit(MOST_COUNTED + 1)
    imported = select(Item.id).where(_imported(connection_id)).limit(MOST_COUNTED + 1)
    both = union_all(select(found.subquery().c.item_id), select(imported.subquery().c.id)).subquery()
    return select(func.count()).select_from(both).scalar_subquery()


def _imported(connection_id: int) -> ColumnElement[bool]:
    """What Procore was told and QuickBooks changed since: the list of such items says what to do."""
    kinds = [name for name, kind in registry.kinds().items() if kind.direction == IMPORT]
    return (Item.connection_id == connection_id) & Item.kind.in_(kinds) & DIFFERS


# -- one page ------------------------------------------------------------------------------------------------------

#: The two parts of the list, one behind the other, as a place in it names them.
FOUND, CHANGED = "found", "changed"
IN_ORDER: Mapping[str, Order] = {FOUND: Order("Oldest first", Discrepancy.found_at, read=moment), CHANGED: ORDERS[""]}


def page(database: Database, connection_id: int, after: str = "", before: str = "") -> Page:
    """One page, in a number of statements that does not grow with the list."""
    back = bool(before)
    with database.reading() as session:
        places = _places(session, connection_id, before or after, back=back)
        shown, more = places[:PAGE], len(places) > PAGE
        shown = shown[::-1] if back else shown
        found = _against(session, [item_id for item_id, _ in shown])
        ages = _ages(session, connection_id)
    return Page(
        tuple(Standing(item, rows) for item, rows in (found[item_id] for item_id, _ in shown)),
        ages,
        shown[-1][1] if shown and (more or back) else "",
        shown[0][1] if shown and (more if back else after) else "",
    )


def _places(session: Session, connection_id: int, place: str, *, back: bool) -> list[tuple[int, str]]:
    """The items of a page and one more, each with its place in the list."""
    here, _, within = place.partition(":")
    parts = list(IN_ORDER)[::-1] if back else list(IN_ORDER)
    passed = parts.index(here) if here in parts else 0
    queries = {FOUND: _first_found(connection_id), CHANGED: _changed(connection_id)}
    rows: list[tuple[int, str]] = []
    asked = []
    for number, part in enumerate(parts):
        of, order = (Discrepancy, Item)[part == CHANGED], IN_ORDER[part]
        beyond = order.beyond(within, back=back, of=of) if part == here else None
        query = queries[part].where(*([] if beyond is None else [beyond]), *([false()] if number < passed else []))
        asked.append(query.order_by(*order.by(back=back, of=of)).limit(PAGE + 1).subquery())
    for part, item_id, row_id, at in session.execute(union_all(*(select(one) for one in asked))):
        rows.append((item_id, f"{part}:{IN_ORDER[part].place(row_id, at)}"))
    rank = {part: number for number, part in enumerate(parts)}
    return sorted(rows, key=lambda row: rank[row[1].partition(":")[0]])[: PAGE + 1]


def _first_found(connection_id: int) -> Select[str, int, int, datetime]:
    """The items something stands against, each by what was found first."""
    row, other = Discrepancy, aliased(Discrepancy)
    sooner = or_(other.found_at < row.found_at, and_(other.found_at == row.found_at, other.id < row.id))
    earlier = select(other.id).where(other.item_id == row.item_id, *_stands(other), sooner)
    query = select(literal(FOUND).label("part"), row.item_id, row.id, row.found_at.label("at"))
    return query.where(standing_against(connection_id), ~earlier.exists())


def _changed(connection_id: int) -> Select[str, int, int, Any]:
    none = cast(null(), Discrepancy.found_at.type).label("at")
    return select(literal(CHANGED).label("part"), Item.id.label("item_id"), Item.id, none).where(
        _imported(connection_id)
    )


def _against(session: Session, item_ids: Sequence[int]) -> dict[int, tuple[Item, tuple[Discrepancy, ...]]]:
    """These items with everything that stands against each."""
    against = and_(Discrepancy.item_id == Item.id, *_stands(Discrepancy))
    query = select(Item, Discrepancy).outerjoin(Discrepancy, against).where(Item.id.in_(item_ids))
    found: dict[int, tuple[Item, tuple[Discrepancy, ...]]] = {}
    for item, row in session.execute(query.order_by(Discrepancy.found_at, Discrepancy.id)):
        _, rows = found.get(item.id, (item, ()))
        found[item.id] = item, (*rows, row) if row is not None else rows
    return found


def _ages(session: Session, connection_id: int) -> dict[str, int]:
    """How many items stand how long, by what was found first of each."""
    now, counts = clock.now(), []
    for (days, _), (sooner, _) in zip(AGES, ((0, ""), *AGES), strict=False):
        query = _first_found(connection_id).where(Discrepancy.found_at <= now - timedelta(days=sooner or 0))
        query = query.where(Discrepancy.found_at > now - timedelta(days=days)) if days else query
        counts.append(select(func.count()).select_from(query.limit(MOST_COUNTED + 1).subquery()).scalar_subquery())
    found = session.execute(select(*counts)).one()
    return {word: int(many) for (_, word), many in zip(AGES, found, strict=True)}


# -- all of them ---------------------------------------------------------------------------------------------------


def standing(database: Database, connection_id: int) -> list[Standing]:
    """All that nobody has cleared, item by item, the oldest first, as a sheet has it."""
    query = (
        select(Item, Discrepancy)
        .join(Discrepancy, Discrepancy.item_id == Item.id)
        .where(standing_against(connection_id))
        .order_by(Discrepancy.id)
    )
    others = select(Item).where(_imported(connection_id))
    with database.reading() as session:
        items: dict[int, Item] = {}
        rows: dict[int, list[Discrepancy]] = {}
        for item, row in session.execute(query):
            items[item.id] = item
            rows.setdefault(item.id, []).append(row)
        found = [Standing(item, tuple(rows[item.id])) for item in items.values()]
        return found + [Standing(item, ()) for item in session.execute(others.order_by(Item.id)).scalars()]


def past(database: Database, connection_id: int) -> list[tuple[Discrepancy, Item]]:
    """What a person cleared, the newest first."""
    query = (
        select(Discrepancy, Item)
        .join(Item, Item.id == Discrepancy.item_id)
        .where(Discrepancy.connection_id == connection_id, Discrepancy.cleared_at.is_not(None))
        .order_by(Discrepancy.cleared_at.desc(), Discrepancy.id.desc())
        .limit(PAST)
    )
    with database.reading() as session:
        return [(row.Discrepancy, row.Item) for row in session.execute(query)]


def sheet(found: Sequence[Standing], cleared: Sequence[tuple[Discrepancy, Item]]) -> Sheet:
    """Those that stand, then those that were cleared."""
    pairs = [(row, one.item) for one in found for row in one.rows]
    bare = [one.item for one in found if not one.rows]
    return Sheet(
        "exceptions",
        "Exceptions",
        ("Kind", "Item", "What is otherwise", "What to do", "Found at", "Cleared at", "Cleared by", "Reason"),
        [
            (
                registry.kind(item.kind).label,
                item.name,
                row.sentence,
                row.what_to_do,
                row.found_at,
                row.cleared_at,
                row.cleared_by,
                row.reason,
            )
            for row, item in (*pairs, *cleared)
        ]
        + [(registry.kind(item.kind).label, item.name, item.difference, "", None, None, "", "") for item in bare],
    )
