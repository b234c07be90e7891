"""What the sandbox's Procore keeps for the whole company: cost types, tax codes, and what its caller may do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, jsonify, request

from app.sandbox.procore.amounts import bare
from app.sandbox.procore.answers import body, coded_error, found, number, page
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN, BadFields, named, synced

_TYPE = ("id", "name", "code", "base_type", "origin_id", "origin_data")
TYPE_FIELDS = (*ORIGIN, "base_type", "csv_import_code", "name")
_BASE_TYPES = ("labor", "equipment", "materials", "commitment", "owner_cost", "professional_services", "other")
_TEMPLATE = ("id", "name", "type", "project_specific")
#: What each type asked for finds.
_TEMPLATE_TYPES = {
    "project_tools": ("global", "project_specific"),
    "global": ("global",),
    "company_tools": ("company_tools",),
}
_TAX = ("id", "code", "description", "archived", "origin_id", "origin_data")


def routes(store: Store) -> Blueprint:
    """The calls about the company's own settings."""
    family = Blueprint("company", __name__)

    @family.get("/rest/v1.0/line_item_types")
    def line_item_types() -> Response:
        """Cost types, of the company or of a project; a QuickBooks Desktop company has one."""
        _company_or_project(store)
        rows = chosen(store.all("line_item_types"), OF["line_item_types"])
        return page([_cost_type(row) for row in rows])

    @family.patch("/rest/v1.0/line_item_types/sync")
    def sync_line_item_types() -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        return synced(
            store,
            "line_item_types",
            sent.get("updates"),
            writable=TYPE_FIELDS,
            blank=_new_cost_type,
            shown=_cost_type,
            kept=lambda _row, changes: _with_code(changes),
        )

    @family.get("/rest/v1.0/companies/<int:company_id>/permission_templates")
    def permission_templates(company_id: int) -> Response:
        """The templates of one type; without a type those for the tools of projects."""
        found(store, "companies", company_id)
        types = _TEMPLATE_TYPES.get(request.args.get("filters[type]", "project_tools"), ())
        templates = {one["id"]: one for one in map(_template_of_user, store.all("users")) if one}
        templates |= {one["id"]: one for one in store.all("permission_templates")}
        told = [{name: one[name] for name in _TEMPLATE} for _, one in sorted(templates.items())]
        return jsonify([one for one in told if one["type"] in types])

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
        abort(coded_error(400, "param is missing or the value is empty: company_id or project_id"))
    return None


def _cost_type(row: Record) -> Record:
    return {name: row[name] for name in _TYPE}


def _new_cost_type(fields: dict[str, Any]) -> Record:
    named(fields)
    if fields.get("base_type", "other") not in _BASE_TYPES:
        raise BadFields({"base_type": ["is not included in the list"]})
    return {**dict.fromkeys(_TYPE), "base_type": "other", **_with_code(fields)}


def _with_code(fields: dict[str, Any]) -> dict[str, Any]:
    """What a row calls ``csv_import_code`` the answer calls ``code``."""
    plain = {name: value for name, value in fields.items() if name != "csv_import_code"}
    return {**plain, "code": fields["csv_import_code"]} if "csv_import_code" in fields else plain


def _template_of_user(user: Record) -> Record | None:
    template: Record | None = user["permission_template"]
    return template


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
