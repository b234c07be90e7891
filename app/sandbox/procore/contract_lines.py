"""The schedule of values of a commitment, line by line: reading, changing one, the sync action.

Once a commitment is approved or complete its schedule is locked; only what links a line to accounting may change.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from flask import Blueprint, Response, jsonify

from app.sandbox.procore import lines
from app.sandbox.procore.amounts import written
from app.sandbox.procore.answers import body, found, number, page, part, refuse
from app.sandbox.procore.filters import OF, chosen
from app.sandbox.procore.store import DuplicateOriginError, Record, Store, stamp
from app.sandbox.procore.writes import ORIGIN, TAKEN, BadFields, permitted, synced

FIELDS = (*ORIGIN, "amount", "description", "extended_type", "quantity", "tax_code_id", "unit_cost", "uom")
LOCKED_STATUSES = ("Approved", "Complete")
LOCKED = "The Schedule of Values cannot be changed while the commitment is approved"


class Schedule:
    """The lines of one commitment, kept inside its record; a store of rows as the sync action wants one."""

    def __init__(self, store: Store, resource: str, contract: Record) -> None:
        self._store, self._resource, self._contract = store, resource, contract

    def get(self, _resource: str, line_id: int) -> Record | None:
        return next((line for line in self._contract["line_items"] if line["id"] == line_id), None)

    def with_origin(self, _resource: str, origin_id: str) -> Record | None:
        return next((line for line in self._every_line() if line["origin_id"] == origin_id), None)

    def patch(self, resource: str, line_id: int, changes: Mapping[str, Any]) -> Record:
        origin = changes.get("origin_id")
        taken = self.with_origin(resource, origin) if origin else None
        if taken and taken["id"] != line_id:
            raise DuplicateOriginError("origin_id has already been taken")
        moment = {"updated_at": stamp(self._store.now())}
        rows = self._contract["line_items"]
        rows = [{**line, **changes, **moment} if line["id"] == line_id else line for line in rows]
        self._contract = self._store.patch(self._resource, self._contract["id"], {"line_items": rows})
        return next(line for line in rows if line["id"] == line_id)

    def put(self, _resource: str, record: Record) -> Record:
        raise NotImplementedError("lines are typed in on Procore's own screens")

    def holds(self, line: Record) -> bool:
        """Whether a line is one of this commitment's."""
        return bool(line["holder"]["id"] == self._contract["id"])

    def _every_line(self) -> list[Record]:
        return [line for contract in self._store.all(self._resource) for line in contract["line_items"]]


def add(family: Blueprint, store: Store, resource: str) -> None:
    """The calls about the lines of one type of commitment."""
    base = f"/rest/v1.0/{resource}/<int:contract_id>/line_items"

    def every(contract_id: int) -> Response:
        contract = found(store, resource, contract_id, project_id=number("project_id"))
        rows = chosen(contract["line_items"], OF["lines"])
        return page([lines.of_contract(store, line) for line in rows])

    def patch(contract_id: int, line_id: int) -> Response:
        sent = body()
        contract = found(store, resource, contract_id, project_id=number("project_id", sent.get("project_id")))
        schedule = Schedule(store, resource, contract)
        line = schedule.get(resource, line_id)
        if line is None:
            refuse(404, "Not Found")
        changes = permitted(part(sent, "line_item"), FIELDS)
        if _is_locked(contract, changes):
            refuse(422, LOCKED)
        try:
            changed = schedule.patch(resource, line_id, recounted(line, changes))
        except DuplicateOriginError:
            raise BadFields(TAKEN) from None
        return jsonify(lines.of_contract(store, changed))

    def sync(contract_id: int) -> Response:
        contract = found(store, resource, contract_id, project_id=number("project_id"))
        schedule = Schedule(store, resource, contract)
        return synced(
            schedule,
            resource,
            body().get("updates"),
            writable=FIELDS,
            blank=None,
            shown=lambda line: lines.of_contract(store, line),
            within=schedule.holds,
            kept=_unlocked(contract),
        )

    family.add_url_rule(base, f"{resource}_lines", every)
    family.add_url_rule(f"{base}/<int:line_id>", f"{resource}_lines_patch", patch, methods=["PATCH"])
    family.add_url_rule(f"{base}/sync", f"{resource}_lines_sync", sync, methods=["PATCH"])


def _is_locked(contract: Record, changes: dict[str, Any]) -> bool:
    return contract["status"] in LOCKED_STATUSES and bool(set(changes) - set(ORIGIN))


def _unlocked(contract: Record) -> Callable[[Record, dict[str, Any]], dict[str, Any]]:
    def kept(line: Record, changes: dict[str, Any]) -> dict[str, Any]:
        if _is_locked(contract, changes):
            raise BadFields({"base": [LOCKED]})
        return recounted(line, changes)

    return kept


def recounted(line: Record, changes: dict[str, Any]) -> dict[str, Any]:
    """The changes with the line's amounts worked out anew; its tax stays what it was."""
    after = {**line, **changes}
    quantity, cost = Decimal(str(after["quantity"])), Decimal(str(after["unit_cost"]))
    amount = quantity * cost if after["extended_type"] == "calculated" else Decimal(str(after["amount"]))
    tax = Decimal(line["total_amount"]) - Decimal(line["amount"])
    numbers = {"quantity": written(quantity), "unit_cost": written(cost), "total_amount": written(amount + tax)}
    return {**changes, **numbers, "amount": written(amount), "extended_amount": written(amount)}
