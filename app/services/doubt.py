"""Whether QuickBooks may hold something of an item that nobody knows of yet."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Item, Operation, Request

#: Operations that ended: what a finished one wrote is bound, and only what is not in doubt is ever dropped.
ENDED = ("done", "dropped")
#: What a look, or the write itself, may have said for good.
LOOKED = ("saved", "found", "empty", "missing")
#: … and what shows that the record of an earlier write is no longer there.
NOT_THERE = ("empty", "missing")


def in_doubt(session: Session, items: Iterable[Item]) -> set[int]:
    """The items of which a write was lost and nobody has looked since, or was saved but not finished."""
    query = (
        select(Operation.item_id, Request.writes, Request.outcome)
        .join(Request, Request.operation_seq == Operation.seq)
        .where(Operation.item_id.in_([item.id for item in items]), Operation.state.not_in(ENDED))
        .order_by(Operation.seq, Request.number)
    )
    lost: set[int] = set()
    saved: set[int] = set()
    for asked_for, writes, became in session.execute(query):
        item_id = int(asked_for or 0)
        if writes and became == "unknown":
            lost.add(item_id)
        elif became in LOOKED:
            lost.discard(item_id)
        if writes and became == "saved":
            saved.add(item_id)
        elif became in NOT_THERE:
            saved.discard(item_id)
    return lost | saved
