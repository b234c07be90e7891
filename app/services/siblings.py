"""Who stands in one line with an item: those of its kind and lock, by place."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from app.core.decision import Link
from app.db.models import Binding, Document, Item, Revision
from app.items import registry
from app.items.base import Content, Sibling
from state_machines.operation import HOLDS_LOCK

#: States in which a sibling stands in line before an item, whatever its number.
IN_LINE = ("queued", "failed")

assert "failed" in HOLDS_LOCK  # noqa: S101  # the line and the lock must agree

Line = tuple[str, str]  # kind, lock key


@dataclass
class Lines:
    """The lines some items stand in."""

    members: dict[Line, list[Item]] = field(default_factory=lambda: defaultdict(list))
    contents: dict[int | None, Content] = field(default_factory=dict)
    documents: dict[int | None, Content] = field(default_factory=dict)
    bound: set[int] = field(default_factory=set)

    def ahead(self, item: Item) -> tuple[Link, ...]:
        """Those that go first: already in line, or accepted with a lower number."""
        return tuple(
            Link(other.kind, other.id, other.name, other.state, False)
            for other in self._others(item)
            if other.state in IN_LINE or (other.state == "accepted" and _place(other) < _place(item))
        )

    def earlier(self, item: Item) -> tuple[Sibling, ...]:
        """All before it that count, whatever their state, with what they say and what was approved of them."""
        return tuple(
            Sibling(
                item_id=other.id,
                name=other.name,
                state=other.state,
                content=self._content(other),
                document=self.documents.get(other.document_id, {}),
                in_quickbooks=other.id in self.bound,
            )
            for other in self._before(item)
        )

    def earlier_links(self, item: Item) -> tuple[Link, ...]:
        """All before it that count, as the rules see them."""
        return tuple(
            Link(other.kind, other.id, other.name, other.state, other.id in self.bound) for other in self._before(item)
        )

    def _others(self, item: Item) -> list[Item]:
        return [other for other in self.members[item.kind, str(item.lock_key)] if other.id != item.id]

    def _before(self, item: Item) -> list[Item]:
        kind = registry.kind(item.kind)
        return [
            other
            for other in self._others(item)
            if _place(other) < _place(item) and (other.id in self.bound or kind.counts(self._content(other)))
        ]

    def _content(self, item: Item) -> Content:
        return self.contents[item.sent_revision_id or item.seen_revision_id]


def _place(item: Item) -> tuple[str, int]:
    return item.place, item.id


def lines(session: Session, connection_id: int, items: Sequence[Item]) -> Lines:
    """The lines of these items; with contents and documents only for kinds that read them."""
    found = Lines()
    locks = {item.lock_key for item in items if item.lock_key}
    if not locks:
        return found
    readers = {item.kind for item in items if item.lock_key and registry.kind(item.kind).reads_earlier}
    reads = Item.kind.in_(readers)
    query = (
        select(Item, Binding.item_id, Revision.content, Document.body)
        .outerjoin(Binding, (Binding.item_id == Item.id) & Binding.missing_since.is_(None))
        .outerjoin(Revision, reads & (Revision.id == func.coalesce(Item.sent_revision_id, Item.seen_revision_id)))
        .outerjoin(Document, reads & (Document.id == Item.document_id))
        .where(
            Item.connection_id == connection_id,
            Item.lock_key.in_(locks),
            or_(Item.state.in_((*IN_LINE, "accepted")), Item.kind.in_(readers)),
        )
        .order_by(Item.place, Item.id)
    )
    for item, bound, content, body in session.execute(query):
        found.members[item.kind, str(item.lock_key)].append(item)
        if bound is not None:
            found.bound.add(item.id)
        if content is not None:
            found.contents[item.sent_revision_id or item.seen_revision_id] = content
        if body is not None:
            found.documents[item.document_id] = json.loads(body)["fields"]
    return found
