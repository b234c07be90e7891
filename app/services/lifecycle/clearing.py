"""Clear: a named person has looked at what QuickBooks holds otherwise, and lets it stand with a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select

from app.core.errors import Conflict, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Discrepancy, Item
from app.services import discrepancies
from app.services.lifecycle.walk import Outcomes, each, one_by_one, reason_given
from app.services.people import Person
from app.services.unit import Work


def clear(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    reason: str,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """A named person has looked at what is otherwise, and says why it may stay so."""
    reason = reason_given(reason, "Clearing a discrepancy needs a reason.", "Say why it may stay as it is.")

    def one(unit: Work, item: Item, person: Person) -> None:
        _clear(unit, item, person, reason)

    return each(database, connection_id, who, "accept", item_ids, one_by_one(one), expected)


def _clear(unit: Work, item: Item, who: Person, reason: str) -> None:
    query = select(Discrepancy).where(
        Discrepancy.item_id == item.id, Discrepancy.gone_at.is_(None), Discrepancy.cleared_at.is_(None)
    )
    rows = list(unit.session.execute(query).scalars())
    if not rows:
        raise Conflict(f"Nothing of {item.name} stands to be cleared.", "Somebody was faster. Look at it again.")
    if item.accepted_by == who.name and any(row.source == discrepancies.APPROVAL for row in rows):
        raise Refusal(
            f"{who.name} accepted {item.name} alone and cannot clear that as well.",
            "Ask another Accounting Approver to look at it and clear it.",
            code="own_approval",
        )
    for row in rows:
        row.cleared_at, row.cleared_by, row.reason = unit.at, who.name, reason
    discrepancies.show(item, [])
    unit.trail.add(
        Tag.DISCREPANCY_CLEARED, who.name, item.id, reason=reason, differences=[row.sentence for row in rows]
    )
