"""Access to Procore: connected by a person or by the service account, shown without a secret, and ended."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, ProcoreAccess, ProcoreGate
from app.procore import Client, ProcoreError, wire
from app.procore.client import REPEATS
from app.procore.endpoints import companies
from app.procore.log_in import LogIn
from app.procore.sign_in import Wait
from app.procore.tokens import MemoryTokens, Tokens, TokenStore
from app.services import connections
from app.services.procore_stores import PERSON, SERVICE_ACCOUNT, StoredGate, StoredTokens, cipher, put, read, window
from app.services.unit import work
from app.settings import Settings

DISCONNECTED = "Tieout was disconnected from Procore."
_LOG_IN_SECONDS = CALL_SECONDS = 30.0


@dataclass(frozen=True)
class State:
    """How a connection stands with Procore; nothing in it is secret."""

    grant: str
    connected_by: str
    connected_at: datetime | None
    expires_at: datetime | None  # of the access token, which renews itself
    lapsed: str  # why a person must connect again; empty while all is well
    retry_at: datetime | None  # the answer of a renewal was lost: asked again then
    paused_until: datetime | None  # Procore allows no call before
    calls_left: int | None  # where Procore has said that few are left


def client(
    database: Database,
    settings: Settings,
    connection: Connection,
    *,
    wait: Wait = time.sleep,
    repeats: int = REPEATS,
    timeout: float = CALL_SECONDS,
) -> Client:
    """Procore as this connection reaches it, sharing sign-in and gate with every other process."""
    must_know_app(settings)
    _must_have_rows(database, connection.id)
    tokens = StoredTokens(database, connection.id, cipher(settings.secret_key))
    return _client(database, settings, connection, tokens, wait=wait, repeats=repeats, timeout=timeout)


def _client(database: Database, settings: Settings, connection: Connection, tokens: TokenStore, **how: Any) -> Client:
    return Client(
        settings.procore_api_url,
        settings.procore_login_url,
        settings.procore_client_id,
        settings.procore_client_secret,
        int(connection.procore_company_id),
        tokens=tokens,
        gate=StoredGate(database, connection.procore_company_id),
        **how,
    )


def page(settings: Settings) -> str:
    """Where a person allows Tieout to act for them in Procore, and is shown a code."""
    with _log_in(settings) as log_in:
        return log_in.page()


def connect(database: Database, settings: Settings, connection_id: int, code: str, *, actor: str) -> None:
    """Sign in as the person who was shown this code, if they may see the connection's company.

    Until that is known, the sign-in there was goes on.
    """
    _must_have_rows(database, connection_id)
    with _log_in(settings) as log_in:
        fresh = MemoryTokens()
        fresh.keep(0, log_in.exchange(code))
        try:
            _must_see_company(database, settings, connections.get(database, connection_id), fresh)
        except Exception:
            _revoke(log_in, fresh.kept().tokens)
            raise
    _change(database, settings, connection_id, PERSON, fresh.kept().tokens, actor)


def _must_see_company(database: Database, settings: Settings, connection: Connection, fresh: TokenStore) -> None:
    with _client(database, settings, connection, fresh) as procore:
        seen = {str(company["id"]) for company in companies(procore)}
    if connection.procore_company_id not in seen:
        raise Refusal(
            f"This person may not see company {connection.procore_company_id} in Procore, or the app is not "
            "installed there. Nothing was changed.",
            "Log in to Procore as somebody who works in this company, and ask for a new code.",
        )


def use_service_account(database: Database, settings: Settings, connection_id: int, *, actor: str) -> None:
    """Sign in as the app's service account, from the next call on."""
    must_know_app(settings)
    _change(database, settings, connection_id, SERVICE_ACCOUNT, None, actor)


