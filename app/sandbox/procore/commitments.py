"""The sandbox's commitments: purchase order contracts and work order contracts, alike in their habits."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore import billing, commitment_change_orders, contract_lines, lines, payments
from app.sandbox.procore.amounts import CENT, total, written
from app.sandbox.procore.answers import body, found, number, page, part
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN_AND_CODE, BadFields, patched, permitted, synced

FIELDS = (
    *ORIGIN_AND_CODE, "number", "title", "description", "status", "executed", "private", "contract_date", "vendor_id",
)  # fmt: skip
_COMPACT = ("id", "number", "title", "status", "project", "vendor", "origin_id", "created_at", "updated_at")
_PACKAGE = (
    "id", "contract_id", "number", "title", "status", "due_date", "invoiced_date", "paid_date", "reviewed_at",
    "origin_id", "origin_data", "currency_configuration",
    "deleted_at", "created_at", "updated_at",
)  # fmt: skip
_PAYMENT = (
    "id", "amount", "date", "check_number", "invoice_number", "payment_number", "draw_request_number", "notes",
    "origin_id", "origin_data", "attachments", "created_at",
)  # fmt: skip
_PENDING = ("pending", "pricing", "proceeding", "revised", "not_pricing")


def routes(store: Store) -> Blueprint:
    """The calls about both types of commitment."""
    family = Blueprint("commitments", __name__)
    for resource in ("purchase_order_contracts", "work_order_contracts"):
        _add(family, store, resource)
    return family


def _add(family: Blueprint, store: Store, resource: str) -> None:
    base, wrapper = f"/rest/v1.0/{resource}", resource.removesuffix("s")

    def contracts() -> Response:
        project_id = number("project_id")
        found(store, "projects", project_id)
        rows = chosen(store.all(resource, project_id=project_id), OF["commitments"])
        return page([_listed(store, row) for row in rows])

    def contract(contract_id: int) -> Response:
        return jsonify(_shown(store, found(store, resource, contract_id, project_id=number("project_id"))))

    def patch_contract(contract_id: int) -> Response:
        sent = body()
        before = found(store, resource, contract_id, project_id=number("project_id", sent.get("project_id")))
        changes = _with_vendor(store, before, permitted(part(sent, wrapper), FIELDS))
        return jsonify(_shown(store, patched(store, resource, contract_id, changes)))

    def sync_contracts() -> Response:
        sent = body()
        project_id = number("project_id", sent.get("project_id"))
        return synced(
            store,
            resource,
            sent.get("updates"),
            writable=FIELDS,
            blank=None,
            shown=lambda row: _extended(store, row),
            within=lambda row: bool(row["project"]["id"] == project_id),
            kept=lambda row, changes: _with_vendor(store, row, changes),
        )

    def delete_contract(contract_id: int) -> Response:
        found(store, resource, contract_id, project_id=number("project_id"))
        store.delete(resource, contract_id)
        return jsonify({})

    family.add_url_rule(base, f"{resource}_list", contracts)
    family.add_url_rule(f"{base}/<int:contract_id>", f"{resource}_show", contract)
    contract_lines.add(family, store, resource)
    family.add_url_rule(f"{base}/<int:contract_id>", f"{resource}_patch", patch_contract, methods=["PATCH"])
    family.add_url_rule(f"{base}/<int:contract_id>", f"{resource}_delete", delete_contract, methods=["DELETE"])
    family.add_url_rule(f"{base}/sync", f"{resource}_sync", sync_contracts, methods=["PATCH"])


def _with_vendor(store: Store, contract: Record, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with the company they name; it cannot change while the commitment is approved or complete."""
    if "vendor_id" not in changes:
        return changes
    vendor = store.get("vendors", changes["vendor_id"])
    if vendor is None:
        raise BadFields({"vendor": ["must exist"]})
    if vendor["id"] != contract["vendor"]["id"] and contract["status"] in contract_lines.LOCKED_STATUSES:
        raise BadFields({"vendor": ["cannot be changed while the commitment is approved"]})
    plain = {name: value for name, value in changes.items() if name != "vendor_id"}
    return {**plain, "vendor": {"id": vendor["id"], "company": vendor["name"]}}


def _listed(store: Store, contract: Record) -> Record:
    if request.args.get("view") == "extended":
        return _extended(store, contract)
    return {name: contract[name] for name in _COMPACT}


def _extended(store: Store, contract: Record) -> Record:
    """What the extended list and the sync action tell."""
    row = _with_totals(store, contract)
    return {name: value for name, value in row.items() if name not in ("line_items", "created_by_id")}


def _shown(store: Store, contract: Record) -> Record:
    row = _with_totals(store, contract)
    vendor = store.get("vendors", contract["vendor"]["id"]) or {}
    linked = {"origin_id": vendor.get("origin_id"), "origin_data": vendor.get("origin_data")}
    row["vendor"] = {**contract["vendor"], **linked}
    row["line_items"] = [lines.of_contract(store, line) for line in contract["line_items"]]
    row["change_order_packages"] = [
        {name: package[name] for name in _PACKAGE} for package in _packages(store, contract)
    ]
    row["payments_issued"] = [
        {name: payment[name] for name in _PAYMENT} for payment in payments.of_contract(store, contract["id"])
    ]
    return {**row, "potential_change_orders": [], "attachments": [], "invoice_contacts": []}


def _packages(store: Store, contract: Record) -> list[Record]:
    rows = store.all("change_order_packages", contract_id=contract["id"])
    return [row for row in rows if not row["deleted_at"]]


def _with_totals(store: Store, contract: Record) -> Record:
    """The contract with its sums, worked out anew: a project manager may have edited lines or change orders."""
    orders = [*_packages(store, contract), *commitment_change_orders.unpackaged(store, contract_id=contract["id"])]

    def changes(*statuses: str) -> list[str]:
        counted = [order for order in orders if order["status"] in statuses]
        return [line["total_amount"] for order in counted for line in order["line_items"]]

    grand = total(line["total_amount"] for line in contract["line_items"])
    paid = total(payment["amount"] for payment in payments.of_contract(store, contract["id"]))
    invoices = (row for row in billing.chain(store, contract["id"]) if row["status"] in billing.APPROVED)
    invoiced = sum((billing.due(store, row) for row in invoices), Decimal(0))
    approved, pending, draft = total(changes("approved")), total(changes(*_PENDING)), total(changes("draft"))
    return {
        **contract,
        "grand_total": written(grand),
        "approved_change_orders": written(approved),
        "pending_change_orders": written(pending),
        "draft_change_orders_amount": written(draft),
        "revised_contract": written(grand + approved),
        "pending_revised_contract": written(grand + approved + pending),
        "total_requisitions_amount": written(invoiced),
        "total_draw_requests_amount": "0.0",
        "total_payments": written(paid),
        "remaining_balance_outstanding": written(grand + approved - paid),
        "percentage_paid": written((paid * 100 / (grand + approved)).quantize(CENT)) if grand + approved else "0.0",
    }
