"""`tieout db restored`: a person says that the database is a copy from earlier."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from app.core.tags import Tag
from app.db.engine import Database
from app.services import audit
from tests.cli.conftest import Tieout


def restores(folder: Path) -> int:
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    found = len(list(audit.lines(database, audit.Filter(tag=Tag.DATABASE_RESTORED.value))))
    database.dispose()
    return found


def test_it_says_what_follows_for_each_connection(tieout: Tieout, folder: Path) -> None:
    said = tieout("db", "restored", "--yes", "--data-dir", folder)
    assert said.code == 0
    assert said.out.startswith("Cedar Ridge: ")
    assert "nothing is written twice" in said.out
    assert restores(folder) == 1


def test_nothing_is_declared_without_a_yes(tieout: Tieout, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))
    assert tieout("db", "restored", "--data-dir", folder).code != 0
    assert restores(folder) == 0
