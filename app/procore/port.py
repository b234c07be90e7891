"""Procore as the kinds see it: one company during one run of reading or writing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.procore.client import Client, Record
from app.procore.errors import ProcoreError, reason
from app.procore.syncing import not_changed

#: Procore's answers for what a project does not have, or not for us.
NOT_OFFERED = (403, 404)


class Run:
    """One run: what many kinds need (projects, cost codes) is read once a run and kept."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known = _Known()
        self._passed: frozenset[int] = frozenset()
        self.changed: Record = {}
        self.passed: list[int] = []

    def of(self, changed: Record, passed: Iterable[int]) -> Run:
        """The reading of one kind within this run: what changed, in the projects it has not been through.

        ``passed`` of the answer grows as projects are done with: all that was read of them has been handed over.
        """
        run = Run(self._client)
        run._known, run.changed, run._passed = self._known, changed, frozenset(passed)
        return run

    @property
    def company_id(self) -> int:
        """Procore's id of the company."""
        return self._client.company_id

    def get(self, path: str, **params: Any) -> Any:
        """One record, or whatever else the path answers."""
        return self._client.get(path, **params)

    def pages(self, path: str, **params: Any) -> Iterator[Record]:
        """Every record of a list, page after page."""
        return self._client.pages(path, **params)

    def pages_where_offered(self, path: str, **params: Any) -> Iterator[Record]:
        """The same of a list that Procore does not have for every project; none where it has not."""
        try:
            yield from self._client.pages(path, **params)
        except ProcoreError as problem:
            if problem.procore_status not in NOT_OFFERED:
                raise

    def patch(self, path: str, body: Record) -> Any:
        """Change something; a sync action, which answers 200 even for a row it refused, then raises."""
        answer = self._client.patch(path, body)
        if path.endswith("/sync") and answer["errors"]:
            raise ProcoreError(422, f"Procore refused to change {_rows(path, answer['errors'])}.")
        return answer

    def sync(self, path: str, parents: Record, rows: Sequence[Record]) -> Mapping[int, ProcoreError]:
        """Change many records of a list, each named by its id; those that were not changed, and why."""
        return not_changed(path, rows, self._client.patch(f"{path}/sync", {**parents, "updates": list(rows)}))

    def post(self, path: str, body: Record) -> Any:
        """Make something; not to be repeated without looking whether it is there."""
        return self._client.post(path, body)

    def delete(self, path: str, **params: Any) -> None:
        """Take something away."""
        self._client.delete(path, **params)

    def projects(self) -> Iterator[Record]:
        """Every project, active or not, as the list shows it."""
        if self._known.projects is None:
            self._known.projects = list(self._project_rows())
        return self._through(self._known.projects)

    def changed_projects(self) -> Iterator[Record]:
        """Those that changed, where only changes are wanted."""
        return self._through(self._project_rows(**self.changed)) if self.changed else self.projects()

    def project(self, project_id: int) -> Record:
        """One project in full: lists leave out its cost code list."""
        if project_id not in self._known.in_full:
            record = self.get(f"/rest/v1.0/projects/{project_id}", company_id=self.company_id)
            self._known.in_full[project_id] = record
        return self._known.in_full[project_id]

    def _project_rows(self, **more: str) -> Iterator[Record]:
        params = {"company_id": self.company_id, "filters[by_status]": "All", **more}
        return self.pages("/rest/v1.0/projects", **params)

    def _through(self, rows: Iterable[Record]) -> Iterator[Record]:
        for row in rows:
            if row["id"] not in self._passed:
                yield row
                self.passed.append(row["id"])

    def cost_codes(self, project_id: int) -> Mapping[int, Record]:
        """A project's own copies of the codes; one without ``standard_cost_code_id`` exists on this project only."""
        if project_id not in self._known.cost_codes:
            codes = self.pages("/rest/v1.0/cost_codes", project_id=project_id)
            self._known.cost_codes[project_id] = {code["id"]: code for code in codes}
        return self._known.cost_codes[project_id]


@dataclass
class _Known:
    """What a run has read once."""

    projects: list[Record] | None = None
    in_full: dict[int, Record] = field(default_factory=dict)
    cost_codes: dict[int, dict[int, Record]] = field(default_factory=dict)


def _rows(path: str, refused: Sequence[Record]) -> str:
    """The refused rows of a sync action in words: ``standard_cost_codes 37002: origin_id: has already been taken``."""
    resource = path.split("/")[-2]
    told = [f"{row.get('id') or row.get('origin_id')}: {reason({'errors': row.get('errors')})}" for row in refused]
    return f"{resource} {'; '.join(told)}"
