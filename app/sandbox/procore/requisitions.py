"""The sandbox's subcontractor invoices, which Procore's API calls requisitions, and the periods they bill."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, request

from app.sandbox.procore import invoice_views
from app.sandbox.procore.answers import body, found, number, page, part, refuse
from app.sandbox.procore.billing import chain
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN, patched, permitted

PER_PAGE = 30
FIELDS = (
    *ORIGIN,
    "billing_date",
    "final",
    "invoice_number",
    "payment_date",
    "period_id",
    "requisition_end",
    "requisition_start",
    "status",
    "submitted_at",
)
SYNCED = "The invoice is not editable because it has been synced with ERP"
_OPEN = ("draft", "revise_and_resubmit")


def routes(store: Store) -> Blueprint:
    """The calls about subcontractor invoices and billing periods."""
    family = Blueprint("requisitions", __name__)

    @family.get("/rest/v1.1/requisitions")
    def requisitions() -> Response:
        project_id = number("project_id")
        found(store, "projects", project_id)
        rows = [row for row in store.all("requisitions", project_id=project_id) if not row["deleted_at"]]
        rows = [row for row in chosen(rows, OF["requisitions"]) if _asked_for(store, row)]
        return page([_shown(store, row) for row in rows], usual=PER_PAGE)

    @family.get("/rest/v1.1/requisitions/<int:requisition_id>")
    def requisition(requisition_id: int) -> Response:
        return jsonify(_shown(store, found(store, "requisitions", requisition_id, project_id=number("project_id"))))

    @family.patch("/rest/v1.1/requisitions/<int:requisition_id>")
    def patch_requisition(requisition_id: int) -> Response:
        sent = body()
        project_id = number("project_id", sent.get("project_id"))
        row = found(store, "requisitions", requisition_id, project_id=project_id)
        if row["contract_id"] != number("commitment_id", sent.get("commitment_id")):
            refuse(404, "Not Found")
        changes = permitted(part(sent, "requisition"), FIELDS)
        _must_be_open(store, row, changes)
        return jsonify(_shown(store, patched(store, "requisitions", requisition_id, changes)))

    for name, view in invoice_views.ITEM_LISTS.items():
        path = f"/rest/v1.0/requisitions/<int:requisition_id>/{name}"
        family.add_url_rule(path, name, _item_list(store, view))

    @family.get("/rest/v1.0/projects/<int:project_id>/billing_periods")
    def billing_periods(project_id: int) -> Response:
        found(store, "projects", project_id)
        return page(chosen(store.all("billing_periods", project_id=project_id), OF["billing_periods"]))

    return family


def _item_list(store: Store, view: Callable[[Store, Record], list[Record]]) -> Callable[[int], Response]:
    def items(requisition_id: int) -> Response:
        return page(view(store, found(store, "requisitions", requisition_id, project_id=number("project_id"))))

    return items


def _asked_for(store: Store, row: Record) -> bool:
    commitment = request.args.get("filters[commitment_id]", type=int)
    period = request.args.get("filters[period_id]", type=int)
    last = request.args.get("filters[is_last]")
    return (
        (commitment is None or row["contract_id"] == commitment)
        and (period is None or row["period_id"] == period)
        and (last is None or _is_last(store, row) == (last == "true"))
    )


def _is_last(store: Store, row: Record) -> bool:
    return bool(chain(store, row["contract_id"])[-1]["id"] == row["id"])


def _must_be_open(store: Store, row: Record, changes: dict[str, Any]) -> None:
    """Origin fields may always be written; all else only on the newest invoice, while it is open and not synced."""
    if not set(changes) - set(ORIGIN):
        return
    if row["origin_id"]:
        refuse(422, SYNCED)
    if row["status"] not in _OPEN or not _is_last(store, row):
        refuse(422, "Only the most recent open invoice of a commitment can be edited")


def _shown(store: Store, row: Record) -> Record:
    view = request.args.get("view", "default")
    shown = invoice_views.head(store, row)
    if view == "extended":
        shown |= invoice_views.summaries(store, row)
    if view in ("extended", "items"):
        shown["items"] = invoice_views.items(store, row)
    return shown
