"""The charts of the reports: what each report found, as rows of bars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from flask import url_for

from app.admin.bars import LEAST, NOTHING, WIDE, Piece, Row, Scale, rows, whole
from app.admin.words import PILLS
from app.core import money
from app.items.measures import COMMITTED, INVOICED, PAID
from app.services import accountant, exceptions, month_end, reconciliation
from app.services.tie_out import Pair
from app.services.tie_out import Row as TieOutRow

# -- tie-out -------------------------------------------------------------------------------------------------------

#: Three bars one above the other, each so high.
THREE_HIGH, THIN = 42, 12
SIDES = (("procore", "Procore"), ("tieout", "Tieout"), ("quickbooks", "QuickBooks"))


def tie_out(pairs: Iterable[Pair]) -> list[Row]:
    """Each measure in Procore, in Tieout and in QuickBooks, one bar above the other; what differs is hatched."""
    shown = [pair for pair in pairs if pair.quickbooks is not None]
    scale = Scale(max((max(_sides(pair)) for pair in shown), default=NOTHING), WIDE)
    return [_three(pair, scale) for pair in shown]


def _sides(pair: Pair) -> tuple[Decimal, ...]:
    return pair.procore, pair.approved, pair.quickbooks or NOTHING


def _three(pair: Pair, scale: Scale) -> Row:
    first, titles, pieces = scale(pair.procore), [], []
    for at, ((tone, name), amount) in enumerate(zip(SIDES, _sides(pair), strict=True)):
        y, width = at * (THIN + 3), scale(amount)
        titles.append(f"{name} {money.shown(amount)}")
        pieces.append(Piece(tone, 0, y, min(width, first), THIN, titles[-1]))
        if amount != pair.procore:
            words = f"{name} has {_by(amount - pair.procore)} than Procore"
            pieces.append(Piece("over", min(width, first), y, max(abs(width - first), LEAST), THIN, words))
    drawn = tuple(piece for piece in pieces if piece.width)
    agreed = "ties out" if any(_sides(pair)) else "nothing yet"
    value = f"{_by(pair.difference)} in QuickBooks" if pair.difference else agreed
    label = pair.words[0]
    words = f"{label}: {', '.join(titles)}: {value}"
    return Row(label, drawn, value, over=bool(pair.difference), words=words, high=THREE_HIGH)


def _by(difference: Decimal) -> str:
    return f"{money.shown(abs(difference))} {'more' if difference > 0 else 'less'}"


def orders(all_rows: Iterable[TieOutRow]) -> dict[int, Row]:
    """Each purchase order as a frame; in it what is paid, then what is billed and not paid. By item."""
    shown = [row for row in all_rows if any(pair.measure == COMMITTED for pair in row.pairs)]
    widest = (max(row.amount(COMMITTED), row.amount(INVOICED)) for row in shown)
    scale = Scale(max(widest, default=NOTHING), WIDE)
    return {row.item.id: _order(row, scale) for row in shown}


def _order(row: TieOutRow, scale: Scale) -> Row:
    committed, billed, paid = map(row.amount, (COMMITTED, INVOICED, PAID))
    done, order = scale(min(paid, max(billed, NOTHING))), scale(committed)
    pieces = [
        Piece("frame", 0, 1, order, 24, f"Purchase order {money.shown(committed)}"),
        Piece("done", 0, 6, done, 14, f"Paid {money.shown(paid)}"),
        Piece("plain", done, 6, max(scale(billed) - done, 0), 14, f"Billed and not paid {money.shown(billed - paid)}"),
    ]
    if over := billed > committed:
        title = f"Billed {money.shown(billed - committed)} above the purchase order"
        pieces.append(Piece("over", order, 1, max(scale(billed) - order, LEAST), 24, title))
    value = f"paid {money.shown(paid)}, billed {money.shown(billed)} of {money.shown(committed)}"
    return Row(row.item.name, tuple(piece for piece in pieces if piece.width), value, over=over)


# -- month-end -----------------------------------------------------------------------------------------------------

#: How what is missing stands: a colour and a word for each state; what is synced was taken out of QuickBooks since.
STANDS = {
    "queued": ("queued", PILLS["queued"][2]),
    "accepted": ("direct", PILLS["accepted"][2]),
    "sent": ("plain", PILLS["sent"][2]),
    "failed": ("bad", PILLS["failed"][2]),
    "draft": ("back", PILLS["draft"][2]),
    "synced": ("gone", "Missing in QuickBooks"),
}


def month(page: month_end.Page) -> list[Row]:
    """Of the month's records and of its money: what is in, and how what is missing stands."""
    many: dict[str, int] = defaultdict(int)
    cents: dict[str, int] = defaultdict(int)
    for line in page.lines:
        many[line.item.state] += 1
        cents[line.item.state] += line.item.cents or 0
    if not (page.there or many):
        return []
    records = [("done", page.there, f"In QuickBooks: {page.there}")]
    amounts = [("done", page.there_cents, f"In QuickBooks: {_money(page.there_cents)}")]
    for state, (tone, word) in STANDS.items():
        records.append((tone, many[state], f"{word}: {many[state]}"))
        amounts.append((tone, cents[state], f"{word}: {_money(cents[state])}"))
    all_cents = page.there_cents + sum(cents.values())
    return [
        whole("Records", records, f"{page.there} of {page.there + len(page.lines)} are in"),
        whole("Money", amounts, f"{_money(page.there_cents)} of {_money(all_cents)}"),
    ]


