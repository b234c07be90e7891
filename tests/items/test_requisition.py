"""What Procore says on an invoice: what is new on each line, what is held, what is due."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.items import requisition
from tests import invoices, records
from tests.invoices import billed, invoice
from tests.items.stand_ins import read


def money(*values: str) -> list[Decimal]:
    return [Decimal(value) for value in values]


def news(taken: records.Taken, previous: records.Taken | None = None) -> list[requisition.Progress]:
    return requisition.progress(read(taken), read(previous) if previous else None)


@pytest.mark.requirement("ACC-05")
def test_materials_stored_once_are_not_billed_again_when_they_are_installed() -> None:
    first, second, third = invoices.three()
    steps = [news(first), news(second, first), news(third, second)]
    assert [[line.amount for line in step] for step in steps] == [
        money("3333.00", "0.00"),
        money("3333.00", "100.10"),
        money("3334.00", "150.15"),
    ]


@pytest.mark.requirement("ACC-05")
def test_retainage_is_what_is_held_now_less_what_was_held_before_on_work_and_materials() -> None:
    first, second, third = invoices.three()
    steps = [news(first), news(second, first), news(third, second)]
    assert [[line.retained for line in step] for step in steps] == [
        money("333.30", "0.00"),
        money("333.30", "10.01"),
        money("-666.60", "-10.01"),
    ]


def test_retainage_that_moves_with_its_materials_is_neither_held_nor_released_again() -> None:
    """Procore carries it over by itself: 100.00 on materials becomes 100.00 on work of the period before."""
    first = invoice(1, billed("0.00", stored="1000.00", stored_kept="100.00"))
    second = invoice(2, billed("0.00", done="1000.00", kept="100.00"), paid="900.00")
    (line,) = news(second, first)
    assert (line.amount, line.retained) == (Decimal("0.00"), Decimal("0.00"))


@pytest.mark.parametrize(
    ("told", "amount"),
    [
        ({}, "500.00"),  # Procore's column "from previous application" holds work alone
        ({"total_completed_and_stored_to_date_from_previous": "1200.00"}, "300.00"),
    ],
)
def test_where_the_invoice_before_was_never_seen_procores_own_columns_count(told: dict[str, str], amount: str) -> None:
    (line,) = news(invoice(4, billed("500.00", done="1000.00", kept="100.00", retained="50.00", **told)))
    assert (line.amount, line.retained) == (Decimal(amount), Decimal("50.00"))


def test_several_items_on_one_line_of_the_order_are_one() -> None:
    details = [
        billed("100.00", item_type="contract_detail_item", position=1),
        billed("50.50", item_type="contract_detail_item", position=2, retained="5.05"),
    ]
    (line,) = news(invoice(1, *details))
    assert (line.amount, line.retained, line.work) == (Decimal("150.50"), Decimal("5.05"), Decimal("150.50"))


@pytest.mark.requirement("MAP-77")
def test_the_form_that_procore_prints_adds_up() -> None:
    """Procore's own example: 53,000.00 done, 5,300.00 held, 47,700.00 certified before, nothing due."""
    summary = {
        "total_earned_less_retainage": "47700.00",
        "less_previous_certificates_for_payment": "47700.00",
        "current_payment_due": "0.00",
    }
    content = read(invoice(19, billed("0.00", done="51000.00", stored="500.00"), summary=summary))
    assert (requisition.payment_due(content), requisition.net(content)) == (Decimal("0.00"), Decimal("0.00"))


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize(("due", "net"), [("1000.00", "1000.00"), ("1050.00", "1000.00")])
def test_the_payment_before_tax_is_the_same_whether_procores_figure_holds_the_tax_or_not(due: str, net: str) -> None:
    kind, record = invoice(1, billed("1000.00"), tax="50.00")
    record["summary"]["current_payment_due"] = due
    assert requisition.net(read((kind, record))) == Decimal(net)


def test_change_orders_are_named_once() -> None:
    content = read(invoice(1, billed("1.00"), invoices.on_change("2.00"), invoices.on_change("3.00", line=3502)))
    assert requisition.change_orders(content) == ["390"]


def test_amounts_finer_than_a_cent_are_not_rounded_away() -> None:
    with pytest.raises(ValueError, match="fraction of a cent"):
        news(invoice(1, billed("0.005")))


def refused(**more: Any) -> str:
    kind, record = invoice(1, billed("1.00"))
    with pytest.raises(Exception) as caught:  # noqa: PT011  # marshmallow's own
        read((kind, {**record, **more}))
    return str(caught.value)


def test_a_record_without_its_commitment_or_its_sums_is_not_taken_in() -> None:
    assert "commitment_id" in refused(commitment_id=None)
    assert "current_payment_due" in refused(summary={})
