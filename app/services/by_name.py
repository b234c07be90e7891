"""Items as somebody names them who types: by kind and state, or one by its number or name."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.errors import NotFound, Refusal
from app.db.engine import Database
from app.db.models import Item


def listed(database: Database, connection_id: int, kind: str | None = None, state: str | None = None) -> list[Item]:
    """The items of a kind, and in a state, by name."""
    query = select(Item).where(Item.connection_id == connection_id)
    for column, value in ((Item.kind, kind), (Item.state, state)):
        if value:
            query = query.where(column == value)
    with database.reading() as session:
        return list(session.execute(query.order_by(Item.kind, Item.name, Item.id)).scalars())


def number(database: Database, connection_id: int, wanted: str) -> int:
    """An item by its number, or by its name (`SC-014`, or `commitment:SC-014` where names clash)."""
    if wanted.isdigit():
        return int(wanted)
    kind, _, name = wanted.rpartition(":")
    query = select(Item.id, Item.kind).where(Item.connection_id == connection_id, func.lower(Item.name) == name.lower())
    if kind:
        query = query.where(Item.kind == kind)
    with database.reading() as session:
        hits = session.execute(query).all()
    if not hits:
        raise NotFound(f"There is no item {wanted}.", "See `tieout item list`.")
    if len(hits) > 1:
        choices = ", ".join(f"{hit.id} ({hit.kind})" for hit in hits)
        raise Refusal(f"Several items are called {name}: {choices}.", "Say its number.")
    return int(hits[0].id)
