"""Which operations may ask QuickBooks something now, and which of them are next."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, false, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.models import Connection, Conversation, Operation
from state_machines.operation import HOLDS_LOCK

#: So many requests make a set, at the most.
MOST_REQUESTS = 100

#: The states of operations that may ask something.
GOING = ("ready", "working")

#: Made once: SQLAlchemy takes milliseconds to find its way through a new alias.
Other = aliased(Operation)
#: No other operation in work, in doubt or failed has its lock.
NOT_HELD = or_(
    Operation.lock_key.is_(None),
    ~exists().where(
        Other.connection_id == Operation.connection_id,
        Other.lock_key == Operation.lock_key,
        Other.state.in_(HOLDS_LOCK),
        Other.seq != Operation.seq,
    ),
)


def waiting(connection: Connection, conversation_id: int | None) -> list[ColumnElement[bool]]:
    """The conditions under which an operation may ask QuickBooks something now."""
    conditions: list[ColumnElement[bool]] = [
        Operation.connection_id == connection.id,
        Operation.state.in_(GOING),
    ]
    if conversation_id is not None:
        conditions.append(or_(Operation.wait_for_session.is_(None), Operation.wait_for_session != conversation_id))
    if connection.paused:
        conditions.append(false())
    if not connection.live:
        conditions.append(Operation.item_id.is_(None))
    conditions.append(NOT_HELD)
    return conditions


def candidates(session: Session, connection: Connection, conversation: Conversation) -> list[Operation]:
    """The operations of the next set: all reads before any write, each by their age."""
    base = select(Operation).where(*waiting(connection, conversation.id))
    suspects = base.where(Operation.largest_set.is_not(None)).order_by(Operation.seq)
    first = session.execute(suspects.limit(1)).scalar_one_or_none()
    if first is not None:  # halving a set nobody could read goes before all else
        size = first.largest_set or 1
        return list(session.execute(suspects.where(Operation.largest_set == size).limit(size)).scalars())
    for reads in (True, False):
        found: list[Operation] = []
        for state in GOING:  # one at a time: then an index gives them in order, however many wait
            query = base.where(Operation.state == state, Operation.reads_next == reads).order_by(Operation.seq)
            found += session.execute(query.limit(MOST_REQUESTS)).scalars()
        if found:
            return sorted(found, key=lambda operation: operation.seq)[:MOST_REQUESTS]
    return []
