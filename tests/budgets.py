"""Small budgets, as the kind reads them from Procore; a test names only what it is about."""

from __future__ import annotations

from typing import Any

from tests.records import Taken

NAMES = {31: ("03-100", "Concrete Forming"), 32: ("03-200", "Concrete Reinforcing"), 33: ("05-120", "Structural Steel")}


def line(amount: str = "1000.0", code: int = 31, id: int = 567, **more: Any) -> dict[str, Any]:
    """A budget line of the project itself."""
    full_code, name = NAMES[code]
    base = {
        "id": id, "original_budget_amount": amount, "prime_changes": "0.0",
        "wbs_code_id": 900 + code, "sub_job": "",
        "cost_code": {"id": 14000 + code, "full_code": full_code, "name": name, "standard_cost_code_id": code},
    }  # fmt: skip
    return {**base, **more}


def modification(amount: str = "100.0", source: int | None = 567, target: int = 568, **more: Any) -> dict[str, Any]:
    """A transfer from one budget line to another, as it was before budget changes."""
    base = {
        "id": 75414, "from_budget_line_item_id": source, "to_budget_line_item_id": target, "transfer_amount": amount,
        "notes": "Thicker slab",
    }  # fmt: skip
    return {**base, **more}


def adjustment(amount: Any, code: int = 31, type: str = "change_event", **more: Any) -> dict[str, Any]:
    """One side of a budget change."""
    base = {
        "id": 56, "adjustment_number": 1, "type": type, "wbs_code": {"id": 900 + code}, "description": "Thicker slab",
        "comment": None, "amount": amount,
    }  # fmt: skip
    return {**base, **more}


def change(*adjustments: dict[str, Any], id: int = 9, **more: Any) -> dict[str, Any]:
    """An approved budget change."""
    base = {"id": id, "title": "Slab", "status": "approved", "adjustment_line_items": list(adjustments)}
    return {**base, **more}


def budget(*lines: dict[str, Any], project: str = "Riverside Tower", id: int = 86, **more: Any) -> Taken:
    """The locked budget of Riverside Tower: 1,000.00 and 500.50."""
    base = {
        "id": id, "project": {"id": id, "name": project}, "locked": True,
        "lines": list(lines) or [line(), line("500.50", 32, 568)], "modifications": [], "changes": [],
    }  # fmt: skip
    return "budget", {**base, **more}
