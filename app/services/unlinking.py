"""Unlink: take an item and its QuickBooks record apart, once QuickBooks has been asked whether it is still there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.core.errors import Conflict, Pointer, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Document, Item, ItemNeed, Operation, StagedRecord
from app.items import check, registry
from app.items.base import Done
from app.items.check import GONE
from app.services import asking, discrepancies, moves, write_back
from app.services.lifecycle import undoing
from app.services.lifecycle.by_hand import BY_HAND
from app.services.lifecycle.walk import Outcomes, each, must_allow, one_by_one
from app.services.people import Person
from app.services.unit import Work
from state_machines.operation import OPERATION
from state_machines.staging import STAGED

UNLINK = "unlink"
QUICKBOOKS = "QuickBooks"
WAITS = "the next Web Connector session looks whether QuickBooks still has it."
STILL_THERE = "it is still in QuickBooks."
#: So many of those that hang on an item are named.
NAMED = 5


def unlink(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Unlink items: those whose record may stay at once, the others when QuickBooks says that it is gone."""
    return each(database, connection_id, who, UNLINK, item_ids, one_by_one(_unlink), expected)


def asked_by(session: Session, item: Item) -> str:
    """Who asked for the look that is under way; empty when nobody did."""
    query = select(Operation.params).where(_looks(item), Operation.state.in_(asking.UNDER_WAY))
    params = session.execute(query.limit(1)).scalar_one_or_none()
    return str(params["asked_by"]) if params else ""


def _unlink(unit: Work, item: Item, who: Person) -> None:
    must_allow(item, UNLINK, "unlinked")
    binding = unit.session.get_one(Binding, item.id)
    if by := asked_by(unit.session, item):
        raise Conflict(
            f"{by} has asked already to unlink {item.name}.",
            "The next Web Connector session looks in QuickBooks; the item's page shows what it found.",
            code="asked_already",
        )
    kind = registry.kind(item.kind)
    # What the last look missed may be gone, merged perhaps: then QuickBooks is asked, whatever hangs on it.
    there = binding.missing_since is None
    if binding.record == BY_HAND or (there and kind.unlinks_freely(written(unit.session, item))):
        _nothing_hangs_on(unit, item)
        _take_apart(unit, item, binding, who.name, f"from {binding.full_name}, which QuickBooks keeps")
        return
    _ask(unit, item, binding, who)


def written(session: Session, item: Item) -> dict[str, object]:
    """What Tieout wrote of it; nothing where it was linked."""
    document = session.get(Document, item.written_document_id) if item.written_document_id else None
    return dict(json.loads(document.body)["fields"]) if document else {}


def _nothing_hangs_on(unit: Work, item: Item) -> None:
    """Refuse while QuickBooks has, or is about to get, anything that uses the record."""
    pointing = select(ItemNeed.item_id).where(
        ItemNeed.connection_id == item.connection_id,
        ItemNeed.kind == item.kind,
        ItemNeed.procore_id == item.procore_id,
    )
    bound = select(Binding.item_id)
    hanging = (
        Item.connection_id == item.connection_id,
        Item.id.in_(pointing),
        or_(Item.id.in_(bound), Item.state == "queued"),
    )
    many = unit.session.execute(select(func.count()).select_from(Item).where(*hanging)).scalar_one()
    if not many:
        return
    found = list(unit.session.execute(select(Item).where(*hanging).order_by(Item.id).limit(NAMED)).scalars())
    names = ", ".join(other.name for other in found) + (f" and {many - NAMED} more" if many > NAMED else "")
    raise Refusal(
        f"{item.name} cannot be unlinked: {names} in QuickBooks {'hang' if many > 1 else 'hangs'} on it.",
        "Unlink those first.",
        code="in_use",
        links=[Pointer(other.name, other.kind, str(other.id)) for other in found],
    )


def _looks(item: Item) -> ColumnElement[bool]:
    mine = Operation.connection_id == item.connection_id
    return mine & (Operation.kind == UNLINK) & (Operation.scope == str(item.id))


def _ask(unit: Work, item: Item, binding: Binding, who: Person) -> None:
    lines = tuple(binding.lines) if registry.kind(item.kind).part_of_another else ()
    looked_for = check.asked(binding.record, binding.quickbooks_id, lines)
    asking.ask(unit, UNLINK, str(item.id), {**looked_for, "item": item.id, "asked_by": who.name})
    item.problem = item.remedy = ""
    unit.trail.add(Tag.UNLINK_ASKED, who.name, item.id, record=binding.record, quickbooks_id=binding.quickbooks_id)


# -- QuickBooks' answer --------------------------------------------------------------------------------------------


def answered(unit: Work, operation: Operation, done: Done) -> None:
    """QuickBooks has looked: take the two apart, or say that the record must be deleted first."""
    item = unit.session.get_one(Item, operation.params["item"])
    binding = unit.session.get(Binding, item.id)
    if item.state != "synced" or binding is None or binding.quickbooks_id != operation.params["id"]:
        return  # it moved on since: whoever moved it knew better
    if done.record == GONE:
        _take_apart(unit, item, binding, operation.params["asked_by"], "QuickBooks no longer has it")
        return
    item.problem = f"{item.name} was not unlinked: {STILL_THERE}"
    item.remedy = "Delete it there first, then unlink it again."
    _denied(unit, item, item.problem)


def refused(unit: Work, operation: Operation, sentence: str) -> None:
    """QuickBooks could not say; nothing changes, and it may be asked again."""
    OPERATION.move(operation, "drop")
    item = unit.session.get_one(Item, operation.params["item"])
    item.problem, item.remedy = f"{item.name} was not unlinked: {sentence}", "Unlink it again."
    _denied(unit, item, item.problem)


def _denied(unit: Work, item: Item, sentence: str) -> None:
    unit.trail.add(Tag.UNLINK_DENIED, QUICKBOOKS, item.id, sentence=sentence)


def _take_apart(unit: Work, item: Item, binding: Binding, actor: str, reason: str) -> None:
    moves.move(unit, item, UNLINK, actor, reason=f"unlinked: {reason}")
    unit.session.delete(binding)
    item.written_revision_id = item.written_document_id = item.document_id = None
    item.problem = item.remedy = ""
    discrepancies.forget(unit, item)
    undoing.back_to_newest(unit, item)
    query = select(StagedRecord).where(
        StagedRecord.connection_id == item.connection_id,
        StagedRecord.list_id == binding.quickbooks_id,
        StagedRecord.state.in_(("linked", "imported")),
    )
    for staged in unit.session.execute(query).scalars():
        STAGED.move(staged, UNLINK)
    unit.session.flush()
    write_back.want(unit, [item])
    undoing.forget(unit, item)
