"""Reads what the tie-out report is made of: items, what QuickBooks showed of them last, what people typed there."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import money
from app.core.batches import in_batches
from app.db.models import (
    Binding,
    Connection,
    Discrepancy,
    Document,
    IssuedPayment,
    Item,
    RefreshLog,
    Revision,
    StagedRecord,
)
from app.items import registry
from app.items.base import Content, ItemType
from app.items.measures import BUDGETED, INVOICED
from app.qbxml import parse
from app.services import payments, projects
from app.services.discrepancies import APPROVAL
from app.services.lifecycle.by_hand import BY_HAND
from app.services.payments import PAYMENTS
from app.services.tie_out_facts import NOTHING, Bill, Facts, Payment

BATCH = 500


def gather(session: Session, connection_id: int) -> Facts:
    """Read it all: the number of statements does not grow with the items."""
    kinds = {name: kind for name, kind in registry.kinds().items() if kind.measure}
    members: dict[str, list[Item]] = defaultdict(list)
    bindings: dict[int, Binding] = {}
    leading = []
    query = (
        select(Item, Binding)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == connection_id, Item.kind.in_(kinds))
        .order_by(Item.place, Item.id)
    )
    for item, binding in session.execute(query):
        members[item.lock_key or ""].append(item)
        if binding is not None:
            bindings[item.id] = binding
            if _leads(kinds[item.kind]):
                leading.append(item)
    retainage = session.get_one(Connection, connection_id).settings.get("retainage_item")
    log = session.get(RefreshLog, (connection_id, PAYMENTS, ""))
    facts = Facts(
        projects={project.procore_id: project for project in projects.everyone(session, connection_id)},
        leading=sorted(leading, key=lambda item: (registry.kind(item.kind).order, item.name)),
        members=members,
        bindings=bindings,
        shown=_shown(session, connection_id, kinds),
        contents=_contents(session, connection_id, kinds),
        found=_found(session, connection_id),
        recorded=_recorded(session, connection_id),
        typed={},
        paid=_paid(session, connection_id),
        retainage=frozenset({str(retainage)} if retainage else ()),
        paid_as_of=log.finished_at if log else None,
    )
    facts.typed = _typed_bills(session, connection_id, facts)
    return facts


def _leads(kind: ItemType) -> bool:
    """Whether it has a row of its own: an order or an Estimate, not what is drawn on it."""
    return kind.measure != INVOICED and not kind.part_of_another


def is_budget(item: Item) -> bool:
    """Whether the row of this item compares a budget."""
    return registry.kind(item.kind).measure == BUDGETED


def _shown(session: Session, connection_id: int, kinds: Mapping[str, ItemType]) -> dict[str, StagedRecord]:
    sources = {kind.watched for kind in kinds.values()}
    query = select(StagedRecord).where(StagedRecord.connection_id == connection_id, StagedRecord.source.in_(sources))
    return {row.list_id: row for row in session.execute(query).scalars()}


def _contents(session: Session, connection_id: int, kinds: Mapping[str, ItemType]) -> dict[int | None, Content]:
    """What Procore says: of invoices for their retainage, of others where something is otherwise than written."""
    invoices = [name for name, kind in kinds.items() if kind.measure == INVOICED]
    changed = Item.written_revision_id != Item.seen_revision_id
    query = (
        select(Revision.id, Revision.content)
        .join(
            Item,
            (Item.id == Revision.item_id)
            & or_(Revision.id == Item.seen_revision_id, Revision.id == Item.written_revision_id),
        )
        .where(
            Item.connection_id == connection_id,
            Item.kind.in_(kinds),
            or_(Item.kind.in_(invoices), Item.difference != "", changed),
        )
    )
    return {row.id: row.content for row in session.execute(query)}


def _found(session: Session, connection_id: int) -> dict[int, list[Discrepancy]]:
    query = select(Discrepancy).where(
        Discrepancy.connection_id == connection_id, Discrepancy.gone_at.is_(None), Discrepancy.source != APPROVAL
    )
    found: dict[int, list[Discrepancy]] = defaultdict(list)
    for row in session.execute(query.order_by(Discrepancy.id)).scalars():
        found[row.item_id].append(row)
    return found


def _recorded(session: Session, connection_id: int) -> dict[int, Content]:
    query = (
        select(Item.id, Document.body)
        .join(Binding, Binding.item_id == Item.id)
        .join(Document, Document.id == Item.written_document_id)
        .where(Item.connection_id == connection_id, Binding.record == BY_HAND)
    )
    return {row.id: json.loads(row.body)["fields"] for row in session.execute(query)}


def _paid(session: Session, connection_id: int) -> dict[str, list[Payment]]:
    query = (
        select(IssuedPayment, Item)
        .join(Item, Item.id == IssuedPayment.invoice_id)
        .where(IssuedPayment.connection_id == connection_id)
        .order_by(IssuedPayment.key)
    )
    found: dict[str, list[Payment]] = defaultdict(list)
    for row, invoice in session.execute(query):
        told = money.money(row.told["amount"]) if row.item_id is not None else NOTHING
        paid = NOTHING if row.gone else money.money(row.found["amount"])
        said = payments.exception(row) or row.problem
        if told != paid and not said:
            what = f"{payments.METHODS[row.found['method']]} {row.found['number']}".strip()
            said = f"{what} of {row.found['date']} is on its way to Procore."
        found[invoice.lock_key or ""].append(Payment(invoice, told, paid, said))
    return found


def _typed_bills(session: Session, connection_id: int, facts: Facts) -> dict[str, list[Bill]]:
    """The bills the orders named that are not ours, each with the first order of ours it is linked to."""
    kind = next(kind for kind in registry.kinds().values() if kind.measure == INVOICED)
    ours = {binding.quickbooks_id for binding in facts.bindings.values()}
    others = [row for row in facts.shown.values() if row.type == "Bill" and row.list_id not in ours]
    paid = _paid_of(session, connection_id, [row.list_id for row in others])
    found: dict[str, list[Bill]] = defaultdict(list)
    for row in others:
        record = parse.record(row.data["xml"])
        links = (link.text("TxnID") for link in record.all("LinkedTxn") if link.text("TxnType") == "PurchaseOrder")
        order = next((txn_id for txn_id in links if txn_id in ours), "")
        amounts = kind.comes_to(record, facts.retainage)
        if order and any(amounts.values()):
            number, day = record.text("RefNumber"), record.text("TxnDate")
            found[order].append(Bill(row.list_id, number, day, amounts, paid.get(row.list_id, NOTHING)))
    return found


def _paid_of(session: Session, connection_id: int, bills: Sequence[str]) -> dict[str, Decimal]:
    """What QuickBooks' payments paid of these bills."""
    part = head = StagedRecord
    sums: dict[str, Decimal] = defaultdict(lambda: NOTHING)
    for batch in in_batches(bills, BATCH):
        parts = select(part).where(
            part.connection_id == connection_id,
            part.source == PAYMENTS,
            part.type == payments.PART,
            part.name.in_(batch),
        )
        rows = list(session.execute(parts).scalars())
        heads = select(head).where(
            head.connection_id == connection_id,
            head.source == PAYMENTS,
            head.list_id.in_({row.data["payment"] for row in rows}),
        )
        standing = {row.list_id: row.data["parts"] for row in session.execute(heads).scalars()}
        for row in rows:
            bill = row.data["bill"]
            if bill in standing.get(row.data["payment"], (bill,)):
                sums[bill] += money.money(row.data["amount"])
    return sums
