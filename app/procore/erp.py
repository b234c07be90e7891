"""The calls of Procore's ERP Integrations tool, beside the public API: its requests, marks and staged records.

Source: Procore's ERP technical guide. The paths of the requests and of staged records follow the others' manner there;
no page shows them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from app.procore.client import Record
from app.procore.port import Run

OPEN, SUCCESS, FAILED = "in_progress", "success", "failed"


class Calls(Protocol):
    """The plain calls of one Procore company."""

    @property
    def company_id(self) -> int: ...
    def get(self, path: str, **params: Any) -> Any: ...
    def pages(self, path: str, **params: Any) -> Iterator[Record]: ...
    def patch(self, path: str, body: Record) -> Any: ...


class Erp:
    """What Procore's tool asks for, and what it is told; every call here may be made again."""

    def __init__(self, procore: Calls) -> None:
        self._procore = procore
        self._company = f"/rest/v1.0/companies/{procore.company_id}"

    def request(self, request_id: str) -> Record:
        """One request with its body; webhooks carry the id alone."""
        found: Record = self._procore.get(f"{self._company}/erp_requests/{request_id}")
        return found

    def details(self, **filters: Any) -> Iterator[Record]:
        """The details of requests, such as those of one item (``filters[item_id]``)."""
        return self._procore.pages(f"{self._company}/erp_request_details", **filters)

    def open_requests(self) -> set[str]:
        """The requests that have a detail nobody has closed."""
        rows = self.details()
        return {str(row["erp_request_id"]) for row in rows if row["status"] == OPEN and row.get("erp_request_id")}

    def detail_of(self, item_id: str) -> str:
        """The open detail about an item, where the body of a request names none; empty when there is none."""
        rows = self.details(**{"filters[item_id]": item_id})
        return next((str(row["id"]) for row in rows if row["status"] == OPEN), "")

    def is_open(self, detail_id: str, item_id: str = "") -> bool:
        """Whether a detail still waits; asked before a close is repeated whose answer was lost.

        It is looked for among those of its item. Some stand there under another id: then all are gone through.
        """
        for row in self.details(**({"filters[item_id]": item_id} if item_id else {})):
            if str(row["id"]) == detail_id:
                return bool(row["status"] == OPEN)
        return bool(item_id) and self.is_open(detail_id)

    def close(self, detail_id: str, status: str, messages: Sequence[str]) -> None:
        """Say how it went; people see the messages in red."""
        detail: Record = {"status": status}
        if messages:
            detail["messages"] = list(messages)
        self._procore.patch(f"{self._company}/erp_request_details/{detail_id}", {"request_detail": detail})

    def mark(self, rows: Sequence[Record]) -> None:
        """What QuickBooks holds of these records; with an empty origin they are free again."""
        self._procore.patch(f"{self._company}/external_data/sync", {"updates": list(rows)})

    def stage(self, rows: Sequence[Record]) -> None:
        """Offer records of QuickBooks for import."""
        if rows:
            self._procore.patch(f"{self._company}/staged_records/sync", {"updates": list(rows)})

    def job_costs(self, job: str, rows: Sequence[Record]) -> None:
        """What a job has cost, code by code."""
        body = {"company_id": self._procore.company_id, "job_origin_id": job, "updates": list(rows)}
        self._procore.patch("/rest/v1.0/erp_job_costs/sync", body)


class OfProject(Run):
    """The same run, as if there were one project: what of a kind lies elsewhere is not read."""

    def __init__(self, procore: Run, project_id: int) -> None:
        super().__init__(procore._client)
        self._known = procore._known
        self._only = project_id

    def projects(self) -> Iterator[Record]:
        """The one."""
        yield self.project(self._only)

    def changed_projects(self) -> Iterator[Record]:
        """The one, whether it changed or not."""
        return self.projects()
