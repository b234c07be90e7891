"""What an approver sent back last, and what came back instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.db.models import Item, Rejection, Revision
from app.services import changes
from app.services.changes import Change
from app.services.gather import Gathered
from app.services.unit import Work

#: States in which somebody may still want to know why it was sent back.
OPEN = ("draft", "sent")


@dataclass(frozen=True)
class Rejected:
    """The last rejection of an item that nobody accepted since, and what changed since."""

    actor: str
    reason: str
    at: datetime
    changes: tuple[Change, ...]

    @property
    def sentences(self) -> str:
        """The whole of it as text."""
        said = "; ".join(map(str, self.changes))
        since = f"Changed since: {said}." if said else "Nothing was changed since."
        return f"Rejected by {self.actor}: “{self.reason}”. {since}"


def note(unit: Work, item: Item, actor: str, reason: str) -> None:
    """Keep which version was sent back, and why."""
    looked_at = item.sent_revision_id or item.seen_revision_id
    unit.session.merge(Rejection(item_id=item.id, revision_id=looked_at, actor=actor, reason=reason, at=unit.at))


def of(session: Session, gathered: Iterable[Gathered]) -> dict[int, Rejected]:
    """The rejections that still matter of these items, by item id, in one statement or none."""
    found = {one.item.id: one for one in gathered if one.item.state in OPEN}
    query = (
        select(Rejection, Revision.content)
        .join(Revision, Revision.id == Rejection.revision_id)
        .join(Item, Item.id == Rejection.item_id)
        .where(
            Rejection.item_id.in_(found),
            or_(Item.accepted_at.is_(None), Item.accepted_at <= Rejection.at),
        )
    )
    return {
        row.item_id: Rejected(
            row.actor, row.reason, row.at, changes.between(found[row.item_id].kind, before, found[row.item_id].content)
        )
        for row, before in (session.execute(query) if found else ())
    }
