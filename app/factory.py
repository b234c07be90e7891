"""Puts the application together: the one place that knows every room."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask

from app import admin, hooks
from app.db.engine import Database
from app.db.migrate import upgrade
from app.services import connections, rules_versions
from app.services.hosts import HostPolicy
from app.services.restore import Newest
from app.services.sessions import Sessions
from app.services.tools import Tools
from app.settings import Settings, load
from app.web_connector import endpoint, qwc
from app.web_connector.conversation import Conversation


@dataclass(frozen=True)
class Services:
    """What the screens and commands work with."""

    settings: Settings
    database: Database
    tools: Tools
    sessions: Sessions
    qwc: Callable[..., str]


def build(settings: Settings) -> Services:
    """The services over an up-to-date database."""
    database = Database(settings.database_url)
    upgrade(database)
    tools = Tools(settings.templates_dir, settings.rules_dir / "quickbooks_status.yaml")
    hosts = HostPolicy(settings.rules_dir / "web_connector.yaml")
    newest = Newest(settings.data_dir)
    return Services(settings, database, tools, Sessions(database, tools, hosts, newest), qwc.render)


def create_app(settings: Settings | None = None, services: Services | None = None) -> Flask:
    """The web application: screens, Web Connector endpoint, health."""
    services = services or build(settings or load())
    app = Flask("tieout", static_folder=None, template_folder=None)
    app.secret_key = services.settings.secret_key
    app.extensions["tieout"] = services
    conversation = Conversation(services.sessions)
    app.register_blueprint(endpoint.blueprint(lambda: conversation))
    app.register_blueprint(hooks.blueprint())
    admin.init_app(app)
    return app


def warm_up(services: Services) -> None:
    """Read and compile what the first session would otherwise wait for: templates, grammar, policy, rules."""
    tools = services.tools
    _ = tools.renderer, tools.grammar, tools.policy
    for connection in connections.everyone(services.database):
        if connection.rules_version is not None:
            rules_versions.in_force(services.database, connection)
