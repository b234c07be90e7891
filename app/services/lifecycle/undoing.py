"""Reject, take back, revert: a person decides against, while nothing of it is out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import or_, select

from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Binding, Item, ItemNeed, Revision
from app.items import registry
from app.services import discrepancies, intake, moves, notices, rejections, release
from app.services.lifecycle import operations
from app.services.lifecycle.walk import Outcomes, each, must_allow, one_by_one, reason_given
from app.services.people import Person
from app.services.unit import Work

#: Undecided or on the way: what is a draft waits for nobody yet.
GOING = ("sent", "accepted", "queued", "failed")
#: So many are named in one sentence.
NAMED = 8


def reject(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    reason: str,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Send items back to the project team with a reason; a change of what QuickBooks holds is dropped alone."""
    reason = reason_given(reason, "A rejection needs a reason.", "Say what the project team should change.")

    def one(unit: Work, item: Item, person: Person) -> str:
        untold = _reject(unit, item, person, reason)
        return f"{_left_waiting(unit, item)} {untold}".strip()

    return each(database, connection_id, who, "reject", item_ids, one_by_one(one), expected)


def take_back(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    reason: str,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Undo an accept while nothing of it is out."""
    reason = reason_given(reason, "Taking back an accept needs a reason.", "Say why in a few words.")

    def one(unit: Work, item: Item, person: Person) -> None:
        _off_the_queue(unit, item, person, "taken back")
        must_allow(item, "take_back", "taken back")
        moves.move(unit, item, "take_back", person.name, reason=reason)
        forget(unit, item)

    return each(database, connection_id, who, "take_back", item_ids, one_by_one(one), expected)


def _reject(unit: Work, item: Item, who: Person, reason: str) -> str:
    """Returns what to know where whoever sent it could not be told."""
    _off_the_queue(unit, item, who, "rejected")
    rejections.note(unit, item, who.name, reason)
    if in_quickbooks(unit, item):
        must_allow(item, "revert", "rejected")
        if not registry.kind(item.kind).amends:
            raise Refusal(
                f"QuickBooks already holds {item.name}; it cannot go back to draft.",
                "Retry it, or correct it in QuickBooks and unlink it.",
                code="in_quickbooks",
            )
        revert(unit, item, who.name, f"rejected by {who.name}: “{reason}”")
        return notices.rejected(unit, item, who, reason, "the change of ")
    must_allow(item, "reject", "rejected")
    moves.move(unit, item, "reject", who.name, reason=reason)
    item.problem, item.remedy = f"Rejected by {who.name}: “{reason}”.", "Change it in Procore and send it again."
    back_to_newest(unit, item)
    forget(unit, item)
    return notices.rejected(unit, item, who, reason)


def _left_waiting(unit: Work, item: Item) -> str:
    """What pointed at a rejected item: what waits for it now, and what QuickBooks holds of it and keeps."""
    pointing = select(ItemNeed.item_id).where(
        ItemNeed.connection_id == item.connection_id,
        ItemNeed.kind == item.kind,
        ItemNeed.procore_id == item.procore_id,
    )
    query = (
        select(Item.name, Binding.item_id)
        .outerjoin(Binding, (Binding.item_id == Item.id) & Binding.missing_since.is_(None))
        .where(Item.id.in_(pointing), or_(Item.state.in_(GOING), Binding.item_id.is_not(None)))
        .order_by(Item.place, Item.id)
    )
    if in_quickbooks(unit, item):
        return ""  # a dropped change: whoever needs the item never notices
    rows = unit.session.execute(query).all()
    waits = [row.name for row in rows if row.item_id is None]
    stays = [row.name for row in rows if row.item_id is not None]
    said = f"Now waiting for {item.name}: {_several(waits)}." if waits else ""
    return f"{said} In QuickBooks already, and stays there: {_several(stays)}.".strip() if stays else said


def _several(names: Sequence[str]) -> str:
    return ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")


def revert(unit: Work, item: Item, actor: str, reason: str) -> None:
    """Drop a change: what counts is again what QuickBooks holds, and whoever needs it never notices."""
    moves.move(unit, item, "revert", actor, reason=reason)
    item.problem, item.remedy = f"Change not written: {reason}.", "Change it in Procore and send it again."
    item.sent_revision_id, item.document_id = item.written_revision_id, item.written_document_id
    intake.point_at(unit, [(item, unit.session.get_one(Revision, item.written_revision_id).content)])
    forget(unit, item)


def forget(unit: Work, item: Item) -> None:
    """Nothing of the item is to be done any more; those that wait for it, or behind it, are decided again."""
    operations.drop(unit, item)
    discrepancies.forget_approvals(unit, [item])
    moves.clear_findings(unit, [item.id])
    release.release(unit, release.dependents(unit, [item]))


def in_quickbooks(unit: Work, item: Item) -> bool:
    """Whether QuickBooks holds the item, whatever its state says."""
    return unit.session.get(Binding, item.id) is not None


def back_to_newest(unit: Work, item: Item) -> None:
    """What was sent is forgotten: what counts is what Procore says now."""
    changed = item.sent_revision_id != item.seen_revision_id
    item.sent_revision_id = None
    if changed:
        intake.point_at_newest(unit, item)


def _off_the_queue(unit: Work, item: Item, who: Person, why: str) -> None:
    operations.nothing_out(unit, item)
    if item.state == "queued":
        moves.move(unit, item, "hold", who.name, reason=why)
