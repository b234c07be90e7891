"""The calls of Procore's ERP platform; a company without the tool has none of them.

The buttons of the people are under ``/_sandbox/erp``. Where no document shows a path or a body, this follows the
manner of the others.
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore.answers import body, created, found, number, page, part, refuse
from app.sandbox.procore.erp_tool import DETAILS, REQUESTS, ErpTool
from app.sandbox.procore.store import DuplicateOriginError, Record, Store
from app.sandbox.procore.writes import MOST_ROWS, TAKEN

EXTERNAL, STAGED, JOB_COSTS, TRANSACTIONS = "external_data", "staged_records", "erp_job_costs", "erp_transactions"
STATUSES = ("in_progress", "success", "failed", "stale", "rejected")
#: The records that show the mark of external data as their own origin.
MIRRORED = {
    "vendor": "vendors", "project": "projects", "standard_cost_code": "standard_cost_codes", "cost_code": "cost_codes",
    "work_order_contract": "work_order_contracts", "purchase_order_contract": "purchase_order_contracts",
    "change_order": "change_order_packages", "requisition": "requisitions", "contract_payment": "contract_payments",
}  # fmt: skip
#: Types whose records lie inside others here, or show no origin.
ALSO = {
    "line_item", "budget", "requisition_contract_item", "requisition_contract_detail_item",
    "requisition_change_order_item",
}  # fmt: skip
_ORIGIN = ("origin_id", "origin_code", "origin_data")


def routes(store: Store) -> Blueprint:
    """The calls of an integration, and the buttons of the people."""
    family = Blueprint("erp", __name__)
    tool = ErpTool(store)
    company = "/rest/v1.0/companies/<int:company_id>"

    @family.before_request
    def must_be_on() -> None:
        if request.path.startswith("/rest/") and not tool.is_on:
            refuse(403, "ERP Integrations is not enabled for this company")

    @family.post(f"{company}/erp_connections")
    def connect(company_id: int) -> Response:
        part(body(), "connection")
        lists = [row for row in store.all("standard_cost_code_lists") if row["is_erp_list"]]
        return created({"id": company_id, "standard_cost_code_list_id": lists[0]["id"] if lists else None})

    @family.get(f"{company}/erp_requests/<int:request_id>")
    def one_request(company_id: int, request_id: int) -> Response:
        return jsonify(found(store, REQUESTS, request_id))

    @family.get(f"{company}/erp_request_details")
    def details(company_id: int) -> Response:
        item = request.args.get("filters[item_id]", type=int)
        return page([row for row in tool.details() if item is None or row["item_id"] == item])

    @family.route(f"{company}/erp_request_details/<int:detail_id>", methods=["PATCH", "PUT"])
    def close(company_id: int, detail_id: int) -> Response:
        return jsonify(_closed(store, tool, detail_id, part(body(), "request_detail")))

    @family.patch(f"{company}/erp_request_details/sync")
    def close_many(company_id: int) -> Response:
        return jsonify(entities=[_closed(store, tool, row["id"], row) for row in _rows()], errors=[])

    @family.get(f"{company}/external_data")
    def marks(company_id: int) -> Response:
        kind, item = request.args.get("item_type"), number("item_id")
        rows = [row for row in store.all(EXTERNAL) if (row["item_type"], row["item_id"]) == (kind, item)]
        return jsonify([{**row, "origin_id": row["mark"]} for row in rows])

    @family.patch(f"{company}/external_data/sync")
    def mark(company_id: int) -> Response:
        return _each(_rows(), lambda row: _marked(store, row))

    @family.delete(f"{company}/external_data/bulk_destroy")
    def unmark(company_id: int) -> tuple[str, int]:
        sent = body()
        for one in sent.get("item_ids", ()):
            _marked(store, {"item_type": sent.get("item_type"), "item_id": one, **dict.fromkeys(_ORIGIN)})
        return "", 204

    @family.patch(f"{company}/staged_records/sync")
    def stage(company_id: int) -> Response:
        return _each(_rows(), lambda row: _by_origin(store, STAGED, row))

    @family.patch("/rest/v1.0/erp_job_costs/sync")
    def job_costs() -> Response:
        sent = body()
        number("company_id", sent.get("company_id"))
        job = {"job_origin_id": sent.get("job_origin_id")}
        return _each(_rows(), lambda row: _by_code(store, {**job, **row}))

    @family.get("/rest/v1.0/erp_transactions")
    def transactions() -> Response:
        return page(store.all(TRANSACTIONS, project_id=number("project_id")))

    @family.patch("/rest/v1.0/erp_transactions/sync")
    def settle() -> Response:
        return _each(_rows(), lambda row: store.patch(TRANSACTIONS, row["id"], row))

    @family.patch(f"{company}/invoice_payments/sync")
    def pay(company_id: int) -> Response:
        return _each(_rows(), lambda row: _by_origin(store, "invoice_payments", row))

    @family.patch("/rest/v1.0/cost_code_line_item_types/sync")
    def cost_types() -> Response:
        return jsonify(entities=_rows(), errors=[])

    @family.post("/_sandbox/erp/<button>")
    def press(button: str) -> Response:
        """``on``, ``send``, ``retrieve``, ``accept``, ``reject``, ``unlink`` with ``item_type`` and ``ids``."""
        sent = request.get_json(silent=True) or {}
        kind, ids = sent.get("item_type", ""), sent.get("ids", [])
        try:
            match button:
                case "on":
                    tool.turn_on()
                case "send" | "retrieve" | "reject":
                    getattr(tool, button)(kind, *ids)
                case "accept":
                    tool.accept(kind, *ids, **sent.get("typed", {}))
                case "unlink":
                    tool.unlink(kind, *ids)
                case "refresh":
                    tool.refresh(sent.get("name", ""))
                case _:
                    refuse(404, "There is no such button")
        except (ValueError, KeyError) as problem:
            refuse(422, str(problem))
        return jsonify(on=tool.is_on)

    return family


def _rows() -> list[Record]:
    rows = body().get("updates")
    if not isinstance(rows, list):
        refuse(400, "param is missing or the value is empty: updates")
    if len(rows) > MOST_ROWS:
        refuse(413, f"Request entity too large: at most {MOST_ROWS} updates")
    return rows


def _each(rows: list[Record], write: Any) -> Response:
    """A sync action: each row by itself."""
    entities, errors = [], []
    for row in rows:
        try:
            entities.append(write(row))
        except DuplicateOriginError:
            errors.append({**row, "errors": TAKEN})
        except KeyError as problem:
            errors.append({**row, "errors": {"id": [f"Entity with this ID not found: {problem}"]}})
    return jsonify(entities=entities, errors=errors)


def _closed(store: Store, tool: ErpTool, detail_id: int, sent: Record) -> Record:
    """A detail takes any of its statuses, as often as it is told; how often is remembered."""
    before = found(store, DETAILS, detail_id)
    if sent.get("status") not in STATUSES:
        refuse(422, "status is not included in the list")
    change = {"status": sent["status"], "messages": sent.get("messages", []), "closings": before["closings"] + 1}
    detail = store.patch(DETAILS, detail_id, change)
    tool.closed(detail)
    return detail


def _marked(store: Store, row: Record) -> Record:
    kind, item = row.get("item_type"), row.get("item_id")
    if kind not in MIRRORED and kind not in ALSO:
        raise KeyError(f"item_type {kind}")
    origin = {name: row[name] for name in _ORIGIN if name in row}
    if kind in MIRRORED:
        store.patch(MIRRORED[kind], int(item or 0), origin)
    mine = next((one for one in store.all(EXTERNAL) if (one["item_type"], one["item_id"]) == (kind, item)), {})
    kept = {**dict.fromkeys(_ORIGIN), **mine, **origin, "item_type": kind, "item_id": item}
    others = [one for one in store.all(EXTERNAL) if one["item_type"] == kind and one["item_id"] != item]
    if kept["origin_id"] and any(one["mark"] == kept["origin_id"] for one in others):
        raise DuplicateOriginError(TAKEN)
    # One origin may stand on records of different types; within the store it is unique, so it has a name of its own.
    store.put(EXTERNAL, {**kept, "mark": kept["origin_id"], "origin_id": None})
    return kept


def _by_origin(store: Store, resource: str, row: Record) -> Record:
    before = store.with_origin(resource, str(row.get("origin_id") or ""))
    return store.put(resource, {**(before or {}), **row})


def _by_code(store: Store, row: Record) -> Record:
    key = {name: row.get(name) for name in ("job_origin_id", "cost_code_id", "line_item_type_id")}
    before = next((one for one in store.all(JOB_COSTS) if key.items() <= one.items()), {})
    return store.put(JOB_COSTS, {**before, **row})
