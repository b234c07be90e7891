"""What Procore announces: let in by its secret, kept once, and made into hints for the reading by a worker.

An announcement is a hint and nothing more: what changed is read from Procore. So forged, repeated, late and missing
ones can do no harm; what none of them told of is found by the schedule of the reading.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import Select, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import TieoutError
from app.db.engine import Database
from app.db.models import Connection, HookNotice, ProcoreHook
from app.procore import webhooks
from app.services import erp_requests, reading
from app.services.hook_refusals import FORGED, NOBODY, TOO_LARGE, UNKNOWN, UNREADABLE, Refused
from app.services.procore_stores import cipher
from app.settings import Settings

#: Of this many bytes every payload of Procore's is a small part.
MOST_BYTES = 64 * 1024
#: Procore tries for twelve hours, and then gives a notice up. Source: Procore's page "Webhooks".
KEPT = timedelta(days=3)
#: So many notices are taken at once.
BATCH = 500

#: As Procore names what somebody asks for in its ERP Integrations tool.
ERP_REQUESTS = "ERP Requests"

NOTED, KNOWN = "noted", "known already"
OUR_OWN, OTHER_COMPANY = "our own change", "another company"
_LONGEST_ID, _LONGEST_NAME, _LONGEST_NUMBER = 80, 120, 60


@dataclass(frozen=True)
class Meant:
    """The connection a caller was let in for."""

    connection_id: int
    company_id: str


class Receiver:
    """The door of webhooks, for one process."""

    def __init__(self, database: Database, settings: Settings) -> None:
        self._database = database
        self._cipher = cipher(settings.secret_key)
        self._own_app = settings.procore_client_id
        self.refused = Refused(database)

    def let_in(self, key: str, authorization: str) -> Meant:
        """Whoever knows the secret of a connection; without a key, of any one. Anybody else is refused, and counted."""
        query = select(ProcoreHook, Connection.procore_company_id).join(Connection)
        with self._database.reading() as session:
            hooks = list(session.execute(query.where(ProcoreHook.key == key) if key else query))
        for hook, company_id in hooks:
            for secret in accepted(hook, self._cipher):
                if hmac.compare_digest(secret.encode(), authorization.encode()):
                    return Meant(hook.connection_id, company_id)
        known = key and hooks
        self.refused.note(hooks[0][0].connection_id if known else NOBODY, FORGED if known else UNKNOWN)
        raise TieoutError(
            "This call does not carry the secret that Procore was given.",
            "Who looks after Tieout can set it anew with `tieout procore hooks repair`.",
            code="forged",
            status=401,
        )

    def too_large(self, meant: Meant) -> TieoutError:
        """What to answer to more than any notice needs."""
        self.refused.note(meant.connection_id, TOO_LARGE)
        return TieoutError(
            "This is too large for a webhook of Procore.", "Send the event alone.", code="large", status=413
        )

    def receive(self, meant: Meant, body: bytes) -> str:
        """Keep a notice, once. Returns what became of it."""
        try:
            notice = webhooks.read(body)
        except webhooks.BadNotice as problem:
            self.refused.note(meant.connection_id, UNREADABLE)
            raise TieoutError(
                "This is no event of Procore.",
                "Send it as Procore's webhooks do: a JSON object.",
                code="unreadable",
                status=400,
            ) from problem
        ignored = self._why_ignored(meant, notice)
        row = HookNotice(
            connection_id=meant.connection_id,
            event_id=notice.event_id[:_LONGEST_ID],
            resource=notice.resource[:_LONGEST_NAME],
            record_id=notice.record_id[:_LONGEST_NUMBER],
            user_id=notice.user_id[:_LONGEST_NUMBER],
            ignored=ignored,
            received_at=clock.now(),
        )
        try:
            with self._database.writing() as session:
                session.add(row)
        except IntegrityError:
            return KNOWN
        return ignored or NOTED

    def _why_ignored(self, meant: Meant, notice: webhooks.Notice) -> str:
        if notice.company_id and notice.company_id != meant.company_id:
            return OTHER_COMPANY
        return OUR_OWN if self._own_app and notice.application_id == self._own_app else ""


def accepted(hook: ProcoreHook, key: Fernet) -> Iterator[str]:
    """The secrets that are good now: the one in use and, for a while, the one before."""
    old_counts = hook.old_until is not None and clock.now() < hook.old_until
    for kept in (hook.secret, hook.old_secret if old_counts else ""):
        if secret := plain(kept, key):
            yield secret


def plain(kept: str, key: Fernet) -> str:
    """A secret as Procore sends it; empty where the key of this installation is another one."""
    try:
        return key.decrypt(kept).decode() if kept else ""
    except InvalidToken:
        return ""


# -- what a worker makes of them -----------------------------------------------------------------------------------


def wait(database: Database, connection_id: int) -> bool:
    """Whether there are notices nobody has looked at."""
    with database.reading() as session:
        return session.execute(_untaken(connection_id).limit(1)).first() is not None


def take(database: Database, connection_id: int) -> int:
    """Have read soon what notices tell of; the reading decides what is new. Returns how many notices it took."""
    with database.reading() as session:
        rows = list(session.execute(_untaken(connection_id).order_by(HookNotice.received_at).limit(BATCH)).scalars())
    for resource in sorted({row.resource for row in rows if not row.ignored}):
        reading.hint(database, connection_id, resource)
    asked = {row.record_id: row.user_id for row in rows if row.resource == ERP_REQUESTS and not row.ignored}
    erp_requests.hear(database, connection_id, asked)
    now, mine = clock.now(), HookNotice.connection_id == connection_id
    taken = HookNotice.event_id.in_([row.event_id for row in rows])
    with database.writing() as session:
        session.execute(update(HookNotice).where(mine, taken).values(taken_at=now))
        session.execute(delete(HookNotice).where(mine, HookNotice.taken_at < now - KEPT))
        of = ProcoreHook.connection_id == connection_id
        session.execute(update(ProcoreHook).where(of).values(received=ProcoreHook.received + len(rows)))
    return len(rows)


def received(session: Session, connection_id: int) -> int:
    """How many notices ever came."""
    counted = select(func.count()).select_from(_untaken(connection_id).subquery()).scalar_subquery()
    query = select(ProcoreHook.received + counted).where(ProcoreHook.connection_id == connection_id)
    return int(session.execute(query).scalar_one_or_none() or 0)


def _untaken(connection_id: int) -> Select[HookNotice]:
    return select(HookNotice).where(HookNotice.connection_id == connection_id, HookNotice.taken_at.is_(None))
