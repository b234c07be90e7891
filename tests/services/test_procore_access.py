"""Access to Procore as many processes share it: kept encrypted, renewed once, paused for all, ended by a person."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.core import clock
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Event, EventPayload, ProcoreAccess, ProcoreGate
from app.procore import ProcoreError
from app.procore.errors import ConnectAgain
from app.procore.gate import Limit
from app.services import connections, procore_access
from app.services.procore_stores import TURN, StoredGate, StoredTokens, cipher, put
from app.settings import Settings, load
from tests.db import conftest as empty
from tests.db import rows
from tests.procore.log_in_server import APP, CODE, LogInServer, pair, serving

database, sqlite, nothing = empty.database, empty.sqlite, empty.nothing  # fixtures: tables on both engines

KEY = "the key of this installation"
START = datetime(2026, 3, 31, 18, 0, tzinfo=UTC)


@pytest.fixture
def server() -> LogInServer:
    return LogInServer()


@pytest.fixture
def settings(server: LogInServer, tmp_path: Path) -> Iterator[Settings]:
    with serving(server.app) as address:
        found = load({"TIEOUT_SECRET_KEY": KEY}, data_dir=tmp_path / "data")
        yield replace(
            found,
            procore_api_url=address,
            procore_login_url=address,
            procore_client_id=APP[0],
            procore_client_secret=APP[1],
        )


@pytest.fixture(autouse=True)
def company(database: Database) -> None:
    """The connection of company 5021."""
    rows.connection(database)


@pytest.mark.requirement("SEC-01")
@pytest.mark.parametrize("database", ["sqlite"], indirect=True)
def test_tokens_are_kept_encrypted(database: Database, settings: Settings) -> None:
    procore_access.connect(database, settings, 1, CODE, actor="Ana")
    tokens = StoredTokens(database, 1, cipher(KEY)).kept().tokens
    assert tokens is not None
    assert (tokens.access, tokens.refresh) == ("access-1", "refresh-1")
    with database.engine.connect() as everything:
        everything.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    held = b"".join(
        file.read_bytes() for file in Path(database.url.removeprefix("sqlite:///")).parent.glob("tieout.db*")
    )
    assert b"service account" not in held
    assert b"person" in held
    for secret in (b"access-1", b"refresh-1", CODE.encode(), APP[1].encode(), KEY.encode()):
        assert secret not in held


def test_a_person_connects_and_disconnects_and_the_trail_says_so(
    database: Database,
    settings: Settings,
    server: LogInServer,
) -> None:
    assert "response_type=code" in procore_access.page(settings)
    assert "redirect_uri=urn%3Aietf%3Awg%3Aoauth%3A2.0%3Aoob" in procore_access.page(settings)
    procore_access.connect(database, settings, 1, CODE, actor="Ana")
    state = procore_access.state(database, settings, 1)
    assert (state.grant, state.connected_by, state.lapsed) == ("person", "Ana", "")
    assert procore_access.asked(database, settings, 1)["bearer"] == "Bearer access-1"
    assert procore_access.disconnect(database, settings, 1, actor="Ana")
    assert server.asked == ["authorization_code", "revoke refresh-1"]
    client = procore_access.client(database, settings, connections.get(database, 1))
    with client, pytest.raises(ConnectAgain, match="was disconnected"):
        client.get("/rest/v1.0/companies")
    with database.reading() as session:
        tags = [event.tag for event in session.query(Event).order_by(Event.seq)]
        told = " ".join(payload.payload for payload in session.query(EventPayload))
    assert tags[-2:] == ["person:procore:connected", "person:procore:disconnected"]
    assert "access-1" not in told
    assert "refresh-1" not in told


def test_the_service_account_needs_nobody_and_takes_over_when_told(
    database: Database,
    settings: Settings,
    server: LogInServer,
) -> None:
    connection = connections.get(database, 1)
    for _ in range(2):  # two processes after each other share a token
        with procore_access.client(database, settings, connection) as client:
            assert client.get("/rest/v1.0/companies") == [{"id": 5021}]
    assert server.asked == ["client_credentials"]
    procore_access.disconnect(database, settings, 1, actor="Ana")
    procore_access.use_service_account(database, settings, 1, actor="Ana")
    with procore_access.client(database, settings, connection) as client:
        assert client.get("/rest/v1.0/companies") == [{"id": 5021}]
    assert server.asked == ["client_credentials", "revoke access-1", "client_credentials"]


def signed_in(database: Database, settings: Settings) -> tuple[str, str, str]:
    """The connection's sign-in: whose it is, who connected it, and the access token."""
    state = procore_access.state(database, settings, 1)
    tokens = StoredTokens(database, 1, cipher(KEY)).kept().tokens
    assert tokens is not None
    assert state.lapsed == ""
    return state.grant, state.connected_by, tokens.access


