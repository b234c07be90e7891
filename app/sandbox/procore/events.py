"""Every write to a record becomes an event for each hook that asked for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.core import ids
from app.sandbox.procore.callers import calling
from app.sandbox.procore.faults import WEBHOOK, Faults
from app.sandbox.procore.store import Change, Record, Store

HOOKS, TRIGGERS, QUEUE, ATTEMPTS = "webhooks_hooks", "webhooks_triggers", "webhooks_queue", "webhooks_attempts"
#: The names under which Procore tells of its resources; the documents show some, the others follow their manner.
RESOURCE_NAMES = {
    "budget_changes": "Budget Changes",
    "budget_line_items": "Budget Line Items",
    "budget_modifications": "Budget Modifications",
    "change_order_packages": "Change Order Packages",
    "contract_payments": "Contract Payments",
    "cost_codes": "Cost Codes",
    "direct_cost_line_items": "Direct Cost Line Items",
    "direct_costs": "Direct Costs",
    "erp_requests": "ERP Requests",
    "projects": "Projects",
    "purchase_order_contracts": "Purchase Order Contracts",
    "requisitions": "Requisitions",
    "standard_cost_codes": "Standard Cost Codes",
    "users": "Company Users",
    "vendors": "Company Vendors",
    "work_order_contracts": "Work Order Contracts",
}
#: Pat, who is at the keyboard when a write came through no call.
_AT_THE_SCREEN = 7_302
_LATE_SECONDS = 30.0
_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_TO_CROCKFORD = str.maketrans("abcdefghijklmnopqrstuvwxyz234567", _CROCKFORD)


class Events:
    """Watches the store, and puts what hooks asked for into the queue, in the transaction of the write."""

    def __init__(self, store: Store, faults: Faults, company_id: int, queued: Callable[[], None]) -> None:
        self._store, self._faults, self._company_id, self._queued = store, faults, company_id, queued

    def heard(self, change: Change) -> None:
        """One write happened."""
        name = RESOURCE_NAMES.get(change.resource)
        if name is None:
            return
        asked = {"resource_name": name, "event_type": change.event.upper()}
        for trigger in self._store.all(TRIGGERS):
            hook = self._store.get(HOOKS, trigger["webhook_hook_id"])
            if hook and asked.items() <= trigger.items() and _in_scope(hook, change.record):
                self._enqueue(hook, self._payload(name, change))

    def _enqueue(self, hook: Record, event: Record) -> None:
        fault = self._faults.due(WEBHOOK, f"{event['resource_name']} {event['event_type']}")
        kind = fault.kind if fault else ""
        if kind == "missing":
            return
        moment = self._store.now().timestamp()
        late = (fault.seconds if fault else 0) or _LATE_SECONDS
        due = moment + late if kind == "late" else moment
        row = {"hook_id": hook["id"], "event": event, "due": due, "since": moment, "tries": 0}
        for _ in range(2 if kind == "duplicate" else 1):
            self._store.put(QUEUE, row)
        self._queued()

    def _payload(self, name: str, change: Change) -> Record:
        """The event as payload version 2.0 has it."""
        caller, record, moment = calling.get(), change.record, self._store.now()
        user_id = caller.user_id if caller else _AT_THE_SCREEN
        project_id = record["id"] if change.resource == "projects" else project_of(record)
        return {
            "id": self._store.kept.next_number("webhook event"),
            "ulid": ulid(moment),
            "timestamp": moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "metadata": {
                "source_user_id": user_id,
                "source_project_id": project_id,
                "source_operation_id": None,
                "source_company_id": self._company_id,
                "source_application_id": caller.application_id if caller else None,
            },
            "user_id": user_id,
            "company_id": self._company_id,
            "project_id": project_id,
            "api_version": "v2.0",
            "event_type": change.event,
            "resource_name": name,
            "resource_id": record["id"],
        }


def project_of(record: Record) -> Any:
    """The project a record belongs to; None for one of the whole company."""
    return record.get("project_id") or (record.get("project") or {}).get("id")


def ulid(moment: datetime) -> str:
    """Ten characters of time and sixteen of chance, which sort by time."""
    milliseconds, text = int(moment.timestamp() * 1000), ""
    for _ in range(10):
        milliseconds, digit = divmod(milliseconds, 32)
        text = _CROCKFORD[digit] + text
    return text + ids.short().translate(_TO_CROCKFORD)


def _in_scope(hook: Record, record: Record) -> bool:
    project_id = hook["owned_by_project_id"]
    return project_id is None or project_id == project_of(record)
