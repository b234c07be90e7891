"""The operation of an item: made at accept, begun again at retry, dropped when a person decides otherwise."""

from __future__ import annotations

from sqlalchemy import func, select, update

from app.core.errors import Refusal
from app.db.models import Item, Operation, Request
from app.items import registry
from app.services import asking
from app.services.doubt import in_doubt
from app.services.lifecycle.documents import documents
from app.services.unit import Work
from state_machines.operation import OPERATION


def new(unit: Work, item: Item, reads_next: bool) -> Operation:
    document = {"item_id": item.id, "document_id": item.document_id, "lock_key": item.lock_key}
    return asking.operation(unit, item.kind, reads_next=reads_next, **document)


def start_over(unit: Work, item: Item, operation: Operation) -> None:
    """Begin again under the same marker: what a lost write may have left behind is still looked for."""
    mine = Request.operation_seq == operation.seq
    doubtful = select(func.min(Request.number)).where(mine, Request.outcome == "unknown", Request.writes)
    first = unit.session.execute(doubtful).scalar_one()
    unit.session.execute(update(Request).where(mine, Request.number != (first or 0)).values(past=True))
    operation.reads_next = registry.kind(item.kind).begins_with_read(documents(unit.session, [item])[item.id]["fields"])
    operation.largest_set = operation.wait_for_session = operation.ended_at = None
    operation.problem = ""


def nothing_out(unit: Work, item: Item) -> None:
    out = (
        select(Request.id)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Operation.item_id == item.id, Request.state.in_(("out", "unknown")))
    )
    if unit.session.execute(out.limit(1)).first() or in_doubt(unit.session, [item]):
        raise Refusal(
            f"{item.name} is on its way; QuickBooks may already have it.",
            "Wait for the next Web Connector session: it says what became of it."
            if item.state != "failed"
            else "Retry it: the next Web Connector session looks what became of it.",
            code="on_its_way",
        )


def drop(unit: Work, item: Item) -> None:
    query = select(Operation).where(
        Operation.item_id == item.id, Operation.state.in_(("waiting", "ready", "working", "failed"))
    )
    for operation in unit.session.execute(query).scalars():
        OPERATION.move(operation, "drop")
        operation.ended_at = unit.at
