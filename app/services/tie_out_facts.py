"""The sides of each row of the tie-out report: an item's amounts in Procore, as approved, in QuickBooks, and why."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from app.core import money, text
from app.db.models import Binding, Discrepancy, Item, StagedRecord
from app.items import registry
from app.items.base import Content, ItemType
from app.items.measures import INVOICED, RETAINED
from app.qbxml import parse
from app.services.lifecycle.by_hand import BY_HAND

NOTHING = Decimal("0.00")
#: States in which an item is on its way to QuickBooks.
UNDER_WAY = ("sent", "accepted", "queued", "failed")


@dataclass(frozen=True)
class Bill:
    """A bill on an order of ours that no invoice of ours became."""

    txn_id: str
    number: str
    day: str
    comes_to: Mapping[str, Decimal]
    paid: Decimal = NOTHING


@dataclass(frozen=True)
class Payment:
    """What was paid of an invoice, as Procore was told and as QuickBooks has it."""

    invoice: Item
    told: Decimal
    paid: Decimal
    sentence: str


@dataclass(frozen=True)
class Side:
    """One item's part in a row: its amounts in Procore, in Tieout and in QuickBooks, by measure."""

    item: Item
    procore: Mapping[str, Decimal]
    approved: Mapping[str, Decimal]  # as it was approved and written
    quickbooks: Mapping[str, Decimal] = field(default_factory=dict)
    not_read: bool = False  # written after QuickBooks was last read: its side is not known yet
    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # explain a difference, and are none of their own


