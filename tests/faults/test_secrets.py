"""Secrets planted everywhere are found nowhere: not in a log, a page, an export, an event or an object's own words."""

from __future__ import annotations

import io
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.cli import main
from app.core import clock
from app.db.models import ProcoreAccess
from app.factory import Services, create_app
from app.procore import ProcoreError
from app.services import audit, connections, procore_access
from app.services.hosts import HostPolicy
from app.services.people import hash_password
from app.services.procore_stores import PERSON, StoredTokens, cipher, put
from app.services.sessions import Sessions
from app.services.tools import Tools
from app.settings import Settings, load
from app.web_connector import qwc
from tests.procore.log_in_server import CODE, LogInServer, pair, serving
from tests.support import Stage

SESSION_KEY = "planted-session-key"
CLIENT_SECRET = "planted-client-secret"
PASSWORD = "planted-web-connector-password"
LOG_IN = "planted-password-of-a-person"
#: The stand-in's tokens: a person's first pair, and what it is renewed with.
TOKENS = ("access-0", "refresh-0", "access-1", "refresh-1", "access-2", "refresh-2")
SECRETS = (SESSION_KEY, CLIENT_SECRET, PASSWORD, LOG_IN, CODE, *TOKENS)

AUTHENTICATE = (
    '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<authenticate xmlns="http://developer.intuit.com/"><strUserName>{user}</strUserName>'
    "<strPassword>{password}</strPassword></authenticate></soap:Body></soap:Envelope>"
)


@pytest.fixture
def server() -> LogInServer:
    return LogInServer(known=("tieout-app", CLIENT_SECRET))


@pytest.fixture
def settings(server: LogInServer, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    with serving(server.app) as address:
        given = {
            "TIEOUT_SECRET_KEY": SESSION_KEY,
            "TIEOUT_PROCORE_API_URL": address,
            "TIEOUT_PROCORE_LOGIN_URL": address,
            "TIEOUT_PROCORE_CLIENT_ID": "tieout-app",
            "TIEOUT_PROCORE_CLIENT_SECRET": CLIENT_SECRET,
            "TIEOUT_DATABASE_URL": stage.database.url,
            "TIEOUT_DATA_DIR": str(stage.folder),
        }
        for name, value in given.items():
            monkeypatch.setenv(name, value)
        yield load(given, data_dir=stage.folder)


def _site(stage: Stage, settings: Settings) -> tuple[Flask, Services]:
    tools = Tools(settings.templates_dir, settings.rules_dir / "quickbooks_status.yaml")
    sessions = Sessions(stage.database, tools, HostPolicy(settings.rules_dir / "web_connector.yaml"))
    services = Services(settings, stage.database, tools, sessions, qwc.render)
    return create_app(services=services), services


def _talk_to_procore(stage: Stage, settings: Settings, server: LogInServer) -> list[object]:
    """Connect, renew, be refused, lapse. Returns every object that held a secret, and every error."""
    database, held = stage.database, []
    with pytest.raises(ProcoreError) as wrong:
        procore_access.connect(database, settings, 1, f"{CODE}-mistyped", actor="ana")
    procore_access.connect(database, settings, 1, CODE, actor="ana")
    client = procore_access.client(database, settings, connections.get(database, 1))
    held += [wrong.value, client, *vars(client).values(), *vars(client._sign_in).values()]
    client._sign_in.refused("access-1")
    client.get("/rest/v1.0/companies")
    for trouble in ("busy", "gone"):
        server.busy = trouble == "busy"
        with pytest.raises(ProcoreError) as refused:
            client.get("/rest/v1.0/companies" if server.busy else "/rest/v1.0/nothing")
        held.append(refused.value)
    server.busy = False
    with database.writing() as session:
        row = session.get_one(ProcoreAccess, 1)
        put(row, pair(0, clock.now()), cipher(settings.secret_key))
        row.grant_type = PERSON
    server.dead.add("refresh-0")
    with pytest.raises(ProcoreError) as lapsed:
        client.get("/rest/v1.0/companies")
    store = StoredTokens(database, 1, cipher(settings.secret_key))
    held += [lapsed.value, store, store.kept(), store.kept().tokens, row]
    client.close()
    return held


def _knock(app: Flask, user: str) -> str:
    """Every page and fault that somebody sees who sends a secret where it does not belong."""
    browser, seen = app.test_client(), []
    soap = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": '"http://developer.intuit.com/authenticate"'}
    for body in (
        AUTHENTICATE.format(user=user, password=PASSWORD),
        AUTHENTICATE.format(user=user, password=PASSWORD + "&"),
        AUTHENTICATE.format(user="nobody", password=PASSWORD),
        f"<{PASSWORD}",
    ):
        seen.append(browser.post("/qbwc", data=body, headers=soap))
    form = {"login": "ana", "password": LOG_IN}
    seen += [
        browser.post("/log-in", data=form),
        browser.post("/log-in", data={**form, "csrf": "forged"}),
        browser.get("/log-in"),
        browser.get("/no-such-page", headers={"Authorization": "Bearer access-1"}),
        browser.get("/healthz"),
    ]
    return "\n".join(f"{answer.get_data(as_text=True)}\n{answer.headers}" for answer in seen)


def _exports(stage: Stage) -> str:
    out = io.StringIO()
    audit.write_csv(stage.database, audit.Filter(), out)
    audit.write_jsonl(stage.database, audit.Filter(), out)
    return out.getvalue()


def _commands(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> str:
    for arguments in (["doctor"], ["procore", "status"], ["connection", "show"], ["audit", "verify"]):
        monkeypatch.setattr("sys.argv", ["tieout", *arguments])
        with pytest.raises(SystemExit):
            main.main()
    said = capsys.readouterr()
    return said.out + said.err


@pytest.mark.requirement("SEC-01")
def test_no_secret_is_found_anywhere(
    stage: Stage,
    settings: Settings,
    server: LogInServer,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("httpx", "httpcore", "sqlalchemy.orm", "spyne", "werkzeug", "app"):
        caplog.set_level(logging.DEBUG, logger=name)
    with stage.database.writing() as session:
        session.merge(connections.get(stage.database, 1)).web_connector_password = hash_password(PASSWORD)
    app, services = _site(stage, settings)
    held = _talk_to_procore(stage, settings, server)
    pages = _knock(app, connections.get(stage.database, 1).web_connector_user)
    places: dict[str, Any] = {
        "pages": pages,
        "objects": "\n".join(f"{one!r} {one}" for one in [*held, settings, services]),
        "exports": _exports(stage),
        "commands": _commands(capsys, monkeypatch),
        "log": caplog.text,
        "files": _written(stage.folder),
    }
    found = [(place, secret) for place, text in places.items() for secret in SECRETS if secret in text]
    assert found == []
    assert "/oauth/token" in places["log"]  # the log was really listened to
    assert "person:procore:connected" in places["exports"]
    assert "secret" in places["commands"].lower()


def _written(folder: Path) -> str:
    """What lies on the disk, the database and its journal included."""
    return "\n".join(file.read_bytes().decode("latin-1") for file in folder.rglob("*") if file.is_file())
