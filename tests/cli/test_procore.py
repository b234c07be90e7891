"""Access to Procore from the command line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.db.engine import Database
from app.db.models import Reading
from app.services.unit import work
from tests.cli.conftest import Tieout
from tests.procore.log_in_server import APP, CODE, LogInServer, serving

pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[LogInServer]:
    found = LogInServer()
    with serving(found.app) as address:
        monkeypatch.setenv("TIEOUT_PROCORE_API_URL", address)
        monkeypatch.setenv("TIEOUT_PROCORE_LOGIN_URL", address)
        monkeypatch.setenv("TIEOUT_PROCORE_CLIENT_ID", APP[0])
        monkeypatch.setenv("TIEOUT_PROCORE_CLIENT_SECRET", APP[1])
        monkeypatch.setattr("click.prompt", lambda *_, **__: f" {CODE}\n")
        yield found


@pytest.mark.requirement("SEC-01")
def test_a_person_connects_with_a_code_and_no_secret_is_shown(tieout: Tieout, server: LogInServer) -> None:
    said = tieout("procore", "connect")
    assert (said.code, said.out.splitlines()[-1]) == (0, "Connected. The sign-in renews itself.")
    assert "/oauth/authorize?client_id=tieout-app" in said.out
    status = tieout("procore", "status", "--ask").out
    assert "person, connected by command line" in status
    assert "good for 5000 seconds" in status
    for secret in (CODE, APP[1], "access-1", "refresh-1"):
        assert secret not in said.out + status


def test_it_ends_when_told_to_and_says_what_is_needed_then(tieout: Tieout, server: LogInServer) -> None:
    tieout("procore", "connect")
    assert tieout("procore", "disconnect", "--yes").out == "Disconnected.\n"
    assert server.asked[-1] == "revoke refresh-1"
    assert "Must be connected again          Tieout was disconnected from Procore." in tieout("procore", "status").out
    tieout("procore", "connect", "--service-account")
    assert "Must be connected again          no" in tieout("procore", "status").out


def test_a_procore_that_cannot_be_told_is_named(
    tieout: Tieout, server: LogInServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    tieout("procore", "connect")
    monkeypatch.setenv("TIEOUT_PROCORE_LOGIN_URL", "http://127.0.0.1:1")
    said = tieout("procore", "disconnect", "--yes")
    assert (said.code, said.out.splitlines()[0]) == (0, "Disconnected.")
    assert "revoke the app's access there" in said.out


def test_deletions_are_confirmed_by_a_person(tieout: Tieout, folder: Path) -> None:
    database = Database(f"sqlite:///{folder / 'tieout.db'}")
    with work(database, 1) as unit:
        row = Reading(connection_id=1, kind="company", next_at=unit.at, doubt="11 of 12 are gone.", doubted="7f")
        unit.session.merge(row)
    denied = tieout("procore", "deletions", "confirm", "company", "--as", "pat", "--yes")
    assert (denied.code, "Confirmed" in denied.out) == (1, False)
    said = tieout("procore", "deletions", "confirm", "company", "--as", "ike", "--yes")
    assert said.out == "Confirmed. Companies are read once more, and what is still gone is taken as deleted.\n"
    again = tieout("procore", "deletions", "confirm", "company", "--as", "ike", "--yes")
    assert (again.code, "wait to be confirmed" in again.err) == (1, True)
    database.dispose()


def test_a_mistyped_code_is_one_sentence(tieout: Tieout, server: LogInServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("click.prompt", lambda *_, **__: "mistyped")
    said = tieout("procore", "connect")
    assert said.code == 1
    assert said.err.startswith("Procore refused to let Tieout connect with this code (400)")


def test_an_environment_that_is_none_stops_every_command(tieout: Tieout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_PROCORE_ENVIRONMENT", "staging")
    said = tieout("procore", "status")
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "monthly_sandbox" in said.err