def disconnect(database: Database, settings: Settings, connection_id: int, *, actor: str) -> bool:
    """End the sign-in here, then at Procore. False when Procore could not be told."""
    _must_have_rows(database, connection_id)
    key = cipher(settings.secret_key)
    with work(database, connection_id) as unit:
        row = unit.session.get_one(ProcoreAccess, connection_id)
        tokens = read(row, key).tokens
        put(row, None, key)
        row.lapsed = DISCONNECTED
        unit.trail.add(Tag.PROCORE_DISCONNECTED, actor, grant=row.grant_type)
    with _log_in(settings) as log_in:
        return _revoke(log_in, tokens)


def _revoke(log_in: LogIn, tokens: Tokens | None) -> bool:
    """End a sign-in at Procore, where there is one. False when Procore could not be told."""
    try:
        if tokens is not None:
            log_in.revoke(tokens.refresh or tokens.access)
    except ProcoreError:
        return False
    return True


def state(database: Database, settings: Settings, connection_id: int) -> State:
    """How the connection stands with Procore."""
    _must_have_rows(database, connection_id)
    company = select(Connection.procore_company_id).where(Connection.id == connection_id).scalar_subquery()
    with database.reading() as session:
        row = session.get_one(ProcoreAccess, connection_id)
        gate = session.execute(select(ProcoreGate).where(ProcoreGate.company_id == company)).scalar_one()
    limit = window(gate).limit
    in_force = limit if limit and clock.now() < limit.opens_at else None
    return State(
        grant=row.grant_type,
        connected_by=row.connected_by,
        connected_at=row.connected_at,
        expires_at=row.expires_at,
        lapsed=read(row, cipher(settings.secret_key)).lapsed,
        retry_at=row.retry_at if row.retry_at and clock.now() < row.retry_at else None,
        paused_until=window(gate).entry().closed_until,
        calls_left=max(in_force.left - gate.out, 0) if in_force else None,
    )


def asked(database: Database, settings: Settings, connection_id: int) -> dict[str, Any]:
    """What Procore itself says of the token in use; empty when there is none."""
    _must_have_rows(database, connection_id)
    tokens = StoredTokens(database, connection_id, cipher(settings.secret_key)).kept().tokens
    if tokens is None:
        return {}
    with _log_in(settings) as log_in:
        return log_in.info(tokens.access)


def _change(
    database: Database, settings: Settings, connection_id: int, grant: str, fresh: Tokens | None, actor: str
) -> None:
    _must_have_rows(database, connection_id)
    with work(database, connection_id) as unit:
        row = unit.session.get_one(ProcoreAccess, connection_id)
        put(row, fresh, cipher(settings.secret_key))
        row.grant_type, row.connected_by, row.connected_at = grant, actor, unit.at
        unit.trail.add(Tag.PROCORE_CONNECTED, actor, grant=grant)


@contextmanager
def _log_in(settings: Settings) -> Iterator[LogIn]:
    must_know_app(settings)
    with wire.opened(_LOG_IN_SECONDS) as http:
        yield LogIn(http, settings.procore_login_url, settings.procore_client_id, settings.procore_client_secret)


def must_know_app(settings: Settings) -> None:
    """Nothing can be asked of Procore without the app's client id."""
    if not settings.procore_client_id:
        raise Refusal(
            "Procore's client id is not set.", "Set TIEOUT_PROCORE_CLIENT_ID and TIEOUT_PROCORE_CLIENT_SECRET."
        )


def _must_have_rows(database: Database, connection_id: int) -> None:
    """The rows everybody else only changes; a connection begins with the service account's sign-in."""
    with database.reading() as session:
        if session.get(ProcoreAccess, connection_id):
            return
    with work(database, connection_id) as unit:
        if unit.session.get(ProcoreAccess, connection_id) is None:
            unit.session.add(ProcoreAccess(connection_id=connection_id, grant_type=SERVICE_ACCOUNT))
        if unit.session.get(ProcoreGate, unit.connection.procore_company_id) is None:
            unit.session.add(ProcoreGate(company_id=unit.connection.procore_company_id))
