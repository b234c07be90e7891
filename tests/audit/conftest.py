"""A database with a short trail of its own."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.tags import Tag
from app.db.engine import Database
from app.services import audit

CHAIN = "connection:1"
START = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """All tables, no row."""
    database = Database(f"sqlite:///{tmp_path / 'trail.db'}")
    database.create_all()
    yield database
    database.dispose()


@pytest.fixture
def database(empty: Database) -> Database:
    """Five events a minute apart on a connection's chain, and one on the service's."""
    for minute in range(5):
        who, item = ("Ana", 7) if minute % 2 else ("Pat", 8)
        with clock.running(lambda at=START + timedelta(minutes=minute): at):  # type: ignore[misc]
            append(empty, CHAIN, Tag.ITEM_MOVED, who, item, move="send", note=f"step {minute}")
    with clock.running(lambda: START):
        append(empty, audit.SERVICE, Tag.SIGNED_IN, "ana")
    return empty


def append(database: Database, chain: str, tag: Tag, actor: str, item: int | None = None, **payload: Any) -> None:
    """One event in a transaction of its own."""
    with database.writing() as session:
        trail = audit.Trail(session, chain)
        trail.add(tag, actor, item, **payload)
        trail.write()
