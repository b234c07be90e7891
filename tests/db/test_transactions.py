"""Writers take their turn at once; readers wait for nobody."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select, update

from app.db.engine import Database
from app.db.models import Connection
from tests.db import rows


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.execute(select(Connection.name)).scalars())


def test_all_of_a_transaction_is_kept_or_nothing(database: Database) -> None:
    def fail() -> None:
        with database.writing() as session:
            session.execute(update(Connection).values(name="half done"))
            raise RuntimeError("the power went")

    rows.connection(database)
    with pytest.raises(RuntimeError):
        fail()
    assert names(database) == ["Connection 1"]


def test_what_was_written_while_reading_is_not_kept(database: Database) -> None:
    rows.connection(database)
    with database.reading() as session:
        session.execute(update(Connection).values(name="by mistake"))
    assert names(database) == ["Connection 1"]


def test_readers_see_the_last_committed_state_while_somebody_writes(database: Database) -> None:
    rows.connection(database)
    with database.writing() as session:
        session.execute(update(Connection).values(name="changed"))
        session.flush()
        assert names(database) == ["Connection 1"]
    assert names(database) == ["changed"]


@pytest.mark.parametrize("writers", [4])
def test_writers_that_lock_their_connection_first_lose_no_update(database: Database, writers: int) -> None:
    rows.connection(database)

    def count_up() -> None:
        for _ in range(10):
            with database.writing() as session:
                locked = select(Connection).where(Connection.id == 1).with_for_update()
                session.execute(locked).scalar_one().wrong_passwords += 1

    threads = [threading.Thread(target=count_up) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        assert session.execute(select(Connection.wrong_passwords)).scalar_one() == writers * 10
