"""The sandbox's contract payments, which people see as Payments Issued on a commitment."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.procore.amounts import written
from app.sandbox.procore.answers import body, created, found, number, page, part, refuse
from app.sandbox.procore.store import Record, Store
from app.sandbox.procore.writes import ORIGIN, BadFields, made, patched, permitted

FIELDS = (
    *ORIGIN,
    "amount",
    "check_number",
    "date",
    "draw_request_number",
    "invoice_date",
    "invoice_number",
    "notes",
    "payment_method",
    "payment_number",
)
SYNCED = "The Contract Payment cannot be edited or deleted because it is synced with an ERP system"
_NOT_SHOWN = ("payment_method", "invoice_date", "updated_at", "deleted_at")


def routes(store: Store) -> Blueprint:
    """The calls about contract payments; a POST always makes another one."""
    family = Blueprint("payments", __name__)
    base = "/rest/v1.0/contract_payments"

    @family.get(base)
    def payments() -> Response:
        """The payments of one commitment; there is no filter, not even by origin."""
        contract = _contract(store, number("project_id"), number("contract_id"))
        return page([_shown(row) for row in of_contract(store, contract["id"])])

    @family.get(f"{base}/<int:payment_id>")
    def payment(payment_id: int) -> Response:
        return jsonify(_shown(_found(store, payment_id, number("project_id"), number("contract_id"))))

    @family.post(base)
    def create() -> Response:
        sent = body()
        project_id = number("project_id", sent.get("project_id"))
        contract = _contract(store, project_id, number("contract_id", sent.get("contract_id")))
        fields = permitted(part(sent, "contract_payment"), FIELDS)
        record = {**_blank(store, contract, project_id, fields), **_checked(fields)}
        return created(_shown(made(store, "contract_payments", record)))

    @family.patch(f"{base}/<int:payment_id>")
    def patch(payment_id: int) -> Response:
        sent = body()
        ids = number("project_id", sent.get("project_id")), number("contract_id", sent.get("contract_id"))
        row = _found(store, payment_id, *ids)
        changes = permitted(part(sent, "contract_payment"), FIELDS)
        if row["origin_id"] and set(changes) - set(ORIGIN):
            refuse(422, SYNCED)
        return jsonify(_shown(patched(store, "contract_payments", payment_id, _checked(changes))))

    @family.delete(f"{base}/<int:payment_id>")
    def delete(payment_id: int) -> Response:
        if _found(store, payment_id, number("project_id"), number("contract_id"))["origin_id"]:
            refuse(422, SYNCED)
        store.delete("contract_payments", payment_id)
        return jsonify({})

    return family


def of_contract(store: Store, contract_id: int) -> list[Record]:
    """The payments issued on a commitment."""
    return [row for row in store.all("contract_payments", contract_id=contract_id) if not row.get("deleted_at")]


def _contract(store: Store, project_id: int, contract_id: int) -> Record:
    is_order = store.get("purchase_order_contracts", contract_id) is not None
    resource = "purchase_order_contracts" if is_order else "work_order_contracts"
    return found(store, resource, contract_id, project_id=project_id)


def _found(store: Store, payment_id: int, project_id: int, contract_id: int) -> Record:
    row = found(store, "contract_payments", payment_id, project_id=project_id)
    if row["contract_id"] != contract_id:
        refuse(404, "Not Found")
    return row


def _blank(store: Store, contract: Record, project_id: int, fields: dict[str, Any]) -> Record:
    """A payment before its fields; it belongs to the invoice whose number it names."""
    invoices = store.all("requisitions", contract_id=contract["id"])
    named = (row["id"] for row in invoices if row["invoice_number"] == fields.get("invoice_number"))
    return {
        **dict.fromkeys(FIELDS),
        "contract_id": contract["id"],
        "project_id": project_id,
        "requisition_id": next(named, None) if fields.get("invoice_number") else None,
        "payment_number": len(of_contract(store, contract["id"])) + 1,
        "status": None,
        "external_payment_id": None,
        "date_payment_initiated": None,
        "date_payment_settled": None,
        "origin_code": None,
        "attachments": [],
    }


def _checked(fields: dict[str, Any]) -> dict[str, Any]:
    if "amount" not in fields:
        return fields
    try:
        return {**fields, "amount": written(Decimal(str(fields["amount"])))}
    except InvalidOperation:
        raise BadFields({"amount": ["is not a number"]}) from None


def _shown(row: Record) -> Record:
    return {name: value for name, value in row.items() if name not in _NOT_SHOWN}
