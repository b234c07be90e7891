"""Opens the database: many readers, and short writers that take their turn at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, cast

from sqlalchemy import Engine, Insert, Table, create_engine, event, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from app.db.models import Base


class Database:
    """SQLite in WAL with synchronous FULL, or PostgreSQL through psycopg 3."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.is_sqlite = url.startswith("sqlite")
        if url.startswith("postgresql://"):
            url = url.replace("postgresql://", "postgresql+psycopg://", 1)
        if self.is_sqlite:
            self.engine = create_engine(url, connect_args={"timeout": 30, "check_same_thread": False})
            _tune_sqlite(self.engine)
        else:
            self.engine = create_engine(url, pool_size=10, pool_pre_ping=True)
        self._writer = self.engine.execution_options(tieout_writing=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A consistent look; nothing written in it is kept."""
        with Session(self.engine, expire_on_commit=False, autoflush=False) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """One short write transaction: all of it or nothing. Parse, decide and render before entering."""
        with Session(self._writer, expire_on_commit=False) as session, session.begin():
            yield session

    def create_all(self) -> None:
        """Make all tables in an empty database; tests use it, installations migrate."""
        Base.metadata.create_all(self.engine)

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()


def add_rows(session: Session, model: type[Base], rows: Sequence[dict[str, Any]]) -> None:
    """Insert many rows that nobody in this transaction looks at as objects: a tenth of what objects would cost."""
    if rows:
        statement, usual = _adding(model)
        session.connection().execute(statement, [usual | row for row in rows])


@cache
def _adding(model: type[Base]) -> tuple[Insert, dict[str, Any]]:
    """The statement, and what a row holds that says nothing else: SQLAlchemy would ask that of every row anew."""
    table = cast(Table, model.__table__)
    usual = {one.name: one.default.arg for one in table.columns if isinstance(one.default, ScalarElementColumnDefault)}
    return insert(table), usual


def _tune_sqlite(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connected(dbapi: Any, record: Any) -> None:
        dbapi.isolation_level = None  # the driver must not begin transactions by itself
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            dbapi.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def began(connection: Any) -> None:
        # A deferred transaction that later wants to write fails at once when another wrote meanwhile.
        immediate = connection.get_execution_options().get("tieout_writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
