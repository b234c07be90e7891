"""The month's cost codes as Procore records: the company's list, and each project's copy of it."""

from __future__ import annotations

from typing import Any

from app.sandbox.procore.month.cost_codes import DIVISIONS, LIST_NAME

_WHEN = "2026-02-20T17:00:00Z"

OTHER = {"id": 47, "name": "Other", "code": "O", "base_type": "other", "origin_id": None, "origin_data": None}


class CodeBook:
    """The standard list and the copies made of it."""

    LIST_ID = 2201

    def __init__(self) -> None:
        self.list: dict[str, Any] = {
            "id": self.LIST_ID,
            "name": LIST_NAME,
            "is_erp_list": True,
            "available_to_use_on_new_projects": True,
            "created_at": _WHEN,
            "updated_at": _WHEN,
        }
        self.standard: list[dict[str, Any]] = []
        for division, name, codes in DIVISIONS:
            parent = self._add(division, division, name, None)
            for code, code_name in codes:
                self._add(code, f"{division}-{code}", code_name, parent)

    def _add(self, code: str, full_code: str, name: str, parent_id: int | None) -> int:
        record = {
            "id": 37_001 + len(self.standard),
            "standard_cost_code_list_id": self.LIST_ID,
            "parent_id": parent_id,
            "code": code,
            "full_code": full_code,
            "name": name,
            "origin_id": None,
            "origin_data": None,
            "created_at": _WHEN,
            "updated_at": _WHEN,
        }
        self.standard.append(record)
        return 37_001 + len(self.standard) - 1

    def of_project(self, project: dict[str, Any], own: tuple[tuple[str, str], ...]) -> list[dict[str, Any]]:
        """A project's cost codes: a copy of every standard code, then the ones only it has."""
        base = 14_000_000 + (project["id"] - 86_400) * 1_000
        ids = {code["id"]: base + n for n, code in enumerate(self.standard, start=1)}
        copies = [
            _project_code(project, ids[code["id"]], code["code"], code["full_code"], code["name"])
            | {"parent": {"id": ids[code["parent_id"]]} if code["parent_id"] else None}
            | {"standard_cost_code_id": code["id"], "standard_cost_code_list_id": self.LIST_ID}
            for code in self.standard
        ]
        return copies + [
            _project_code(project, base + 900 + n, code.rpartition("-")[2], code, name)
            for n, (code, name) in enumerate(own, start=1)
        ]


def _project_code(project: dict[str, Any], code_id: int, code: str, full_code: str, name: str) -> dict[str, Any]:
    return {
        "id": code_id,
        "project_id": project["id"],
        "name": name,
        "code": code,
        "full_code": full_code,
        "sortable_code": full_code,
        "standard_cost_code_id": None,
        "standard_cost_code_list_id": None,
        "biller": project["name"],
        "biller_id": project["id"],
        "biller_type": "Project",
        "biller_origin_id": None,
        "budgeted": True,
        "parent": None,
        "line_item_types": [OTHER],
        "position": None,
        "origin_id": None,
        "origin_data": None,
        "deleted_at": None,
        "created_at": _WHEN,
        "updated_at": _WHEN,
    }
