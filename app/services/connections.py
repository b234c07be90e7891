"""Connections: made, found, and changed by people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock, ids
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection
from app.services import audit
from app.services.people import Person, hash_password
from app.services.unit import service_work, work

#: What a new connection starts with; every setting is named here.
DEFAULTS: dict[str, Any] = {
    "zone": "America/Chicago",
    "customers_are_jobs": True,
    "income_account": None,
    "expense_account": None,
    "cost_code_list_id": None,
}
SETTING_HELP = {
    "zone": "The company's time zone (IANA name): the day a commitment was created is a day there.",
    "customers_are_jobs": "On: a project becomes a customer. Off: a job under a customer the approver picks.",
    "income_account": "The income account offered for cost codes (its ListID).",
    "expense_account": "The expense account offered for cost codes (its ListID).",
    "cost_code_list_id": "Procore's id of the list QuickBooks Standard Cost Codes.",
}


@dataclass(frozen=True)
class Added:
    """A new connection; the password is told once and kept nowhere."""

    id: int
    web_connector_user: str
    password: str


def add(
    database: Database,
    name: str,
    procore_company_id: str,
    *,
    rules_version: str | None,
    actor: str,
    settings: Mapping[str, Any] | None = None,
    user: str = "",
    password: str = "",
    cut_off: datetime | None = None,
) -> Added:
    """Make a connection. It is not live: until Go live only queries leave for QuickBooks.

    Projects Procore created before ``cut_off`` (now, unless given) never sync.
    """
    password, user = password or ids.secret(), user or f"tieout-{ids.short()[:6]}"
    with service_work(database) as (session, trail):
        taken = select(Connection.id).where(Connection.web_connector_user == user)
        if session.execute(taken).first():
            raise Refusal(f"The Web Connector user {user} is taken.", "Choose another name.")
        connection = Connection(
            name=name,
            procore_company_id=procore_company_id,
            web_connector_user=user,
            web_connector_password=hash_password(password),
            file_id=ids.guid(),
            settings={**DEFAULTS, **(settings or {})},
            host={},
            rules_version=rules_version,
            connected_at=cut_off or clock.now(),
        )
        session.add(connection)
        session.flush()
        trail.add(Tag.CONNECTION_ADDED, actor, connection=connection.id, name=name, user=user)
        own = audit.Trail(session, audit.chain_of(connection.id))
        own.add(Tag.CONNECTION_ADDED, actor, name=name, user=user)
        own.write()
        return Added(connection.id, user, password)


def everyone(database: Database) -> list[Connection]:
    """All connections."""
    with database.reading() as session:
        return list(session.execute(select(Connection).order_by(Connection.id)).scalars())


def get(database: Database, connection_id: int) -> Connection:
    """One connection, or NotFound."""
    with database.reading() as session:
        found = session.get(Connection, connection_id)
    if found is None:
        raise NotFound(f"There is no connection {connection_id}.", "See `tieout connection list`.")
    return found


def change_settings(database: Database, connection_id: int, values: Mapping[str, Any], *, actor: str) -> None:
    """Change settings; an unknown name is refused and each change is on the trail with before and after."""
    if unknown := sorted(set(values) - set(DEFAULTS)):
        raise Refusal(f"There is no setting {unknown[0]}.", f"Settings are {', '.join(DEFAULTS)}.")
    with work(database, connection_id) as unit:
        before = unit.connection.settings
        changed = {name: value for name, value in values.items() if before.get(name) != value}
        unit.connection.settings = {**before, **changed}
        for name, value in changed.items():
            unit.trail.add(Tag.CONNECTION_SETTING, actor, setting=name, before=before.get(name), after=value)


def go_live(database: Database, connection_id: int, *, actor: str) -> None:
    """From now on approved items are written to QuickBooks."""
    with work(database, connection_id) as unit:
        unit.connection.live = True
        unit.trail.add(Tag.CONNECTION_LIVE, actor)


def confirm_file(database: Database, connection_id: int, path: str, *, actor: str) -> None:
    """The company file was moved on purpose: from now on it is expected at this path. Its FileID must still be ours."""
    with work(database, connection_id) as unit:
        before, unit.connection.company_file = unit.connection.company_file, path
        unit.trail.add(Tag.COMPANY_FILE_BOUND, actor, before=before, file=path)


def new_password(database: Database, connection_id: int, *, actor: str) -> str:
    """Give the Web Connector user another password, told once; the old one is worth nothing from now on."""
    password = ids.secret()
    hashed = hash_password(password)
    with work(database, connection_id) as unit:
        unit.connection.web_connector_password = hashed
        unit.connection.wrong_passwords, unit.connection.locked_until = 0, None
        unit.trail.add(Tag.PASSWORD_CHANGED, actor, login=unit.connection.web_connector_user)
    return password


def pause(database: Database, connection_id: int, who: Person, paused: bool) -> None:
    """Stop handing work to the Web Connector, or go on."""
    who.must("connection")
    with work(database, connection_id) as unit:
        unit.connection.paused = paused
        unit.trail.add(Tag.CONNECTION_PAUSED if paused else Tag.CONNECTION_RESUMED, who.name)
