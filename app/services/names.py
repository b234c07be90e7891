"""What items are called where they stand alone: CO 001 of SC-014, since every commitment has a CO 001."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from app.db.models import Item, ItemNeed
from app.items import registry


def full(session: Session, items: Iterable[Item]) -> dict[int, str]:
    """The full names of those items whose own name says too little; one statement, or none."""
    wanted = {item.id: item for item in items if registry.kind(item.kind).named_within}
    if not wanted:
        return {}
    parent = aliased(Item)
    within = {(item.kind, registry.kind(item.kind).named_within) for item in wanted.values()}
    query = (
        select(Item.id, parent.name)
        .join(ItemNeed, ItemNeed.item_id == Item.id)
        .join(
            parent,
            and_(
                parent.connection_id == ItemNeed.connection_id,
                parent.kind == ItemNeed.kind,
                parent.procore_id == ItemNeed.procore_id,
            ),
        )
        .where(
            Item.id.in_(wanted), or_(*(and_(Item.kind == kind, ItemNeed.name == need) for kind, need in sorted(within)))
        )
    )
    return {item_id: f"{wanted[item_id].name} of {name}" for item_id, name in session.execute(query)}
