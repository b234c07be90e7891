"""After an answer that never came: the same bytes again, and if that says nothing, look before adding."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.core.tags import Tag
from app.db.models import Conversation, MessageSet, Operation, Request
from app.services.unit import Work
from state_machines.message_set import MESSAGE_SET, REQUEST
from state_machines.operation import OPERATION

WEB_CONNECTOR = "Web Connector"
#: The same bytes leave at most so often again; QuickBooks runs them now or returns the stored answer.
MOST_RESENDS = 3


def lose(unit: Work, message_set: MessageSet, why: str) -> None:
    """A set ended without an answer: a write is in doubt, a read is simply asked again."""
    if message_set.state != "out":
        return
    if not message_set.writes:
        MESSAGE_SET.move(message_set, "abandon")
        _forget_reads(unit, message_set)
    else:
        MESSAGE_SET.move(message_set, "lose")
        for request, operation in pairs(unit, message_set):
            if request.state == "out":
                REQUEST.move(request, "lose")
            if operation.state == "working":
                OPERATION.move(operation, "lose")
    unit.trail.add(Tag.SET_LOST, WEB_CONNECTOR, set=message_set.id, writes=message_set.writes, why=why)


def _forget_reads(unit: Work, message_set: MessageSet) -> None:
    for request, operation in pairs(unit, message_set):
        if request.state == "out":
            REQUEST.move(request, "refuse")
        request.past = True
        operation.reads_next = True


def pairs(unit: Work, message_set: MessageSet) -> list[tuple[Request, Operation]]:
    """The requests of a set, each with its operation."""
    query = (
        select(Request, Operation)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Request.set_id == message_set.id)
    )
    return [(row.Request, row.Operation) for row in unit.session.execute(query)]


def resume(unit: Work, conversation: Conversation) -> str | None:
    """A session's first act: a lost write set leaves again byte for byte, before anything new.

    Returns its text, or None where nothing is lost (or step 2 has taken over).
    """
    query = select(MessageSet).where(
        MessageSet.connection_id == unit.connection.id, MessageSet.state == "lost", MessageSet.answer.is_(None)
    )
    lost = unit.session.execute(query).scalar_one_or_none()
    if lost is None:
        return None
    if lost.sends > MOST_RESENDS:
        abandon(unit, lost, f"{lost.sends} times without an answer")
        return None
    MESSAGE_SET.move(lost, "resend")
    lost.sends += 1
    lost.conversation_id, lost.sent_at = conversation.id, clock.now()
    for request, _ in pairs(unit, lost):
        if request.state == "unknown":
            REQUEST.move(request, "resend")
    conversation.sets += 1
    unit.trail.add(Tag.SET_SENT_AGAIN, WEB_CONNECTOR, set=lost.id, sends=lost.sends, session=conversation.id)
    return lost.body


def abandon(unit: Work, message_set: MessageSet, why: str) -> None:
    """Step 2: QuickBooks cannot say. Every request is in doubt; its kind looks before it adds."""
    MESSAGE_SET.move(message_set, "abandon")
    for request, operation in pairs(unit, message_set):
        if request.state == "out":
            REQUEST.move(request, "lose")
        if request.state == "unknown":
            doubt(request, operation)
    unit.trail.add(Tag.SET_ABANDONED, WEB_CONNECTOR, set=message_set.id, why=why)


def doubt(request: Request, operation: Operation) -> None:
    """This request may or may not have happened; the next step is to look."""
    if request.state == "out":
        REQUEST.move(request, "lose")
    REQUEST.move(request, "settle")
    request.outcome = "unknown"
    if operation.state == "unknown":
        found_again(operation)
    operation.reads_next = True


def found_again(operation: Operation) -> None:
    """The operation goes on."""
    OPERATION.move(operation, "find")
