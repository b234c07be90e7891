"""The month's commitments and change orders as Procore records, with their lines."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.sandbox.procore.amounts import total, written
from app.sandbox.procore.month.codes import OTHER
from app.sandbox.procore.month.forms import ChangeOrder, Commitment, Line

_HOLDERS = {"work_order_contracts": "WorkOrderContract", "purchase_order_contracts": "PurchaseOrderContract"}
_PROJECT_MANAGER = 7_302
_UNLINKED: dict[str, Any] = {"origin_id": None, "origin_code": None, "origin_data": None}
_UNDATED: dict[str, Any] = dict.fromkeys(
    ("approval_letter_date", "execution_date", "issued_on_date", "letter_of_intent_date", "returned_date")
)
_ONLY_PURCHASE_ORDERS: dict[str, Any] = dict.fromkeys(
    ("delivery_date", "payment_terms", "ship_to_address", "ship_via", "bill_to_address")
)
_ONLY_SUBCONTRACTS: dict[str, Any] = dict.fromkeys(
    ("actual_completion_date", "contract_estimated_completion_date", "contract_start_date", "inclusions", "exclusions")
)
_PAID: dict[str, Any] = dict.fromkeys(
    ("due_date", "invoiced_date", "paid_date", "signed_change_order_received_date", "designated_reviewer")
)


class Builder:
    """Makes records in order, so that each keeps the id it always had (beyond 32 bits, as Procore's may be)."""

    def __init__(
        self, projects: list[dict[str, Any]], vendors: list[dict[str, Any]], cost_codes: list[dict[str, Any]]
    ) -> None:
        self._projects = {project["name"]: project for project in projects}
        self._vendors = {vendor["name"]: vendor for vendor in vendors}
        self._codes = {(code["biller_id"], code["full_code"]): code for code in cost_codes}
        self._commitments: dict[str, dict[str, Any]] = {}
        self._lines = 0
        self._packages = 0

    def commitment(self, form: Commitment, resource: str) -> dict[str, Any]:
        """A contract with its schedule of values."""
        project, vendor = self._projects[form.project], self._vendors[form.company]
        created = form.created_at or f"2026-03-{form.day:02}T17:00:00Z"
        is_order = resource == "purchase_order_contracts"
        record: dict[str, Any] = {
            "id": 3_100_000_001 + len(self._commitments),
            "number": form.number,
            "title": form.title,
            "description": form.description,
            "status": form.status,
            "executed": form.status == "Approved",
            "private": True,
            "show_line_items_to_non_admins": False,
            "accounting_method": "unit" if is_order else "amount",
            "vendor": {"id": vendor["id"], "company": vendor["name"]},
            "project": {"id": project["id"], "name": project["name"]},
            "contract_date": f"2026-03-{form.day:02}",
            "signed_contract_received_date": None,
            **_UNDATED,
            **(_ONLY_PURCHASE_ORDERS if is_order else _ONLY_SUBCONTRACTS),
            "retainage_percent": form.retainage_percent,
            "requisitions_are_enabled": True,
            **_UNLINKED,
            "currency_configuration": {"currency_iso_code": "USD"},
            "created_by_id": _PROJECT_MANAGER,
            "deleted_at": None,
            "created_at": created,
            "updated_at": created,
        }
        holder = {"id": record["id"], "holder_type": _HOLDERS[resource]}
        record["line_items"] = self._line_items(form.lines, project, holder, created)
        self._commitments[form.number] = record
        return record

    def change_order(self, form: ChangeOrder) -> dict[str, Any]:
        """An approved change order package of a commitment made before."""
        contract = self._commitments[form.commitment]
        project = self._projects[contract["project"]["name"]]
        self._packages += 1
        created = f"2026-03-{form.day:02}T18:00:00Z"
        record: dict[str, Any] = {
            "id": 3_900_000_000 + self._packages,
            "contract_id": contract["id"],
            "project_id": project["id"],
            "type": "CommitmentContractChangeOrder",
            "number": form.number,
            "revision": 0,
            "title": form.title,
            "description": "",
            "status": "approved",
            "executed": True,
            "private": False,
            "reviewed_at": created,
            **_PAID,
            **_UNLINKED,
            "currency_configuration": {"currency_iso_code": "USD"},
            "created_by_id": _PROJECT_MANAGER,
            "deleted_at": None,
            "created_at": created,
            "updated_at": created,
        }
        lines = self._line_items(form.lines, project, {"id": record["id"], "holder_type": "ChangeOrder"}, created)
        record["line_items"] = [{**line, "markup_line_items": []} for line in lines]
        return record

    def _line_items(
        self, lines: tuple[Line, ...], project: dict[str, Any], holder: dict[str, Any], created: str
    ) -> list[dict[str, Any]]:
        return [self._line(position, line, project, holder, created) for position, line in enumerate(lines, start=1)]

    def _line(
        self, position: int, line: Line, project: dict[str, Any], holder: dict[str, Any], created: str
    ) -> dict[str, Any]:
        self._lines += 1
        code = self._codes[project["id"], line.cost_code]
        return {
            "id": 3_500_000_000 + self._lines,
            "position": position,
            "description": line.description,
            **_amounts(line),
            "tax_code_id": 31 if line.tax != "0" else None,
            "cost_code": {name: code[name] for name in ("id", "full_code", "name")},
            "line_item_type": OTHER,
            "wbs_code": {
                "id": 100_000_000 + code["id"],
                "flat_code": f"{code['full_code']}.{OTHER['code']}",
                "description": f"{code['name']}.{OTHER['name']}",
            },
            "project": {"id": project["id"], "name": project["name"]},
            "holder": holder,
            "change_event_line_item": None,
            "origin_id": None,
            "origin_data": None,
            "created_at": created,
            "updated_at": created,
        }


def _amounts(line: Line) -> dict[str, str | None]:
    amount = Decimal(line.amount) if line.amount else Decimal(line.quantity) * Decimal(line.unit_cost)
    return {
        "quantity": written(Decimal(line.quantity or 0)),
        "unit_cost": written(Decimal(line.unit_cost or 0)),
        "uom": line.uom or None,
        "amount": written(amount),
        "extended_type": "calculated" if line.quantity else "manual",
        "extended_amount": written(amount),
        "total_amount": written(total((str(amount), line.tax))),
    }
