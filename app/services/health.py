"""How the connection is: the pill of every page, and what to look at when the Web Connector is silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.db.engine import Database
from app.db.models import Connection, Conversation, Operation
from app.services import quiet
from app.services.sessions import SILENT_WITH_SET_OUT
from state_machines.conversation import LIVE

#: So many planned visits may be missed before the Web Connector counts as silent.
MISSED = 2
IN_LINE = ("ready", "working", "unknown")
#: The pill counts no further, however long the line is.
MOST_IN_LINE = 999

#: In the order in which they are most often the reason.
#: Source: "QuickBooks Desktop: set-up" (the Web Connector is an application, not a service).
CHECKLIST = (
    "The machine with QuickBooks is on, and does not sleep.",
    "The Windows account that installed the Web Connector is logged in; a locked screen is fine.",
    "The Web Connector is running: its icon is beside the clock.",
    "Auto-Run is ticked beside Tieout.",
    "The password is saved in the Web Connector.",
)


@dataclass(frozen=True)
class Health:
    """How the connection is, in one sentence."""

    tone: str  # good, busy, warn, bad
    sentence: str
    checklist: tuple[str, ...] = ()
    detail: str = ""  # from which machine it came, and when it is expected again


def health(database: Database, connection_id: int) -> Health:
    """The health pill of every page."""
    with database.reading() as session:
        return of(session, session.get_one(Connection, connection_id))


def of(session: Session, connection: Connection) -> Health:
    """The same inside a transaction."""
    found = session.execute(select(last_visit(connection.id), waiting(connection.id))).one()
    last = session.get(Conversation, found[0]) if found[0] is not None else None
    return said(connection, last, int(found[1]))


def said(connection: Connection, last: Conversation | None, many: int) -> Health:
    """The same of what was read already: the last visit, and how many wait."""
    now, seen = clock.now(), last_contact(connection, last)
    line = f" · {many if many <= MOST_IN_LINE else f'{MOST_IN_LINE}+'} in line" if many else ""
    if connection.paused:
        return Health("warn", f"Paused{line}")
    if seen is None:
        return Health("warn", "No Web Connector session yet")
    if last is not None and last.state in LIVE and now - last.last_call_at < SILENT_WITH_SET_OUT:
        return Health("busy", f"Web Connector at work{line}")
    if now - seen > MISSED * planned(connection):
        return Health("bad", f"Web Connector silent since {_moment(connection, seen, now)}{line}", CHECKLIST)
    if last is not None and last.last_error:
        return Health("bad", f"Last session stopped: {last.last_error}")
    if until := quiet.ends(connection.settings, now):
        return Health("warn", f"Quiet hours until {until}{line}")
    expected = _moment(connection, max(seen + planned(connection), now), now)
    came = f"From {last.machine}, next" if last is not None and last.machine else "Next"
    return Health("good", f"Web Connector was here {_ago(now - seen)}{line}", detail=f"{came} about {expected}")


def planned(connection: Connection) -> timedelta:
    """How often the Web Connector is planned to come."""
    return timedelta(minutes=int(connection.settings.get("every_minutes") or 5))


def last_contact(connection: Connection, last: Conversation | None) -> datetime | None:
    """When a Web Connector was last heard of: it may have come and found nothing to do."""
    return max(filter(None, (connection.contact_at, last.last_call_at if last else None)), default=None)


def last_visit(connection_id: int) -> ColumnElement[int | None]:
    """The id of the last conversation, as part of a statement."""
    newest = select(func.max(Conversation.id)).where(Conversation.connection_id == connection_id)
    return newest.scalar_subquery()


def waiting(connection_id: int) -> ColumnElement[int]:
    """How many operations wait for QuickBooks, as part of a statement: one too many stands for all the others."""
    mine = select(Operation.seq).where(Operation.connection_id == connection_id, Operation.state.in_(IN_LINE))
    return select(func.count()).select_from(mine.limit(MOST_IN_LINE + 1).subquery()).scalar_subquery()


def in_line(session: Session, connection_id: int) -> int:
    """How many operations wait for QuickBooks."""
    query = select(func.count()).select_from(Operation)
    mine = query.where(Operation.connection_id == connection_id, Operation.state.in_(IN_LINE))
    return int(session.execute(mine).scalar_one())


def _moment(connection: Connection, at: datetime, now: datetime) -> str:
    zone = ZoneInfo(connection.zone)
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if local.date() == now.astimezone(zone).date() else f"{local:%d %b %H:%M}"


def _ago(span: timedelta) -> str:
    minutes = int(span.total_seconds() // 60)
    if minutes < 1:
        return "just now"
    return f"{minutes} min ago" if minutes < 120 else f"{minutes // 60} h ago"
