"""What people did in QuickBooks meanwhile, noticed whenever a list has been read to its end; nothing is written."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.core import text
from app.core.tags import Tag
from app.db.models import Binding, Document, Item, ItemNeed, Operation, StagedRecord
from app.items import registry
from app.items.base import BindingView, ItemType, Situation
from app.qbxml import parse
from app.services import discrepancies, release
from app.services.discrepancies import Found
from app.services.gather import Key, view
from app.services.lifecycle.by_hand import BY_HAND
from app.services.unit import Work

QUICKBOOKS = "QuickBooks"


@dataclass
class _Watched:
    """One item with its binding, and what QuickBooks shows of it now."""

    item: Item
    binding: Binding
    kind: ItemType
    shown: StagedRecord | None


def look(unit: Work, operation: Operation) -> None:
    """Compare everything a finished refresh shows with what is bound to it."""
    refresh = operation.kind
    watched = _watched(unit, operation)
    if not watched:
        return
    whole = [one.item for one in watched if one.shown is not None and "xml" in one.shown.data]
    bound = _bound(unit) if whole else {}
    documents = _documents(unit, whole) if whole else {}
    found: dict[int, list[Found]] = defaultdict(list)
    moved: list[Item] = []
    for one in watched:
        if one.shown is None:
            found[one.item.id] += _missing(unit, one, moved)
            continue
        if one.binding.missing_since is not None:
            one.binding.missing_since = None
            moved.append(one.item)
        if "xml" in one.shown.data:
            found[one.item.id] += _beside(one, bound, documents)
        else:
            _follow_name(unit, one)
            if not one.shown.active:
                found[one.item.id].append(_inactive(one))
    discrepancies.note(unit, refresh, found, [one.item for one in watched])
    unit.session.flush()
    if moved:
        release.release(unit, release.dependents(unit, moved))


def _watched(unit: Work, operation: Operation) -> list[_Watched]:
    """What was bound before QuickBooks was asked, with the record it showed this time."""
    kinds = {name: kind for name, kind in registry.kinds().items() if kind.watched == operation.kind}
    row = StagedRecord
    query = (
        select(Item, Binding, row)
        .join(Binding, Binding.item_id == Item.id)
        .outerjoin(
            row,
            (row.connection_id == Item.connection_id)
            & (row.source == operation.kind)
            & (row.list_id == Binding.quickbooks_id)
            & (row.seen_by == operation.seq),
        )
        .where(
            Item.connection_id == unit.connection.id,
            Item.kind.in_(kinds),
            Binding.record != BY_HAND,
            Binding.bound_at < operation.made_at,
        )
        .order_by(Item.id)
    )
    return [_Watched(item, binding, kinds[item.kind], shown) for item, binding, shown in unit.session.execute(query)]


def _bound(unit: Work) -> dict[Key, BindingView]:
    query = (
        select(Item.kind, Item.procore_id, Binding)
        .join(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == unit.connection.id)
    )
    return {(row.kind, row.procore_id): view(row.Binding) for row in unit.session.execute(query)}


def _documents(unit: Work, items: Sequence[Item]) -> dict[int | None, str]:
    query = select(Document.id, Document.body).where(Document.id.in_([item.written_document_id for item in items]))
    return {row.id: row.body for row in unit.session.execute(query)}


def _missing(unit: Work, one: _Watched, moved: list[Item]) -> list[Found]:
    """QuickBooks no longer shows it: whatever hangs on it waits, and it is never made again by itself."""
    name, what = one.item.name, one.kind.quickbooks.lower()
    if one.binding.missing_since is None:
        one.binding.missing_since = unit.at
        moved.append(one.item)
    if merged := _merged_into(unit, one):
        return [
            Found(
                f"{name} is missing in QuickBooks: its records now belong to {merged}, so it was merged.",
                f"Unlink {name} and link it to {merged}.",
            )
        ]
    return [
        Found(
            f"{name} is missing in QuickBooks: its {what} was deleted.",
            "Unlink it; to have it made again, send and accept it anew.",
        )
    ]


def _merged_into(unit: Work, one: _Watched) -> str:
    """The name that records which used it carry now: QuickBooks merges by giving them to another."""
    if not one.kind.named_as:
        return ""
    row = StagedRecord
    query = (
        select(row.data)
        .join(Binding, (Binding.connection_id == row.connection_id) & (Binding.quickbooks_id == row.list_id))
        .join(ItemNeed, ItemNeed.item_id == Binding.item_id)
        .where(
            row.connection_id == one.item.connection_id,
            ItemNeed.kind == one.item.kind,
            ItemNeed.procore_id == one.item.procore_id,
        )
        .order_by(row.id)
    )
    for data in unit.session.execute(query).scalars():
        if "xml" not in data:
            continue
        record = parse.record(data["xml"])
        if (now := record.text(f"{one.kind.named_as}/ListID")) and now != one.binding.quickbooks_id:
            return record.text(f"{one.kind.named_as}/FullName")
    return ""


def _beside(one: _Watched, bound: dict[Key, BindingView], documents: dict[int | None, str]) -> list[Found]:
    assert one.shown is not None  # noqa: S101  # the caller looked
    body = documents.get(one.item.written_document_id)
    if body is None:
        return []
    now = Situation(
        document=json.loads(body)["fields"],
        marker="",
        bound=bound,
        own=view(one.binding),
    )
    try:
        said = one.kind.beside(now, parse.record(one.shown.data["xml"]))
    except KeyError:  # a binding it looks for: one item must not spoil the look at all others
        sentence = f"{one.item.name} was not compared with QuickBooks: something it points at is no longer linked."
        return [Found(sentence, "Link what was unlinked; the next look compares it again.")]
    advice = "QuickBooks keeps what it has. Put it right in QuickBooks, or clear it with a reason."
    return [Found(sentence, advice) for sentence in said]


def _inactive(one: _Watched) -> Found:
    assert one.shown is not None  # noqa: S101  # the caller looked
    return Found(f"{one.shown.full_name} is inactive in QuickBooks.", "Make it active in QuickBooks.")


def _follow_name(unit: Work, one: _Watched) -> None:
    """Renamed or put under another parent: it is still the same record, by its ListID."""
    assert one.shown is not None  # noqa: S101  # the caller looked
    before, after = one.binding.full_name, one.shown.full_name
    if text.squeeze(before) != text.squeeze(after):
        one.binding.full_name = after
        unit.trail.add(Tag.ITEM_RENAMED, QUICKBOOKS, one.item.id, before=before, after=after)
