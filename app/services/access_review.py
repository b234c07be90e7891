"""The access report: what each person holds on a connection, when they were last here, and every change to it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Event, EventPayload
from app.services import audit, permissions
from app.services.permissions import Holder
from app.services.reports import Sheet


@dataclass(frozen=True)
class Line:
    """One person."""

    holder: Holder
    privileges: str
    last_use: datetime | None


@dataclass(frozen=True)
class Change:
    """One change of what somebody holds."""

    at: datetime
    by: str
    login: str
    what: str
    reason: str


@dataclass(frozen=True)
class Report:
    """Who may what, and how that came about."""

    lines: tuple[Line, ...]
    changes: tuple[Change, ...]


def report(database: Database, connection_id: int) -> Report:
    """Everybody on this connection, and all changes, the newest first."""
    policy, holders = permissions.holders(database, connection_id)
    used = select(Event.actor, func.max(Event.at).label("at")).where(
        Event.chain == audit.SERVICE, Event.tag == Tag.SIGNED_IN.value
    )
    made = (
        select(Event.at, Event.actor, Event.tag, EventPayload.payload)
        .join(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.chain == audit.SERVICE, Event.tag.in_((Tag.ROLE_GIVEN.value, Tag.ACCESS_CHANGED.value)))
        .order_by(Event.seq.desc())
    )
    with database.reading() as session:
        last = {row.actor: row.at for row in session.execute(used.group_by(Event.actor))}
        changes = [(row.at, row.actor, json.loads(row.payload)) for row in session.execute(made)]
    lines = tuple(
        Line(
            holder,
            ", ".join(label for name, label in policy.privileges.items() if name in holder.access.privileges),
            last.get(holder.user.login),
        )
        for holder in holders
    )
    mine = [one for one in changes if one[2].get("connection") == connection_id]
    return Report(lines, tuple(_change(*one) for one in mine))


def _change(at: datetime, by: str, payload: dict[str, Any]) -> Change:
    what = f"role {payload['role']} given" if "role" in payload else _difference(payload)
    return Change(at, by, payload["login"], what, str(payload.get("reason") or ""))


def _difference(payload: dict[str, Any]) -> str:
    before, after = payload["before"] or {}, payload["after"]
    told = [
        f"{name}: {_shown(before.get(name))} → {_shown(after[name])}"
        for name in after
        if before.get(name) != after[name]
    ]
    return "; ".join(told)


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {level}" for name, level in value.items()) or "nothing"
    return (", ".join(value) if isinstance(value, list) else str(value or "")) or "nothing"


def sheet(found: Report) -> Sheet:
    """One row a person."""
    return Sheet(
        "access",
        "Access report",
        (
            "Person",
            "Login",
            "Given as",
            "ERP Integrations",
            "Privileges",
            "Rights",
            "Other tools",
            "Changed by",
            "Last use",
        ),
        [
            (
                line.holder.user.name,
                line.holder.user.login,
                line.holder.as_roles,
                line.holder.level,
                line.privileges,
                line.holder.rights,
                line.holder.tools,
                line.holder.changed_by,
                line.last_use,
            )
            for line in found.lines
        ],
        tuple(f"{one.at:%Y-%m-%d %H:%M} UTC {one.by} changed {one.login}: {one.what}" for one in found.changes),
    )
