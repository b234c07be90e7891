"""What the sandbox's Procore remembers: JSON records in one SQLite file, and a log of requests."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from app.core import clock
from app.sandbox.procore.calls import Calls, Request
from app.sandbox.procore.file import DatabaseFile
from app.sandbox.procore.kept import Kept

Record = dict[str, Any]


class DuplicateOriginError(Exception):
    """Another record of the same resource already carries this origin_id."""


class Seed(Protocol):
    """Anything that can fill a store: records by resource."""

    @property
    def records(self) -> Mapping[str, list[Record]]: ...


@dataclass(frozen=True)
class Change:
    """One write to a record: what was done (create, update, delete) and how the record is now."""

    resource: str
    event: str
    record: Record


def stamp(moment: datetime) -> str:
    """Procore's form of a moment: UTC, whole seconds, ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Store:
    """Procore's records. Tests and the demo act through it as a project manager would."""

    def __init__(self, path: str | Path) -> None:
        self._file = DatabaseFile(path)
        self.kept = Kept(self._file, self.now)
        self.calls = Calls(self._file)
        self.ahead = timedelta(0)  # of the world's clock, so that a window or a token can be let run out
        self._watchers: list[Callable[[Change], None]] = []

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def now(self) -> datetime:
        """This moment by the sandbox's own clock."""
        return clock.now() + self.ahead

    def watch(self, watcher: Callable[[Change], None]) -> None:
        """Be told of every write, inside its transaction."""
        self._watchers.append(watcher)

    def seed(self, month: Seed) -> None:
        """Put a month's records in; what is there already stays as people left it."""
        with self._writing():
            for resource, records in month.records.items():
                for record in records:
                    self._write("INSERT OR IGNORE", resource, record)

    def put(self, resource: str, record: Record) -> Record:
        """Create a record, or replace the one with the same id; ids and dates are filled in."""
        with self._writing():
            kept = {**record, "id": record.get("id") or self._next_id(resource)}
            before = self.get(resource, kept["id"])
            kept["created_at"] = record.get("created_at") or (before or {}).get("created_at") or stamp(self.now())
            kept["updated_at"] = self._later((before or {}).get("updated_at"))
            self._write("UPDATE" if before else "INSERT", resource, kept)
            self._tell(Change(resource, "update" if before else "create", kept))
        return kept

    def patch(self, resource: str, record_id: int, changes: Mapping[str, Any], *, event: str = "update") -> Record:
        """Change some fields of a record; KeyError when it is not there."""
        with self._writing():
            record = self.get(resource, record_id)
            if record is None:
                raise KeyError(f"no {resource} {record_id}")
            record.update(changes)
            record["updated_at"] = self._later(record["updated_at"])
            self._write("UPDATE", resource, record)
            self._tell(Change(resource, event, record))
        return record

    def delete(self, resource: str, record_id: int) -> Record:
        """Delete as Procore does: the record goes to the recycle bin and out of the lists."""
        return self.patch(resource, record_id, {"deleted_at": stamp(self.now())}, event="delete")

    def remove(self, resource: str, record_id: int) -> None:
        """Take a record away for good, and tell nobody."""
        self._file.run("DELETE FROM record WHERE resource = ? AND id = ?", (resource, record_id))

    def get(self, resource: str, record_id: int) -> Record | None:
        """One record, deleted ones too; None when there never was one."""
        found = self._file.rows("SELECT body FROM record WHERE resource = ? AND id = ?", (resource, record_id))
        return json.loads(found[0][0]) if found else None

    def all(self, resource: str, *, project_id: int | None = None, contract_id: int | None = None) -> list[Record]:
        """Every record of a resource by id, deleted ones too; within one project or contract if given."""
        rows = self._file.rows(
            "SELECT body FROM record WHERE resource = :resource"
            " AND (:project IS NULL OR project_id = :project)"
            " AND (:contract IS NULL OR contract_id = :contract) ORDER BY id",
            {"resource": resource, "project": project_id, "contract": contract_id},
        )
        return [json.loads(body) for (body,) in rows]

    def with_origin(self, resource: str, origin_id: str) -> Record | None:
        """The one record of a resource that carries this origin_id."""
        found = self._file.rows("SELECT body FROM record WHERE resource = ? AND origin_id = ?", (resource, origin_id))
        return json.loads(found[0][0]) if found else None

    def log(self, call: Request) -> None:
        """Remember one call."""
        self.calls.add(stamp(self.now()), call)

    def requests(self) -> list[Request]:
        """The calls so far, oldest first."""
        return self.calls.all()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            with self._file.writing():
                yield
        except sqlite3.IntegrityError as error:
            raise DuplicateOriginError("origin_id has already been taken") from error

    def _tell(self, change: Change) -> None:
        for watcher in self._watchers:
            watcher(change)

    def _later(self, before: str | None) -> str:
        """Now, but always later than ``before``: a poller must be able to see every write."""
        now = stamp(self.now())
        if before is None or now > before:
            return now
        return stamp(datetime.fromisoformat(before) + timedelta(seconds=1))

    def _next_id(self, resource: str) -> int:
        return int(self._file.rows("SELECT COALESCE(MAX(id), 0) FROM record WHERE resource = ?", (resource,))[0][0] + 1)

    def _write(self, verb: str, resource: str, record: Record) -> None:
        project = record.get("project_id") or (record.get("project") or {}).get("id")
        values = {
            "resource": resource,
            "id": record["id"],
            "project": project,
            "contract": record.get("contract_id"),
            "origin": record.get("origin_id"),
            "body": json.dumps(record, ensure_ascii=False),
        }
        self._file.run(_STATEMENTS[verb], values)


_INSERT = "INTO record VALUES (:resource, :id, :project, :contract, :origin, :body)"
_STATEMENTS = {
    "INSERT": f"INSERT {_INSERT}",
    "INSERT OR IGNORE": f"INSERT OR IGNORE {_INSERT}",
    "UPDATE": "UPDATE record SET project_id = :project, contract_id = :contract, origin_id = :origin, body = :body"
    " WHERE resource = :resource AND id = :id",
}
