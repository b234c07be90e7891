"""A budget becomes an Estimate: one line for each original amount, then one for each side of a change."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from marshmallow import ValidationError

from app.items import registry
from app.items.base import BindingView
from tests import budgets
from tests.items.stand_ins import around, read, staged

BUDGET = registry.kind("budget")
LATE = datetime(2026, 3, 26, 4, 30, tzinfo=UTC)  # still the 25th in Seattle
ONE = budgets.line("1000.0")
TWO = budgets.line("500.50", 32, 568)


def content(*lines: dict[str, Any], **more: Any) -> dict[str, Any]:
    return read(budgets.budget(*lines, **more))


def document(*lines: dict[str, Any], written: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    given = around(settings={"zone": "America/Los_Angeles"}, now=LATE, written=written or {})
    return BUDGET.document(content(*lines, **more), {}, given)


def words(*lines: dict[str, Any], host: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    return BUDGET.words(content(*lines, **more), {}, around(host=host or {}))


def money(lines: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(line["cost_code"], line["amount"]) for line in lines]


# -- the first export ----------------------------------------------------------------------------------------------


@pytest.mark.requirement("MAP-33", "MAP-34", "MAP-36")
def test_each_budget_line_is_one_line_with_code_description_and_exact_amount() -> None:
    first, second = document(budgets.line("1234.56"), TWO)["lines"]
    assert (first["cost_code"], first["description"], first["amount"]) == ("31", "Concrete Forming", "1234.56")
    assert (second["cost_code"], second["description"], second["amount"]) == ("32", "Concrete Reinforcing", "500.50")
    assert {first["quantity"], second["quantity"]} == {"1"}


@pytest.mark.requirement("MAP-35")
def test_a_rate_is_never_part_of_the_document() -> None:
    assert not [key for line in document()["lines"] for key in line if "rate" in key.lower()]


@pytest.mark.requirement("BUD-03", "MAP-29", "MAP-30")
def test_a_modification_takes_from_one_line_and_gives_to_another_below_the_originals() -> None:
    both = [budgets.modification("250.25"), budgets.modification("40.00", 568, 567, id=75415)]
    lines = document(modifications=both)["lines"]
    assert money(lines) == [
        ("31", "1000.00"),
        ("32", "500.50"),
        ("31", "-250.25"),
        ("32", "250.25"),
        ("32", "-40.00"),
        ("31", "40.00"),
    ]
    assert [line["original"] for line in lines] == [True, True, False, False, False, False]


def test_a_modification_may_add_to_the_budget_without_taking_from_it() -> None:
    assert money(document(modifications=[budgets.modification(source=None)])["lines"])[2:] == [("32", "100.00")]


@pytest.mark.requirement("MAP-31")
def test_a_budget_change_is_written_as_the_same_modification_would_be() -> None:
    change = budgets.change(budgets.adjustment(100, 32), budgets.adjustment(-100, type="budget_change", id=99))
    old, new = document(modifications=[budgets.modification()])["lines"], document(changes=[change])["lines"]
    for line in (*old, *new):
        line.pop("key")
    assert old == new


@pytest.mark.requirement("BUD-03")
@pytest.mark.parametrize(("status", "lines"), [("approved", 3), ("draft", 2), ("under_review", 2), ("void", 2)])
def test_only_an_approved_change_travels(status: str, lines: int) -> None:
    change = budgets.change(budgets.adjustment(Decimal("76.25")), status=status)
    assert len(document(changes=[change])["lines"]) == lines


@pytest.mark.requirement("MAP-31", "MAP-34")
def test_every_line_is_described_by_its_cost_code_so_that_a_change_and_a_modification_look_alike() -> None:
    modified = document(modifications=[budgets.modification("33.33")])
    sides = budgets.adjustment("-33.33", type="budget_change"), budgets.adjustment("33.33", 32, id=57)
    changed = document(changes=[budgets.change(*sides)])
    shown = [[(line["description"], line["amount"]) for line in one["lines"][2:]] for one in (modified, changed)]
    assert shown == [[("Concrete Forming", "-33.33"), ("Concrete Reinforcing", "33.33")]] * 2


@pytest.mark.requirement("BUD-07")
def test_amounts_from_prime_contract_change_orders_are_left_out_and_told() -> None:
    line = budgets.line("100.0", prime_changes="25.0")
    more: dict[str, Any] = {"modifications": [budgets.modification("10.0", None, 567)]}
    assert BUDGET.amount(content(line, **more)) == Decimal("110.00")
    assert words(line, **more)["left_out"] == Decimal("25.00")
    preview = dict(BUDGET.preview(document(line, **more)))
    assert (preview["Total"], preview["Left out"]) == ("110.00", "25.00 from prime contract change orders")


def test_nothing_is_told_of_what_was_not_left_out() -> None:
    assert "Left out" not in dict(BUDGET.preview(document()))


@pytest.mark.requirement("MAP-36")
@pytest.mark.parametrize("amount", ["0.001", 0.1, "a lot", None])
def test_an_amount_that_is_not_exact_to_the_cent_is_not_read(amount: Any) -> None:
    with pytest.raises(ValidationError):
        content(budgets.line(amount))


@pytest.mark.requirement("MAP-04")
def test_it_travels_to_quickbooks_and_never_back() -> None:
    assert BUDGET.direction == "export"


# -- what it says --------------------------------------------------------------------------------------------------


def test_its_name_says_whose_budget_it_is_and_its_title_what_it_is_made_of() -> None:
    found = content(modifications=[budgets.modification("99.50", None)])
    assert BUDGET.name(found) == "Budget of Riverside Tower"
    assert BUDGET.title(found) == "Original 1,500.50, changes 99.50"
    assert BUDGET.amount(found) == Decimal("1600.00")


@pytest.mark.requirement("BUD-05", "MAP-32")
def test_it_points_at_its_project_and_each_of_its_codes_once() -> None:
    change = budgets.change(budgets.adjustment(1))
    assert [(need.name, need.procore_id) for need in BUDGET.needs(content(changes=[change]))] == [
        ("project", "86"),
        ("cost_code", "31"),
        ("cost_code", "32"),
    ]


@pytest.mark.requirement("ACC-03")
def test_the_rules_are_told_whether_procore_has_locked_it() -> None:
    assert [words(locked=locked)["procore_status"] for locked in (True, False)] == ["Locked", "Not locked"]


@pytest.mark.parametrize(("says", "off"), [("false", True), ("true", False), (None, False)])
def test_the_rules_are_told_whether_the_company_file_uses_estimates(says: str | None, off: bool) -> None:
    preferences = {} if says is None else {"JobsAndEstimatesPreferences/IsUsingEstimates": says}
    assert words(host={"preferences": preferences})["estimates_off"] is off


def test_a_change_of_a_code_that_is_not_on_the_budget_is_a_line_without_a_code() -> None:
    found = content(changes=[budgets.change(budgets.adjustment(5, 33))])
    assert [line["cost_code"] for line in BUDGET.lines(found)] == ["03-100", "03-200", ""]


# -- other Estimates on the job ------------------------------------------------------------------------------------


def other(list_id: str, **more: Any) -> Any:
    data = {"number": "1043", "total": "1250000.00"}
    return staged("Estimate", "80-J", list_id, data=data, **more)


@pytest.mark.requirement("ACC-23")
def test_active_estimates_that_are_not_ours_are_named() -> None:
    shown = (other("E-1"), other("E-2", active=False), other("E-3", bound_to=7), staged("Customer", "80-J", "E-4"))
    assert BUDGET.words(content(), {}, around(*shown))["other_estimates"] == "Estimate 1043, 1,250,000.00"


@pytest.mark.requirement("ACC-23")
def test_they_are_looked_for_under_the_list_id_of_the_job() -> None:
    assert BUDGET.keys_of_needs({"project": (BindingView("80000J-17"),)}) == {"80000j-17"}
    assert BUDGET.keys_of_needs({}) == set()


# -- exporting again -----------------------------------------------------------------------------------------------


def test_a_first_export_is_dated_today_where_the_company_is_and_a_later_one_keeps_that_day() -> None:
    first = document()
    assert first["date"] == "2026-03-25"
    assert document(written={**first, "date": "2026-01-31"})["date"] == "2026-01-31"


@pytest.mark.requirement("BUD-04")
def test_what_was_written_is_kept_as_it_was_and_nothing_is_written_twice() -> None:
    first = document(modifications=[budgets.modification()])
    again = document(modifications=[budgets.modification()], written=first)
    assert (again["written"], again["lines"]) == (first["lines"], [])


@pytest.mark.requirement("BUD-04")
def test_an_added_line_an_edited_amount_and_a_new_change_are_lines_below() -> None:
    first = document()
    change = budgets.change(budgets.adjustment(Decimal("76.25")))
    edited = (budgets.line("1200.0"), TWO, budgets.line("75.0", 33, 569))
    again = document(*edited, changes=[change], written=first)
    assert again["written"] == first["lines"]
    assert [(line["description"], line["amount"]) for line in again["lines"]] == [
        ("Concrete Forming (amount edited)", "200.00"),
        ("Structural Steel", "75.00"),
        ("Concrete Forming", "76.25"),
    ]
    assert not any(line["original"] for line in again["lines"])


@pytest.mark.requirement("BUD-04")
def test_a_third_export_knows_the_lines_of_both_before() -> None:
    second = document(budgets.line("1200.0"), TWO, written=document())
    third = document(budgets.line("1150.0"), TWO, written=second)
    assert (len(third["written"]), money(third["lines"])) == (3, [("31", "-50.00")])


def test_the_original_amounts_stay_those_of_the_first_export() -> None:
    again = document(budgets.line("1200.0"), TWO, budgets.line("75.0", 33, 569), written=document())
    lines = [*again["written"], *again["lines"]]
    assert money([line for line in lines if line["original"]]) == [("31", "1000.00"), ("32", "500.50")]


def test_what_left_the_budget_is_taken_back_once() -> None:
    change = budgets.change(budgets.adjustment(Decimal("76.25")))
    first = document(changes=[change])
    again = document(ONE, changes=[{**change, "status": "void"}], written=first)
    assert money(again["lines"]) == [("32", "-500.50"), ("31", "-76.25")]
    assert again["lines"][0]["description"] == "Concrete Reinforcing (taken off the budget)"
    assert document(ONE, written=again)["lines"] == []


def test_a_line_that_got_another_code_moves_its_amount() -> None:
    again = document(budgets.line("1000.0", 33), TWO, written=document())
    assert money(again["lines"]) == [("33", "1000.00"), ("31", "-1000.00")]


def test_an_estimate_is_read_before_lines_are_added_to_it() -> None:
    first = document()
    assert not BUDGET.begins_with_read(first)
    assert BUDGET.begins_with_read(document(written=first))


def test_a_preview_shows_the_estimate_as_quickbooks_will() -> None:
    assert BUDGET.preview(document()) == [
        ("Customer:Job", "Riverside Tower"),
        ("Date", "2026-03-25"),
        ("Line 1", "03-100 · Concrete Forming · Qty 1 · 1,000.00"),
        ("Line 2", "03-200 · Concrete Reinforcing · Qty 1 · 500.50"),
        ("Total", "1,500.50"),
    ]
    again = BUDGET.preview(document(modifications=[budgets.modification()], written=document()))
    assert again[2:] == [
        ("Lines kept", "2, worth 1,500.50"),
        ("Added line 3", "03-100 · Concrete Forming · Qty 1 · -100.00"),
        ("Added line 4", "03-200 · Concrete Reinforcing · Qty 1 · 100.00"),
        ("Total", "1,500.50"),
    ]
