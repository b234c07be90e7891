"""Takes in what Procore says: a draft for each record, a revision for each change of its content."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from marshmallow import ValidationError
from sqlalchemy import delete, insert, select

from app.core import money, text
from app.core.batches import in_batches
from app.core.errors import Refusal
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import Item, ItemNeed, Revision
from app.items import registry
from app.items.base import Content
from app.services import discrepancies, likeness, search, write_back
from app.services.discrepancies import Found
from app.services.gather import matching
from app.services.unit import Work, work

BATCH = 500
#: Where the day of an item is told until it is known for which company.
UTC = "UTC"
#: The source of what stands against records that Procore has given up.
GIVEN_UP = "procore"


@dataclass
class Intake:
    """What an intake did."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    unreadable: list[str] = field(default_factory=list)


def take(database: Database, connection_id: int, records: Iterable[tuple[str, Content]]) -> Intake:
    """Store what is new or changed. ``records`` are (kind, Procore's own record), parents first.

    Idempotent: a record whose content did not change leaves no trace, whatever its updated_at.
    """
    done = Intake()
    for batch in in_batches(records, BATCH):
        readable = list(_readable(batch, done))
        with work(database, connection_id) as unit:
            _follow(unit, batch)
            _store(unit, readable, done)
    return done


def take_back(database: Database, connection_id: int, kind: str, record: Content) -> None:
    """Store what Procore answered to a call of ours. Raises Refusal where it cannot be read."""
    taken = take(database, connection_id, [(kind, record)])
    if taken.unreadable:
        raise Refusal(f"What Procore made of it cannot be read: {taken.unreadable[0]}.", "Show this to support.")


def give_up(database: Database, connection_id: int, item_ids: Sequence[int]) -> int:
    """Procore no longer shows these: they are as deleted there. Returns how many were not so before."""
    done = Intake()
    for batch in in_batches(item_ids, BATCH):
        with work(database, connection_id) as unit:
            query = (
                select(Item, Revision.content)
                .join(Revision, Revision.id == Item.seen_revision_id)
                .where(Item.connection_id == connection_id, Item.id.in_(batch))
            )
            found = [(item, content) for item, content in unit.session.execute(query) if not content.get("deleted_at")]
            for item, _ in found:
                unit.trail.add(Tag.ITEM_NOT_SHOWN, PROCORE, item.id, kind=item.kind, procore_id=item.procore_id)
            _delete(unit, found, done)
    return done.changed


def deleted(unit: Work, item: Item) -> None:
    """Procore deleted the record of this one."""
    content = unit.session.get_one(Revision, item.seen_revision_id).content
    _delete(unit, [(item, content)], Intake())


def _delete(unit: Work, found: Sequence[tuple[Item, Content]], done: Intake) -> None:
    at = unit.at.isoformat()
    _store(unit, [(item.kind, item.procore_id, {**content, "deleted_at": at}) for item, content in found], done)


def _readable(records: Sequence[tuple[str, Content]], done: Intake) -> Iterable[tuple[str, str, Content]]:
    for kind, record in records:
        if kind not in registry.kinds():
            continue
        try:
            content = registry.kind(kind).read(record)
            registry.kind(kind).amount(content)  # what is not money to the cent is told apart here
            yield kind, str(record["id"]), content
        except (ValidationError, KeyError, money.NotMoney) as problem:
            done.unreadable.append(f"{kind} {record.get('id', '?')}: {problem}")


def _follow(unit: Work, records: Sequence[tuple[str, Content]]) -> None:
    """What Procore shows under another id by now stays the item it was, with all that QuickBooks holds of it."""
    now = {
        (kind, former): str(record["id"])
        for kind, record in records
        if kind in registry.kinds()
        for former in registry.kind(kind).formerly(record)
    }
    if not now:
        return
    either = [*now, *((kind, new) for (kind, _), new in now.items())]
    found = unit.session.execute(select(Item).where(matching(either, unit.connection.id))).scalars()
    known = {(item.kind, item.procore_id): item for item in found}
    for (kind, former), new in now.items():
        item = known.get((kind, former))
        if item is None or (kind, new) in known:
            continue
        item.procore_id = new
        known[kind, new] = item
        unit.trail.add(Tag.ITEM_OTHER_ID, PROCORE, item.id, kind=kind, procore_id=new, formerly=former)
        if item.written_revision_id is not None:
            write_back.want(unit, [item])
    unit.session.flush()


