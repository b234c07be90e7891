"""Bills draw on the lines of a purchase order: how much of each is left, and the quantity that uses it up.

QuickBooks closes a line when its quantity is billed. A lump sum has Quantity 1 and is used up by fractions: billed to
date ÷ line amount, less the Quantity already billed, and at 100 % whatever is left (ACC-01).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from app.core import money
from app.items import order, requisition
from app.items.base import Content, Sibling
from app.items.requisition import ZERO, Key, Progress

#: States in which an earlier invoice goes, or went, as its document says.
APPROVED = {"accepted", "queued", "synced", "failed"}


@dataclass(frozen=True)
class OrderLine:
    """One line of the order as it was exported."""

    label: str
    index: int  # below the title line of its commitment or change order
    amount: Decimal
    quantity: Decimal
    by_unit: bool


@dataclass
class Drawn:
    """What earlier bills took of an order line."""

    amount: Decimal = ZERO
    quantity: Decimal = Decimal(0)


@dataclass(frozen=True)
class Draft:
    """What one invoice bills of one order line."""

    progress: Progress
    line: OrderLine | None  # None: the order has no such line
    remaining: Decimal
    quantity: Decimal

    @property
    def fits(self) -> bool:
        """Whether the order line has room for it."""
        return self.line is not None and ZERO < self.progress.amount <= self.remaining


def order_lines(commitment: Content, changes: Sequence[Content]) -> dict[Key, OrderLine]:
    """Every line of the order by what bills call it."""
    by_unit = commitment.get("accounting_method") == "unit"
    number = commitment.get("number", "")
    found = _lines("commitment", commitment, number, by_unit=by_unit) if commitment else {}
    for change in changes:
        lines = _lines("commitment_change_order", change, f"CO {change['number']} of {number}", by_unit=by_unit)
        if len(lines) == 1:  # billed as a whole it is billed by its only line
            kind, procore_id, _ = next(iter(lines))
            lines[kind, procore_id, 0] = next(iter(lines.values()))
        found |= lines
    return found


def _lines(kind: str, content: Content, label: str, *, by_unit: bool) -> dict[Key, OrderLine]:
    ordered = sorted(content["line_items"], key=lambda line: line["position"])
    written = order.written_lines(ordered, by_unit=by_unit)
    return {
        (kind, str(content["id"]), line["id"]): OrderLine(
            label=f"Line {line['position'] or number} of {label}",
            index=number,
            amount=money.money(sent["amount"]),
            quantity=money.decimal(sent["quantity"]),
            by_unit=by_unit and bool(money.number(line["quantity"])),
        )
        for number, (line, sent) in enumerate(zip(ordered, written, strict=True), 1)
    }


def drafts(content: Content, earlier: Sequence[Sibling], lines: Mapping[Key, OrderLine]) -> list[Draft]:
    """What this invoice bills of each order line, after the earlier ones took what they took."""
    drawn: dict[Key, Drawn] = defaultdict(Drawn)
    previous: Content | None = None
    for sibling in earlier:
        decided = sibling.in_quickbooks or sibling.state in APPROVED
        approved = sibling.document.get("lines") if decided else None  # none: entered by hand
        expected = _expected(sibling.content, previous, drawn, lines) if approved is None else _taken(approved)
        for key, taken in expected:
            drawn[key].amount += taken.amount
            drawn[key].quantity += taken.quantity
        previous = sibling.content
    return _drafts(content, previous, drawn, lines)


def _taken(approved: Sequence[Content]) -> list[tuple[Key, Drawn]]:
    """What the lines of an approved invoice take of the order."""
    return [
        (
            (line["order"], line["order_id"], line["line"]),
            Drawn(money.money(line["amount"]), money.decimal(line["quantity"])),
        )
        for line in approved
        if line["linked"]
    ]


def _expected(
    content: Content, previous: Content | None, drawn: Mapping[Key, Drawn], lines: Mapping[Key, OrderLine]
) -> list[tuple[Key, Drawn]]:
    """What one that nobody decided on yet would take."""
    return [
        (draft.progress.key, Drawn(draft.progress.amount, draft.quantity))
        for draft in _drafts(content, previous, drawn, lines)
        if draft.fits
    ]


def _drafts(
    content: Content, previous: Content | None, drawn: Mapping[Key, Drawn], lines: Mapping[Key, OrderLine]
) -> list[Draft]:
    found = []
    for progress in requisition.progress(content, previous):
        line, taken = lines.get(progress.key), drawn[progress.key]
        found.append(
            Draft(
                progress=progress,
                line=line,
                remaining=line.amount - taken.amount if line else ZERO,
                quantity=_quantity(progress, line, taken) if line else Decimal(0),
            )
        )
    return found


def _quantity(progress: Progress, line: OrderLine, taken: Drawn) -> Decimal:
    """The quantity that uses up as much of the line as the amount does."""
    billed = taken.amount + progress.amount
    if billed == line.amount:
        return line.quantity - taken.quantity
    if line.by_unit and progress.quantity > 0 and not progress.stored:
        return progress.quantity
    if not line.amount:
        return Decimal(0)
    to_date = (line.quantity * billed / line.amount).quantize(money.QUANTITY_STEP, ROUND_HALF_UP)
    return max(to_date - taken.quantity, money.QUANTITY_STEP)  # without a Quantity QuickBooks bills the whole line
