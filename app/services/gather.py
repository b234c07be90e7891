"""Gathers what rules and documents look at, for many items in a constant number of statements."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, false, func, or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.decision import Facts, Link
from app.db.models import Binding, Connection, Document, Item, ItemNeed, Revision, StagedRecord
from app.items import registry
from app.items.base import BindingView, Content, ItemType, Staged, Surroundings
from app.services import names, siblings


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
    approved: dict[str, tuple[str, ...]] = field(default_factory=dict)  # of each link: who accepted what it leads to

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
            lines=tuple(self.kind.lines_within(self.content, self.inputs, self.around)),
            links=self.links,
            settings=connection.settings,
            host=connection.host,
            people={
                **self.approved,
                "sender": (self.item.sent_by,) if self.item.sent_by else (),
                "approvers": (approver,) if approver else (),
            },
        )


def gather(
    session: Session,
    connection: Connection,
    items: Sequence[Item],
    inputs: dict[int, Content] | None = None,
    *,
    newest: bool = False,
) -> dict[int, Gathered]:
    """Everything about these items, by item id. ``inputs`` stand in for those stored.

    What counts is what was sent, where something was; with ``newest`` what Procore says now.
    """
    contents = _contents(session, items)
    needs = _needs(session, items)
    needed = _needed(session, connection.id, needs)
    lines = siblings.lines(session, connection.id, items)
    written = _written(session, items)
    firsts = _firsts(session, connection.id, items, needs)
    chosen = {item.id: {**item.inputs, **(inputs or {}).get(item.id, {})} for item in items}
    sent = {item.id: contents[(not newest and item.sent_revision_id) or item.seen_revision_id] for item in items}
    bound = {item.id: needed.bound_by_name(needs[item.id]) for item in items}
    keys = {item.id: _keys(item, sent[item.id], chosen[item.id], bound[item.id], connection) for item in items}
    staged = _staged(session, connection, keys.values())
    shown = {item.id: staged.of(keys[item.id]) for item in items}
    behind = {item.id: _Keys(frozenset(), _behind(item, shown[item.id])) for item in items}
    staged_behind = _staged(session, connection, behind.values())
    at = clock.now()
    found = {}
    for item in items:
        kind = registry.kind(item.kind)
        around = Surroundings(
            settings=connection.settings,
            staged=shown[item.id] + staged_behind.of(behind[item.id]),
            item_id=item.id,
            connected_at=connection.connected_at,
            now=at,
            host=connection.host,
            needed={
                name: tuple(needed.contents[key] for key in keys_of if key in needed.contents)
                for name, keys_of in needs[item.id].items()
                if name in kind.reads
            },
            bound=bound[item.id],
            earlier=lines.earlier(item) if kind.reads_earlier else (),
            written=written.get(item.written_document_id, {}),
            first_of=firsts.get(item.id, ()),
        )
        links = {name: tuple(needed.link(key) for key in keys_of) for name, keys_of in needs[item.id].items()}
        if item.lock_key:
            links["changes_ahead"] = lines.ahead(item)
            if kind.reads_earlier:
                links["earlier"] = lines.earlier_links(item)
        gathered = Gathered(item, kind, sent[item.id], chosen[item.id], around, links)
        gathered.approved = needed.approved_by_name(needs[item.id])
        if not newest and item.sent_revision_id not in {None, item.seen_revision_id}:
            now = kind.words(contents[item.seen_revision_id], gathered.inputs, around)
            gathered.status = {key: now[key] for key in ("procore_status", "voided") if key in now}
        found[item.id] = gathered
    return found


def _contents(session: Session, items: Sequence[Item]) -> dict[int | None, Content]:
    wanted = {r for item in items for r in (item.sent_revision_id, item.seen_revision_id) if r is not None}
    rows = session.execute(select(Revision.id, Revision.content).where(Revision.id.in_(wanted)))
    return {row.id: row.content for row in rows}


Key = tuple[str, str]
#: States in which somebody's approval of an item stands.
APPROVED = ("accepted", "queued", "failed", "synced")


def _needs(session: Session, items: Sequence[Item]) -> dict[int, dict[str, list[Key]]]:
    found: dict[int, dict[str, list[Key]]] = defaultdict(lambda: defaultdict(list))
    query = select(ItemNeed).where(ItemNeed.item_id.in_([item.id for item in items]))
    for need in session.execute(query.order_by(ItemNeed.item_id, ItemNeed.name, ItemNeed.procore_id)).scalars():
        found[need.item_id][need.name].append((need.kind, need.procore_id))
    return found


def _firsts(
    session: Session, connection_id: int, items: Sequence[Item], needs: Mapping[int, Mapping[str, Sequence[Key]]]
) -> dict[int, set[str]]:
    """The needs of which no other item of the same kind was approved yet, for kinds that ask for it."""
    asked: dict[tuple[str, str, Key], list[int]] = defaultdict(list)
    for item in items:
        for name in registry.kind(item.kind).firsts:
            for key in needs[item.id].get(name, ()):
                asked[item.kind, name, key].append(item.id)
    if not asked:
        return {}
    need = ItemNeed
    # Of those approved the first and the last are enough to know whether there is another one.
    query = (
        select(Item.kind, need.name, need.kind.label("of"), need.procore_id, func.min(Item.id), func.max(Item.id))
        .join(Item, Item.id == need.item_id)
        .where(
            need.connection_id == connection_id,
            or_(*(and_(need.kind == key[0], need.procore_id == key[1]) for key in {key for _, _, key in asked})),
            Item.kind.in_({kind for kind, _, _ in asked}),
            or_(Item.state.in_(APPROVED), Item.written_revision_id.is_not(None)),
        )
        .group_by(Item.kind, need.name, need.kind, need.procore_id)
    )
    ends = {(kind, name, (of, one)): {first, last} for kind, name, of, one, first, last in session.execute(query)}
    found: dict[int, set[str]] = defaultdict(set)
    for (kind, name, key), mine in asked.items():
        for item_id in mine:
            if not ends.get((kind, name, key), set()) - {item_id}:
                found[item_id].add(name)
    return found


def _written(session: Session, items: Sequence[Item]) -> dict[int | None, Content]:
    """The fields QuickBooks holds, for items whose kind may write a change over them."""
    wanted = {item.written_document_id for item in items if registry.kind(item.kind).amends} - {None}
    if not wanted:
        return {}
    rows = session.execute(select(Document.id, Document.body).where(Document.id.in_(wanted)))
    return {row.id: json.loads(row.body)["fields"] for row in rows}


@dataclass
class _Needed:
    links: dict[Key, Link]
    contents: dict[Key, Content]
    bound: dict[Key, BindingView]
    approvers: dict[Key, str] = field(default_factory=dict)

    def approved_by_name(self, needs: Mapping[str, Sequence[Key]]) -> dict[str, tuple[str, ...]]:
        """Who accepted the needed items, under the names of the needs; of what a person linked, nobody."""
        return {
            name: tuple(dict.fromkeys(self.approvers[key] for key in keys if key in self.approvers))
            for name, keys in needs.items()
        }

    def bound_by_name(self, needs: Mapping[str, Sequence[Key]]) -> dict[str, tuple[BindingView, ...]]:
        """QuickBooks' side of the needed items, under the names of the needs."""
        return {name: tuple(self.bound[key] for key in keys if key in self.bound) for name, keys in needs.items()}

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
    found = _Needed({}, {}, {})
    if not keys:
        return found
    said = Revision.id == func.coalesce(Item.sent_revision_id, Item.seen_revision_id)
    query = (
        select(Item, Binding, Revision.content)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .outerjoin(Revision, said & (matching(read) if read else false()))
        .where(matching(keys, connection_id))
    )
    rows = session.execute(query).all()
    called = names.full(session, [item for item, *_ in rows])
    for item, bound, content in rows:
        key = (item.kind, item.procore_id)
        found.links[key] = Link(item.kind, item.id, called.get(item.id, item.name), item.state, held(bound))
        if item.accepted_by and item.state in APPROVED and not (bound is not None and bound.linked_by):
            found.approvers[key] = item.accepted_by
        if bound is not None:
            found.bound[key] = view(bound)
        if content is not None:
            found.contents[key] = content
    return found


