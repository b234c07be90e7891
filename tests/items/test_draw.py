"""Bills use up the lines of an order: exact amounts, quantities that come to exactly what was ordered."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.items import draw
from app.items.base import Content, Sibling
from app.items.draw import Draft
from tests import invoices, records
from tests.invoices import billed, invoice, on_change
from tests.items.stand_ins import read

UNIT = "unit"


def order(*lines: dict[str, Any], method: str = "amount") -> Content:
    return read(records.commitment(lines=list(lines), accounting_method=method))


def sibling(taken: records.Taken, document: Content | None = None, state: str = "sent") -> Sibling:
    content = read(taken)
    return Sibling(content["id"], content["invoice_number"], state, content, document or {}, state == "synced")


def drafts(taken: records.Taken, *earlier: Sibling, on: Content, changes: tuple[Content, ...] = ()) -> list[Draft]:
    return draw.drafts(read(taken), earlier, draw.order_lines(on, changes))


def quantities(*taken: records.Taken, on: Content) -> list[str]:
    """The quantity each of several invoices in a row takes of the first line."""
    found = []
    for number, one in enumerate(taken):
        found.append(str(drafts(one, *map(sibling, taken[:number]), on=on)[0].quantity))
    return found


@pytest.mark.requirement("ACC-01")
def test_a_lump_sum_of_ten_thousand_in_thirds_comes_to_exactly_one() -> None:
    taken = quantities(*invoices.three(), on=order(records.line("10000.00"), records.line("250.25", 32, 2)))
    assert taken == ["0.33330", "0.33330", "0.33340"]
    assert sum(map(Decimal, taken[:2])) < 1
    assert sum(map(Decimal, taken)) == 1


@pytest.mark.requirement("ACC-01")
@pytest.mark.parametrize("parts", [7, 13, 97])
def test_however_a_lump_sum_is_cut_nothing_of_it_is_left(parts: int) -> None:
    whole, cut = Decimal("8123.47"), []
    done = Decimal("0.00")
    for number in range(1, parts + 1):
        to_date = (whole * number / parts).quantize(Decimal("0.01"))
        cut.append(invoice(number, billed(str(to_date - done), done=str(done))))
        done = to_date
    taken = [Decimal(one) for one in quantities(*cut, on=order(records.line(str(whole))))]
    assert sum(taken) == 1
    assert min(taken) > 0
    assert sum(taken[:-1]) < 1


def test_a_cent_of_millions_takes_a_quantity_too() -> None:
    """Without one QuickBooks takes the whole line."""
    assert quantities(invoice(1, billed("0.01")), on=order(records.line("9000000.00"))) == ["0.00001"]


@pytest.mark.requirement("MAP-79")
def test_a_unit_line_takes_the_quantity_of_work_and_at_the_end_what_is_left() -> None:
    on = order(records.unit_line("10.0", "25.00", "250.00"), method=UNIT)
    first = invoice(1, billed("75.00", work_completed_this_period_quantity="3.0"))
    second = invoice(2, billed("175.00", done="75.00", work_completed_this_period_quantity="6.9"))
    assert quantities(first, second, on=on) == ["3.0", "7.0"]


def test_materials_on_a_unit_line_take_their_share_of_the_quantity_once() -> None:
    on = order(records.unit_line("10.0", "25.00", "250.00"), method=UNIT)
    first = invoice(1, billed("50.00", stored="50.00", work_completed_this_period_quantity="2.0"))
    second = invoice(2, billed("50.00", done="50.00", work_completed_this_period_quantity="2.0"))
    assert quantities(first, second, on=on)[:1] == ["4.00000"]
    assert drafts(second, sibling(first), on=on)[0].progress.amount == 0


@pytest.mark.requirement("ACC-06")
def test_what_is_left_of_a_line_is_its_amount_less_what_earlier_bills_took() -> None:
    on = order(records.line("10000.00"), records.line("250.25", 32, 2))
    first, second, third = invoices.three()
    left = [line.remaining for line in drafts(third, sibling(first), sibling(second), on=on)]
    assert left == [Decimal("3334.00"), Decimal("150.15")]
    (too_much,) = drafts(invoice(1, billed("500.01")), on=order(records.line("500.00")))
    assert (too_much.fits, too_much.remaining) == (False, Decimal("500.00"))


def approved(amount: str, quantity: str | None, *, linked: bool) -> Content:
    line = {"order": "commitment", "order_id": "310", "line": 3501, "linked": linked}
    return {"lines": [{**line, "amount": amount, "quantity": quantity}]}


def test_an_approved_bill_took_what_its_document_says() -> None:
    on = order(records.line("1000.00"))
    first = sibling(invoice(1, billed("333.33")), approved("333.33", "0.33334", linked=True), "accepted")
    (rest,) = drafts(invoice(2, billed("666.67", done="333.33")), first, on=on)
    assert rest.quantity == Decimal("0.66666")


def test_a_bill_without_a_link_takes_nothing_of_the_order() -> None:
    on = order(records.line("1000.00"))
    first = sibling(invoice(1, billed("400.00")), approved("400.00", None, linked=False), "synced")
    (next_,) = drafts(invoice(2, billed("600.00", done="400.00")), first, on=on)
    assert (next_.remaining, next_.quantity) == (Decimal("1000.00"), Decimal("0.60000"))


def test_a_document_that_was_taken_back_counts_no_more() -> None:
    on = order(records.line("1000.00"))
    first = sibling(invoice(1, billed("400.00")), approved("400.00", None, linked=False), "sent")
    (next_,) = drafts(invoice(2, billed("600.00", done="400.00")), first, on=on)
    assert next_.remaining == Decimal("600.00")


def test_one_entered_by_hand_is_expected_to_have_taken_its_part() -> None:
    by_hand = {"by_hand": True, "number": "1047", "amount": "400.00"}
    first = sibling(invoice(1, billed("400.00")), by_hand, "synced")
    (next_,) = drafts(invoice(2, billed("600.00", done="400.00")), first, on=order(records.line("1000.00")))
    assert (next_.remaining, next_.quantity) == (Decimal("600.00"), Decimal("0.60000"))


@pytest.mark.requirement("ACC-06")
def test_a_line_of_a_change_order_draws_on_its_own_line() -> None:
    on, change = order(records.line("500.00")), read(records.change_order(lines=[records.line("75.00")]))
    contract, extra = drafts(invoice(1, billed("10.00"), on_change("75.00")), on=on, changes=(change,))
    assert contract.line is not None
    assert extra.line is not None
    assert (contract.line.label, contract.remaining) == ("Line 1 of SC-014", Decimal("500.00"))
    assert (extra.line.label, extra.remaining) == ("Line 1 of CO 001 of SC-014", Decimal("75.00"))


@pytest.mark.parametrize(("lines", "found"), [(1, True), (2, False)])
def test_a_change_order_billed_as_a_whole_is_billed_by_its_only_line(lines: int, found: bool) -> None:
    rows = [records.line("75.00", position=number) for number in range(1, lines + 1)]
    whole = on_change("75.00", item_type="whole_change_order_item", line_item_id=None)
    (draft,) = drafts(invoice(1, whole), on=order(), changes=(read(records.change_order(lines=rows)),))
    assert draft.fits is found


def test_a_line_the_order_does_not_have_has_no_room() -> None:
    (draft,) = drafts(invoice(1, billed("10.00", line=9999)), on=order(records.line("500.00")))
    assert (draft.line, draft.fits, draft.remaining) == (None, False, Decimal("0.00"))
