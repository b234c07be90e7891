"""The sandbox's direct costs and their lines.

One that carries an origin_id is locked for everybody but the integration that owns it: only the sync actions, which
find it by that very id, still write to it.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.amounts import total, written
from app.sandbox.procore.answers import body, created, found, page, part, refuse
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN, BadFields, made, patched, permitted, synced

FIELDS = (
    *ORIGIN,
    "description",
    "direct_cost_date",
    "direct_cost_type",
    "employee_id",
    "invoice_number",
    "payment_date",
    "received_date",
    "status",
    "terms",
    "vendor_id",
)
LINE_FIELDS = (
    *ORIGIN,
    "amount",
    "cost_code_id",
    "description",
    "extended_type",
    "line_item_type_id",
    "quantity",
    "tax_code_id",
    "unit_cost",
    "uom",
    "wbs_code_id",
)
SYNCED = "The Direct Cost cannot be edited or deleted because it is synced with an ERP system"
_TYPES = ("invoice", "expense", "payroll")
_NOT_SHOWN = ("project_id", "employee_id", "line_items")
_NOT_ON_LINES = ("contract_id",)
_NOT_LISTED = ("company", "change_event_line_item", "origin_data", "tax_code_id")
_OF_A_LINE = ("cost_code_id", "line_item_type_id", "wbs_code_id")


def routes(store: Store) -> Blueprint:
    """The calls about direct costs."""
    family = Blueprint("direct_costs", __name__)
    base = "/rest/v1.0/projects/<int:project_id>/direct_costs"

    @family.get("/rest/v1.1/projects/<int:project_id>/direct_costs")
    def direct_costs(project_id: int) -> Response:
        found(store, "projects", project_id)
        rows = chosen(store.all("direct_costs", project_id=project_id), OF["direct_costs"])
        return page([_listed(store, row) for row in rows])

    @family.patch(f"{base}/sync")
    def sync(project_id: int) -> Response:
        found(store, "projects", project_id)
        return synced(
            store,
            "direct_costs",
            body().get("updates"),
            writable=FIELDS,
            blank=_blank(project_id),
            shown=lambda row: _shown(store, row),
            within=lambda row: bool(row["project_id"] == project_id),
        )

    @family.patch(f"{base}/<int:cost_id>")
    def patch(project_id: int, cost_id: int) -> Response:
        row = found(store, "direct_costs", cost_id, project_id=project_id)
        changes = permitted(part(body(), "item"), FIELDS)
        if row["origin_id"] and set(changes) - set(ORIGIN):
            refuse(422, SYNCED)
        return jsonify(_shown(store, patched(store, "direct_costs", cost_id, changes)))

    @family.delete(f"{base}/<int:cost_id>")
    def delete(project_id: int, cost_id: int) -> Response:
        if found(store, "direct_costs", cost_id, project_id=project_id)["origin_id"]:
            refuse(422, SYNCED)
        store.delete("direct_costs", cost_id)
        return jsonify(id=cost_id)

    @family.get(f"{base}/line_items")
    def every_line(project_id: int) -> Response:
        found(store, "projects", project_id)
        wanted = request.args.get("filters[direct_cost_id]", type=int)
        rows = chosen(store.all("direct_cost_line_items", project_id=project_id), OF["lines"])
        return page([_line_listed(row) for row in rows if wanted is None or row["holder"]["id"] == wanted])

    @family.get(f"{base}/<int:cost_id>/line_items")
    def lines(project_id: int, cost_id: int) -> Response:
        found(store, "direct_costs", cost_id, project_id=project_id)
        return page([_line_shown(line) for line in chosen(_lines(store, cost_id), OF["lines"])])

    @family.post(f"{base}/<int:cost_id>/line_items")
    def create_line(project_id: int, cost_id: int) -> Response:
        cost = found(store, "direct_costs", cost_id, project_id=project_id)
        fields = permitted(part(body(), "line_item"), LINE_FIELDS)
        return created(_line_shown(made(store, "direct_cost_line_items", _new_line(store, cost, fields))))

    @family.patch(f"{base}/<int:cost_id>/line_items/<int:line_id>")
    def patch_line(project_id: int, cost_id: int, line_id: int) -> Response:
        found(store, "direct_costs", cost_id, project_id=project_id)
        line = found(store, "direct_cost_line_items", line_id, project_id=project_id)
        changes = permitted(part(body(), "line_item"), LINE_FIELDS)
        changed = patched(store, "direct_cost_line_items", line_id, _recounted(store, line, changes))
        return jsonify(_line_shown(changed))

    @family.patch(f"{base}/line_items/sync")
    def sync_lines(project_id: int) -> Response:
        """Only lines that exist: the documented row has no place for the direct cost a new one would belong to."""
        found(store, "projects", project_id)
        return synced(
            store,
            "direct_cost_line_items",
            body().get("updates"),
            writable=LINE_FIELDS,
            blank=None,
            shown=_line_shown,
            within=lambda line: bool(line["project"]["id"] == project_id),
            kept=lambda line, changes: _recounted(store, line, changes),
        )

    return family


def _line_shown(line: Record) -> Record:
    return {name: value for name, value in line.items() if name not in _NOT_ON_LINES}


def _line_listed(line: Record) -> Record:
    """A line as the list over all direct costs tells it."""
    return {name: value for name, value in _line_shown(line).items() if name not in _NOT_LISTED}


def _lines(store: Store, cost_id: int) -> list[Record]:
    return store.all("direct_cost_line_items", contract_id=cost_id)


def _blank(project_id: int) -> Callable[[dict[str, Any]], Record]:
    def new(fields: dict[str, Any]) -> Record:
        if fields.get("direct_cost_type") not in _TYPES:
            raise BadFields({"direct_cost_type": ["is not included in the list"]})
        return {**dict.fromkeys(FIELDS), "status": "draft", "deleted_at": None, "project_id": project_id, **fields}

    return new


def _shown(store: Store, row: Record) -> Record:
    """A direct cost as its sync action answers it."""
    vendor = store.get("vendors", row["vendor_id"]) if row["vendor_id"] else None
    lines = _lines(store, row["id"])
    return {
        **{name: value for name, value in row.items() if name not in _NOT_SHOWN},
        "employee": None,
        "vendor": {"id": vendor["id"], "name": vendor["name"]} if vendor else None,
        "vendor_name": vendor["name"] if vendor else None,
        "grand_total": written(total(line["amount"] for line in lines)),
        "line_items_count": len(lines),
        "attachments": [],
        "attachments_count": 0,
        "currency_configuration": {"currency_iso_code": "USD"},
    }


def _listed(store: Store, row: Record) -> Record:
    """A direct cost as the list tells it: its vendor by name, its amount beside its grand total."""
    shown = _shown(store, row)
    left_out = ("line_items_count", "attachments", "attachments_count")
    told = {name: value for name, value in shown.items() if name not in left_out}
    return {**told, "vendor": shown["vendor_name"], "amount": shown["grand_total"]}


def _new_line(store: Store, cost: Record, fields: dict[str, Any]) -> Record:
    project = store.get("projects", cost["project_id"]) or {}
    code = _code(store, cost["project_id"], fields)
    kind = store.get("line_item_types", fields.get("line_item_type_id") or 47) or {}
    moment = {"position": len(_lines(store, cost["id"])) + 1, "company": project.get("company")}
    texts = {name: fields.get(name) for name in LINE_FIELDS if name not in _OF_A_LINE}
    return {
        **texts,
        **moment,
        "contract_id": cost["id"],
        "extended_type": fields.get("extended_type") or "manual",
        **_amounts(fields),
        "cost_code": {name: code[name] for name in ("id", "full_code", "name", "origin_id")},
        "line_item_type": {name: kind.get(name) for name in ("id", "name", "code", "base_type", "origin_id")},
        "wbs_code": {
            "id": 100_000_000 + code["id"],
            "flat_code": f"{code['full_code']}.{kind.get('code')}",
            "description": f"{code['name']}.{kind.get('name')}",
        },
        "holder": {"id": cost["id"], "holder_type": "DirectCost"},
        "project": {"id": cost["project_id"], "name": project.get("name")},
        "change_event_line_item": None,
    }


def _code(store: Store, project_id: int, fields: dict[str, Any]) -> Record:
    """The project's cost code a new line names, by itself or by its budget code."""
    code_id = fields.get("cost_code_id") or (fields.get("wbs_code_id") or 0) - 100_000_000
    code = store.get("cost_codes", code_id)
    if code is None or code["project_id"] != project_id:
        raise BadFields({"cost_code": ["must exist"]})
    return code


def _amounts(fields: dict[str, Any]) -> dict[str, str]:
    """By quantity and unit cost when it is to be calculated, as typed otherwise."""
    quantity, cost = Decimal(str(fields.get("quantity") or 0)), Decimal(str(fields.get("unit_cost") or 0))
    typed = Decimal(str(fields.get("amount") or 0))
    amount = written(quantity * cost if fields.get("extended_type") == "calculated" else typed)
    numbers = {"quantity": written(quantity), "unit_cost": written(cost)}
    return {**numbers, "amount": amount, "extended_amount": amount, "total_amount": amount}


def _recounted(store: Store, line: Record, changes: dict[str, Any]) -> dict[str, Any]:
    plain = {name: value for name, value in changes.items() if name not in _OF_A_LINE}
    if "cost_code_id" in changes or "wbs_code_id" in changes:
        code = _code(store, line["project"]["id"], changes)
        plain["cost_code"] = {name: code[name] for name in ("id", "full_code", "name", "origin_id")}
    return {**plain, **_amounts({**line, **plain})}
