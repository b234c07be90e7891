"""The month without what shows nothing new, so that two hundred of them take minutes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.sandbox.procore.month import HALVORSEN

Record = dict[str, Any]
CONTRACTS = ("work_order_contracts", "purchase_order_contracts")
#: Beside the commitments with change orders or invoices: some that rest, and some that have nothing but themselves.
KEPT = {"SC-010", "SC-012", "SC-017", "SC-020", "SC-022", "SC-023", "SC-024", "PO-201", "PO-204", "PO-207"}


@dataclass(frozen=True)
class Reduced:
    """Records by resource, as the sandbox's Procore is seeded with them."""

    records: Mapping[str, list[Record]]


def _reduced() -> Reduced:
    records = HALVORSEN.records
    drawn_on = {one["contract_id"] for name in ("change_order_packages", "requisitions") for one in records[name]}
    kept = {
        name: [one for one in records[name] if one["id"] in drawn_on or one["number"] in KEPT] for name in CONTRACTS
    }
    lines = [line for name in CONTRACTS for one in kept[name] for line in one["line_items"]]
    lines += [line for one in records["change_order_packages"] for line in one["line_items"]]
    used = {line["cost_code"]["id"] for line in lines} | {one["cost_code_id"] for one in records["budget_line_items"]}
    standard = {one["standard_cost_code_id"] for one in records["cost_codes"] if one["id"] in used} - {None}
    by_id = {one["id"]: one for one in records["standard_cost_codes"]}
    standard |= {by_id[one]["parent_id"] for one in standard}
    codes = [one for one in records["cost_codes"] if one["standard_cost_code_id"] in standard]
    return Reduced(
        {
            **records,
            **kept,
            "standard_cost_codes": [one for one in records["standard_cost_codes"] if one["id"] in standard],
            "cost_codes": codes + [one for one in records["cost_codes"] if one["standard_cost_code_id"] is None],
        }
    )


MONTH = _reduced()
