"""Everything the page of one item shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money
from app.core.decision import Link
from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Binding, Connection, Document, Item, ItemNeed, Operation, Request, Revision, Transition
from app.items import registry
from app.items.base import Content, ItemType
from app.services import listing
from app.services.explain import Explanation, explain, reasons
from app.services.gather import Gathered
from app.services.listing import Choice
from app.services.verdicts import changed_since, verdicts


@dataclass(frozen=True)
class ItemPage:
    """One item, whole."""

    item: Item
    kind: ItemType
    amount: Decimal | None
    explanation: Explanation
    needs: Mapping[str, tuple[Link, ...]]
    needed_by: tuple[Link, ...]
    preview: tuple[tuple[str, str], ...]
    preview_is_approved: bool
    choices: tuple[Choice, ...]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    differences: tuple[tuple[str, str, str], ...]  # field, as sent, in Procore now
    history: tuple[Transition, ...]
    requests: tuple[Request, ...]
    binding: Binding | None

    @property
    def may_amend(self) -> bool:
        """Whether a later change in Procore may be sent and written over what QuickBooks holds."""
        return self.kind.amends and bool(changed_since(self.item))

    @property
    def blocked(self) -> bool:
        """Whether something must change before the next move."""
        return any(reason.effect == "deny" for reason in self.explanation.reasons)


def load(database: Database, connection_id: int, item_id: int, approver: str = "") -> ItemPage:
    """Read one item with everything around it."""
    explanation = explain(database, connection_id, item_id, approver)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        item = session.get_one(Item, item_id)
        verdict = verdicts(session, connection, [item], approver)[item_id]
        kind, around = registry.kind(item.kind), verdict.gathered
        document = session.get(Document, item.document_id) if item.document_id else None
        approved = document is not None and item.state not in {"draft", "sent"}
        fields = json.loads(document.body)["fields"] if approved and document else _draft(around)
        facts = kind.words(around.content, around.inputs, around.around)
        choices = listing.choices(kind, item, facts, reasons(verdict)) if item.state == "sent" else ()
        return ItemPage(
            item=item,
            kind=kind,
            amount=None if item.cents is None else money.from_cents(item.cents),
            explanation=explanation,
            needs={name: links for name, links in around.links.items() if links},
            needed_by=_needed_by(session, item),
            preview=tuple(kind.preview(fields)) if fields else (),
            preview_is_approved=approved,
            choices=choices,
            options=listing.options(session, connection_id, kind) if choices else {},
            differences=_differences(session, item),
            history=explanation.history,
            requests=_requests(session, item),
            binding=session.get(Binding, item_id),
        )


def _draft(around: Gathered) -> Content | None:
    """What would be written if it were accepted as it stands; nothing while choices are missing."""
    fields = around.kind.document(around.content, around.inputs, around.around)
    complete = all(fields.get(one.name, "") is not None for one in around.kind.inputs if one.form == "account")
    return fields if complete else None


def _needed_by(session: Session, item: Item) -> tuple[Link, ...]:
    pointing = select(ItemNeed.item_id).where(
        ItemNeed.connection_id == item.connection_id,
        ItemNeed.kind == item.kind,
        ItemNeed.procore_id == item.procore_id,
    )
    query = (
        select(Item, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.id.in_(pointing))
        .order_by(Item.kind, Item.name)
        .limit(50)
    )
    return tuple(
        Link(other.kind, other.id, other.name, other.state, bound is not None)
        for other, bound in session.execute(query)
    )


def _differences(session: Session, item: Item) -> tuple[tuple[str, str, str], ...]:
    if item.sent_revision_id in {None, item.seen_revision_id}:
        return ()
    query = select(Revision.id, Revision.content).where(Revision.id.in_([item.sent_revision_id, item.seen_revision_id]))
    contents = {row.id: row.content for row in session.execute(query)}
    return tuple(_compared("", contents[item.sent_revision_id], contents[item.seen_revision_id]))


def _compared(path: str, before: Any, after: Any) -> Sequence[tuple[str, str, str]]:
    """The leaves that differ, by their path."""
    if isinstance(before, dict) and isinstance(after, dict):
        keys = sorted({*before, *after})
        return [d for key in keys for d in _compared(f"{path} {key}".strip(), before.get(key), after.get(key))]
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = zip(before, after, strict=True)
        return [d for number, (one, two) in enumerate(pairs, 1) for d in _compared(f"{path} {number}", one, two)]
    return [] if before == after else [(path.replace("_", " "), _shown(before), _shown(after))]


def _shown(value: Any) -> str:
    if value is None:
        return "—"
    return f"{len(value)} entries" if isinstance(value, list | dict) else str(value)


def _requests(session: Session, item: Item) -> tuple[Request, ...]:
    query = (
        select(Request)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Operation.item_id == item.id)
        .order_by(Request.made_at, Request.number)
    )
    return tuple(session.execute(query).scalars())


def of_kind(database: Database, connection_id: int, kind: str, item_id: int) -> Item:
    """The item, or NotFound where it is of another kind or connection."""
    with database.reading() as session:
        item = session.get(Item, item_id)
    if item is None or item.connection_id != connection_id or item.kind != kind:
        raise NotFound("There is no such item here.", "It may have been removed, or belong to another connection.")
    return item
