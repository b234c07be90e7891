"""What the sandbox's Procore remembers: JSON records in one SQLite file, and a log of requests."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from app.core import clock

Record = dict[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS record (
    resource TEXT NOT NULL, id INTEGER NOT NULL, project_id INTEGER, contract_id INTEGER,
    origin_id TEXT, body TEXT NOT NULL, PRIMARY KEY (resource, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_origin ON record (resource, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS of_project ON record (resource, project_id, contract_id);
CREATE TABLE IF NOT EXISTS request (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS token (token TEXT PRIMARY KEY, expires REAL NOT NULL);
"""


class DuplicateOriginError(Exception):
    """Another record of the same resource already carries this origin_id."""


class Seed(Protocol):
    """Anything that can fill a store: records by resource."""

    @property
    def records(self) -> Mapping[str, list[Record]]: ...


@dataclass(frozen=True)
class Request:
    """One call the sandbox answered."""

    method: str
    path: str
    status: int


def stamp(moment: datetime) -> str:
    """Procore's form of a moment: UTC, whole seconds, ``Z``."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def _later(before: str | None) -> str:
    """Now, but always later than ``before``: a poller must be able to see every write."""
    now = stamp(clock.now())
    if before is None or now > before:
        return now
    return stamp(datetime.fromisoformat(before) + timedelta(seconds=1))


class Store:
    """Procore's records. Tests and the demo act through it as a project manager would."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), timeout=30, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

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
            kept["created_at"] = record.get("created_at") or (before or {}).get("created_at") or stamp(clock.now())
            kept["updated_at"] = _later((before or {}).get("updated_at"))
            self._write("UPDATE" if before else "INSERT", resource, kept)
        return kept

    def patch(self, resource: str, record_id: int, changes: Mapping[str, Any]) -> Record:
        """Change some fields of a record; KeyError when it is not there."""
        with self._writing():
            record = self.get(resource, record_id)
            if record is None:
                raise KeyError(f"no {resource} {record_id}")
            record.update(changes)
            record["updated_at"] = _later(record["updated_at"])
            self._write("UPDATE", resource, record)
        return record

    def delete(self, resource: str, record_id: int) -> Record:
        """Delete as Procore does: the record goes to the recycle bin and out of the lists."""
        return self.patch(resource, record_id, {"deleted_at": stamp(clock.now())})

    def get(self, resource: str, record_id: int) -> Record | None:
        """One record, deleted ones too; None when there never was one."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM record WHERE resource = ? AND id = ?", (resource, record_id)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def all(self, resource: str, *, project_id: int | None = None, contract_id: int | None = None) -> list[Record]:
        """Every record of a resource by id, deleted ones too; within one project or contract if given."""
        with self._lock:
            rows = self._db.execute(
                "SELECT body FROM record WHERE resource = :resource"
                " AND (:project IS NULL OR project_id = :project)"
                " AND (:contract IS NULL OR contract_id = :contract) ORDER BY id",
                {"resource": resource, "project": project_id, "contract": contract_id},
            ).fetchall()
        return [json.loads(body) for (body,) in rows]

    def with_origin(self, resource: str, origin_id: str) -> Record | None:
        """The one record of a resource that carries this origin_id."""
        with self._lock:
            row = self._db.execute(
                "SELECT body FROM record WHERE resource = ? AND origin_id = ?", (resource, origin_id)
            ).fetchone()
        return json.loads(row[0]) if row else None

    def log(self, method: str, path: str, status: int) -> None:
        """Remember one answered call."""
        with self._writing():
            self._db.execute(
                "INSERT INTO request (at, method, path, status) VALUES (?, ?, ?, ?)",
                (stamp(clock.now()), method, path, status),
            )

    def requests(self) -> list[Request]:
        """The calls answered so far, oldest first."""
        with self._lock:
            rows = self._db.execute("SELECT method, path, status FROM request ORDER BY number").fetchall()
        return [Request(*row) for row in rows]

    def keep_token(self, token: str, expires: datetime) -> None:
        """Let a bearer token in until it expires."""
        with self._writing():
            self._db.execute("INSERT INTO token VALUES (?, ?)", (token, expires.timestamp()))

    def knows_token(self, token: str) -> bool:
        """Whether a bearer token was given out and has not expired."""
        with self._lock:
            row = self._db.execute("SELECT expires FROM token WHERE token = ?", (token,)).fetchone()
        return row is not None and row[0] > clock.now().timestamp()

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except sqlite3.IntegrityError as error:
                self._db.execute("ROLLBACK")
                raise DuplicateOriginError("origin_id has already been taken") from error
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _next_id(self, resource: str) -> int:
        row = self._db.execute("SELECT COALESCE(MAX(id), 0) FROM record WHERE resource = ?", (resource,)).fetchone()
        return int(row[0]) + 1

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
        self._db.execute(_STATEMENTS[verb], values)


_INSERT = "INTO record VALUES (:resource, :id, :project, :contract, :origin, :body)"
_STATEMENTS = {
    "INSERT": f"INSERT {_INSERT}",
    "INSERT OR IGNORE": f"INSERT OR IGNORE {_INSERT}",
    "UPDATE": "UPDATE record SET project_id = :project, contract_id = :contract, origin_id = :origin, body = :body"
    " WHERE resource = :resource AND id = :id",
}