def held(binding: Binding | None) -> bool:
    """Whether QuickBooks holds the record: there is a binding, and the last look did not find it gone."""
    return binding is not None and binding.missing_since is None


def view(binding: Binding, conversation_id: int | None = None) -> BindingView:
    """A binding as a kind may see it; fresh where this very conversation answered it last."""
    return BindingView(
        quickbooks_id=binding.quickbooks_id,
        edit_sequence=binding.edit_sequence,
        full_name=binding.full_name,
        lines=tuple(binding.lines),
        fresh=conversation_id is not None and binding.conversation_id == conversation_id,
    )


def staged_of(record: StagedRecord, bound_to: int | None = None) -> Staged:
    """A stored record as the kinds see it."""
    return Staged(
        record.type,
        record.list_id,
        record.name,
        record.full_name,
        record.active,
        record.sublevel,
        record.data,
        bound_to,
    )


def matching(keys: Iterable[Key], connection_id: int = 0) -> Any:
    """The condition that picks items by (kind, Procore id), of one connection where it is said: one term a kind.

    Said in every term: so each is found by its own index, and no connection is walked.
    """
    of = (Item.connection_id == connection_id,) if connection_id else ()
    by_kind: dict[str, list[str]] = defaultdict(list)
    for kind, procore_id in keys:
        by_kind[kind].append(procore_id)
    return or_(false(), *(and_(*of, Item.kind == kind, Item.procore_id.in_(ids)) for kind, ids in by_kind.items()))


