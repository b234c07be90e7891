"""What a budget comes to on a QuickBooks Estimate: its amounts, which lines are new, and what QuickBooks saved.

Lines of an Estimate are only ever added. Each amount of the budget has a key that stays the same from
export to export; what it differs by from the lines QuickBooks holds under that key becomes a new line.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from app.core import money, text
from app.items import order
from app.items.base import Content, Record

USES_ESTIMATES = "JobsAndEstimatesPreferences/IsUsingEstimates"
NOTHING = Decimal("0.00")


@dataclass(frozen=True)
class Entry:
    """One amount of the budget: the original amount of a line, or one side of a change."""

    key: str
    original: bool
    line: Content | None  # the budget line it is about; none where Procore no longer tells of it
    description: str
    amount: Decimal

    @property
    def code(self) -> Content | None:
        """The cost code of its line."""
        code: Content | None = self.line["cost_code"] if self.line else None
        return code


def switched_off(host: Mapping[str, Any]) -> bool:
    """Whether the company file says that it does not use estimates."""
    return bool(host.get("preferences", {}).get(USES_ESTIMATES) == "false")


def entries(content: Content) -> list[Entry]:
    """Every amount that belongs on the Estimate: budget lines first, then modifications, then approved changes.

    Amounts from prime contract change orders are none of them.
    """
    return [*_originals(content), *_modifications(content), *_changes(content)]


def unbalanced(content: Content) -> Decimal:
    """What the modifications add to the budget in all: most move money, and come to nothing."""
    return total(_modifications(content))


def total(found: Iterable[Entry]) -> Decimal:
    """What they come to."""
    return sum((entry.amount for entry in found), NOTHING)


def left_out(content: Content) -> Decimal:
    """What prime contract change orders add to the budget in Procore."""
    return sum((money.decimal(line["prime_changes"]) for line in content["lines"]), NOTHING)


def _originals(content: Content) -> Iterator[Entry]:
    for line in content["lines"]:
        amount = money.money(line["original_budget_amount"])
        yield Entry(f"line {line['id']}", True, line, _name(line), amount)


def _modifications(content: Content) -> Iterator[Entry]:
    lines = {line["id"]: line for line in content["lines"]}
    for one in sorted(content["modifications"], key=lambda one: one["id"]):
        amount = money.money(one["transfer_amount"])
        for side, line_id, moved in (
            ("from", one["from_budget_line_item_id"], -amount),
            ("to", one["to_budget_line_item_id"], amount),
        ):
            if line_id is not None:
                yield _moved(f"modification {one['id']} {side}", lines.get(line_id), moved)


def _changes(content: Content) -> Iterator[Entry]:
    """One line for each adjustment; what an adjustment takes away stands before what it gives."""
    lines = {line["wbs_code_id"]: line for line in content["lines"]}
    for one in sorted(content["changes"], key=lambda one: one["id"]):
        if one["status"] != "approved":
            continue
        adjustments = one["adjustment_line_items"]
        for row in sorted(adjustments, key=lambda row: (row["adjustment_number"], row["type"], row["id"])):
            line = lines.get(row["wbs_code"]["id"])
            yield _moved(f"change {one['id']} {row['type']} {row['id']}", line, money.money(row["amount"]))


def _moved(key: str, line: Content | None, amount: Decimal) -> Entry:
    """A line that moves money is described by its cost code, as every line is; a change looks like a modification."""
    return Entry(key, False, line, _name(line), amount)


def _name(line: Content | None) -> str:
    return str(line["cost_code"]["name"]) if line and line["cost_code"] else ""


# -- the lines of the document -------------------------------------------------------------------------------------


def new_lines(found: Sequence[Entry], held: Sequence[Content]) -> list[Content]:
    """What must be added below the lines QuickBooks holds, so that the Estimate says what the budget says."""
    open_: dict[str, list[Content]] = {}
    for line in held:
        open_.setdefault(line["key"], []).append(line)
    lines = []
    for entry in found:
        code = order.code_id({"cost_code": entry.code}) if entry.code else ""
        line = {
            "key": f"{entry.key} {code}",
            "original": entry.original and not held,
            "cost_code": code,
            "code": entry.code["full_code"] if entry.code else "",
            "description": entry.description,
            "quantity": "1",
        }
        before = open_.pop(line["key"], None)
        missing = entry.amount - worth(before or ())
        if before is None or missing:
            lines.append(_line(line, missing, "" if before is None else "amount edited"))
    for rest in open_.values():
        if taken := worth(rest):
            lines.append(_line({**rest[0], "original": False}, -taken, "taken off the budget"))
    return lines


def _line(line: Content, amount: Decimal, why: str) -> Content:
    description = text.squeeze(f"{line['description'] or ''} ({why})") if why else line["description"]
    return {**line, "description": description or None, "amount": money.plain(amount)}


def worth(lines: Sequence[Content]) -> Decimal:
    """What lines of a document come to."""
    return sum((money.decimal(line["amount"]) for line in lines), NOTHING)


# -- what QuickBooks made of them ----------------------------------------------------------------------------------


def differences(lines: Sequence[Content], ids: Sequence[str], record: Record, items: Mapping[str, str]) -> list[str]:
    """What QuickBooks holds otherwise than approved. ``ids`` are the TxnLineIDs of the lines, one each."""
    saved = {row.text("TxnLineID"): row for row in record.all("EstimateLineRet")}
    found = []
    for number, (line, line_id) in enumerate(zip(lines, ids, strict=False), 1):
        found += [f"Line {number}: {what}" for what in _of_line(line, saved.pop(line_id, None), items)]
    if len(ids) < len(lines):
        found.append(f"QuickBooks saved {len(ids)} of {len(lines)} lines")
    by_hand = [money.number(row.text("Amount")) for row in saved.values()]
    if by_hand:
        lines_ = "1 line" if len(by_hand) == 1 else f"{len(by_hand)} lines"
        found.append(f"The Estimate has {lines_} made by hand, worth {text.shown(sum(by_hand, NOTHING))}")
    return [*found, *_of_total(record)]


def _of_line(line: Content, row: Record | None, items: Mapping[str, str]) -> Iterator[str]:
    approved = money.decimal(line["amount"])
    if row is None:
        yield f"QuickBooks no longer has it, approved {money.shown(approved)}"
        return
    amount = money.number(row.text("Amount"))
    if amount != approved:
        yield f"QuickBooks saved {text.shown(amount)}, approved {money.shown(approved)}"
    elif row.text("Rate"):
        # Revised Budget is Quantity times Rate, the cost: a markup may hide between it and the Amount.
        cost = money.decimal(row.text("Rate")) * money.decimal(row.text("Quantity") or "1")
        if cost != approved:
            yield f"QuickBooks saved a cost of {text.shown(cost)}, approved {money.shown(approved)}"
    item = items.get(line["cost_code"])
    if item and row.text("ItemRef/ListID") != item:
        yield f"QuickBooks saved item {row.text('ItemRef/FullName') or 'none'}, approved {line['code']}"


def _of_total(record: Record) -> Iterator[str]:
    """Tax, or anything else QuickBooks put on top of the lines."""
    lines = sum((money.number(row.text("Amount")) for row in record.all("EstimateLineRet")), NOTHING)
    saved = money.decimal(record.text("TotalAmount") or lines)
    if saved != lines:
        yield f"Total: QuickBooks saved {text.shown(saved)}, its lines come to {text.shown(lines)}"
