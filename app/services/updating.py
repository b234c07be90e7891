"""What is to be done in Procore about records of QuickBooks: errands, asked for here and run by the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import select

from app.core.tags import Tag
from app.db.models import Binding, Errand, Item, Revision, StagedRecord
from app.items import registry
from app.items.base import Content, Staged
from app.items.offered import Offered
from app.services import retries
from app.services.gather import staged_of
from app.services.unit import Work

ADD, UPDATE = "add", "update"


def ask(unit: Work, errand: Errand, actor: str) -> None:
    """Put an errand in line, or once more after Procore refused it."""
    errand.asked_by, errand.asked_at = actor, unit.at
    retries.afresh(errand, unit.at)
    unit.session.add(errand)


def give(unit: Work, kind: Offered, record: StagedRecord, fields: Mapping[str, Any], actor: str) -> None:
    """Procore is to hold these fields of a linked item; what waits already waits with them."""
    waiting = unit.session.get(Errand, record.id)
    errand = waiting or Errand(staged_id=record.id, connection_id=unit.connection.id, fields={})
    errand.kind, errand.act, errand.fields = kind.kind, UPDATE, {**errand.fields, **fields}
    ask(unit, errand, actor)
    unit.trail.add(Tag.UPDATE_ASKED, actor, kind=kind.kind, record=record.full_name, fields=dict(fields))


def differing(unit: Work, kind: Offered, record: StagedRecord, item: Item) -> dict[str, str]:
    """The fields that QuickBooks and Procore hold differently, as QuickBooks has them."""
    content = unit.session.get_one(Revision, item.seen_revision_id).content
    return {one.field: one.quickbooks for one in kind.differences(staged_of(record), content)}


def follow(unit: Work, source: str, shown: Iterable[tuple[StagedRecord, Staged]]) -> None:
    """Let Procore follow what changed in QuickBooks since the last reading, where the connection wants that.

    ``shown`` pairs a record as it was with what QuickBooks shows now. A change of the name is
    never passed on by itself: a person is asked.
    """
    for kind in registry.offered().values():
        if kind.source != source or not kind.follows or unit.connection.settings.get(kind.follows) is not True:
            continue
        changed = [(before, now) for before, now in shown if before.data != now.data]
        contents = _contents(unit, kind, [now.list_id for _, now in changed])
        for before, now in changed:
            if now.list_id in contents:
                _pass_on(unit, kind, before, now, contents[now.list_id])


def _pass_on(unit: Work, kind: Offered, before: StagedRecord, now: Staged, content: Content) -> None:
    known = set(kind.differences(staged_of(before), content))
    new = [one for one in kind.differences(now, content) if one not in known and not one.is_name]
    if new:
        setting = unit.connection.settings_changed.get(kind.follows, {})
        actor = f"auto-update (turned on by {setting.get('by', 'the set-up')})"
        give(unit, kind, before, {one.field: one.quickbooks for one in new}, actor)


def _contents(unit: Work, kind: Offered, list_ids: list[str]) -> dict[str, Content]:
    """What Procore says of the items bound to these records."""
    query = (
        select(Binding.quickbooks_id, Revision.content)
        .join(Item, Item.id == Binding.item_id)
        .join(Revision, Revision.id == Item.seen_revision_id)
        .where(Binding.connection_id == unit.connection.id, Item.kind == kind.kind, Binding.quickbooks_id.in_(list_ids))
    )
    return {row.quickbooks_id: row.content for row in unit.session.execute(query)} if list_ids else {}
