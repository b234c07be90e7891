"""The charts of the reports, as data: widths to one scale, words for whoever cannot see them."""

from __future__ import annotations

from decimal import Decimal

from app.admin import report_bars
from app.admin.bars import LEAST, WIDE, Row, whole
from app.db.models import Item
from app.items.measures import COMMITTED, INVOICED, PAID
from app.services.month_end import Line, Page
from app.services.tie_out import Pair
from app.services.tie_out import Row as TieOutRow


def amount(value: int) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"))


def drawn(row: Row) -> list[tuple[str, int, int]]:
    return [(piece.tone, piece.x, piece.width) for piece in row.pieces]


def test_three_sides_that_agree_are_three_bars_of_one_width() -> None:
    small, large = report_bars.tie_out([Pair(INVOICED, *[amount(25)] * 3), Pair(COMMITTED, *[amount(100)] * 3)])
    assert drawn(large) == [("procore", 0, WIDE), ("tieout", 0, WIDE), ("quickbooks", 0, WIDE)]
    assert {piece[2] for piece in drawn(small)} == {WIDE // 4}
    assert (small.value, small.over) == ("ties out", False)


def test_what_quickbooks_has_more_or_less_is_hatched_from_where_procore_ends() -> None:
    more, less = report_bars.tie_out(
        [
            Pair(COMMITTED, amount(80), amount(80), amount(100)),
            Pair(INVOICED, amount(50), amount(50), amount(20)),
        ]
    )
    assert drawn(more)[2:] == [("quickbooks", 0, 800), ("over", 800, 200)]
    assert more.value == "20.00 more in QuickBooks"
    assert drawn(less)[2:] == [("quickbooks", 0, 200), ("over", 200, 300)]
    assert less.pieces[-1].title == "QuickBooks has 30.00 less than Procore"
    assert more.over
    assert less.said == "Invoiced to date: Procore 50.00, Tieout 50.00, QuickBooks 20.00: 30.00 less in QuickBooks"


def test_what_was_not_read_yet_is_not_drawn_and_a_cent_can_be_seen() -> None:
    assert report_bars.tie_out([Pair(COMMITTED, amount(5), amount(5), None)]) == []
    [row] = report_bars.tie_out([Pair(COMMITTED, amount(1_000_000), amount(1_000_000), Decimal("1000000.01"))])
    assert drawn(row)[-1] == ("over", WIDE - 1, LEAST)


def test_an_order_is_a_frame_of_what_is_paid_and_billed() -> None:
    def row(item_id: int, committed: int, billed: int, paid: int) -> TieOutRow:
        item = Item(id=item_id, name=f"SC-{item_id}", kind="commitment")
        each = ((COMMITTED, committed), (INVOICED, billed), (PAID, paid))
        return TieOutRow(item, tuple(Pair(name, *[amount(value)] * 3) for name, value in each), (), ())

    found = report_bars.orders([row(1, 100, 60, 20), row(2, 50, 75, 0)])
    assert drawn(found[1]) == [("frame", 0, 1000), ("done", 0, 200), ("plain", 200, 400)]
    assert drawn(found[2]) == [("frame", 0, 500), ("plain", 0, 750), ("over", 500, 250)]
    assert found[1].said == "SC-1: paid 20.00, billed 60.00 of 100.00"


def test_the_parts_of_a_whole_fill_its_bar_and_the_smallest_can_be_seen() -> None:
    row = whole("Commitments", [("done", 999, "synced: 999"), ("bad", 1, "failed: 1"), ("plain", 0, "waiting: 0")], "")
    [done, bad] = drawn(row)
    assert (done[0], bad[0]) == ("done", "bad")
    assert bad[1] == done[2]
    assert bad[2] >= LEAST
    assert WIDE - 2 <= done[2] + bad[2] <= WIDE
    assert row.said == "Commitments: synced: 999, failed: 1"


def test_a_month_shows_what_is_in_and_how_the_rest_stands() -> None:
    def line(state: str, cents: int) -> Line:
        return Line(Item(state=state, cents=cents, name="", kind="commitment"), "", "2026-03-01", False, False, "why")

    page = Page("2026-03", (line("failed", 2500), line("sent", 5000)), (), "UTC", there=2, there_cents=2500)
    records, money = report_bars.month(page)
    assert records.said == "Records: In QuickBooks: 2, To decide: 1, Failed: 1"
    assert money.value == "25.00 of 100.00"
    assert [tone for tone, _ in report_bars.month_key(page)] == ["done", "plain", "bad"]
    assert report_bars.month(Page("2026-03", (), (), "UTC")) == []


def test_exceptions_are_counted_by_how_long_they_stand() -> None:
    found = report_bars.ages({"under a day": 1, "under a week": 0, "under a month": 99, "longer": 100})
    assert [(row.label, row.value) for row in found] == [
        ("under a day", "1 record"),
        ("under a week", "0 records"),
        ("under a month", "99 records"),
        ("longer", "more than 99 records"),
    ]
    assert report_bars.ages({"under a day": 0, "longer": 0}) == []