@dataclass(frozen=True)
class _Keys:
    """By what an item looks for records QuickBooks has shown."""

    names: frozenset[str]
    list_ids: frozenset[str]


def _keys(
    item: Item,
    content: Content,
    inputs: Content,
    bound: Mapping[str, Sequence[BindingView]],
    connection: Connection,
) -> _Keys:
    kind = registry.kind(item.kind)
    names = kind.keys(content, inputs) | kind.keys_of_needs(bound)
    return _Keys(frozenset(names), frozenset(kind.list_ids(inputs, connection.settings)))


def _behind(item: Item, shown: Sequence[Staged]) -> frozenset[str]:
    """What these records point at, as far as the item's kind wants to see it."""
    return frozenset(registry.kind(item.kind).list_ids_behind(shown) - {one.list_id for one in shown})


@dataclass
class _StagedIndex:
    by_key: dict[str, list[Staged]]
    by_id: dict[str, Staged]

    def of(self, keys: _Keys) -> tuple[Staged, ...]:
        """What one item looked for."""
        found: dict[str, Staged] = {}
        for key in keys.names:
            found.update((staged.list_id, staged) for staged in self.by_key.get(key, ()))
        for list_id in keys.list_ids:
            if list_id in self.by_id:
                found[list_id] = self.by_id[list_id]
        return tuple(found.values())


def _staged(session: Session, connection: Connection, asked: Iterable[_Keys]) -> _StagedIndex:
    wanted = list(asked)
    names = set().union(*(keys.names for keys in wanted))
    list_ids = set().union(*(keys.list_ids for keys in wanted))
    index = _StagedIndex(defaultdict(list), {})
    if not names and not list_ids:
        return index
    row = StagedRecord
    query = (
        select(row, Binding.item_id)
        .outerjoin(Binding, (Binding.connection_id == row.connection_id) & (Binding.quickbooks_id == row.list_id))
        .where(
            row.connection_id == connection.id,
            or_(row.leaf_key.in_(names), row.full_key.in_(names), row.code_key.in_(names), row.list_id.in_(list_ids)),
        )
    )
    for record, bound in session.execute(query):
        staged = staged_of(record, bound)
        index.by_id[record.list_id] = staged
        for key in {record.leaf_key, record.full_key, record.code_key}:
            index.by_key[key].append(staged)
    return index
