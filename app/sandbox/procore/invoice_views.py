"""What the sandbox tells of a subcontractor invoice: its head, its summary, its lines."""

from __future__ import annotations

from decimal import Decimal

from app.sandbox.procore import billing
from app.sandbox.procore.amounts import cents, percent
from app.sandbox.procore.billing import Figures, Scheduled
from app.sandbox.procore.store import Record, Store

_HEAD = (
    "id", "project_id", "commitment_type", "period_id", "number", "invoice_number", "invoice_type", "billing_date",
    "payment_date", "submitted_at", "requisition_start", "requisition_end", "status", "final", "origin_id",
    "origin_data", "created_by", "created_at", "updated_at",
)  # fmt: skip


def head(store: Store, row: Record) -> Record:
    """What every view tells."""
    contract = billing.contract_of(store, row)
    earlier = [one["id"] for one in billing.chain(store, row["contract_id"]) if one["number"] < row["number"]]
    done = _sum(billing.figures(store, row), "completed")
    worth = billing.total(one.value for one in billing.scheduled(store, row))
    return {
        **{name: row[name] for name in _HEAD},
        "commitment_id": row["contract_id"],
        "contract_name": contract["title"],
        "vendor_id": contract["vendor"]["id"],
        "vendor_name": contract["vendor"]["company"],
        "previous_requisition_id": earlier[-1] if earlier else None,
        "percent_complete": f"{percent(done, worth)}%",
        "total_claimed_amount": cents(billing.due(store, row)),
        "erp_status": "synced" if row["origin_id"] else "not_in_erp",
        "currency_configuration": {"currency_iso_code": "USD"},
        "attachments": [],
        "custom_fields": {},
    }


def summaries(store: Store, row: Record) -> Record:
    """The summary and the packages the lines come from."""
    lines, all_figures = billing.scheduled(store, row), billing.figures(store, row)
    commitment = billing.contract_of(store, row)
    contract = billing.total(one.value for one in lines if one.package is None)
    changes = [one.value for one in lines if one.package is not None]
    work, held = _sum(all_figures, "work_before", "work"), _sum(all_figures, "work_held")
    stored, stored_held = _sum(all_figures, "materials"), _sum(all_figures, "materials_held")
    new = billing.total(max(one.materials - one.materials_before, Decimal(0)) for one in all_figures.values())
    earned = work + stored - held - stored_held
    previous = earned - billing.due(store, row)
    return {
        "summary": {
            "original_contract_sum": cents(contract),
            "net_change_by_change_orders": cents(billing.total(changes)),
            "contract_sum_to_date": cents(contract + billing.total(changes)),
            "total_completed_and_stored_to_date": cents(work + stored),
            "completed_work_retainage_percent": percent(held, work),
            "completed_work_retainage_amount": cents(held),
            "stored_materials_retainage_percent": percent(stored_held, stored),
            "stored_materials_retainage_amount": cents(stored_held),
            "total_retainage": cents(held + stored_held),
            "total_earned_less_retainage": cents(earned),
            "less_previous_certificates_for_payment": cents(previous),
            "current_payment_due": cents(earned - previous),
            "balance_to_finish_including_retainage": cents(contract + billing.total(changes) - earned),
            "tax_applicable_to_this_payment": "0.00",
            "new_materials": cents(new),
            "stored_materials": cents(stored - new),
            "positive_change_order_item_total": cents(billing.total(one for one in changes if one > 0)),
            "negative_change_order_item_total": cents(billing.total(one for one in changes if one < 0)),
            "formatted_period": f"{row['requisition_start']} to {row['requisition_end']}",
        },
        "item_packages": [
            {
                "id": package["id"] if package else row["contract_id"],
                "contract_id": row["contract_id"],
                "change_order_id": package["id"] if package else None,
                "number": package["number"] if package else commitment["number"],
                "position": position,
                "status": package["status"] if package else "approved",
                "title": package["title"] if package else commitment["title"],
            }
            for position, package in enumerate(_packages(lines), start=1)
        ],
    }


