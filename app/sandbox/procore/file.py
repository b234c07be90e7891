"""The SQLite file under the sandbox's Procore: one connection, shared by every thread."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Arguments = Sequence[Any] | Mapping[str, Any]

_TABLES = """
CREATE TABLE IF NOT EXISTS record (
    resource TEXT NOT NULL, id INTEGER NOT NULL, project_id INTEGER, contract_id INTEGER,
    origin_id TEXT, body TEXT NOT NULL, PRIMARY KEY (resource, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS one_origin ON record (resource, origin_id) WHERE origin_id IS NOT NULL;
CREATE INDEX IF NOT EXISTS of_project ON record (resource, project_id, contract_id);
CREATE TABLE IF NOT EXISTS call (
    number INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    query TEXT NOT NULL, body TEXT NOT NULL, status INTEGER NOT NULL, fault TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS kept (
    sort TEXT NOT NULL, name TEXT NOT NULL, body TEXT NOT NULL, expires REAL NOT NULL, PRIMARY KEY (sort, name)
);
"""


class DatabaseFile:
    """Rows in, rows out; every write is a transaction, and one inside another joins it."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(str(path), timeout=30, check_same_thread=False, isolation_level=None)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(_TABLES)

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._db.close()

    def rows(self, statement: str, arguments: Arguments = ()) -> list[Any]:
        """What a query finds."""
        with self._lock:
            return self._db.execute(statement, arguments).fetchall()

    def run(self, statement: str, arguments: Arguments = ()) -> None:
        """One statement, in a transaction of its own unless it is inside one."""
        with self.writing():
            self._db.execute(statement, arguments)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """A transaction; whatever is raised inside undoes it."""
        with self._lock:
            if self._db.in_transaction:
                yield
                return
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")
