"""The sandbox's projects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.answers import body, created, found, number, page, part
from app.sandbox.procore.cost_codes import copy_codes
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN_AND_CODE, made, named, patched, permitted, synced

FIELDS = (
    *ORIGIN_AND_CODE,
    "name",
    "project_number",
    "active",
    "address",
    "city",
    "state_code",
    "country_code",
    "zip",
    "phone",
    "fax",
    "public_notes",
    "standard_cost_code_list_id",
    "parent_job_id",
)
#: The rows of the sync action have no place for the code people see.
SYNC_FIELDS = tuple(name for name in FIELDS if name != "origin_code")
#: What only lists tell, and what only the call for one project tells.
_ONLY_LISTED = ("fax",)
_NOT_SYNCED = (
    "code", "company", "custom_fields", "is_demo", "is_erp_integrated", "parent_job_id", "standard_cost_code_list_id",
    "tz_name",
)  # fmt: skip
_ONLY_SHOWN = ("code", "tz_name", "is_erp_integrated", "standard_cost_code_list_id", "public_notes", "description")


def routes(store: Store) -> Blueprint:
    """The calls about projects."""
    family = Blueprint("projects", __name__)

    @family.get("/rest/v1.0/projects")
    def projects() -> Response:
        number("company_id")
        projects = chosen(store.all("projects"), OF["projects"])
        return page([_listed(project) for project in projects if _asked_for(project)])

    @family.get("/rest/v1.0/projects/<int:project_id>")
    def project(project_id: int) -> Response:
        number("company_id")
        return jsonify(_shown(found(store, "projects", project_id)))

    @family.post("/rest/v1.0/projects")
    def create_project() -> Response:
        """A project is not for accounting unless it says so, and has no cost codes unless it asks for copies."""
        sent = body()
        number("company_id", sent.get("company_id"))
        asked = part(sent, "project")
        record = _maker(store)(named(permitted(asked, FIELDS)))
        project = made(store, "projects", {**record, "is_erp_integrated": asked.get("erp_integrated") is True})
        if asked.get("enable_copy_of_standard_cost_codes"):
            copy_codes(store, project)
        return created(_shown(project))

    @family.patch("/rest/v1.0/projects/<int:project_id>")
    def patch_project(project_id: int) -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        found(store, "projects", project_id)
        changes = permitted(part(sent, "project"), FIELDS)
        return jsonify(_shown(patched(store, "projects", project_id, changes)))

    @family.patch("/rest/v1.0/projects/sync")
    def sync_projects() -> Response:
        sent = body()
        number("company_id", request.args.get("company_id") or sent.get("company_id"))
        return synced(store, "projects", sent.get("updates"), writable=SYNC_FIELDS, blank=_maker(store), shown=_synced)

    return family


def _asked_for(project: Record) -> bool:
    status = request.args.get("filters[by_status]", "Active")
    wanted = request.args.get("filters[synced]")
    return (status == "All" or project["active"] == (status == "Active")) and (
        wanted is None or (wanted == "true") == (project["origin_id"] is not None)
    )


def _named(project: Record) -> Record:
    return {**project, "display_name": " - ".join(filter(None, (project["project_number"], project["name"])))}


def _shown(project: Record) -> Record:
    return {name: value for name, value in _named(project).items() if name not in _ONLY_LISTED}


def _synced(project: Record) -> Record:
    return {name: value for name, value in _shown(project).items() if name not in _NOT_SYNCED}


def _listed(project: Record) -> Record:
    if request.args.get("serializer_view") == "compact":
        return {name: _named(project)[name] for name in ("id", "name", "display_name")}
    return {name: value for name, value in _named(project).items() if name not in _ONLY_SHOWN}


def _maker(store: Store) -> Callable[[dict[str, Any]], Record]:
    company = store.all("companies")[0]
    erp_list = next((row for row in store.all("standard_cost_code_lists") if row["is_erp_list"]), None)
    given = {
        **dict.fromkeys((*FIELDS, "code", "description")),
        "active": True,
        "country_code": "US",
        "is_erp_integrated": True,
        "standard_cost_code_list_id": erp_list["id"] if erp_list else None,
        "company": {"id": company["id"], "name": company["name"]},
        "custom_fields": {},
    }
    return lambda fields: {**given, **fields}
