"""What must be true of SQLite in particular."""

from __future__ import annotations

import pytest
from sqlalchemy import event, text

from app.db.engine import Database


@pytest.mark.parametrize(("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1)])
def test_a_commit_survives_a_power_cut_and_keys_are_checked(sqlite: Database, pragma: str, value: str | int) -> None:
    with sqlite.engine.connect() as connection:
        assert connection.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


def test_a_writer_holds_the_lock_from_its_first_moment_and_a_reader_none(sqlite: Database) -> None:
    said: list[str] = []

    @event.listens_for(sqlite.engine, "before_cursor_execute")
    def listen(connection: object, cursor: object, statement: str, *rest: object) -> None:
        said.append(statement)

    for opener in (sqlite.writing, sqlite.reading):
        with opener() as session:
            session.execute(text("SELECT 1"))
    assert said == ["BEGIN IMMEDIATE", "SELECT 1", "BEGIN", "SELECT 1"]
