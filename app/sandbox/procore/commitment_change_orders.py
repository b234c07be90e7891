"""The newer change orders of commitments: every package told in another way, and those that are in no package.

Version 1.0 lists them; their lines are told by version 2. They carry no origin fields: the package does.
"""

from __future__ import annotations

from collections.abc import Iterator

from flask import Blueprint, Response, jsonify

from app.sandbox.procore.amounts import total, written
from app.sandbox.procore.answers import error, found, page, page_of_data, refuse
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store

#: Those that were not made with a package are records of their own.
RESOURCE = "commitment_change_orders"
#: How much the id of a change order is above that of the package it was made with.
ABOVE_ITS_PACKAGE = 600_000_000
_SAME = (
    "contract_id", "number", "title", "description", "status", "revision", "executed", "private", "due_date",
    "invoiced_date", "reviewed_at", "currency_configuration", "created_at", "updated_at",
)  # fmt: skip
_LINE_SAME = ("id", "position", "description", "uom", "extended_type", "tax_code_id", "wbs_code")


def routes(store: Store) -> Blueprint:
    """The calls about them."""
    family = Blueprint("commitment_change_orders", __name__)
    base = "/rest/v1.0/projects/<int:project_id>/commitment_change_orders"
    v2 = "/rest/v2.0/companies/<int:company_id>/projects/<int:project_id>/commitment_change_orders"

    @family.get(base)
    def every(project_id: int) -> Response:
        found(store, "projects", project_id)
        return page(chosen([_shown(store, row) for row in _orders(store, project_id)], OF["commitment_change_orders"]))

    @family.get(f"{base}/<int:order_id>")
    def one(project_id: int, order_id: int) -> Response:
        return jsonify({**_shown(store, _order(store, project_id, order_id)), "attachments": []})

    @family.get(f"{v2}/<int:order_id>/line_items")
    def lines(company_id: int, project_id: int, order_id: int) -> Response:
        if store.get("companies", company_id) is None:
            return error(404, "Company not found")
        order = _order(store, project_id, order_id)
        contract_lines = _lines_of_contract(store, order["contract_id"])
        return page_of_data([_line(line, contract_lines) for line in order["line_items"]])

    return family


def unpackaged(store: Store, *, project_id: int | None = None, contract_id: int | None = None) -> list[Record]:
    """Those that are in no package: what they change is in no package's lines."""
    rows = store.all(RESOURCE, project_id=project_id, contract_id=contract_id)
    return [row for row in rows if not row["deleted_at"] and not row["legacy_package_id"]]


def _orders(store: Store, project_id: int) -> Iterator[Record]:
    """Every one of a project; a package that was made for one of them is not told twice."""
    own = [row for row in store.all(RESOURCE, project_id=project_id) if not row["deleted_at"]]
    packaged = {row["legacy_package_id"] for row in own}
    for package in store.all("change_order_packages", project_id=project_id):
        if not package["deleted_at"] and package["id"] not in packaged:
            made_with = {"id": package["id"] + ABOVE_ITS_PACKAGE, "legacy_package_id": package["id"]}
            yield {**package, **made_with, "legacy_request_id": None}
    yield from own


def _order(store: Store, project_id: int, order_id: int) -> Record:
    found_there = next((row for row in _orders(store, project_id) if row["id"] == order_id), None)
    return found_there or refuse(404, "Not Found")


def _shown(store: Store, order: Record) -> Record:
    creator = store.get("users", order["created_by_id"]) or {}
    return {
        **{name: order[name] for name in ("id", "legacy_package_id", "legacy_request_id", *_SAME)},
        "type": "CommitmentChangeOrder",
        "batch_id": None,
        "grand_total": written(total(line["total_amount"] for line in order["line_items"])),
        "paid": order["paid_date"] is not None,
        "signed_change_order_received_date": order.get("signed_change_order_received_date"),
        "created_by": {"id": creator["id"], "name": creator["name"]} if creator else None,
        "custom_fields": {},
    }


def _lines_of_contract(store: Store, contract_id: int) -> dict[int, int]:
    """The commitment's own lines by cost code: a change to a code the commitment has names its line."""
    for resource in ("work_order_contracts", "purchase_order_contracts"):
        contract = store.get(resource, contract_id)
        if contract:
            return {line["cost_code"]["id"]: line["id"] for line in contract["line_items"]}
    return {}


def _line(line: Record, contract_lines: dict[int, int]) -> Record:
    """Quantities are numbers here, amounts are texts."""
    return {
        **{name: line[name] for name in _LINE_SAME},
        "quantity": float(line["quantity"]),
        "unit_cost": line["unit_cost"],
        "amount": line["amount"],
        "wbs_code_id": line["wbs_code"]["id"],
        "commitment_line_item_id": contract_lines.get(line["cost_code"]["id"]),
        "prime_line_item_id": None,
    }
