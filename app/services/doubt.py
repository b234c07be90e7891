"""Whether QuickBooks may hold something of an item that nobody knows of yet."""

from __future__ import annotations

from sqlalchemy import select

from app.db.models import Item, Operation, Request
from app.services.unit import Work

#: What a look, or the write itself, may have said for good.
LOOKED = ("saved", "found", "empty", "missing")


def in_doubt(unit: Work, item: Item) -> bool:
    """Whether a write of the item was lost and nobody has looked since what became of it."""
    query = (
        select(Request.writes, Request.outcome)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Operation.item_id == item.id, Operation.state != "dropped")
        .order_by(Operation.seq, Request.number)
    )
    doubt = False
    for writes, became in unit.session.execute(query):
        if writes and became == "unknown":
            doubt = True
        elif became in LOOKED:
            doubt = False
    return doubt
