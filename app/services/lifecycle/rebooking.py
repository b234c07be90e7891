"""Rebook: what failed, or is held, because its books are closed is accepted again, on another day."""

from __future__ import annotations

from collections.abc import Mapping

from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Item
from app.services import moves
from app.services.lifecycle import operations
from app.services.lifecycle.accepting import accept_many
from app.services.lifecycle.walk import Outcomes, each, must_allow, one_by_one, reason_given
from app.services.people import Person
from app.services.unit import Work


def rebook(
    database: Database,
    connection_id: int,
    who: Person,
    item_id: int,
    day: str,
    reason: str,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Accept an item again on the day given, in one transaction; nothing happens where a rule denies it."""
    reason = reason_given(reason, "Another date needs a reason.", "Say why it is booked on another day.")

    given = {"accounting_date": day, "accounting_reason": reason}

    def one(unit: Work, item: Item, person: Person) -> None:
        operations.nothing_out(unit, item)
        if item.state == "failed":
            moves.move(unit, item, "retry", person.name)
        must_allow(item, "take_back", "booked on another day")
        moves.move(unit, item, "take_back", person.name, reason=reason)
        operations.drop(unit, item)
        for outcome in accept_many(unit, [item], person, {item.id: given}, warned_seen=True).refused:
            raise outcome.problem or Refusal()

    return each(database, connection_id, who, "accept", [item_id], one_by_one(one), expected)
