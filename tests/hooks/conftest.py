"""The door of webhooks over an empty database, and Procore's side of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import settings as configuration
from app.db.engine import Database
from app.db.models import Event, EventPayload, HookNotice, ProcoreHook
from app.factory import Services, create_app
from app.procore import Client, Run
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.services.hosts import HostPolicy
from app.services.procore_stores import cipher
from app.services.sessions import Sessions
from app.services.tools import Tools
from app.settings import Settings
from app.web_connector import qwc
from tests.db import conftest as empty
from tests.db import rows

database, sqlite, nothing = empty.database, empty.sqlite, empty.nothing  # fixtures: tables on both engines

SECRET, KEY = "Bearer between-procore-and-us", "abcdefghij234567"
BASE = "http://procore.test"


def app_over(database: Database, folder: Path, procore: str = BASE, **environment: str) -> Flask:
    """The whole application over a database."""
    chosen = {
        "TIEOUT_SECRET_KEY": "the key of this installation",
        "TIEOUT_PROCORE_CLIENT_ID": CLIENT_ID,
        "TIEOUT_PROCORE_CLIENT_SECRET": CLIENT_SECRET,
        "TIEOUT_PROCORE_API_URL": procore,
        "TIEOUT_PROCORE_LOGIN_URL": procore,
        **environment,
    }
    settings = configuration.load(chosen, data_dir=folder)
    tools = Tools(settings.templates_dir, settings.rules_dir / "quickbooks_status.yaml")
    sessions = Sessions(database, tools, HostPolicy(settings.rules_dir / "web_connector.yaml"))
    return create_app(services=Services(settings, database, tools, sessions, qwc.render))


@dataclass
class Door:
    """The address of webhooks, and what is behind it."""

    app: Flask
    database: Database

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.extensions["tieout"].settings
        return found

    def post(self, body: Any, *, secret: str | None = SECRET, key: str = f"/{KEY}") -> TestResponse:
        """Somebody calls."""
        headers = {} if secret is None else {"Authorization": secret}
        told = {"data": body} if isinstance(body, bytes) else {"json": body}
        return self.app.test_client().post(f"/hooks/procore{key}", headers=headers, **told)

    def notices(self) -> list[HookNotice]:
        return self._all(HookNotice)

    def refused(self, chain: str = "connection:1") -> list[str]:
        """What the trail holds of calls that were turned away."""
        query = select(EventPayload.payload).join(
            Event, (Event.chain == EventPayload.chain) & (Event.seq == EventPayload.seq)
        )
        with self.database.reading() as session:
            return list(session.scalars(query.where(Event.tag == "procore:hooks:refused", Event.chain == chain)))

    def _all(self, table: type[Any]) -> list[Any]:
        with self.database.reading() as session:
            return list(session.scalars(select(table)))


@pytest.fixture
def door(database: Database, tmp_path: Path) -> Door:
    """A connection whose hook has a secret, on both engines."""
    rows.connection(database)
    found = Door(app_over(database, tmp_path / "data", TIEOUT_METRICS_TOKEN="for the monitor"), database)
    kept = cipher(found.settings.secret_key).encrypt(SECRET.encode()).decode()
    rows.add(database, ProcoreHook, connection_id=1, key=KEY, secret=kept, old_secret="", address="", received=0)
    return found


class Office:
    """A connection without a hook, and Procore as its client reaches it."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.store = database, Store(":memory:")
        self.store.seed(HALVORSEN)
        self.app = app_over(database, folder)
        self.settings: Settings = self.app.extensions["tieout"].settings
        self.sandbox = create_procore(self.store, sending=False, webhook_transport=httpx.WSGITransport(self.app))
        self.client = Client(BASE, BASE, CLIENT_ID, CLIENT_SECRET, 5021, transport=httpx.WSGITransport(self.sandbox))
        self.procore = Run(self.client)

    def held(self, resource: str) -> list[dict[str, Any]]:
        """What Procore holds."""
        return self.store.all(f"webhooks_{resource}")


@pytest.fixture
def office(sqlite: Database, tmp_path: Path) -> Iterator[Office]:
    rows.connection(sqlite)
    found = Office(sqlite, tmp_path / "data")
    yield found
    found.client.close()
    found.store.close()