def items(store: Store, row: Record) -> list[Record]:
    """Every line as version 1.1 tells it."""
    by_unit = billing.contract_of(store, row)["accounting_method"] == "unit"
    return [
        {
            **_common(row, number, one, figures),
            "item_type": "change_order_item" if one.package else "contract_item",
            "accounting_method": "unit" if by_unit else "amount",
            "status": "approved" if row["status"] in billing.APPROVED else "no_action",
            "comment": None,
            "materials_presently_stored_from_previous_progress": cents(figures.materials_before),
            "materials_stored_retainage_new_materials": cents(figures.materials_held_new),
            "total_completed_and_stored_to_date_from_previous": cents(figures.completed_before),
            "gross_amount": cents(figures.gross),
            "net_amount": cents(figures.net),
        }
        for number, one, figures in _lines(store, row)
    ]


def contract_items(store: Store, row: Record) -> list[Record]:
    """The lines of the commitment's own schedule of values."""
    return [_common(row, number, one, figures) for number, one, figures in _lines(store, row) if one.package is None]


def change_order_items(store: Store, row: Record) -> list[Record]:
    """The lines that change orders brought."""
    return [
        {
            **_common(row, number, one, figures),
            "change_order_package_id": one.package["id"],
            "commitment_line_item_id": one.line["id"],
            "commitment_line_item_origin_id": one.line["origin_id"],
        }
        for number, one, figures in _lines(store, row)
        if one.package is not None
    ]


ITEM_LISTS = {"contract_items": contract_items, "change_order_items": change_order_items}


def _lines(store: Store, row: Record) -> list[tuple[int, Scheduled, Figures]]:
    known = billing.figures(store, row)
    lines = billing.scheduled(store, row)
    return [(number, one, known.get(one.line["id"], Figures())) for number, one in enumerate(lines, start=1)]


def _common(row: Record, number: int, one: Scheduled, figures: Figures) -> Record:
    """What all item calls tell of a line; the id joins the invoice's and the line's place on it."""
    line = one.line
    return {
        "id": row["id"] * 1000 + number,
        "line_item_id": line["id"],
        "cost_code_id": line["cost_code"]["id"],
        "wbs_code": line["wbs_code"],
        "position": number,
        "description_of_work": line["description"],
        "scheduled_value": cents(one.value),
        "scheduled_quantity": _tenths(Decimal(line["quantity"])),
        "scheduled_unit_price": f"{Decimal(line['unit_cost']):.4f}",
        "work_completed_from_previous_application": cents(figures.work_before),
        "work_completed_from_previous_application_quantity": _tenths(figures.quantity_before),
        "work_completed_this_period": cents(figures.work),
        "work_completed_this_period_quantity": _tenths(figures.quantity),
        "materials_presently_stored": cents(figures.materials),
        "total_completed_and_stored_to_date": cents(figures.completed),
        "total_completed_and_stored_to_date_percent": percent(figures.completed, one.value),
        "work_completed_retainage_from_previous_application": cents(figures.work_held_before),
        "work_completed_retainage_retained_this_period": cents(figures.work_held_now),
        "work_completed_retainage_percent_this_period": cents(figures.percent),
        "work_completed_retainage_released_this_period": cents(figures.work_released),
        "materials_stored_retainage_currently_retained": cents(figures.materials_held),
        "materials_stored_retainage_percent_this_period": cents(figures.percent),
        "materials_stored_retainage_released_this_period": cents(figures.materials_released),
        "subcontractor_claimed_amount": cents(figures.work),
    }


def _tenths(number: Decimal) -> str:
    return f"{number:.1f}"


def _sum(all_figures: dict[int, Figures], *names: str) -> Decimal:
    return billing.total(getattr(one, name) for one in all_figures.values() for name in names)


def _packages(lines: list[Scheduled]) -> list[Record | None]:
    """Where the lines come from, each once: None for the commitment itself."""
    found: dict[int | None, Record | None] = {one.package["id"] if one.package else None: one.package for one in lines}
    return list(found.values())
