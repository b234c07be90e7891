"""Whose events an auditor of one connection does not see: those of the service about other connections."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Event, EventPayload, PersonAccess, User
from app.services import audit

#: Their actor is the login that was typed.
BY_LOGIN = {Tag.SIGNED_IN.value, Tag.SIGN_IN_FAILED.value, Tag.LOCKED_OUT.value}


@dataclass(frozen=True)
class Others:
    """What does not concern one connection: other ones, and people who never held anything here."""

    connection_id: int
    logins_here: frozenset[str]
    strangers: frozenset[str]  # names and logins

    def concerns(self, event: Event, payload: EventPayload | None) -> bool:
        """Whether an event of the service is about any of them, or may be: nobody can say any more."""
        if event.tag in BY_LOGIN:
            return event.actor not in self.logins_here
        if payload is None or event.tag == Tag.AUDIT_EXPORTED.value:  # an export's filter may name anybody
            return True
        said = json.loads(payload.payload)
        if "connection" in said:
            return bool(said["connection"] != self.connection_id)
        if "login" in said:
            return said["login"] not in self.logins_here
        return event.actor in self.strangers


def others(database: Database, connection_id: int) -> Others:
    """Whoever, and whatever, an auditor of this connection is not to see; who left it worked here all the same."""
    here = select(PersonAccess.user_id).where(PersonAccess.connection_id == connection_id)
    given = (
        select(EventPayload.payload)
        .join(Event, (Event.chain == EventPayload.chain) & (Event.seq == EventPayload.seq))
        .where(Event.chain == audit.SERVICE, Event.tag.in_((Tag.ROLE_GIVEN.value, Tag.ACCESS_CHANGED.value)))
    )
    with database.reading() as session:
        ids = set(session.execute(here).scalars())
        users = session.execute(select(User.id, User.login, User.name)).all()
        told = [json.loads(payload) for payload in session.execute(given).scalars()]
    once = {said["login"] for said in told if said.get("connection") == connection_id}
    ids |= {user.id for user in users if user.login in once}
    elsewhere = {word for user in users if user.id not in ids for word in (user.login, user.name)}
    logins = frozenset(user.login for user in users if user.id in ids)
    return Others(connection_id, logins, frozenset(elsewhere))
