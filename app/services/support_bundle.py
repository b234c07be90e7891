"""The support bundle: what somebody who helps needs to see, in one ZIP, without a secret in it.

Passwords (their hashes too), tickets and credentials are not in it. What was refused is, with its request and answer:
whoever takes the bundle reads that list first.
"""

from __future__ import annotations

import io
import json
import platform
import sys
import zipfile
from collections.abc import Sequence
from importlib.metadata import version
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Conversation, Event, MessageSet, Operation, Request
from app.services import audit, health, permissions
from app.services.connection_page import LIGHT, WENT_WELL
from app.services.people import Person
from app.services.unit import work

SESSIONS, EVENTS, REFUSED, LINE = 20, 500, 20, 200

READ_ME = """This is a support bundle of Tieout.

about.json       versions of Tieout, Python and the machine, and the settings of the service (secrets masked)
connection.json  what QuickBooks and the Web Connector said of themselves, and the settings of the connection
sessions.json    the last sessions with their message sets, without their texts
line.json        what waits for QuickBooks
events.json      the last events of the audit trail: what, when, by whom; not their contents
refused.json     the last requests QuickBooks did not take, WITH their texts: names and amounts may be in them

It holds no password, no hash of one, no session ticket and no credential.
"""


def make(database: Database, connection_id: int, who: Person, settings: Sequence[tuple[str, str, str]]) -> bytes:
    """The ZIP; ``settings`` are those of the service as `tieout doctor` prints them. Taking it is on the trail."""
    permissions.must(database, connection_id, who, "connection")
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        files = {
            "about.json": _about(settings),
            "connection.json": _connection(session, connection),
            "sessions.json": _sessions(session, connection_id),
            "line.json": _line(session, connection_id),
            "events.json": _events(session, connection_id),
            "refused.json": _refused(session, connection_id),
        }
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("READ-ME.txt", READ_ME)
        for name, content in files.items():
            archive.writestr(name, json.dumps(content, indent=1, default=str))
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.BUNDLE_TAKEN, who.name, files=sorted(files))
    return held.getvalue()


def _about(settings: Sequence[tuple[str, str, str]]) -> dict[str, Any]:
    return {
        "tieout": version("tieout"),
        "python": sys.version,
        "machine": platform.platform(),
        "made_at": clock.now(),
        "settings": {name: value for name, value, _ in settings},
    }


def _connection(session: Session, connection: Connection) -> dict[str, Any]:
    named = ("id", "name", "procore_company_id", "file_id", "company_file", "live", "paused", "settings", "host",
             "rules_version", "restored_from", "connected_at", "contact_at", "setup")  # fmt: skip
    return {name: getattr(connection, name) for name in named} | {"health": health.of(session, connection).sentence}


def _sessions(session: Session, connection_id: int) -> list[dict[str, Any]]:
    query = select(Conversation).where(Conversation.connection_id == connection_id)
    found = list(session.execute(query.order_by(Conversation.id.desc()).limit(SESSIONS)).scalars())
    sets = select(MessageSet).options(LIGHT).where(MessageSet.conversation_id.in_([one.id for one in found]))
    held = list(session.execute(sets.order_by(MessageSet.sent_at)).scalars())
    named = ("id", "state", "machine", "client_version", "started_at", "last_call_at", "ended_at", "last_error", "sets",
             "finished", "unreadable")  # fmt: skip
    of_set = ("id", "writes", "state", "requests", "sends", "hresult", "sent_at", "answered_at")
    return [
        {name: getattr(one, name) for name in named}
        | {"message_sets": [{name: getattr(a, name) for name in of_set} for a in held if a.conversation_id == one.id]}
        for one in found
    ]


def _line(session: Session, connection_id: int) -> list[dict[str, Any]]:
    query = select(Operation).where(
        Operation.connection_id == connection_id, Operation.state.in_((*health.IN_LINE, "failed"))
    )
    named = ("seq", "id", "kind", "item_id", "state", "asked", "problem", "made_at")
    found = session.execute(query.order_by(Operation.seq).limit(LINE)).scalars()
    return [{name: getattr(one, name) for name in named} for one in found]


def _events(session: Session, connection_id: int) -> list[dict[str, Any]]:
    query = select(Event).where(Event.chain == audit.chain_of(connection_id)).order_by(Event.seq.desc()).limit(EVENTS)
    return [{"seq": one.seq, "at": one.at, "tag": one.tag, "actor": one.actor, "item": one.item_id}
            for one in session.execute(query).scalars()]  # fmt: skip


def _refused(session: Session, connection_id: int) -> list[dict[str, Any]]:
    query = (
        select(Request)
        .join(MessageSet, MessageSet.id == Request.set_id)
        .where(MessageSet.connection_id == connection_id, Request.outcome.not_in(WENT_WELL))
        .order_by(Request.made_at.desc())
        .limit(REFUSED)
    )
    named = ("id", "set_id", "step", "state", "outcome", "status", "sentence", "remedy", "made_at", "body", "answer")
    return [{name: getattr(one, name) for name in named} for one in session.execute(query).scalars()]