def _store(unit: Work, records: list[tuple[str, str, Content]], done: Intake) -> None:
    if not records:
        return
    latest = {(kind, procore_id): content for kind, procore_id, content in records}
    query = select(Item).where(matching(latest, unit.connection.id))
    known = {(item.kind, item.procore_id): item for item in unit.session.execute(query).scalars()}
    hashes = _hashes(unit, known.values())
    fresh = {key: _new(unit, *key, content) for key, content in latest.items() if key not in known}
    unit.session.add_all(fresh.values())
    unit.session.flush()
    seen: list[tuple[Item, Content, Revision]] = []
    for key, content in latest.items():
        item, mark = known.get(key) or fresh[key], text.digest(text.canonical(content))
        if key in fresh:
            done.new += 1
            unit.trail.add(Tag.ITEM_SEEN, PROCORE, item.id, kind=key[0], procore_id=key[1], name=item.name)
        elif hashes[item.id] == mark:
            done.unchanged += 1
            continue
        else:
            done.changed += 1
            unit.trail.add(Tag.ITEM_CHANGED, PROCORE, item.id, kind=key[0], procore_id=key[1], hash=mark)
        seen.append((item, content, Revision(item_id=item.id, content=content, hash=mark, seen_at=unit.at)))
    unit.session.add_all(revision for _, _, revision in seen)
    unit.session.flush()
    for item, content, revision in seen:
        unit.tallies.leave(item)
        _see(item, content, revision)
        unit.tallies.enter(item)
    marks = {item.id: likeness.marks(item.kind, content) for item, content, _ in seen}
    search.note(unit.session, [item for item, _, _ in seen], marks)
    _note_given_up(unit, [(item, content) for item, content, _ in seen if item.written_revision_id is not None])
    # What was sent stays what it was, with what it needs, until somebody takes the newer one.
    point_at(unit, [(item, content) for item, content, _ in seen if item.sent_revision_id is None])


def _hashes(unit: Work, items: Iterable[Item]) -> dict[int, str]:
    by_revision = {item.seen_revision_id: item.id for item in items}
    query = select(Revision.id, Revision.hash).where(Revision.id.in_(by_revision))
    return {by_revision[row.id]: row.hash for row in unit.session.execute(query)}


def _new(unit: Work, kind: str, procore_id: str, content: Content) -> Item:
    return Item(
        connection_id=unit.connection.id,
        kind=kind,
        procore_id=procore_id,
        name=registry.kind(kind).name(content),
        state="draft",
        version=0,
        inputs={},
        changed_at=unit.at,
        first_seen_at=unit.at,
    )


def _see(item: Item, content: Content, revision: Revision) -> None:
    kind = registry.kind(item.kind)
    item.seen_revision_id = revision.id
    item.name, item.title = kind.name(content), kind.title(content)
    item.sort_name, item.name_key = search.sortable(item.name), text.same_name(item.name)
    item.day = kind.day(content, item.inputs, UTC)
    amount = kind.amount(content)
    item.cents = None if amount is None else money.to_cents(amount)
    item.project_id, item.lock_key = kind.project(content), kind.lock(content)
    item.place = kind.place_in_line(content)
    if item.state == "draft":
        item.sent_revision_id = None


def _note_given_up(unit: Work, held: list[tuple[Item, Content]]) -> None:
    """Nothing that QuickBooks holds is taken out of it by itself: a person is told."""
    found = {}
    for item, content in held:
        kind = registry.kind(item.kind)
        if kind.void(content):
            advice = f"Void or delete its {kind.quickbooks.lower()} in QuickBooks, then unlink it."
            found[item.id] = [Found(f"{item.name} is void in Procore, and still in QuickBooks.", advice)]
    if held:
        discrepancies.note(unit, GIVEN_UP, found, [item for item, _ in held])


def point_at_newest(unit: Work, item: Item) -> None:
    """What counts is again what Procore said last."""
    newest = unit.session.get_one(Revision, item.seen_revision_id)
    point_at(unit, [(item, newest.content)])


def point_at(unit: Work, pairs: list[tuple[Item, Content]]) -> None:
    """Note which items these need, as their contents say."""
    unit.session.execute(delete(ItemNeed).where(ItemNeed.item_id.in_([item.id for item, _ in pairs])))
    rows = [
        {
            "item_id": item.id,
            "connection_id": item.connection_id,
            "name": need.name,
            "kind": need.kind,
            "procore_id": need.procore_id,
        }
        for item, content in pairs
        for need in dict.fromkeys(registry.kind(item.kind).needs(content))
    ]
    if rows:
        unit.session.execute(insert(ItemNeed), rows)