def month_key(page: month_end.Page) -> list[tuple[str, str]]:
    """The colours the month's bars have."""
    states = {line.item.state for line in page.lines}
    return [("done", "In QuickBooks"), *(STANDS[state] for state in STANDS if state in states)]


def _money(cents: int) -> str:
    return money.shown(money.from_cents(cents))


# -- reconciliation ------------------------------------------------------------------------------------------------

#: A colour for each outcome.
OUTCOMES = {
    "synced": "done",
    "failed": "bad",
    "rejected": "direct",
    "retrieved": "back",
    "unlinked": "gone",
    "waiting": "plain",
}


def outcomes(lines: Iterable[reconciliation.Line]) -> list[Row]:
    """Whatever was sent of a kind is one bar, cut into what became of it."""
    return [_outcome(line) for line in lines if line.sent.many]


def _outcome(line: reconciliation.Line) -> Row:
    parts = [(OUTCOMES[name], one.many, f"{name}: {one.many}") for name, one in line.outcomes.items()]
    url = url_for("items.page", kind=line.kind.kind) if line.kind else ""
    return whole(line.label, parts, f"{line.outcomes['synced'].many} of {line.sent.many} synced", url)


# -- accountant ----------------------------------------------------------------------------------------------------


def accepted(lines: Iterable[accountant.Line]) -> list[Row]:
    """How much each person accepted, the most first."""
    by: dict[str, list[Decimal]] = defaultdict(list)
    for line in lines:
        by[line.who].append(line.amount or NOTHING)
    most = sorted(by.items(), key=lambda each: (-len(each[1]), each[0]))
    return rows((who, len(each), f"{_records(len(each))}, {money.shown(sum(each, NOTHING))}", "") for who, each in most)


# -- exceptions ----------------------------------------------------------------------------------------------------


def ages(many: Mapping[str, int]) -> list[Row]:
    """How many exceptions stand how long, as far as anybody counts."""
    return rows((word, count, _aged(count), "") for word, count in many.items()) if any(many.values()) else []


def _aged(many: int) -> str:
    most = exceptions.MOST_COUNTED
    return f"more than {_records(most)}" if many > most else _records(many)


def _records(many: int) -> str:
    return f"{many} record{'s' if many != 1 else ''}"
