"""Bars drawn on the server: costs against their budget, parts of a whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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


@dataclass(frozen=True)
class Part:
    """One piece of a bar: where it begins, and how wide it is."""

    x: int
    width: int


@dataclass(frozen=True)
class Parts:
    """One drawing of pieces, left to right, and the mark of what they are parts of."""

    each: tuple[Part, ...]
    mark: int


def parts(rows: Sequence[Sequence[Decimal | int]], marks: Sequence[Decimal] = ()) -> list[Parts]:
    """One bar for each row, all to one scale; what is below nothing has no width."""
    sums = [sum((max(Decimal(one), NOTHING) for one in row), NOTHING) for row in rows]
    widest = max((*sums, *marks), default=NOTHING)

    def width(amount: Decimal) -> int:
        return int(max(amount, NOTHING) * WIDTH / widest) if widest else 0

    found = []
    for at, row in enumerate(rows):
        done, pieces = NOTHING, []
        for one in row:
            start, done = done, done + max(Decimal(one), NOTHING)
            pieces.append(Part(width(start), width(done) - width(start)))
        found.append(Parts(tuple(pieces), width(marks[at]) if marks else 0))
    return found
