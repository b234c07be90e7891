"""Retry: a failed item tries again; the rules decide anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.db.engine import Database
from app.db.models import Item
from app.services import moves, release
from app.services.lifecycle import operations
from app.services.lifecycle.walk import Outcomes, each, must_allow, one_by_one
from app.services.people import Person
from app.services.unit import Work
from state_machines.operation import OPERATION


def retry(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Let failed items try again; the rules decide anew."""
    return each(database, connection_id, who, "retry", item_ids, one_by_one(_retry), expected)


def _retry(unit: Work, item: Item, who: Person) -> None:
    must_allow(item, "retry", "retried")
    moves.move(unit, item, "retry", who.name)
    item.problem = item.remedy = ""
    operation = release.waiting_operations(unit, [item])[item.id]
    OPERATION.move(operation, "retry")
    operations.start_over(unit, item, operation)
    release.release(unit, [item])
