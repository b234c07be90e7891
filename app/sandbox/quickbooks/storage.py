"""The SQLite file behind a company file: records, counters, settings and stored responses."""

from __future__ import annotations

import json
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.sandbox.quickbooks.writing import Body

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
    serial INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, family TEXT NOT NULL, name TEXT NOT NULL,
    full_name TEXT NOT NULL, space TEXT, entity TEXT, day TEXT, active INTEGER NOT NULL, opened INTEGER NOT NULL,
    created INTEGER NOT NULL, modified INTEGER NOT NULL, edit_sequence TEXT NOT NULL, body TEXT NOT NULL);
CREATE UNIQUE INDEX IF NOT EXISTS record_space ON record (space, name) WHERE space IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_full_name ON record (full_name, family);
CREATE INDEX IF NOT EXISTS record_entity ON record (entity) WHERE entity IS NOT NULL;
CREATE INDEX IF NOT EXISTS record_family ON record (family, serial);
CREATE TABLE IF NOT EXISTS link (
    kind TEXT NOT NULL, source TEXT NOT NULL, source_line TEXT NOT NULL, target TEXT NOT NULL,
    target_line TEXT NOT NULL, amount TEXT NOT NULL, through TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS link_source ON link (source);
CREATE INDEX IF NOT EXISTS link_target ON link (target);
CREATE TABLE IF NOT EXISTS deleted (
    id TEXT PRIMARY KEY, family TEXT NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL, deleted INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS message_set (id TEXT PRIMARY KEY, checksum TEXT NOT NULL, response TEXT);
"""
_COLUMNS = "id, family, name, full_name, space, entity, day, active, opened, created, modified, edit_sequence, body"


@dataclass(slots=True)
class Record:
    """One list element or transaction; ``name`` is a transaction's RefNumber, ``space`` where the name is unique."""

    id: str
    family: str
    name: str
    full_name: str
    body: Body
    space: str | None = None
    entity: str | None = None
    day: str | None = None
    active: bool = True
    opened: bool = False
    created: int = 0
    modified: int = 0
    edit_sequence: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One transaction bearing on another: a bill's line on an order's, or a payment, discount or credit on a bill.

    ``through`` is the payment a credit was set with, or the account of a discount.
    """

    kind: str
    source: str
    target: str
    source_line: str = ""
    target_line: str = ""
    amount: str = ""
    through: str = ""


class Storage:
    """One connection to one file; every writer waits its turn, in this process and in others."""

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=30)
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = FULL")
        self._db.executescript(_SCHEMA)

    def close(self) -> None:
        """Give the file back."""
        self._db.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, durable at the end; inside another transaction, a part of it that can fail alone."""
        with self._lock:
            nested = self._db.in_transaction
            self._db.execute("SAVEPOINT part" if nested else "BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._db.execute("ROLLBACK TO part" if nested else "ROLLBACK")
                raise
            finally:
                if self._db.in_transaction:
                    self._db.execute("RELEASE part" if nested else "COMMIT")

    def back_up(self, path: str | Path) -> None:
        """Copy the whole file elsewhere."""
        with self._lock, _closing(sqlite3.connect(path)) as target:
            self._db.backup(target)

    def restore(self, path: str | Path) -> None:
        """Put a copy made earlier in this file's place."""
        with self._lock, _closing(sqlite3.connect(path)) as source:
            source.backup(self._db)

    def next_number(self, counter: str) -> int:
        """The next number of a counter, starting at 1."""
        row = self._db.execute(
            "INSERT INTO counter VALUES (?, 1) ON CONFLICT (name) DO UPDATE SET value = value + 1 RETURNING value",
            (counter,),
        ).fetchone()
        return int(row[0])

    def setting(self, name: str) -> Any:
        """A stored setting, or None."""
        row = self._db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return None if row is None else json.loads(row[0])

    def store_setting(self, name: str, value: Any) -> None:
        """Keep a setting, replacing what was there."""
        self._db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, json.dumps(value)))

    def insert(self, record: Record) -> None:
        """Keep a new record."""
        marks = ", ".join("?" * len(_COLUMNS.split(", ")))
        self._db.execute(f"INSERT INTO record ({_COLUMNS}) VALUES ({marks})", _row(record))

    def update(self, record: Record) -> None:
        """Keep what a known record has become."""
        changes = ", ".join(f"{column} = ?" for column in _COLUMNS.split(", "))
        self._db.execute(f"UPDATE record SET {changes} WHERE id = ?", (*_row(record), record.id))

    def delete(self, record_id: str) -> None:
        """Forget a record."""
        self._db.execute("DELETE FROM record WHERE id = ?", (record_id,))

    def by_id(self, record_id: str) -> Record | None:
        """The record of a ListID or TxnID."""
        return self._first("id = ?", (record_id,))

    def by_full_name(self, families: Sequence[str], full_name: str) -> Record | None:
        """The list element of these families with this full name, whatever its case."""
        return self._first(f"full_name = ? AND family IN ({_marks(families)})", (full_name.casefold(), *families))

    def by_space(self, space: str, name: str) -> Record | None:
        """Whoever holds this name in a space of unique names."""
        return self._first("space = ? AND name = ?", (space, name.casefold()))

    def select(self, families: Sequence[str], condition: str = "", values: Sequence[Any] = ()) -> list[Record]:
        """Records of some families in the order they were made."""
        extra = f" AND ({condition})" if condition else ""
        return self._all(f"family IN ({_marks(families)}){extra}", (*families, *values))

    def select_entity(self, record_id: str) -> list[Record]:
        """The transactions of one customer, vendor or other name."""
        return self._all("entity = ?", (record_id,))

    def mentions(self, record_id: str) -> bool:
        """Whether any other record refers to this one."""
        return bool(self.mentioning(record_id))

    def mentioning(self, record_id: str) -> list[Record]:
        """Every other record that refers to this one."""
        return self._all("id <> ? AND instr(body, ?) > 0", (record_id, f'"{record_id}"'))

    def add_link(self, link: Link) -> None:
        """Keep what one transaction does to another."""
        self._db.execute(
            "INSERT INTO link (kind, source, target, source_line, target_line, amount, through) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (link.kind, link.source, link.target, link.source_line, link.target_line, link.amount, link.through),
        )

    def links(self, *, source: str | None = None, target: str | None = None) -> list[Link]:
        """The links of one source, or to one target, in the order they were made."""
        return self._links("source" if target is None else "target", source if target is None else target)

    def links_through(self, record_id: str) -> list[Link]:
        """The links made through a payment: the credits set with it."""
        return self._links("through", record_id)

    def drop_links(self, record_id: str, source_line: str | None = None) -> None:
        """Forget every link from, to or through a transaction, or only those from one of its lines."""
        if source_line is not None:
            self._db.execute("DELETE FROM link WHERE source = ? AND source_line = ?", (record_id, source_line))
        else:
            self._db.execute("DELETE FROM link WHERE ? IN (source, target, through)", (record_id,))

    def note_deletion(self, record: Record, name: str, deleted: int) -> None:
        """Remember that a record was deleted, for whoever asks what is gone."""
        self._db.execute(
            "INSERT INTO deleted VALUES (?, ?, ?, ?, ?)", (record.id, record.family, name, record.created, deleted)
        )

    def deletions(self, families: Sequence[str], since: int, until: int) -> list[Record]:
        """Records deleted in a span of time, each with the moment of its deletion as ``modified``."""
        rows = self._db.execute(
            "SELECT id, family, name, created, deleted FROM deleted "
            f"WHERE family IN ({_marks(families)}) AND deleted BETWEEN ? AND ? ORDER BY deleted, rowid",
            (*families, since, until),
        ).fetchall()
        return [
            Record(row[0], row[1], row[2], row[2], {"Name": row[2]}, created=row[3], modified=row[4]) for row in rows
        ]

    def stored_response(self, set_id: str) -> tuple[str, str | None] | None:
        """Checksum and response of a stored message set."""
        row = self._db.execute("SELECT checksum, response FROM message_set WHERE id = ?", (set_id,)).fetchone()
        return None if row is None else (str(row[0]), row[1])

    def store_response(self, set_id: str, checksum: str, response: str | None) -> None:
        """Keep what was answered to a message set."""
        self._db.execute("INSERT OR REPLACE INTO message_set VALUES (?, ?, ?)", (set_id, checksum, response))

    def forget_response(self, set_id: str | None = None) -> bool:
        """Drop one stored response, or all of them; says whether there was any."""
        cursor = self._db.execute("DELETE FROM message_set WHERE id = coalesce(?, id)", (set_id,))
        return cursor.rowcount > 0

    def _links(self, end: str, record_id: str | None) -> list[Link]:
        rows = self._db.execute(
            "SELECT kind, source, target, source_line, target_line, amount, through FROM link "
            f"WHERE {end} = ? ORDER BY rowid",
            (record_id,),
        ).fetchall()
        return [Link(*row) for row in rows]

    def _first(self, condition: str, values: Iterable[Any]) -> Record | None:
        return next(iter(self._all(f"{condition}", values, limit=" LIMIT 1")), None)

    def _all(self, condition: str, values: Iterable[Any], limit: str = "") -> list[Record]:
        with self._lock:
            rows = self._db.execute(
                f"SELECT {_COLUMNS} FROM record WHERE {condition} ORDER BY serial{limit}",
                tuple(values),
            ).fetchall()
        return [_record(row) for row in rows]


@contextmanager
def _closing(connection: sqlite3.Connection) -> Iterator[sqlite3.Connection]:
    try:
        yield connection
    finally:
        connection.close()


def _marks(values: Sequence[str]) -> str:
    return ", ".join("?" * len(values))


def _row(record: Record) -> tuple[Any, ...]:
    return (
        record.id,
        record.family,
        record.name.casefold(),
        record.full_name.casefold(),
        record.space,
        record.entity,
        record.day,
        record.active,
        record.opened,
        record.created,
        record.modified,
        record.edit_sequence,
        json.dumps(record.body),
    )


def _record(row: Sequence[Any]) -> Record:
    columns = dict(zip(_COLUMNS.split(", "), row, strict=True))
    body = json.loads(columns.pop("body"))
    active, opened = bool(columns.pop("active")), bool(columns.pop("opened"))
    return Record(body=body, active=active, opened=opened, **columns)