def test_a_person_of_another_company_ends_no_sign_in_that_works(
    database: Database,
    settings: Settings,
    server: LogInServer,
) -> None:
    procore_access.connect(database, settings, 1, CODE, actor="Ana")
    server.company_id = 77
    with pytest.raises(Refusal, match="may not see company 5021"):
        procore_access.connect(database, settings, 1, CODE, actor="Pat")
    assert signed_in(database, settings) == ("person", "Ana", "access-1")
    assert server.asked == ["authorization_code", "authorization_code", "revoke refresh-2"]
    with database.reading() as session:
        assert session.query(Event).filter_by(tag="person:procore:disconnected").count() == 0
        assert session.query(Event).filter_by(tag="person:procore:connected").count() == 1


def test_a_person_nobody_could_check_is_not_kept(
    database: Database,
    settings: Settings,
    server: LogInServer,
) -> None:
    procore_access.connect(database, settings, 1, CODE, actor="Ana")
    server.busy = True
    with pytest.raises(ProcoreError):
        procore_access.connect(database, settings, 1, CODE, actor="Pat")
    assert signed_in(database, settings) == ("person", "Ana", "access-1")
    assert server.asked[-1] == "revoke refresh-2"


def test_a_wrong_code_changes_nothing(database: Database, settings: Settings) -> None:
    with pytest.raises(ProcoreError, match="connect with this code"):
        procore_access.connect(database, settings, 1, "mistyped", actor="Ana")
    assert procore_access.state(database, settings, 1).grant == "service account"


def test_another_secret_key_asks_for_a_person_only_where_one_had_connected(
    database: Database,
    settings: Settings,
) -> None:
    other = replace(settings, secret_key="another key")
    connection = connections.get(database, 1)
    for one in (settings, other):
        with procore_access.client(database, one, connection) as client:
            assert client.get("/rest/v1.0/companies")
    procore_access.connect(database, settings, 1, CODE, actor="Ana")
    client = procore_access.client(database, other, connection)
    with client, pytest.raises(ConnectAgain, match="TIEOUT_SECRET_KEY"):
        client.get("/rest/v1.0/companies")


def test_without_the_apps_id_it_says_what_to_set(database: Database, settings: Settings) -> None:
    with pytest.raises(Refusal, match="client id is not set"):
        procore_access.client(database, replace(settings, procore_client_id=""), connections.get(database, 1))


def _expired(database: Database, settings: Settings) -> StoredTokens:
    """A person's sign-in that is due for renewal."""
    procore_access.state(database, settings, 1)
    with database.writing() as session:
        row = session.get_one(ProcoreAccess, 1)
        put(row, pair(0, clock.now()), cipher(KEY))
        row.grant_type = "person"
    return StoredTokens(database, 1, cipher(KEY))


def test_the_turn_to_renew_is_one_processs_until_it_died(database: Database, settings: Settings) -> None:
    now = [START]
    with clock.running(lambda: now[0]):
        ours = _expired(database, settings)
        theirs = StoredTokens(Database(database.url), 1, cipher(KEY))
        assert ours.take(1)
        assert not theirs.take(1)
        now[0] += TURN
        assert theirs.take(1)
        theirs.keep(1, pair(1, now[0] + timedelta(hours=1)))
        ours.keep(1, pair(9, now[0] + timedelta(hours=1)))  # too late: it would undo what came after
        kept = ours.kept()
        assert (kept.number, kept.tokens and kept.tokens.access) == (2, "access-1")
        assert not ours.take(1)


