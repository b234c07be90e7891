"""A set nobody could read is asked or sent again in halves, until what spoils it stands alone."""

from __future__ import annotations

from sqlalchemy import func, select

from app.core.tags import Tag
from app.db.models import Conversation, MessageSet, Operation, Request
from app.services import outcome, recover
from app.services.unit import Work
from state_machines.message_set import MESSAGE_SET, REQUEST

QUICKBOOKS = "QuickBooks"
#: So many unreadable answers end a session, and so often a question is asked that is never answered.
MOST_UNREADABLE = 3
#: The outcome of a question whose answer could not be read, or was left out.
UNREADABLE = "unreadable"


def ask_for_less(unit: Work, message_set: MessageSet, conversation: Conversation, why: str) -> bool:
    """Ask half as many at a time, until what spoils the answer stands alone; True when it does."""
    MESSAGE_SET.move(message_set, "abandon")
    pairs = recover.pairs(unit, message_set)
    many = len({operation.seq for _, operation in pairs})
    settlement = outcome.Settlement(unit, conversation, [operation for _, operation in pairs])
    for request, operation in pairs:
        if many > 1:
            operation.largest_set = (many + 1) // 2
        unanswered(unit, settlement, request, operation, alone=many == 1)
    settlement.close()
    unit.trail.add(Tag.SET_LOST, QUICKBOOKS, set=message_set.id, writes=False, why=why)
    return many == 1


def unanswered(
    unit: Work, settlement: outcome.Settlement, request: Request, operation: Operation, *, alone: bool
) -> None:
    """A question without an answer is asked again; one that never gets any fails in words."""
    request.state = REQUEST.destination("refuse", "out")
    request.outcome, request.past = UNREADABLE, True
    operation.reads_next = True
    if not alone or operation.state == "failed":
        return
    query = select(func.count()).where(Request.operation_seq == operation.seq, Request.outcome == UNREADABLE)
    if unit.session.execute(query).scalar_one() >= MOST_UNREADABLE:
        settlement.fail(
            operation,
            "What QuickBooks answers about this could not be read, however often it was asked.",
            "Look in QuickBooks for odd characters in the record, or run Verify Data; then retry.",
        )


def halve(unit: Work, message_set: MessageSet) -> None:
    """Nothing was executed: send half as many together, until the culprit stands alone."""
    MESSAGE_SET.move(message_set, "refuse")
    pairs = recover.pairs(unit, message_set)
    many = len({operation.seq for _, operation in pairs})
    conversation = unit.session.get_one(Conversation, message_set.conversation_id)
    settlement = outcome.Settlement(unit, conversation, [operation for _, operation in pairs])
    for request, operation in pairs:
        request.state = REQUEST.destination("refuse", "out")
        request.outcome, request.past = "refused", True
        if operation.state == "unknown":
            recover.found_again(operation)
        if operation.state == "failed":
            continue
        if many == 1:
            settlement.fail(
                operation,
                "QuickBooks could not read this request (0x80040400); nothing was written.",
                "Show it to whoever looks after the templates: the request is on the item's page.",
            )
        else:
            operation.largest_set = (many + 1) // 2
    settlement.close()
    unit.trail.add(Tag.SET_REFUSED, QUICKBOOKS, set=message_set.id, requests=len(pairs), hresult=message_set.hresult)
