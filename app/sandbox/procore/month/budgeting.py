"""The month's budgets as Procore records."""

from __future__ import annotations

from typing import Any

from app.sandbox.procore.month import budgets
from app.sandbox.procore.month.codes import OTHER
from app.sandbox.procore.month.forms import Budget, BudgetChange, Modification

_WHEN = "2026-02-27T17:00:00Z"
_STAMPS = {"created_at": _WHEN, "updated_at": _WHEN}


class Budgeting:
    """Every record a budget is made of, by resource, with ids that never change."""

    def __init__(self, projects: list[dict[str, Any]], cost_codes: list[dict[str, Any]]) -> None:
        self._projects = {project["name"]: project for project in projects}
        self._codes = {(code["project_id"], code["full_code"]): code for code in cost_codes}
        self.records: dict[str, list[dict[str, Any]]] = {
            "budget_views": [_view()],
            "budgets": [],
            "budget_line_items": [],
            "budget_modifications": [],
            "budget_changes": [],
            "prime_change_orders": [],
        }
        for form in budgets.BUDGETS:
            self._add(form)
        self._prime_change(*budgets.PRIME_CHANGE)

    def _add(self, form: Budget) -> None:
        project_id = self._projects[form.project]["id"]
        self._put("budgets", 4_100_000_000, project_id=project_id, locked=form.locked)
        lines = {code: self._line(project_id, code, amount) for code, amount in form.lines}
        for modification in form.modifications:
            self._modification(project_id, lines, modification)
        for number, change in enumerate(form.changes, start=1):
            self._change(project_id, number, change)

    def _line(self, project_id: int, full_code: str, amount: str) -> int:
        code = self._codes[project_id, full_code]
        return self._put(
            "budget_line_items",
            4_200_000_000,
            project_id=project_id,
            cost_code_id=code["id"],
            original_budget_amount=amount,
            quantity=None,
            unit_cost=None,
            uom=None,
            calculation_strategy="manual",
            wbs_code=_wbs_code(code),
        )

    def _modification(self, project_id: int, lines: dict[str, int], form: Modification) -> None:
        self._put(
            "budget_modifications",
            4_250_000_000,
            project_id=project_id,
            from_budget_line_item_id=lines[form.origin],
            to_budget_line_item_id=lines[form.target],
            transfer_amount=form.amount,
            notes=form.notes,
            origin_id=None,
            origin_data=None,
        )

    def _change(self, project_id: int, number: int, form: BudgetChange) -> None:
        made = [line for change in self.records["budget_changes"] for line in change["adjustment_line_items"]]
        adjustments = [
            {
                "id": 4_270_000_000 + len(made) + place,
                "ref": f"item{place}",
                "adjustment_number": 1,
                "type": one.type,
                "wbs_code": _wbs_code(self._codes[project_id, one.cost_code]),
                "description": form.title,
                "comment": None,
                "calculation_strategy": "manual",
                "quantity": "1",
                "uom": None,
                "unit_cost": one.amount,
                "amount": one.amount,
                "change_event_line_item_id": None,
                "change_event_line_item": None,
            }
            for place, one in enumerate(form.adjustments, start=1)
        ]
        self._put(
            "budget_changes",
            4_260_000_000,
            project_id=project_id,
            number=number,
            status=form.status,
            title=form.title,
            description=f"<p>{form.title}</p>",
            adjustment_line_items=adjustments,
        )

    def _prime_change(self, project: str, full_code: str, amount: str) -> None:
        project_id = self._projects[project]["id"]
        code = self._codes[project_id, full_code]
        more = {"number": "001", "title": "Gymnasium hoist beams, owner's share", "status": "approved"}
        self._put(
            "prime_change_orders", 4_280_000_000, project_id=project_id, cost_code_id=code["id"], amount=amount, **more
        )

    def _put(self, resource: str, base: int, **fields: Any) -> int:
        rows = self.records[resource]
        rows.append({"id": base + len(rows) + 1, **fields, **_STAMPS})
        return base + len(rows)


def _wbs_code(code: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": 100_000_000 + code["id"],
        "flat_code": f"{code['full_code']}.{OTHER['code']}",
        "description": f"{code['name']}.{OTHER['name']}",
    }


def _view() -> dict[str, Any]:
    return {
        "id": 4_050_000_001,
        "name": budgets.VIEW_NAME,
        "description": "Original budget, changes, commitments and costs by cost code",
        "role": "standard",
        "created_by": {"id": 7_303, "name": "Ike Sand", "login": "ike.sand@halvorsen.example"},
        "columns": [list(column) for column in budgets.COLUMNS],
        **_STAMPS,
    }
