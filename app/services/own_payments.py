"""Payments that Tieout itself wrote into QuickBooks: Procore had them first, and is never given them once more."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from app.core.batches import in_batches
from app.db.models import Binding, Document, IssuedPayment, Item, Operation, StagedRecord
from app.items.base import Content
from app.services import discrepancies
from app.services.discrepancies import Found
from app.services.situations import MARKER
from app.services.unit import Work

#: The record such a payment is bound to; those that came from QuickBooks are bound to a part of one.
RECORD = "BillPaymentCheck"
BATCH = 500


@dataclass(frozen=True)
class Own:
    """Which of the payments QuickBooks shows are ours, by TxnID."""

    items: Mapping[str, tuple[Item, Content]]  # with what was written
    unsettled: frozenset[str]  # marked by us, and not bound: an answer was lost, and a look will bind them
    unlinked: frozenset[int]  # items that were bound to one, and are no longer

    def adopt(self, row: IssuedPayment) -> None:
        """What Procore has of it is what was approved: it is compared with that, and issued to nobody."""
        if row.item_id in self.unlinked:
            row.item_id, row.told = None, {}
        if row.item_id is None and (found := self.items.get(row.found["payment"])):
            item, written = found
            row.item_id = item.id
            row.told = {
                **row.found,
                "amount": written["amount"],
                "date": written["date"],
                "number": written["number"],
                "method": "check",
            }


def of(unit: Work, parts: Iterable[StagedRecord]) -> Own:
    """Those among these parts of payments."""
    by_txn = {str(part.data["payment"]): str(part.data["memo"]) for part in parts}
    marked = {txn_id: memo.removeprefix(MARKER) for txn_id, memo in by_txn.items() if memo.startswith(MARKER)}
    items, done = _items(unit, by_txn), _done(unit, marked.values())
    # A copy that somebody made of a payment of ours carries its mark as well; that operation is done with another.
    unsettled = {txn_id for txn_id, operation in marked.items() if txn_id not in items and operation not in done}
    return Own(items, frozenset(unsettled), _unlinked(unit))


def _items(unit: Work, txn_ids: Iterable[str]) -> dict[str, tuple[Item, Content]]:
    found = {}
    for batch in in_batches(txn_ids, BATCH):
        query = (
            select(Binding.quickbooks_id, Item, Document.body)
            .join(Item, Item.id == Binding.item_id)
            .join(Document, Document.id == Item.written_document_id)
            .where(
                Binding.connection_id == unit.connection.id,
                Binding.record == RECORD,
                Binding.quickbooks_id.in_(batch),
            )
        )
        for txn_id, item, body in unit.session.execute(query):
            found[txn_id] = (item, json.loads(body)["fields"])
    return found


def _done(unit: Work, operations: Iterable[str]) -> set[str]:
    found: set[str] = set()
    for batch in in_batches(operations, BATCH):
        query = select(Operation.id).where(
            Operation.connection_id == unit.connection.id, Operation.state == "done", Operation.id.in_(batch)
        )
        found.update(unit.session.execute(query).scalars())
    return found


def _unlinked(unit: Work) -> frozenset[int]:
    query = (
        select(IssuedPayment.item_id)
        .outerjoin(Binding, Binding.item_id == IssuedPayment.item_id)
        .where(IssuedPayment.connection_id == unit.connection.id, Binding.item_id.is_(None))
    )
    return frozenset(item_id for item_id in unit.session.execute(query).scalars() if item_id is not None)


def note(unit: Work, item: Item, source: str, sentence: str) -> None:
    """Say on its item what QuickBooks has otherwise by now; Procore keeps what was paid there."""
    advice = (
        "What was paid with Procore Pay stays in Procore. Put it right in QuickBooks, or unlink it and accept it "
        "anew once QuickBooks no longer has it; or clear this with a reason."
    )
    discrepancies.note(unit, source, {item.id: [Found(sentence, advice)] if sentence else []}, [item])
