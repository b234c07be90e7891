"""The month's invoices and billing periods as Procore records."""

from __future__ import annotations

from calendar import monthrange
from decimal import Decimal
from typing import Any

from app.sandbox.procore.amounts import cents
from app.sandbox.procore.month.forms import Billed, Invoice

_CREATOR = {"id": 7_302, "name": "Pat Moreno", "login": "pat.moreno@halvorsen.example"}
_CREATED = "T19:00:00Z"
_MONTHS = ("2026-03", "2026-04", "2026-05")


class Billing:
    """Makes invoices in order, so that each keeps the id it always had."""

    def __init__(self, projects: list[dict[str, Any]], contracts: list[dict[str, Any]], packages: list[dict[str, Any]]):
        self._contracts = {contract["number"]: contract for contract in contracts}
        self._packages = {(package["contract_id"], package["number"]): package for package in packages}
        self.periods = [
            _period(project["id"], 4_300_000_000 + 10 * n + place, month, place)
            for n, project in enumerate(projects, start=1)
            for place, month in enumerate(_MONTHS, start=1)
        ]
        self._made = 0

    def requisition(self, form: Invoice) -> dict[str, Any]:
        """An invoice with what was typed for each line; all sums follow from that."""
        contract = self._contracts[form.commitment]
        project_id, month = contract["project"]["id"], form.billing_date[:7]
        period = next(
            one for one in self.periods if one["project_id"] == project_id and one["start_date"].startswith(month)
        )
        self._made += 1
        created = f"{form.billing_date}{_CREATED}"
        return {
            "id": 4_400_000_000 + self._made,
            "project_id": project_id,
            "contract_id": contract["id"],
            "commitment_type": contract["line_items"][0]["holder"]["holder_type"],
            "period_id": period["id"],
            "number": form.number,
            "invoice_number": form.invoice_number,
            "invoice_type": "standard",
            "billing_date": form.billing_date,
            "payment_date": form.payment_date,
            "submitted_at": None if form.status == "draft" else form.billing_date,
            "requisition_start": period["start_date"],
            "requisition_end": period["end_date"],
            "status": form.status,
            "final": form.final,
            "origin_id": None,
            "origin_data": None,
            "created_by": _CREATOR,
            "entries": [self._entry(contract, one, form.retainage) for one in form.billed],
            "deleted_at": None,
            "created_at": created,
            "updated_at": created,
        }

    def _entry(self, contract: dict[str, Any], one: Billed, retainage: str) -> dict[str, Any]:
        holder = self._packages[contract["id"], one.change_order] if one.change_order else contract
        line = holder["line_items"][one.position - 1]
        work = Decimal(one.quantity) * Decimal(line["unit_cost"]) if one.quantity else Decimal(one.work)
        return {
            "line_item_id": line["id"],
            "work": cents(work),
            "quantity": one.quantity or "0",
            "materials": one.materials,
            "retainage_percent": retainage,
            "work_released": one.released,
            "materials_released": "0.00",
        }


def _period(project_id: int, period_id: int, month: str, place: int) -> dict[str, Any]:
    year, number = map(int, month.split("-"))
    end = f"{month}-{monthrange(year, number)[1]}"
    return {
        "id": period_id,
        "project_id": project_id,
        "start_date": f"{month}-01",
        "end_date": end,
        "due_date": end,
        "status": "open" if month == _MONTHS[-1] else "closed",
        "position": place,
        "created_at": f"{month}-01T17:00:00Z",
        "updated_at": f"{month}-01T17:00:00Z",
    }
