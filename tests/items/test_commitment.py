"""A commitment becomes a purchase order whose first line is its title."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.items import registry
from tests import records
from tests.items.stand_ins import around, read

COMMITMENT = registry.kind("commitment")


def content(**more: Any) -> dict[str, Any]:
    return read(records.commitment(**more))


def document(inputs: dict[str, Any] | None = None, zone: str = "America/Chicago", **more: Any) -> dict[str, Any]:
    return COMMITMENT.document(content(**more), inputs or {}, around(settings={"zone": zone}))


def words(inputs: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return COMMITMENT.words(content(**more), inputs or {}, around())


@pytest.mark.requirement("MAP-38")
@pytest.mark.parametrize(
    ("created", "day"),
    [
        ("2026-03-06T05:30:00Z", "2026-03-05"),  # 23:30 the day before, in Chicago
        ("2026-03-06T06:00:00Z", "2026-03-06"),
        ("2026-07-01T04:59:59Z", "2026-06-30"),  # summer time
        ("2026-03-05T23:30:00-06:00", "2026-03-05"),
    ],
)
def test_its_date_is_the_day_of_its_creation_where_the_company_is(created: str, day: str) -> None:
    assert document(created_at=created)["date"] == day


@pytest.mark.requirement("MAP-39", "MAP-50")
def test_a_number_typed_by_the_approver_goes_to_quickbooks_and_procores_own_is_kept() -> None:
    typed = document({"number": " SC-14 "}, number="SC-2026-000014")
    assert (typed["number"], typed["procore_number"]) == ("SC-14", "SC-2026-000014")
    assert document()["number"] == "SC-014"
    assert words({"number": "SC-14"}, number="SC-2026-000014")["quickbooks_number"] == "SC-14"


@pytest.mark.requirement("MAP-39")
def test_a_number_is_never_cut() -> None:
    assert document(number="SC-2026-000014")["number"] == "SC-2026-000014"


@pytest.mark.requirement("MAP-40", "MAP-42", "MAP-46")
def test_it_points_at_its_company_its_project_and_each_of_its_codes_once() -> None:
    lines = [records.line("1.00", 31, 1), records.line("2.00", 32, 2), records.line("3.00", 31, 3)]
    needs = [(need.name, need.kind, need.procore_id) for need in COMMITMENT.needs(content(lines=lines))]
    assert needs == [
        ("company", "company", "61"),
        ("project", "project", "86"),
        ("cost_code", "cost_code", "31"),
        ("cost_code", "cost_code", "32"),
    ]


@pytest.mark.requirement("MAP-41")
def test_its_title_is_kept_for_the_first_row_and_its_number_stands_in_for_none() -> None:
    assert document()["title"] == "Foundations"
    assert document(title=None)["title"] == "SC-014"


@pytest.mark.requirement("MAP-49")
def test_the_general_description_is_the_vendor_message_unless_another_was_typed() -> None:
    assert document(description=" Start \n Monday ")["message"] == "Start Monday"
    assert document({"message": "Start Tuesday"}, description="Start Monday")["message"] == "Start Tuesday"
    assert document(description=None)["message"] is None


@pytest.mark.requirement("MAP-49")
def test_a_long_message_is_not_cut() -> None:
    assert len(document(description="x" * 500)["message"]) == 500


@pytest.mark.requirement("MAP-47", "ACC-01")
def test_a_lump_sum_is_one_of_its_whole_amount() -> None:
    first, second = document()["lines"]
    assert (first["quantity"], first["amount"]) == ("1", "500.00")
    assert (second["quantity"], second["amount"], second["cost_code"]) == ("1", "250.25", "32")


@pytest.mark.requirement("MAP-44", "MAP-48", "ACC-01")
def test_a_line_by_unit_keeps_its_quantity_and_its_exact_amount() -> None:
    lines = [records.unit_line("3.0", "10.25", "30.75")]
    (line,) = document(lines=lines, accounting_method="unit")["lines"]
    assert (line["quantity"], line["amount"]) == ("3", "30.75")
    assert "rate" not in {key.lower() for key in line}


@pytest.mark.requirement("ACC-01")
@pytest.mark.parametrize("quantity", ["0.0", "", None])
def test_a_line_by_unit_without_a_quantity_is_a_lump_sum(quantity: str | None) -> None:
    lines = [records.line("30.75", quantity=quantity)]
    (line,) = document(lines=lines, accounting_method="unit")["lines"]
    assert (line["quantity"], line["amount"]) == ("1", "30.75")


@pytest.mark.requirement("ACC-01")
def test_the_quantity_of_a_line_by_amount_does_not_count() -> None:
    lines = [records.unit_line("3.0", "10.25", "30.75")]
    assert document(lines=lines, accounting_method="amount")["lines"][0]["quantity"] == "1"


def test_lines_stand_in_the_order_of_their_positions() -> None:
    lines = [records.line("2.00", position=2), records.line("1.00", position=1)]
    assert [line["amount"] for line in document(lines=lines)["lines"]] == ["1.00", "2.00"]


def test_its_amount_is_the_sum_of_its_lines() -> None:
    assert COMMITMENT.amount(content()) == Decimal("750.25")
    assert COMMITMENT.amount(content(lines=[])) == Decimal("0.00")


def test_the_extended_amount_counts_where_no_amount_is_given() -> None:
    line = {**records.line(), "amount": None, "extended_amount": "12.50"}
    assert COMMITMENT.amount(content(lines=[line])) == Decimal("12.50")


@pytest.mark.requirement("ACC-03")
@pytest.mark.parametrize(
    ("more", "voided"),
    [
        ({"status": "Approved"}, False),
        ({"status": "Void"}, True),
        ({"status": "Terminated"}, True),
        ({"deleted_at": "2026-03-09T10:00:00Z"}, True),
    ],
)
def test_the_rules_are_told_when_procore_withdrew_it(more: dict[str, Any], voided: bool) -> None:
    assert words(**more)["voided"] is voided


@pytest.mark.requirement("ACC-22")
@pytest.mark.parametrize(
    ("line", "tax"),
    [
        ({"tax_amount": "45.00", "total_amount": None}, Decimal("45.00")),
        ({"total_amount": "545.00"}, Decimal("45.00")),
        ({"total_amount": None}, Decimal(0)),
        ({}, Decimal(0)),
    ],
)
def test_tax_is_what_procore_names_or_what_its_total_has_above_the_amount(line: dict[str, Any], tax: Decimal) -> None:
    assert words(lines=[records.line("500.00", **line)])["tax"] == tax


def test_characters_quickbooks_cannot_store_are_found_in_title_message_and_lines() -> None:
    lines = [records.line(description="Ω bars")]
    assert words(title="≥ 3", description="→ gate", lines=lines)["not_in_quickbooks"] == "≥→Ω"


@pytest.mark.requirement("CCO-03")
def test_it_shares_its_lock_with_its_change_orders() -> None:
    change = read(records.change_order(contract=310))
    lock = COMMITMENT.lock(content(id=310))
    assert lock == registry.kind("commitment_change_order").lock(change) == "purchase_order:310"


def test_a_preview_shows_the_order_as_quickbooks_will() -> None:
    preview = COMMITMENT.preview(document())
    assert dict(preview)["P.O. No."] == "SC-014"
    assert preview[-3] == ("Line 1", "Foundations")
    assert preview[-2] == ("Line 2", "code 31 · Form footings · Qty 1 · 500.00")
