"""Browsers without a browser: signed-in clients over a stage."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app import settings as configuration
from app.db.models import Event
from app.factory import Services, create_app
from app.services import people
from app.services.hosts import HostPolicy
from app.services.sessions import Sessions
from app.services.tools import Tools
from app.web_connector import qwc
from tests.paying import Site
from tests.support import Stage

Visit = Callable[[str], "Visitor"]


class Visitor:
    """Somebody at a browser: reads pages, presses buttons."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def get(self, path: str, **more: object) -> TestResponse:
        return self._client.get(path, **more)

    def post(self, path: str, token: str | None = None, **fields: str) -> TestResponse:
        """Send a form as a page would, with the token the session's pages carry."""
        if token is None:
            token = self.token()
        return self._client.post(path, data={"csrf": token, **fields}, follow_redirects=True)

    def token(self) -> str:
        page = self._client.get("/log-in").get_data(as_text=True)
        found = re.search(r'name="csrf" value="([^"]+)"', page)
        assert found is not None
        return found[1]


def app_of(stage: Stage) -> Flask:
    settings = configuration.load({"TIEOUT_SECRET_KEY": "not a secret"}, data_dir=stage.folder)
    tools = Tools(settings.templates_dir, settings.rules_dir / "quickbooks_status.yaml")
    sessions = Sessions(stage.database, tools, HostPolicy(settings.rules_dir / "web_connector.yaml"))
    return create_app(services=Services(settings, stage.database, tools, sessions, qwc.render))


def tags(stage: Stage) -> set[str]:
    """Every kind of event on any chain."""
    with stage.database.reading() as session:
        return set(session.execute(select(Event.tag)).scalars())


def signing_in(stage: Stage, app: Flask | None = None) -> Visit:
    """Whoever is named, signed in to this stage."""
    app = app or app_of(stage)

    def signed_in(login: str) -> Visitor:
        people.set_password(stage.database, login, "open sesame", actor="test")
        visitor = Visitor(app.test_client())
        assert visitor.post("/log-in", login=login, password="open sesame").status_code == 200
        return visitor

    return signed_in


@pytest.fixture
def visit(stage: Stage) -> Visit:
    """Sign somebody in."""
    return signing_in(stage)


@pytest.fixture
def site(billed_site: Site) -> Site:
    """A stage with bills to pay."""
    return billed_site


@pytest.fixture
def visit_site(site: Site) -> Visit:
    """Sign somebody in there."""
    return signing_in(site.stage)


@pytest.fixture
def anybody(stage: Stage) -> Visitor:
    """Somebody who did not sign in."""
    return Visitor(app_of(stage).test_client())