PROCESS = """
import sys
from pathlib import Path
from app.db.engine import Database
from app.services import connections, procore_access
from app.settings import load
database = Database(sys.argv[1])
with procore_access.client(database, load(data_dir=Path(sys.argv[2])), connections.get(database, 1)) as client:
    print("ready", flush=True)
    sys.stdin.readline()
    print(client.get("/rest/v1.0/companies"))
"""


def test_two_processes_that_renew_at_once_make_one_renewal(
    database: Database,
    settings: Settings,
    server: LogInServer,
) -> None:
    _expired(database, settings)
    server.delay = 0.5  # both are there before the first answer comes
    environment = {
        "TIEOUT_SECRET_KEY": KEY,
        "TIEOUT_PROCORE_API_URL": settings.procore_api_url,
        "TIEOUT_PROCORE_LOGIN_URL": settings.procore_login_url,
        "TIEOUT_PROCORE_CLIENT_ID": APP[0],
        "TIEOUT_PROCORE_CLIENT_SECRET": APP[1],
    }
    command = [sys.executable, "-c", PROCESS, database.url, str(settings.data_dir)]
    running = [
        subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for one in running:
        assert one.stdout
        assert one.stdout.readline() == "ready\n"
    for one in running:
        assert one.stdin
        one.stdin.write("go\n")
        one.stdin.flush()
    said = [one.communicate(timeout=30)[0] for one in running]
    assert said == ["[{'id': 5021}]\n"] * 2
    assert server.asked == ["refresh_token"]


def test_a_lapse_is_on_the_trail_once(database: Database, settings: Settings, server: LogInServer) -> None:
    _expired(database, settings)
    server.dead.add("refresh-0")
    with procore_access.client(database, settings, connections.get(database, 1)) as client:
        for _ in range(3):
            with pytest.raises(ConnectAgain, match="renew its sign-in"):
                client.get("/rest/v1.0/companies")
    assert server.asked == ["refresh_token"]
    with database.reading() as session:
        assert session.query(Event).filter_by(tag="procore:access:lapsed").count() == 1
    assert "renew its sign-in" in procore_access.state(database, settings, 1).lapsed


def test_the_pause_is_everybodys(database: Database, settings: Settings) -> None:
    with clock.running(lambda: START):
        procore_access.state(database, settings, 1)
        ours, theirs = StoredGate(database, "5021"), StoredGate(Database(database.url), "5021")
        opens_at = START + timedelta(minutes=40)
        ours.leave(ours.enter(), Limit(2, opens_at))
        first, second = ours.enter(), theirs.enter()
        assert (first.closed_until, second.closed_until) == (None, None)
        assert ours.enter().closed_until == theirs.enter().closed_until == opens_at
        assert procore_access.state(database, settings, 1).paused_until == opens_at
        theirs.leave(second, Limit(1, opens_at))
        assert ours.enter().closed_until == opens_at  # the one left is on its way
        ours.leave(first, Limit(0, opens_at))
        assert theirs.enter().closed_until == opens_at
    with clock.running(lambda: opens_at):
        assert theirs.enter().closed_until is None
        assert procore_access.state(database, settings, 1).paused_until is None


def test_far_from_a_limit_nothing_is_written(database: Database, settings: Settings) -> None:
    procore_access.state(database, settings, 1)
    gate = StoredGate(database, "5021")
    gate.leave(gate.enter(), Limit(599, clock.now() + timedelta(hours=1)))
    with database.reading() as session:
        assert session.get_one(ProcoreGate, "5021").opens_at is None


def test_a_refusal_stops_the_other_process_too(database: Database, settings: Settings, server: LogInServer) -> None:
    server.busy = True
    for _ in range(2):
        client = procore_access.client(database, settings, connections.get(database, 1))
        with client, pytest.raises(ProcoreError) as caught:
            client.get("/rest/v1.0/companies")
        assert (caught.value.procore_status, caught.value.retry_at > 0) == (429, True)
    assert server.read == 1
