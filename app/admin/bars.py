"""Bars drawn on the server: how a cost code's costs stand against its budget."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from app.services.job_costs import Line

#: The width of the widest bar, in the units of its drawing.
WIDTH = 160
NOTHING = Decimal(0)


@dataclass(frozen=True)
class Bar:
    """One drawing, left to right: bills of commitments, then what else was spent; a mark where the budget ends."""

    invoiced: int
    direct: int
    budget: int


def bars(lines: Iterable[Line]) -> list[Bar]:
    """One bar for each line, all to one scale; what is below nothing has no width."""
    shown = list(lines)
    widest = max((max(line.estimated, line.actual, line.invoiced, NOTHING) for line in shown), default=NOTHING)

    def width(amount: Decimal) -> int:
        return int(max(amount, NOTHING) * WIDTH / widest) if widest else 0

    return [
        Bar(width(min(line.invoiced, max(line.actual, NOTHING))), width(line.direct), width(line.estimated))
        for line in shown
    ]
