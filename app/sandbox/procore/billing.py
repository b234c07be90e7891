"""The arithmetic of a subcontractor invoice, as the construction trade's standard form has it, to the cent.

Work completed is a flow: each invoice bills some of it. Materials presently stored are a stock: what is built in
leaves the stock and comes back as work. Retainage follows both, line by line, rounded half up.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from app.sandbox.procore.amounts import share
from app.sandbox.procore.store import Record, Store

NOTHING = Decimal("0.00")
APPROVED = ("approved", "approved_as_noted")


@dataclass(frozen=True)
class Figures:
    """What one invoice says of one line, beside what stood there before it."""

    work_before: Decimal = NOTHING
    work: Decimal = NOTHING  # this period
    quantity_before: Decimal = Decimal(0)
    quantity: Decimal = Decimal(0)
    materials_before: Decimal = NOTHING
    materials: Decimal = NOTHING  # presently stored
    work_held_before: Decimal = NOTHING
    work_held_now: Decimal = NOTHING  # retained of this period's work
    work_released: Decimal = NOTHING
    materials_held_before: Decimal = NOTHING
    materials_held_new: Decimal = NOTHING  # of materials added; below nothing when they are built in
    materials_released: Decimal = NOTHING
    percent: Decimal = Decimal(0)

    @property
    def completed_before(self) -> Decimal:
        """Completed and stored before this invoice."""
        return self.work_before + self.materials_before

    @property
    def completed(self) -> Decimal:
        """Completed and stored to date."""
        return self.work_before + self.work + self.materials

    @property
    def work_held(self) -> Decimal:
        """Retainage held on completed work after this invoice."""
        return self.work_held_before + self.work_held_now - self.work_released

    @property
    def materials_held(self) -> Decimal:
        """Retainage held on stored materials after this invoice."""
        return self.materials_held_before + self.materials_held_new - self.materials_released

    @property
    def held(self) -> Decimal:
        """All retainage held after this invoice."""
        return self.work_held + self.materials_held

    @property
    def gross(self) -> Decimal:
        """What this invoice earns."""
        return self.completed - self.completed_before

    @property
    def net(self) -> Decimal:
        """What this invoice earns, less the retainage it adds, plus what it releases."""
        return self.gross - (self.held - self.work_held_before - self.materials_held_before)

    def carried(self) -> Figures:
        """The same line at the beginning of the next invoice."""
        return Figures(
            work_before=self.work_before + self.work,
            quantity_before=self.quantity_before + self.quantity,
            materials_before=self.materials,
            work_held_before=self.work_held,
            materials_held_before=self.materials_held,
        )

    def billed(self, entry: Record) -> Figures:
        """The line with what somebody typed for it on this invoice."""
        percent, materials = Decimal(entry["retainage_percent"]), Decimal(entry["materials"])
        work = Decimal(entry["work"])
        return replace(
            self,
            work=work,
            quantity=Decimal(entry["quantity"]),
            materials=materials,
            work_held_now=share(work, percent),
            work_released=Decimal(entry["work_released"]),
            materials_held_new=self._held_on(materials - self.materials_before, percent),
            materials_released=Decimal(entry["materials_released"]),
            percent=percent,
        )

    def _held_on(self, added: Decimal, percent: Decimal) -> Decimal:
        """The retainage on materials added; of materials built in, their part of what is held goes with them."""
        if added >= 0:
            return share(added, percent)
        return share(self.materials_held_before, added * 100 / self.materials_before)


def chain(store: Store, contract_id: int) -> list[Record]:
    """The invoices of a commitment by number; deleted ones leave the line."""
    rows = store.all("requisitions", contract_id=contract_id)
    return sorted((row for row in rows if not row["deleted_at"]), key=lambda row: int(row["number"]))


def figures(store: Store, requisition: Record) -> dict[int, Figures]:
    """What an invoice says of each line it or an earlier one billed, by the line's id."""
    found: dict[int, Figures] = {}
    for row in chain(store, requisition["contract_id"]):
        before = {line: one.carried() for line, one in found.items()}
        entries = {entry["line_item_id"]: entry for entry in row["entries"]}
        # A line that is not billed on an invoice keeps its materials in store.
        untouched = {line: replace(one, materials=one.materials_before) for line, one in before.items()}
        billed = {line: before.get(line, Figures()).billed(entry) for line, entry in entries.items()}
        found = untouched | billed
        if row["id"] == requisition["id"]:
            break
    return found


@dataclass(frozen=True)
class Scheduled:
    """A line an invoice may bill: of the commitment, or of one of its approved change orders."""

    line: Record
    package: Record | None

    @property
    def value(self) -> Decimal:
        """What the line is worth in all."""
        return Decimal(self.line["amount"])


def scheduled(store: Store, requisition: Record) -> list[Scheduled]:
    """Every line there was on the billing date, the commitment's first, then change order by change order."""
    contract = contract_of(store, requisition)
    lines = [Scheduled(line, None) for line in contract["line_items"]]
    for package in _approved(store, requisition):
        lines += [Scheduled(line, package) for line in package["line_items"]]
    return lines


def _approved(store: Store, requisition: Record) -> Iterator[Record]:
    for package in store.all("change_order_packages", contract_id=requisition["contract_id"]):
        on_time = (package["reviewed_at"] or "")[:10] <= requisition["billing_date"]
        if package["status"] == "approved" and not package["deleted_at"] and on_time:
            yield package


def contract_of(store: Store, requisition: Record) -> Record:
    """The commitment an invoice is billed on."""
    resource = "work_order_contracts" if requisition["commitment_type"] == "WorkOrderContract" else _ORDERS
    contract = store.get(resource, requisition["contract_id"])
    if contract is None:
        raise KeyError(f"no commitment {requisition['contract_id']}")
    return contract


_ORDERS = "purchase_order_contracts"


def due(store: Store, requisition: Record) -> Decimal:
    """The current payment due."""
    return sum((one.net for one in figures(store, requisition).values()), NOTHING)


def total(numbers: Iterable[Decimal]) -> Decimal:
    """The sum of amounts, with its two places when there are none."""
    return sum(numbers, NOTHING)
