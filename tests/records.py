"""Small Procore records with sane values; a test names only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

COST_CODE_LIST = 2201
CUT_OFF = datetime(2025, 12, 1, tzinfo=UTC)

Taken = tuple[str, dict[str, Any]]


def company(name: str = "Delta Concrete", id: int = 61, **more: Any) -> Taken:
    """A company of the directory."""
    base = {
        "id": id, "name": name, "address": "1 Quarry Road", "city": "Everett", "state_code": "WA", "zip": "98201",
        "business_phone": "425-555-0110", "fax_number": "", "is_active": True,
    }  # fmt: skip
    return "company", {**base, **more}


def project(name: str = "Riverside Tower", id: int = 86, **more: Any) -> Taken:
    """A project that uses the integration's cost code list."""
    base = {
        "id": id, "name": name, "address": "410 River Street", "city": "Seattle", "state_code": "WA", "zip": "98104",
        "active": True, "created_at": "2026-02-20T17:00:00Z", "standard_cost_code_list_id": COST_CODE_LIST,
    }  # fmt: skip
    return "project", {**base, **more}


def cost_code(code: str = "03-100", id: int = 31, name: str = "Concrete Forming", **more: Any) -> Taken:
    """A standard cost code."""
    base = {"id": id, "full_code": code, "name": name, "standard_cost_code_list_id": COST_CODE_LIST}
    return "cost_code", {**base, **more}


def line(amount: str = "500.00", code: int = 31, position: int = 1, **more: Any) -> dict[str, Any]:
    """A lump sum."""
    base = {
        "id": 3500 + position, "position": position, "description": "Form footings", "quantity": "0.0",
        "unit_cost": "0.0", "amount": amount, "extended_amount": amount, "total_amount": amount,
        "cost_code": {"id": 14000 + code, "full_code": f"code {code}", "standard_cost_code_id": code},
    }  # fmt: skip
    return {**base, **more}


def unit_line(quantity: str, unit_cost: str, amount: str, code: int = 31, position: int = 1) -> dict[str, Any]:
    """A quantity at a unit cost."""
    return line(amount, code, position, quantity=quantity, unit_cost=unit_cost)


def commitment(number: str = "SC-014", id: int = 310, lines: list[dict[str, Any]] | None = None, **more: Any) -> Taken:
    """An approved subcontract of Delta Concrete on Riverside Tower."""
    base = {
        "id": id, "type": "subcontract", "number": number, "title": "Foundations", "description": "",
        "status": "Approved", "accounting_method": "amount", "vendor": {"id": 61, "company": "Delta Concrete"},
        "project": {"id": 86, "name": "Riverside Tower"}, "created_at": "2026-03-02T17:00:00Z",
        "line_items": lines if lines is not None else [line("500.00"), line("250.25", 32, 2)],
    }  # fmt: skip
    return "commitment", {**base, **more}


def change_order(
    number: str = "001", id: int = 390, contract: int = 310, lines: list[dict[str, Any]] | None = None, **more: Any
) -> Taken:
    """An approved change order of SC-014."""
    base = {
        "id": id, "contract_id": contract, "project_id": 86, "number": number, "title": f"Change {number}",
        "status": "Approved", "line_items": lines if lines is not None else [line("75.00")],
    }  # fmt: skip
    return "commitment_change_order", {**base, **more}


def basics() -> list[Taken]:
    """What a commitment needs: its company, its project, its two cost codes."""
    return [company(), project(), cost_code(), cost_code("03-200", 32, "Concrete Reinforcing")]
