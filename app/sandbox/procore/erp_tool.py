"""Procore's ERP Integrations tool as people use it: Send, Accept, Reject, Retrieve, Unlink; off until turned on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from app.sandbox.procore import erp_bodies
from app.sandbox.procore.callers import Caller, calling
from app.sandbox.procore.erp_bodies import RESOURCES
from app.sandbox.procore.store import Record, Store

REQUESTS, DETAILS, SENT = "erp_requests", "erp_request_details", "erp_sent_items"
ANA, PAT = 7_301, 7_302


class ErpTool:
    """The buttons. Who presses one is who the webhook names."""

    def __init__(self, store: Store, company_id: int = 5021) -> None:
        self._store = store
        self._company_id = company_id

    # -- whether there is one --------------------------------------------------------------------------------------

    @property
    def is_on(self) -> bool:
        """Whether the company has the tool."""
        return self._store.kept.get("erp", "on") is not None

    def turn_on(self) -> None:
        """The company gets it; there is no way back."""
        self._store.kept.put("erp", "on", {})

    # -- the project's side ----------------------------------------------------------------------------------------

    def send(self, item_type: str, *ids: int) -> None:
        """Send to ERP: the approvers see it from now on."""
        for one in ids:
            self._stage(item_type, one, "ready_to_export")

    def retrieve(self, item_type: str, *ids: int) -> None:
        """Retrieve from ERP, before anybody decided."""
        for one in ids:
            if self.status(item_type, one) != "ready_to_export":
                raise ValueError(f"{item_type} {one} is not waiting for an approver")
            self._stage(item_type, one, "not_in_erp")

    # -- the approvers' side ---------------------------------------------------------------------------------------

    def accept(self, item_type: str, *ids: int, user_id: int = ANA, **typed: Any) -> int:
        """Accept and export what was sent: one request, with a detail for each record. Returns the request's id."""
        records = [self._record(item_type, one) for one in ids]
        if any(self.status(item_type, one) != "ready_to_export" for one in ids):
            raise ValueError("only what was sent can be accepted")
        name, body = erp_bodies.request_of(self._store, item_type, records, typed)
        for one in ids:
            self._stage(item_type, one, "exporting")
        return self._request(name, body, item_type, ids, user_id)

    def reject(self, item_type: str, *ids: int) -> None:
        """Back to who sent it, waiting or failed."""
        for one in ids:
            self._stage(item_type, one, "rejected")

    def unlink(self, item_type: str, item_id: int, user_id: int = ANA) -> int:
        """Unlink a synced commitment or change order; the integration looks whether it was deleted."""
        record = self._record(item_type, item_id)
        order = item_type == "change_order"
        project_id = record["project_id"] if order else record["project"]["id"]
        job = self._store.get("projects", project_id) or {}
        what = "commitment_change_order" if order else "commitment"
        body = {
            "job_origin_id": job.get("origin_id"),
            "project_id": project_id,
            "commitment_type": item_type,
            f"procore_{what}_id": item_id,
            f"{what}_origin_id": record["origin_id"],
        }
        return self._request(f"unlink_{what}", body, item_type, (item_id,), user_id)

    def refresh(self, name: str, user_id: int = ANA) -> int:
        """Refresh a list: ``sync_vendors``, ``sync_jobs`` …"""
        return self._request(name, {"company_id": self._company_id}, name, (0,), user_id)

    def ask(self, name: str, body: Any, user_id: int = ANA) -> int:
        """Any other request, with a detail where its body leaves room for one."""
        return self._request(name, body, name, (0,), user_id)

    # -- how it stands ---------------------------------------------------------------------------------------------

    def status(self, item_type: str, item_id: int) -> str:
        """What the tool's tabs show of an item."""
        found = self._staged(item_type, item_id)
        return str(found["status"]) if found else "not_in_erp"

    def details(self) -> list[Record]:
        """Every detail, the oldest first."""
        return self._store.all(DETAILS)

    def closed(self, detail: Record) -> None:
        """The integration closed a detail: the item moves to its tab."""
        status = {"success": "synced", "failed": "failed_to_export"}.get(detail["status"], "")
        if status and detail["item_type"] in RESOURCES and not detail["request_name"].startswith("unlink_"):
            self._stage(detail["item_type"], detail["item_id"], status)

    # -- inside ----------------------------------------------------------------------------------------------------

    def _request(self, name: str, data: Any, item_type: str, ids: tuple[int, ...], user_id: int) -> int:
        request = {"company_id": self._company_id, "request_name": name, "integration_app_name": None}
        number = self._store.kept.next_number("erp request") + 700_000_000
        details = []
        for one in ids:
            blank = {"status": "in_progress", "messages": [], "closings": 0, "item_type": item_type, "item_id": one}
            details.append(self._store.put(DETAILS, {**blank, "erp_request_id": number, "request_name": name})["id"])
        with _pressed_by(user_id):
            self._store.put(REQUESTS, {"id": number, **request, **_with_details(data, details)})
        return number

    def _record(self, item_type: str, item_id: int) -> Record:
        found = self._store.get(RESOURCES[item_type], item_id)
        if found is None:
            raise KeyError(f"no {item_type} {item_id}")
        return found

    def _staged(self, item_type: str, item_id: int) -> Record | None:
        mine = {"item_type": item_type, "item_id": item_id}
        return next((row for row in self._store.all(SENT) if mine.items() <= row.items()), None)

    def _stage(self, item_type: str, item_id: int, status: str) -> None:
        self._record(item_type, item_id)
        found = self._staged(item_type, item_id) or {"item_type": item_type, "item_id": item_id}
        self._store.put(SENT, {**found, "status": status})


def _with_details(data: Any, details: list[int]) -> Record:
    """Where each event names its details: in each row, in its body, beside its body, or nowhere."""
    if isinstance(data, list):
        rows = [{**row, "request_detail_id": one} for row, one in zip(data, details, strict=True)]
        return {"request_data": rows}
    if "job" in data:
        return {"request_data": data, "request_detail_id": details[0]}
    if "budget" in data or "requisitions" in data:
        return {"request_data": data}
    return {"request_data": {**data, "request_detail_id": details[0]}}


@contextmanager
def _pressed_by(user_id: int) -> Iterator[None]:
    token = calling.set(Caller(user_id, "", "screen"))
    try:
        yield
    finally:
        calling.reset(token)
