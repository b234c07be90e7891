"""What the sandbox's Procore keeps for the whole company: cost types, tax codes, and what its caller may do."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.amounts import bare
from app.sandbox.procore.answers import found, number, page, refuse
from app.sandbox.procore.filters import chosen
from app.sandbox.procore.store import Record, Store

_TYPE = ("id", "name", "code", "base_type", "origin_id", "origin_data")
_TAX = ("id", "code", "description", "archived", "origin_id", "origin_data")


def routes(store: Store) -> Blueprint:
    """The calls about the company's own settings."""
    family = Blueprint("company", __name__)

    @family.get("/rest/v1.0/line_item_types")
    def line_item_types() -> Response:
        """Cost types, of the company or of a project; a QuickBooks Desktop company has one."""
        _company_or_project(store)
        return page([{name: row[name] for name in _TYPE} for row in chosen(store.all("line_item_types"))])

    @family.get("/rest/v1.0/tax_codes")
    def tax_codes() -> Response:
        number("company_id")
        return page([_tax_code(row) for row in store.all("tax_codes")])

    @family.get("/rest/v1.0/settings/permissions")
    def permissions() -> Response:
        """The tools of the company or of a project, each with the caller's level."""
        scope = "project" if _company_or_project(store) else "company"
        tools = [tool for tool in store.all("tools") if tool["scope"] == scope]
        return jsonify(tools=[_tool(tool) for tool in tools])

    return family


def _company_or_project(store: Store) -> Record | None:
    """The project of a call that may be about one; 400 when it names neither."""
    project_id = request.args.get("project_id", type=int)
    if project_id is not None:
        return found(store, "projects", project_id)
    if "company_id" not in request.args:
        refuse(400, "param is missing or the value is empty: company_id or project_id")
    return None


def _tax_code(row: Record) -> Record:
    return {**{name: row[name] for name in _TAX}, "rate1": bare(row["rate1"])}


def _tool(tool: Record) -> Record:
    level: Record = tool["user_access_level"]
    return {
        "id": tool["id"],
        "name": tool["name"],
        "friendly_name": tool["friendly_name"],
        "domain_id": tool["domain_id"],
        "available_for_user": level["name"] != "none",
        "can_create": level["name"] in ("standard", "admin"),
        "user_access_level": level,
        "permitted_actions": [],
    }
