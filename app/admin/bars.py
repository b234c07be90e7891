"""Charts as plain data: rows of bars and columns of a day, to one scale; templates only draw them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from app.core import money
from app.services.activity import HalfHour
from app.services.job_costs import Line

#: A chart of its own is drawn in these units and stretched to its place.
WIDE, HIGH = 1000, 26
#: What is too small to be seen is drawn so wide.
LEAST = 6
NOTHING = Decimal(0)
Amount = Decimal | int


@dataclass(frozen=True)
class Piece:
    """One rectangle: what it stands for, where it is, and its words."""

    tone: str
    x: int
    y: int
    width: int
    height: int
    title: str


@dataclass(frozen=True)
class Row:
    """One bar of a chart, with what stands before and behind it."""

    label: str
    pieces: tuple[Piece, ...]
    value: str
    url: str = ""
    over: bool = False
    words: str = ""
    high: int = HIGH

    @property
    def said(self) -> str:
        """The bar for those who cannot see it."""
        return self.words or f"{self.label}: {self.value}"


class Scale:
    """Amounts as widths; what is below nothing has none."""

    def __init__(self, widest: Amount, width: int) -> None:
        self._widest, self._width = widest, width

    def __call__(self, amount: Amount) -> int:
        return int(max(amount, 0) * self._width / self._widest) if self._widest else 0


# -- job costs -----------------------------------------------------------------------------------------------------


def job_costs(lines: Iterable[Line], urls: Sequence[str] = ()) -> list[Row]:
    """Budget as a frame; committed above; invoiced and direct costs below; what exceeds the budget hatched."""
    shown = list(lines)
    scale = Scale(max((_longest(line) for line in shown), default=NOTHING), WIDE)
    return [_cost(line, scale, urls[at] if urls else "") for at, line in enumerate(shown)]


def _longest(line: Line) -> Decimal:
    return max(line.estimated, line.actual, line.invoiced, line.committed, NOTHING)


def _cost(line: Line, scale: Scale, url: str) -> Row:
    invoiced = scale(min(line.invoiced, max(line.actual, NOTHING)))
    spent, budget = scale(line.actual), scale(line.estimated)
    pieces = [
        Piece("frame", 0, 1, budget, 24, f"Revised budget {money.shown(line.estimated)}"),
        Piece("committed", 0, 4, scale(line.committed), 8, f"Committed {money.shown(line.committed)}"),
        Piece("invoiced", 0, 14, invoiced, 8, f"Commitment invoiced {money.shown(line.invoiced)}"),
        Piece("direct", invoiced, 14, max(spent - invoiced, 0), 8, f"Direct costs {money.shown(line.direct)}"),
    ]
    over = line.actual > line.estimated
    if over:
        title = f"Over the revised budget by {money.shown(line.actual - line.estimated)}"
        pieces.append(Piece("over", budget, 1, max(spent - budget, 4), 24, title))
    drawn = tuple(piece for piece in pieces if piece.width)
    return Row(line.code or line.name, drawn, spent_words(line), url, over)


def spent_words(line: Line) -> str:
    """How much of the budget is spent: ``68% spent``."""
    if line.estimated > 0:
        return f"{int(line.actual * 100 / line.estimated)}% spent"
    return "no budget" if line.actual else "nothing spent"


# -- plain rows ----------------------------------------------------------------------------------------------------


def rows(labelled: Iterable[tuple[str, Amount, str, str]], tone: str = "plain") -> list[Row]:
    """One bar for each (label, amount, words, address)."""
    shown = list(labelled)
    scale = Scale(max((amount for _, amount, _, _ in shown), default=0), WIDE)
    return [
        Row(label, (Piece(tone, 0, 5, scale(amount), 16, f"{label}: {words}"),), words, url)
        for label, amount, words, url in shown
    ]


# -- the activity of a day -----------------------------------------------------------------------------------------

#: The drawing of a day: so high, of which a failure is a square on top.
DAY_HIGH, SQUARE = 110, 12


@dataclass(frozen=True)
class Column:
    """Half an hour: whether anybody was there, and what was done."""

    x: int
    width: int
    silent: bool
    pieces: tuple[Piece, ...]
    title: str


def day(slots: Sequence[HalfHour], words: Sequence[str]) -> list[Column]:
    """Columns of what was written, failures as squares on top, silence shaded; ``words`` name each half hour."""
    step = WIDE // max(len(slots), 1)
    most = max((slot.written for slot in slots), default=0)
    high = Scale(most, DAY_HIGH - SQUARE - 2)
    found = []
    for at, slot in enumerate(slots):
        x, title = at * step, f"{words[at]}: {slot_words(slot)}"
        tall = max(high(slot.written), 3) if slot.written else 0
        pieces = []
        if tall:
            pieces.append(Piece("done", x + 3, DAY_HIGH - tall, step - 6, tall, title))
        if slot.failed:
            pieces.append(Piece("bad", x + 4, DAY_HIGH - tall - SQUARE - 1, SQUARE, SQUARE, title))
        found.append(Column(x, step, not slot.sessions, tuple(pieces), title))
    return found


def slot_words(slot: HalfHour) -> str:
    """What half an hour came to."""
    if not slot.sessions:
        return "no session"
    failed = f", {slot.failed} refused" if slot.failed else ""
    return f"{slot.written} written{failed}, {slot.read} looked up"


# -- parts of a whole ----------------------------------------------------------------------------------------------


def whole(label: str, parts: Iterable[tuple[str, Amount, str]], value: str, url: str = "") -> Row:
    """One bar cut into its parts, each (tone, amount, words); however small, a part that is there can be seen."""
    shown = [(tone, amount, words) for tone, amount, words in parts if amount > 0]
    scale = Scale(sum((Decimal(amount) for _, amount, _ in shown), NOTHING), WIDE - LEAST * len(shown))
    x, pieces = 0, []
    for tone, amount, words in shown:
        width = LEAST + scale(amount)
        pieces.append(Piece(tone, x, 3, width, 20, words))
        x += width
    words = f"{label}: {', '.join(words for _, _, words in shown) or 'nothing'}"
    return Row(label, tuple(pieces), value, url, words=words)
