"""Gathers what rules and documents look at, for many items in a constant number of statements."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from app.core.decision import Facts, Link
from app.db.models import Binding, Connection, Item, ItemNeed, Revision, StagedRecord
from app.items import registry
from app.items.base import Content, ItemType, Staged, Surroundings
from state_machines.operation import HOLDS_LOCK

#: States in which a sibling stands in line before an item, whatever its number.
IN_LINE = ("queued", "failed")

assert "failed" in HOLDS_LOCK  # noqa: S101  # the line and the lock must agree


@dataclass
class Gathered:
    """One item with everything around it."""

    item: Item
    kind: ItemType
    content: Content  # what was sent, or what was last seen
    inputs: Content
    around: Surroundings
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    status: dict[str, Any] = field(default_factory=dict)  # what Procore says of it now

    def facts(self, connection: Connection, approver: str = "") -> Facts:
        """The facts for the rules."""
        words = {
            "label": self.item.name,
            "has_binding": self.item.written_revision_id is not None,
            "voided": False,
            **self.kind.words(self.content, self.inputs, self.around),
            **self.status,
        }
        return Facts(
            kind=self.kind.kind,
            words=words,
            lines=tuple(self.kind.lines(self.content)),
            links=self.links,
            settings=connection.settings,
            host=connection.host,
            people={
                "sender": (self.item.sent_by,) if self.item.sent_by else (),
                "approvers": (approver,) if approver else (),
            },
        )


def gather(
    session: Session, connection: Connection, items: Sequence[Item], inputs: dict[int, Content] | None = None
) -> dict[int, Gathered]:
    """Everything about these items, by item id. ``inputs`` stand in for those stored."""
    contents = _contents(session, items)
    needs = _needs(session, items)
    needed = _needed(session, connection.id, needs)
    siblings = _siblings(session, connection.id, items)
    chosen = {item.id: {**item.inputs, **(inputs or {}).get(item.id, {})} for item in items}
    sent = {item.id: contents[item.sent_revision_id or item.seen_revision_id] for item in items}
    staged = _staged(session, connection, [(registry.kind(i.kind), sent[i.id], chosen[i.id]) for i in items])
    found = {}
    for item in items:
        kind = registry.kind(item.kind)
        around = Surroundings(
            settings=connection.settings,
            staged=_his(staged, kind, sent[item.id], chosen[item.id], connection),
            item_id=item.id,
            connected_at=connection.connected_at,
            needed={
                name: tuple(needed.contents[key] for key in keys if key in needed.contents)
                for name, keys in needs[item.id].items()
                if name in kind.reads
            },
        )
        links = {name: tuple(needed.link(key) for key in keys) for name, keys in needs[item.id].items()}
        if item.lock_key:
            links["changes_ahead"] = tuple(_ahead(item, siblings[item.lock_key]))
        gathered = Gathered(item, kind, sent[item.id], chosen[item.id], around, links)
        if item.sent_revision_id not in {None, item.seen_revision_id}:
            now = kind.words(contents[item.seen_revision_id], gathered.inputs, around)
            gathered.status = {key: now[key] for key in ("procore_status", "voided") if key in now}
        found[item.id] = gathered
    return found


def _contents(session: Session, items: Sequence[Item]) -> dict[int | None, Content]:
    wanted = {r for item in items for r in (item.sent_revision_id, item.seen_revision_id) if r is not None}
    rows = session.execute(select(Revision.id, Revision.content).where(Revision.id.in_(wanted)))
    return {row.id: row.content for row in rows}


Key = tuple[str, str]


def _needs(session: Session, items: Sequence[Item]) -> dict[int, dict[str, list[Key]]]:
    found: dict[int, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    query = select(ItemNeed).where(ItemNeed.item_id.in_([item.id for item in items]))
    for need in session.execute(query.order_by(ItemNeed.item_id, ItemNeed.name, ItemNeed.procore_id)).scalars():
        found[need.item_id][need.name].append((need.kind, need.procore_id))
    return found


@dataclass
class _Needed:
    links: dict[Key, Link]
    contents: dict[Key, Content]

    def link(self, key: Key) -> Link:
        """The needed item, or word that Procore named one we never received."""
        return self.links.get(key) or Link(
            key[0], None, f"{key[0].replace('_', ' ')} {key[1]}", "never received", False
        )


def _needed(session: Session, connection_id: int, needs: dict[int, dict[str, list[Key]]]) -> _Needed:
    keys = {key for names in needs.values() for keys in names.values() for key in keys}
    read = {
        key
        for names in needs.values()
        for name, keys_of in names.items()
        if any(name in kind.reads for kind in registry.kinds().values())
        for key in keys_of
    }
    found = _Needed({}, {})
    if not keys:
        return found
    query = (
        select(Item, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == connection_id, matching(keys))
    )
    revisions: dict[int | None, Key] = {}
    for item, bound in session.execute(query):
        key = (item.kind, item.procore_id)
        found.links[key] = Link(item.kind, item.id, item.name, item.state, bound is not None)
        if key in read:
            revisions[item.sent_revision_id or item.seen_revision_id] = key
    if revisions:
        rows = session.execute(select(Revision.id, Revision.content).where(Revision.id.in_(revisions)))
        found.contents = {revisions[row.id]: row.content for row in rows}
    return found


def matching(keys: Iterable[Key]) -> Any:
    """The condition that picks items by (kind, Procore id): one term a kind."""
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, procore_id in keys:
        by_kind[kind].append(procore_id)
    return or_(*(and_(Item.kind == kind, Item.procore_id.in_(ids)) for kind, ids in by_kind.items()))


def _siblings(session: Session, connection_id: int, items: Sequence[Item]) -> dict[str, list[Item]]:
    locks = {item.lock_key for item in items if item.lock_key}
    found: dict[str, list[Item]] = defaultdict(list)
    if locks:
        query = select(Item).where(
            Item.connection_id == connection_id,
            Item.lock_key.in_(locks),
            Item.state.in_((*IN_LINE, "accepted")),
        )
        for item in session.execute(query.order_by(Item.place, Item.id)).scalars():
            found[str(item.lock_key)].append(item)
    return found


def _ahead(item: Item, siblings: list[Item]) -> Iterable[Link]:
    """Those of the same kind and lock that go first: already in line, or accepted with a lower number."""
    for other in siblings:
        if other.id == item.id or other.kind != item.kind:
            continue
        earlier = other.state == "accepted" and (other.place, other.id) < (item.place, item.id)
        if other.state in IN_LINE or earlier:
            yield Link(other.kind, other.id, other.name, other.state, False)


@dataclass
class _StagedIndex:
    by_key: dict[str, list[Staged]]
    by_id: dict[str, Staged]


def _staged(
    session: Session, connection: Connection, asked: Sequence[tuple[ItemType, Content, Content]]
) -> _StagedIndex:
    keys: set[str] = set()
    list_ids: set[str] = set()
    for kind, content, inputs in asked:
        keys |= kind.keys(content, inputs)
        list_ids |= kind.list_ids(inputs, connection.settings)
    index = _StagedIndex(defaultdict(list), {})
    if not keys and not list_ids:
        return index
    row = StagedRecord
    query = (
        select(row, Binding.item_id)
        .outerjoin(Binding, (Binding.connection_id == row.connection_id) & (Binding.quickbooks_id == row.list_id))
        .where(
            row.connection_id == connection.id,
            or_(row.leaf_key.in_(keys), row.full_key.in_(keys), row.code_key.in_(keys), row.list_id.in_(list_ids)),
        )
    )
    for record, bound in session.execute(query):
        staged = Staged(
            record.type,
            record.list_id,
            record.name,
            record.full_name,
            record.active,
            record.sublevel,
            record.data,
            bound,
        )
        index.by_id[record.list_id] = staged
        for key in {record.leaf_key, record.full_key, record.code_key}:
            index.by_key[key].append(staged)
    return index


def _his(
    index: _StagedIndex, kind: ItemType, content: Content, inputs: Content, connection: Connection
) -> tuple[Staged, ...]:
    found: dict[str, Staged] = {}
    for key in kind.keys(content, inputs):
        found.update((staged.list_id, staged) for staged in index.by_key.get(key, ()))
    for list_id in kind.list_ids(inputs, connection.settings):
        if list_id in index.by_id:
            found[list_id] = index.by_id[list_id]
    return tuple(found.values())
