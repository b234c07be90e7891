"""The seeded month ties out, and is awkward where it says it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from app.sandbox.procore.month import HALVORSEN, awkward
from app.sandbox.procore.month.build import build

RECORDS = HALVORSEN.records
CONTRACTS = RECORDS["work_order_contracts"] + RECORDS["purchase_order_contracts"]
PACKAGES = RECORDS["change_order_packages"]
BY_NUMBER = {contract["number"]: contract for contract in CONTRACTS}


def value(record: dict[str, Any]) -> Decimal:
    return sum((Decimal(line["total_amount"]) for line in record["line_items"]), Decimal(0))


def test_it_has_the_promised_number_of_records() -> None:
    assert {name: len(rows) for name, rows in RECORDS.items()} == {
        "companies": 1,
        "users": 4,
        "vendors": 12,
        "standard_cost_code_lists": 1,
        "standard_cost_codes": 40,
        "projects": 3,
        "cost_codes": 121,
        "work_order_contracts": 24,
        "purchase_order_contracts": 16,
        "change_order_packages": 12,
        "budget_views": 1,
        "budgets": 3,
        "budget_line_items": 36,
        "budget_modifications": 2,
        "budget_changes": 2,
        "prime_change_orders": 1,
        "billing_periods": 9,
        "requisitions": 16,
        "line_item_types": 1,
        "tax_codes": 1,
        "tools": 10,
    }


def test_it_is_the_same_every_time() -> None:
    assert build().records == RECORDS


@pytest.mark.parametrize(
    ("number", "amount"),
    [
        ("SC-001", "452250.00"),
        ("SC-003", "1599890.50"),
        ("SC-006", "1947801.75"),
        ("SC-014", "12400.00"),
        ("SC-017", "92945.00"),
        ("PO-201", "37763.00"),
        ("PO-202", "77205.00"),
        ("PO-00000000231", "62309.85"),
    ],
)
def test_commitments_come_to_what_a_calculator_says(number: str, amount: str) -> None:
    assert value(BY_NUMBER[number]) == Decimal(amount)


def test_every_amount_is_whole_cents_and_every_line_adds_up() -> None:
    for record in CONTRACTS + PACKAGES:
        for line in record["line_items"]:
            amount = Decimal(line["amount"])
            assert amount == amount.quantize(Decimal("0.01")), (record["number"], line)
            if line["extended_type"] == "calculated":
                assert Decimal(line["quantity"]) * Decimal(line["unit_cost"]) == amount, (record["number"], line)
            else:
                assert (line["quantity"], line["unit_cost"], line["uom"]) == ("0.0", "0.0", None)


def test_every_commitment_has_two_to_six_lines_in_order() -> None:
    for contract in CONTRACTS:
        positions = [line["position"] for line in contract["line_items"]]
        assert positions == list(range(1, len(positions) + 1))
        assert 2 <= len(positions) <= 6


def test_lines_use_cost_codes_of_their_own_project() -> None:
    projects = {code["id"]: code["project_id"] for code in RECORDS["cost_codes"]}
    site = {contract["id"]: contract["project"]["id"] for contract in CONTRACTS}
    site |= {package["id"]: package["project_id"] for package in PACKAGES}
    for record in CONTRACTS + PACKAGES:
        assert {projects[line["cost_code"]["id"]] for line in record["line_items"]} == {site[record["id"]]}


def test_no_two_records_share_an_id_and_contracts_need_more_than_32_bits() -> None:
    ids = [record["id"] for rows in RECORDS.values() for record in rows]
    ids += [line["id"] for record in CONTRACTS + PACKAGES for line in record["line_items"]]
    ids += [line["id"] for change in RECORDS["budget_changes"] for line in change["adjustment_line_items"]]
    assert len(ids) == len(set(ids))
    assert min(contract["id"] for contract in CONTRACTS) > 2**31


def test_subcontracts_go_by_amount_and_purchase_orders_by_unit() -> None:
    assert {row["accounting_method"] for row in RECORDS["work_order_contracts"]} == {"amount"}
    assert {row["accounting_method"] for row in RECORDS["purchase_order_contracts"]} == {"unit"}


def test_codes_are_full_codes_in_two_levels() -> None:
    codes = {code["id"]: code for code in RECORDS["standard_cost_codes"]}
    divisions = [code for code in codes.values() if code["parent_id"] is None]
    assert len(divisions) == 10
    for code in codes.values():
        parent = codes.get(code["parent_id"])
        assert code["full_code"] == (f"{parent['full_code']}-{code['code']}" if parent else code["code"])
    assert "03-300" in {code["full_code"] for code in codes.values()}


def test_two_commitments_have_three_change_orders_each_numbered_in_line() -> None:
    numbers: dict[str, list[str]] = {}
    names = {contract["id"]: contract["number"] for contract in CONTRACTS}
    for package in PACKAGES:
        numbers.setdefault(names[package["contract_id"]], []).append(package["number"])
    assert {name for name, chain in numbers.items() if chain == ["001", "002", "003"]} == set(awkward.CHAINS)
    assert all(chain == ["001"] for name, chain in numbers.items() if name not in awkward.CHAINS)
    assert {package["status"] for package in PACKAGES} == {"approved"}


def test_one_change_order_takes_money_back() -> None:
    number, change = awkward.DEDUCTIVE
    negative = [package for package in PACKAGES if value(package) < 0]
    assert [(package["contract_id"], package["number"]) for package in negative] == [(BY_NUMBER[number]["id"], change)]


def test_only_the_two_named_commitments_are_not_approved() -> None:
    assert {row["number"]: row["status"] for row in CONTRACTS if row["status"] != "Approved"} == {
        awkward.NOT_APPROVED: "Out For Signature",
        awkward.VOID: "Void",
    }


def test_the_long_names_are_as_long_as_they_say() -> None:
    assert len(awkward.LONG_NUMBER) == 14
    assert len(awkward.LONG_CODE) == 40
    assert len(awkward.LONG_NAME) == 52
    assert [row["number"] for row in CONTRACTS if len(row["number"]) > 11] == [awkward.LONG_NUMBER]
    assert [row["number"] for row in CONTRACTS if len(row["description"]) > 99] == [awkward.LONG_DESCRIPTION]
    assert [row["full_code"] for row in RECORDS["standard_cost_codes"] if len(row["full_code"]) > 31] == [
        awkward.LONG_CODE
    ]


def test_one_company_is_accented_and_another_cannot_be_written_in_windows_1252() -> None:
    assert "é".encode("cp1252") in awkward.WITH_AN_ACCENT.encode("cp1252")
    refused = []
    for vendor in RECORDS["vendors"]:
        try:
            vendor["name"].encode("cp1252")
        except UnicodeEncodeError:
            refused.append(vendor["name"])
    assert refused == [awkward.NOT_IN_QUICKBOOKS]


def test_exactly_one_line_of_the_month_is_taxed() -> None:
    taxed = [
        (row["number"], Decimal(line["total_amount"]) - Decimal(line["amount"]))
        for row in CONTRACTS + PACKAGES
        for line in row["line_items"]
        if line["total_amount"] != line["amount"]
    ]
    assert taxed == [(awkward.WITH_TAX, Decimal("45"))]


def test_one_cost_code_belongs_to_one_project_only_and_one_commitment_uses_it() -> None:
    own = [code for code in RECORDS["cost_codes"] if code["standard_cost_code_id"] is None]
    assert [code["full_code"] for code in own] == [awkward.OWN_CODE]
    used = [(row["number"], line["cost_code"]["id"]) for row in CONTRACTS for line in row["line_items"]]
    assert {number for number, code in used if code == own[0]["id"]} == {awkward.WITH_A_PROJECT_COST_CODE}


def test_four_subcontracts_have_three_invoices_and_every_amount_is_whole_cents() -> None:
    numbers = {contract["id"]: contract["number"] for contract in CONTRACTS}
    chains: dict[str, list[int]] = {}
    for invoice in RECORDS["requisitions"]:
        chains.setdefault(numbers[invoice["contract_id"]], []).append(invoice["number"])
        for entry in invoice["entries"]:
            for name in ("work", "materials", "work_released", "materials_released"):
                assert -Decimal(entry[name]).as_tuple().exponent <= 2, (invoice["id"], entry)
    full = {name for name, chain in chains.items() if chain == [1, 2, 3]}
    assert full == {"SC-001", "SC-002", "SC-009", awkward.BY_A_THIRD}
    assert all(chain == [1] for name, chain in chains.items() if name not in full)
    assert {invoice["status"] for invoice in RECORDS["requisitions"]} == {
        "draft",
        "under_review",
        "approved",
        "approved_as_noted",
    }


def test_locked_budgets_use_codes_that_quickbooks_can_hold() -> None:
    codes = {code["id"]: code for code in RECORDS["cost_codes"]}
    locked = {budget["project_id"] for budget in RECORDS["budgets"] if budget["locked"]}
    for line in RECORDS["budget_line_items"]:
        code = codes[line["cost_code_id"]]
        assert code["project_id"] == line["project_id"]
        assert line["project_id"] not in locked or code["full_code"] not in {awkward.LONG_CODE, awkward.OWN_CODE}


def test_ana_alone_may_push_to_accounting() -> None:
    assert [user["name"] for user in RECORDS["users"] if user["erp_integrated_accountant"]] == ["Ana Ruiz"]
