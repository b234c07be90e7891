"""The sandbox's change order packages: approved changes to commitments."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore import lines
from app.sandbox.procore.amounts import total, written
from app.sandbox.procore.answers import body, found, number, page, part, refuse
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN_AND_CODE, patched, permitted

FIELDS = (*ORIGIN_AND_CODE, "title", "description", "status", "executed", "due_date", "invoiced_date", "paid_date")
_ONLY_SHOWN = ("project_id", "line_items", "type", "description", "private")
_ONLY_LISTED = ("project_id", "created_by_id")


def routes(store: Store) -> Blueprint:
    """The calls about change order packages."""
    family = Blueprint("change_orders", __name__)

    @family.get("/rest/v1.0/change_order_packages")
    def packages() -> Response:
        project_id = number("project_id")
        found(store, "projects", project_id)
        contract_id = request.args.get("contract_id", type=int)
        rows = store.all("change_order_packages", project_id=project_id, contract_id=contract_id)
        return page([_listed(row) for row in chosen(rows, OF["change_order_packages"])])

    @family.get("/rest/v1.0/change_order_packages/<int:package_id>")
    def package(package_id: int) -> Response:
        contract_id = request.args.get("contract_id", type=int)
        return jsonify(_shown(store, _found(store, package_id, number("project_id"), contract_id)))

    @family.patch("/rest/v1.0/change_order_packages/<int:package_id>")
    def patch_package(package_id: int) -> Response:
        sent = body()
        _found(store, package_id, number("project_id", sent.get("project_id")), sent.get("contract_id"))
        changes = permitted(part(sent, "change_order"), FIELDS)
        return jsonify(_shown(store, patched(store, "change_order_packages", package_id, changes)))

    return family


def _found(store: Store, package_id: int, project_id: int, contract_id: int | None) -> Record:
    package = found(store, "change_order_packages", package_id, project_id=project_id)
    if contract_id is not None and package["contract_id"] != contract_id:
        refuse(404, "Not Found")
    return package


def _listed(package: Record) -> Record:
    row = {name: value for name, value in package.items() if name not in _ONLY_SHOWN}
    return {**row, "grand_total": _grand_total(package)}


def _shown(store: Store, package: Record) -> Record:
    row = {name: value for name, value in package.items() if name not in _ONLY_LISTED}
    row["line_items"] = [lines.of_package(store, line) for line in package["line_items"]]
    return {**row, "grand_total": _grand_total(package)}


def _grand_total(package: Record) -> str:
    return written(total(line["total_amount"] for line in package["line_items"]))
