"""Procore's subcontractor invoices with the arithmetic of its form: what tests say is what one line did this period."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.records import Taken

Item = dict[str, Any]


def billed(
    work: str = "0.00",
    *,
    done: str = "0.00",
    stored: str = "0.00",
    kept: str = "0.00",
    retained: str = "0.00",
    released: str = "0.00",
    stored_kept: str = "0.00",
    line: int = 3501,
    code: int = 31,
    position: int = 1,
    **more: Any,
) -> Item:
    """One line: ``work`` this period after ``done`` before it, materials ``stored`` now; retainage ``kept`` before,
    ``retained`` and ``released`` this period, and ``stored_kept`` on the materials now."""
    base = {
        "id": 7000 + position, "item_type": "contract_item", "line_item_id": line, "cost_code_id": 14000 + code,
        "position": position, "description_of_work": "Form footings", "accounting_method": "amount",
        "work_completed_from_previous_application": done, "work_completed_this_period": work,
        "work_completed_this_period_quantity": "0.0", "materials_presently_stored": stored,
        "total_completed_and_stored_to_date": str(Decimal(done) + Decimal(work) + Decimal(stored)),
        "work_completed_retainage_from_previous_application": kept,
        "work_completed_retainage_retained_this_period": retained,
        "work_completed_retainage_released_this_period": released,
        "materials_stored_retainage_currently_retained": stored_kept,
        "cost_code": {"id": 14000 + code, "full_code": f"code {code}", "standard_cost_code_id": code},
    }  # fmt: skip
    return {**base, **more}


def on_change(work: str, *, package: int = 390, line: int = 3501, position: int = 9, **more: Any) -> Item:
    """A line of a change order."""
    change = {"item_type": "change_order_item", "change_order_package_id": package, **more}
    return billed(work, line=line, position=position, **change)


def invoice(number: int = 1, *items: Item, paid: str = "0.00", id: int = 0, tax: str = "0.00", **more: Any) -> Taken:
    """An approved invoice on SC-014; ``paid`` is what earlier certificates came to."""
    completed = sum((Decimal(item["total_completed_and_stored_to_date"]) for item in items), Decimal("0.00"))
    retainage = sum((_held(item) for item in items), Decimal("0.00"))
    earned = completed - retainage
    base = {
        "id": id or 800 + number, "number": number, "invoice_number": f"10{46 + number}", "project_id": 86,
        "commitment_id": 310, "vendor_id": 61, "vendor_name": "Delta Concrete", "status": "approved",
        "billing_date": "2026-03-25", "payment_date": "2026-04-24",
        "summary": {
            "total_completed_and_stored_to_date": str(completed), "total_retainage": str(retainage),
            "total_earned_less_retainage": str(earned), "less_previous_certificates_for_payment": paid,
            "current_payment_due": str(earned - Decimal(paid)), "tax_applicable_to_this_payment": tax,
        },
        "items": list(items),
    }  # fmt: skip
    return "subcontractor_invoice", {**base, **more}


def _held(item: Item) -> Decimal:
    before, new, back, stored = (
        Decimal(item[name])
        for name in (
            "work_completed_retainage_from_previous_application",
            "work_completed_retainage_retained_this_period",
            "work_completed_retainage_released_this_period",
            "materials_stored_retainage_currently_retained",
        )
    )
    return before + new - back + stored


def three() -> list[Taken]:
    """Three invoices on a lump sum of 10,000.00 and one of 250.25: materials stored on the first, installed by the
    second, ten per cent retained throughout, and all of it released by the third."""
    footings = {"line": 3501, "code": 31, "position": 1}
    steel = {"line": 3502, "code": 32, "position": 2}
    return [
        invoice(
            1,
            billed("2333.00", stored="1000.00", retained="233.30", stored_kept="100.00", **footings),
            billed("0.00", **steel),
        ),
        invoice(
            2,
            billed("4333.00", done="2333.00", kept="233.30", retained="433.30", **footings),
            billed("100.10", retained="10.01", **steel),
            paid="2999.70",
        ),
        invoice(
            3,
            billed("3334.00", done="6666.00", kept="666.60", released="666.60", **footings),
            billed("150.15", done="100.10", kept="10.01", released="10.01", **steel),
            paid="6089.49",
        ),
    ]