@dataclass
class Facts:
    """Everything read, to be put side by side."""

    projects: Mapping[str, Item]
    leading: Sequence[Item]
    members: Mapping[str, Sequence[Item]]  # of one order, by lock
    bindings: Mapping[int, Binding]
    shown: Mapping[str, StagedRecord]
    contents: Mapping[int | None, Content]
    found: Mapping[int, Sequence[Discrepancy]]
    recorded: Mapping[int, Content]  # the documents of what was recorded by hand
    typed: Mapping[str, Sequence[Bill]]  # by the TxnID of the order
    paid: Mapping[str, Sequence[Payment]]  # by lock
    retainage: frozenset[str]
    paid_as_of: datetime | None

    def sides(self, leading: Item) -> list[Side]:
        """The order or Estimate itself, then what is drawn on it."""
        followers = [item for item in self.members[leading.lock_key or ""] if item.id != leading.id]
        sides = [self._side(leading, leading, None)]
        previous: dict[str, Content] = {}
        for item in followers:
            if item.id in self.bindings:
                sides.append(self._side(item, leading, previous.get(item.kind)))
            content = self.contents.get(item.seen_revision_id)
            if content is not None and (item.id in self.bindings or registry.kind(item.kind).counts(content)):
                previous[item.kind] = content
        return sides

    def by_hand(self, leading: Item) -> list[Bill]:
        """The bills somebody typed on this order, but for those an invoice was recorded as."""
        return [bill for bill in self._typed(leading) if not self._recorded_as(leading, bill)]

    def payments(self, leading: Item) -> Sequence[Payment]:
        """What was paid of its invoices."""
        return self.paid.get(leading.lock_key or "", ())

    def waiting(self, leading: Item) -> Iterator[tuple[str, Item]]:
        """What is on its way, and counts on neither side."""
        for item in self.members[leading.lock_key or ""]:
            if item.id not in self.bindings and item.state in UNDER_WAY:
                yield f"{item.name}, {money.shown(amount_of(item))}, is not in QuickBooks yet.", item

    # -- one item --------------------------------------------------------------------------------------------------

    def _side(self, item: Item, leading: Item, previous: Content | None) -> Side:
        kind, binding = registry.kind(item.kind), self.bindings[item.id]
        procore, approved = self._procore(kind, item, previous), self._approved(kind, item, previous)
        reasons, notes = self._said(kind, item)
        if binding.record == BY_HAND:
            return self._by_hand(item, leading, procore, approved, reasons, notes)
        shown = self.shown.get(
            self.bindings[leading.id].quickbooks_id if kind.part_of_another else binding.quickbooks_id
        )
        unseen = binding.missing_since is None if shown is None else shown.seen_at < binding.bound_at
        if unseen:
            return Side(item, procore, approved, not_read=True)
        if shown is None:
            return Side(item, procore, approved, dict.fromkeys(procore, NOTHING), reasons=reasons, notes=notes)
        if kind.part_of_another:
            return Side(item, procore, approved, reasons=reasons, notes=notes)
        record = parse.record(shown.data["xml"])
        return Side(item, procore, approved, kind.comes_to(record, self.retainage), reasons=reasons, notes=notes)

    def _procore(self, kind: ItemType, item: Item, previous: Content | None) -> dict[str, Decimal]:
        return _measured(kind, self.contents.get(item.seen_revision_id), amount_of(item), previous)

    def _approved(self, kind: ItemType, item: Item, previous: Content | None) -> dict[str, Decimal]:
        """The same of what was approved and written; where that is what Procore says now, it is not kept twice."""
        written = self.contents.get(item.written_revision_id)
        if written is None or item.written_revision_id == item.seen_revision_id:
            return self._procore(kind, item, previous)
        return _measured(kind, written, kind.amount(written) or NOTHING, previous)

    def _said(self, kind: ItemType, item: Item) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What stands against it; and what a person cleared, or Procore changed, which explains a difference."""
        rows = self.found.get(item.id, ())
        reasons = tuple(f"{item.name}: {row.sentence}" for row in rows if row.cleared_at is None)
        notes = [
            f"{item.name}: {row.sentence} (cleared by {row.cleared_by}: {row.reason})" for row in rows if row.cleared_at
        ]
        written = self.contents.get(item.written_revision_id)
        if written is not None and item.written_revision_id != item.seen_revision_id:
            before = kind.amount(written) or NOTHING
            if before != amount_of(item):
                notes.append(
                    f"{item.name} was changed in Procore since it was written: "
                    f"{money.shown(amount_of(item))} now, {money.shown(before)} then."
                )
        return reasons, tuple(notes)

    def _by_hand(
        self,
        item: Item,
        leading: Item,
        procore: Mapping[str, Decimal],
        approved: Mapping[str, Decimal],
        reasons: tuple[str, ...],
        notes: tuple[str, ...],
    ) -> Side:
        """Where the look found the bill, its own amounts; else the one that was noted, with retainage as in Procore."""
        number = self.bindings[item.id].full_name
        bill = next((one for one in self._typed(leading) if text.same_name(one.number) == text.same_name(number)), None)
        noted = money.money(self.recorded[item.id]["amount"])
        held = procore[RETAINED]
        amounts = bill.comes_to if bill else {INVOICED: noted + held, RETAINED: held}
        said = f"{item.name} was entered by hand as bill {number}, {money.shown(noted)}."
        return Side(item, procore, approved, amounts, reasons=reasons, notes=(said, *notes))

    def _typed(self, leading: Item) -> Sequence[Bill]:
        return self.typed.get(self.bindings[leading.id].quickbooks_id, ())

    def _recorded_as(self, leading: Item, bill: Bill) -> bool:
        numbers = {
            text.same_name(self.bindings[item.id].full_name)
            for item in self.members[leading.lock_key or ""]
            if item.id in self.recorded
        }
        return text.same_name(bill.number) in numbers


def _measured(kind: ItemType, content: Content | None, amount: Decimal, previous: Content | None) -> dict[str, Decimal]:
    void = content is not None and kind.void(content)
    worth = NOTHING if void else amount
    if kind.measure != INVOICED:
        return {kind.measure: worth}
    held = NOTHING if void or content is None else kind.retained(content, previous)
    return {INVOICED: worth + held, RETAINED: held}


def amount_of(item: Item) -> Decimal:
    """The money an item carries by Procore's newest word."""
    return money.from_cents(item.cents or 0)
