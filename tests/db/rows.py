"""Rows with sane values; a test names only the columns it is about."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import insert

from app.db.engine import Database
from app.db.models import Connection, Conversation, MessageSet, Operation

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def add(database: Database, table: type[Any], **values: Any) -> None:
    """One row, committed."""
    with database.writing() as session:
        session.execute(insert(table), [values])


def connection(database: Database, number: int = 1) -> None:
    """A connection of this number."""
    add(
        database, Connection, id=number, name=f"Connection {number}", procore_company_id="5021", file_id="{1}",
        web_connector_user=f"user{number}", web_connector_password="hash", settings={}, host={}, connected_at=NOW,
    )  # fmt: skip


def conversation(database: Database, number: int, state: str, connection_id: int = 1) -> None:
    """A Web Connector session in a state."""
    add(
        database, Conversation, id=number, connection_id=connection_id, ticket=f"ticket {number}", state=state,
        started_at=NOW, last_call_at=NOW,
    )  # fmt: skip


def message_set(database: Database, name: str, state: str, *, writes: bool, connection_id: int = 1) -> None:
    """A message set in a state, of session 1."""
    add(
        database, MessageSet, id=name, connection_id=connection_id, conversation_id=1, writes=writes, state=state,
        body="<QBXML/>", requests=1, made_at=NOW, sent_at=NOW,
    )  # fmt: skip


def operation(database: Database, name: str, state: str, lock: str | None, connection_id: int = 1) -> None:
    """An operation in a state that wants a lock."""
    add(
        database, Operation, id=name, connection_id=connection_id, kind="commitment", state=state, lock_key=lock,
        made_at=NOW,
    )  # fmt: skip
