"""The sandbox's cost codes: the company's standard lists, and each project's own copies."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.answers import body, found, number, page, part, refuse
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN, named, patched, permitted, synced

FIELDS = (*ORIGIN, "code", "name", "parent_id")
PROJECT_FIELDS = (*FIELDS, "standard_cost_code_id")
_LIST_FIELDS = ("id", "name", "is_erp_list", "available_to_use_on_new_projects")
_VIEWS = {
    "default": ("id", "standard_cost_code_list_id"),
    "compact": ("id", "standard_cost_code_list_id", "origin_id"),
    "extended": (
        "id", "standard_cost_code_list_id", "parent_id", "code", "full_code", "name", "origin_id", "origin_data",
    ),
}  # fmt: skip
_NOT_LISTED = ("project_id", "standard_cost_code_list_id")
_PROJECT_COMPACT = ("id", "full_code", "name", "origin_id", "origin_data", "standard_cost_code_id")


def routes(store: Store) -> Blueprint:
    """The calls about cost codes."""
    family = Blueprint("cost_codes", __name__)

    @family.get("/rest/v1.0/standard_cost_code_lists")
    def lists() -> Response:
        number("company_id")
        return page([_listed(row) for row in store.all("standard_cost_code_lists")])

    @family.post("/rest/v1.0/standard_cost_code_lists")
    def new_list() -> tuple[Response, int]:
        sent = body()
        number("company_id", sent.get("company_id"))
        fields = permitted(part(sent, "standard_cost_code_list"), ("name",))
        blank = {"is_erp_list": False, "available_to_use_on_new_projects": True}
        return jsonify(_changed(store.put("standard_cost_code_lists", {**blank, **fields}))), 201

    @family.patch("/rest/v1.0/standard_cost_code_lists/<int:list_id>")
    def patch_list(list_id: int) -> Response:
        """To give a list to accounting is one-way."""
        sent = body()
        before = found(store, "standard_cost_code_lists", list_id)
        fields = permitted(part(sent, "standard_cost_code_list"), ("name", "is_erp_list"))
        belongs = bool(before["is_erp_list"] or fields.get("is_erp_list"))
        return jsonify(_changed(store.put("standard_cost_code_lists", {**before, **fields, "is_erp_list": belongs})))

    @family.get("/rest/v1.0/standard_cost_codes")
    def standard() -> Response:
        number("company_id")
        wanted = number("standard_cost_code_list_id")
        codes = [code for code in store.all("standard_cost_codes") if code["standard_cost_code_list_id"] == wanted]
        return page([_viewed(code) for code in chosen(codes, OF["standard_cost_codes"])])

    @family.get("/rest/v1.0/standard_cost_codes/<int:code_id>")
    def one_standard(code_id: int) -> Response:
        number("company_id")
        code = found(store, "standard_cost_codes", code_id)
        if code["standard_cost_code_list_id"] != number("standard_cost_code_list_id"):
            refuse(404, "Not Found")
        return jsonify(_viewed(code))

    @family.patch("/rest/v1.0/standard_cost_codes/<int:code_id>")
    def patch_standard(code_id: int) -> Response:
        sent = body()
        number("standard_cost_code_list_id", sent.get("standard_cost_code_list_id"))
        before = found(store, "standard_cost_codes", code_id)
        changes = permitted(part(sent, "standard_cost_code"), FIELDS)
        full_code = _full_code(store, {**before, **changes})
        return jsonify(_viewed(patched(store, "standard_cost_codes", code_id, {**changes, "full_code": full_code})))

    @family.patch("/rest/v1.0/standard_cost_codes/sync")
    def sync_standard() -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        list_id = number("standard_cost_code_list_id", sent.get("standard_cost_code_list_id"))

        def new(fields: dict[str, Any]) -> Record:
            record = {**dict.fromkeys(FIELDS), "standard_cost_code_list_id": list_id, **fields}
            return {**record, "full_code": _full_code(store, record)}

        return synced(
            store,
            "standard_cost_codes",
            sent.get("updates"),
            writable=FIELDS,
            blank=new,
            shown=lambda code: {name: code[name] for name in _VIEWS["extended"]},
            within=lambda code: bool(code["standard_cost_code_list_id"] == list_id),
        )

    @family.get("/rest/v1.0/cost_codes")
    def of_project() -> Response:
        project_id = number("project_id")
        found(store, "projects", project_id)
        codes = chosen(store.all("cost_codes", project_id=project_id), OF["cost_codes"])
        return page([_project_view(code) for code in codes])

    @family.patch("/rest/v1.0/cost_codes/sync")
    def sync_of_project() -> Response:
        """A project's codes; one that is for accounting takes new codes by no other call."""
        project = found(store, "projects", number("project_id"))

        def new(fields: dict[str, Any]) -> Record:
            return _new_of_project(store, project, named(fields))

        return synced(
            store,
            "cost_codes",
            body().get("updates"),
            writable=PROJECT_FIELDS,
            blank=new,
            shown=_project_view,
            within=lambda code: bool(code["project_id"] == project["id"]),
            kept=lambda _code, changes: _with_parent(changes),
        )

    return family


def _changed(row: Record) -> Record:
    """A list as the calls that make or change one answer it."""
    return {name: row.get(name) for name in ("id", "name", "is_erp_list")}


def _listed(row: Record) -> Record:
    return {name: row.get(name) for name in _LIST_FIELDS}


def copy_codes(store: Store, project: Record) -> None:
    """Give a project its own copy of every code of the list it uses."""
    copies: dict[int, int] = {}
    for code in store.all("standard_cost_codes"):
        if code["standard_cost_code_list_id"] == project["standard_cost_code_list_id"]:
            fields = {name: code[name] for name in ("name", "code")}
            fields |= {"parent_id": copies.get(code["parent_id"]), "standard_cost_code_id": code["id"]}
            copies[code["id"]] = store.put("cost_codes", _new_of_project(store, project, fields))["id"]


def _new_of_project(store: Store, project: Record, fields: dict[str, Any]) -> Record:
    full_code = _full_code(store, {"code": None, **fields}, "cost_codes")
    blank = {
        **dict.fromkeys(("code", "origin_id", "origin_data", "position", "deleted_at", "parent")),
        "standard_cost_code_id": None,
        "standard_cost_code_list_id": project["standard_cost_code_list_id"],
        "project_id": project["id"],
        "full_code": full_code,
        "sortable_code": full_code,
        "biller": project["name"],
        "biller_id": project["id"],
        "biller_type": "Project",
        "biller_origin_id": project["origin_id"],
        "budgeted": False,
        "line_item_types": [],
    }
    return {**blank, **_with_parent(fields)}


def _with_parent(fields: dict[str, Any]) -> dict[str, Any]:
    """A project's code names its division as ``parent``, where a write gives ``parent_id``."""
    plain = {name: value for name, value in fields.items() if name != "parent_id"}
    return {**plain, "parent": {"id": fields["parent_id"]}} if fields.get("parent_id") else plain


def _full_code(store: Store, code: Record, resource: str = "standard_cost_codes") -> str:
    parent = store.get(resource, code["parent_id"]) if code.get("parent_id") else None
    return f"{parent['full_code']}-{code['code']}" if parent else str(code["code"])


def _viewed(code: Record) -> Record:
    names = _VIEWS.get(request.args.get("view", "default"), _VIEWS["default"])
    return {name: code.get(name) for name in names}


def _project_view(code: Record) -> Record:
    if request.args.get("view") == "erp_compact":
        return {name: code[name] for name in _PROJECT_COMPACT}
    return {name: value for name, value in code.items() if name not in _NOT_LISTED}
