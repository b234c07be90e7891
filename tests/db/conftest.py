"""An empty database on each of the two engines, brought up by the migrations themselves."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.db.engine import Database
from app.db.migrate import upgrade
from tests.support import Set


@pytest.fixture(scope="session")
def nothing(tmp_path_factory: pytest.TempPathFactory) -> Set:
    """A database that holds tables and no row."""
    scenery = Set(tmp_path_factory.mktemp("nothing"))
    database = Database(f"sqlite:///{scenery.database}")
    upgrade(database)
    database.dispose()
    return scenery


@pytest.fixture
def sqlite(nothing: Set, tmp_path: Path) -> Iterator[Database]:
    """A copy of its own for each test."""
    copy = shutil.copy(nothing.database, tmp_path / "tieout.db")
    found = Database(f"sqlite:///{copy}")
    yield found
    found.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def database(request: pytest.FixtureRequest, nothing: Set) -> Iterator[Database]:
    """The same tables on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite")
        return
    make: Callable[[Set], str] = request.getfixturevalue("postgresql")
    found = Database(make(nothing))
    yield found
    found.dispose()
