"""The exceptions: what QuickBooks holds otherwise than approved, or one person approved alone, until it is cleared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, literal_column, select, union_all

from app.db.engine import Database
from app.db.models import Discrepancy, Item
from app.items import registry
from app.items.base import IMPORT
from app.services.reports import Sheet

#: So many past ones are shown; the trail holds them all.
PAST = 200
#: The menu counts no further.
MOST_COUNTED = 99


#: In the very words of the index of the few that differ: a database takes it only for those.
DIFFERS = Item.difference != literal_column("''")


@dataclass(frozen=True)
class Standing:
    """One item with everything that stands against it."""

    item: Item
    rows: tuple[Discrepancy, ...]  # none: its own page says what to do


def standing_against(connection_id: int) -> ColumnElement[bool]:
    """What nobody has cleared, and is not gone by itself."""
    return (
        (Discrepancy.connection_id == connection_id) & Discrepancy.gone_at.is_(None) & Discrepancy.cleared_at.is_(None)
    )


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


def standing(database: Database, connection_id: int) -> list[Standing]:
    """What nobody has cleared, item by item, the oldest first."""
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
