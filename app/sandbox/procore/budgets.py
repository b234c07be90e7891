"""The sandbox's budgets: whether they are locked, their views, lines, modifications and changes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore import budget_rows
from app.sandbox.procore.amounts import bare, total
from app.sandbox.procore.answers import (
    base_error,
    body,
    created,
    error,
    found,
    listed_error,
    number,
    page,
    part,
)
from app.sandbox.procore.store import Record, Store

_USD = {"currency_iso_code": "USD"}


def routes(store: Store) -> Blueprint:
    """The calls about budgets."""
    family = Blueprint("budgets", __name__)

    @family.get("/rest/v1.0/projects/<int:project_id>/budget")
    def budget(project_id: int) -> Response:
        return jsonify(locked=_budget(store, project_id)["locked"])

    @family.post("/rest/v1.0/projects/<int:project_id>/budget/lock")
    def lock(project_id: int) -> Response:
        store.patch("budgets", _budget(store, project_id)["id"], {"locked": True})
        return created({"locked": True})

    @family.delete("/rest/v1.0/projects/<int:project_id>/budget/lock")
    def unlock(project_id: int) -> Response:
        """Unlocking throws the modifications away unless the caller says otherwise, as documented."""
        budget = _budget(store, project_id)
        if request.args.get("destroy_all_budget_line_item_transfers", "true") != "false":
            for row in budget_rows.kept_modifications(store, project_id):
                store.delete("budget_modifications", row["id"])
        store.patch("budgets", budget["id"], {"locked": False})
        return jsonify(locked=False)

    @family.get("/rest/v1.0/budget_views")
    def views() -> Response:
        project_id = number("project_id")
        found(store, "projects", project_id)
        return page([_view(view, project_id) for view in store.all("budget_views")])

    @family.get("/rest/v1.0/budget_views/<int:view_id>/detail_rows")
    def detail_rows(view_id: int) -> Response:
        view, project = found(store, "budget_views", view_id), found(store, "projects", number("project_id"))
        wanted = request.args.get("budget_row_type", "budgeted")
        return page(budget_rows.rows(store, project, view["columns"], wanted))

    @family.get("/rest/v1.0/budget_views/<int:view_id>/budget_detail_columns")
    def detail_columns(view_id: int) -> Response:
        view = found(store, "budget_views", view_id)
        found(store, "projects", number("project_id"))
        return page([_column(position, name) for position, (name, _) in enumerate(view["columns"], start=1)])

    @family.get("/rest/v1.1/budget_line_items/<int:line_id>")
    def line_item(line_id: int) -> Response:
        line = found(store, "budget_line_items", line_id, project_id=number("project_id"))
        return jsonify(_line(line))

    @family.patch("/rest/v1.1/budget_line_items/<int:line_id>")
    def patch_line_item(line_id: int) -> Response:
        """The original amount of a line, while the budget is open."""
        sent = body()
        project_id = number("project_id", sent.get("project_id"))
        line = found(store, "budget_line_items", line_id, project_id=project_id)
        fields = part(sent, "budget_line_item")
        if _budget(store, project_id)["locked"]:
            return base_error("The budget is locked", original_budget_amount="cannot be changed")
        amount = fields.get("original_budget_amount", line["original_budget_amount"])
        return jsonify(_line(store.patch("budget_line_items", line_id, {"original_budget_amount": str(amount)})))

    @family.get("/rest/v1.0/projects/<int:project_id>/budget_modifications")
    def modifications(project_id: int) -> Response:
        found(store, "projects", project_id)
        rows = budget_rows.kept_modifications(store, project_id)
        return page([{name: value for name, value in row.items() if name != "project_id"} for row in rows])

    @family.post("/rest/v1.0/projects/<int:project_id>/budget_modifications")
    @family.patch("/rest/v1.0/projects/<int:project_id>/budget_modifications/<int:row_id>")
    def moved_to_changes(project_id: int, row_id: int = 0) -> Response:
        """The company has moved to budget changes: modifications can only be read any more."""
        return error(405, "Budget modifications were replaced by budget changes for this company", Allow="GET")

    @family.get("/rest/v1.0/projects/<int:project_id>/budget_changes")
    def changes(project_id: int) -> Response:
        found(store, "projects", project_id)
        return jsonify(data=[_summary(row) for row in store.all("budget_changes", project_id=project_id)])

    @family.get("/rest/v1.0/projects/<int:project_id>/budget_changes/<int:change_id>")
    def change(project_id: int, change_id: int) -> Response:
        row = store.get("budget_changes", change_id)
        if row is None or row["project_id"] != project_id:
            return listed_error(404, "Budget change not found")
        lines = [_adjustment(line) for line in row["adjustment_line_items"]]
        shown = {name: value for name, value in _summary(row).items() if name not in _ONLY_LISTED}
        more: dict[str, Any] = {"prime_contract": None, "production_quantities": [], "attachments": []}
        return jsonify(data={**shown, "adjustment_line_items": lines, **more})

    return family


_ONLY_LISTED = ("prime_contract_id", "change_event_line_item_ids")


def _budget(store: Store, project_id: int) -> Record:
    found(store, "projects", project_id)
    budgets = store.all("budgets", project_id=project_id)
    return budgets[0] if budgets else store.put("budgets", {"project_id": project_id, "locked": False})


def _view(view: Record, project_id: int) -> Record:
    base = f"{request.host_url}rest/v1.0/budget_views/{view['id']}"
    links = {name: f"{base}/{name}?project_id={project_id}" for name in ("detail_rows", "summary_rows")}
    return {**{name: value for name, value in view.items() if name != "columns"}, "links": links}


def _column(position: int, name: str) -> Record:
    flags = {"aggregatable": True, "filterable": False, "groupable": False}
    return {"id": name, "name": name, "position": position, "type": "source", **flags}


def _line(line: Record) -> Record:
    return {
        "id": line["id"],
        "original_budget_amount": bare(line["original_budget_amount"]),
        "quantity": bare(line["quantity"]) if line["quantity"] else None,
        "unit_cost": bare(line["unit_cost"]) if line["unit_cost"] else None,
        "uom": line["uom"],
        "calculation_strategy": line["calculation_strategy"],
        "wbs_code": line["wbs_code"],
        "currency_configuration": _USD,
    }


def _summary(change: Record) -> Record:
    return {
        "id": change["id"],
        "number": change["number"],
        "status": change["status"],
        "title": change["title"],
        "description": change["description"],
        "amount": bare(str(total(line["amount"] for line in change["adjustment_line_items"]))),
        "erp_status": "not_in_erp",
        "prime_contract_id": None,
        "change_event_line_item_ids": [],
        "currency_configuration": _USD,
    }


def _adjustment(line: Record) -> Record:
    numbers = {name: bare(line[name]) for name in ("quantity", "unit_cost", "amount")}
    return {**line, **numbers, "currency_configuration": _USD}
