"""A person's own notices: read, marked as read, and when they want which by mail."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import func, select, update

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.db.engine import Database
from app.db.models import Mail, Notice, User
from app.services import preferences
from app.services.notices import SORTS
from app.services.people import Person

PAGE = 50


@dataclass(frozen=True)
class Page:
    """One page of notices, the newest first."""

    rows: tuple[Notice, ...]
    unread: int
    older: int  # the number to go on from; 0: there are no older ones
    address: str  # where mails go; empty: nowhere


def page(database: Database, connection_id: int, who: Person, before: int = 0) -> Page:
    """A person's notices on a connection."""
    query = select(Notice).where(Notice.connection_id == connection_id, Notice.user_id == who.id)
    if before:
        query = query.where(Notice.id < before)
    with database.reading() as session:
        rows = tuple(session.execute(query.order_by(Notice.id.desc()).limit(PAGE + 1)).scalars())
        address = session.get_one(User, who.id).mail
    older = rows[PAGE - 1].id if len(rows) > PAGE else 0
    return Page(rows[:PAGE], unread(database, connection_id, who), older, address)


def unread(database: Database, connection_id: int, who: Person) -> int:
    """How many a person has not read yet."""
    query = select(func.count()).select_from(Notice)
    mine = (Notice.connection_id == connection_id, Notice.user_id == who.id, Notice.read_at.is_(None))
    with database.reading() as session:
        return int(session.execute(query.where(*mine)).scalar_one())


def mark_read(database: Database, connection_id: int, who: Person, notice_id: int | None = None) -> None:
    """Mark one notice of the person as read, or all of them."""
    mine = [Notice.connection_id == connection_id, Notice.user_id == who.id]
    with database.writing() as session:
        if notice_id is not None:
            mine.append(Notice.id == notice_id)
            if session.execute(select(Notice.id).where(*mine)).first() is None:
                raise NotFound("You have no such notice here.", "See the page Notices.")
        session.execute(update(Notice).where(*mine, Notice.read_at.is_(None)).values(read_at=clock.now()))


def choices(database: Database, who: Person) -> dict[str, str]:
    """When a person wants each sort by mail."""
    chosen = preferences.of(database, who.id)
    return {name: chosen.get(f"notices:{name}", sort.usual) for name, sort in SORTS.items()}


def choose(database: Database, who: Person, wanted: Mapping[str, str]) -> None:
    """Keep when a person wants which sort by mail; what they do not name stays."""
    for name, when in wanted.items():
        if name not in SORTS or when not in SORTS[name].choices:
            raise Refusal("There is no such choice.", "Load the page again, and choose from what it offers.")
    for name, when in wanted.items():
        preferences.keep(database, who.id, f"notices:{name}", when)


def mailbox(database: Database, connection_id: int) -> tuple[tuple[Mail, User], ...]:
    """The newest mails of a connection with whom they are to."""
    query = select(Mail, User).join(User, User.id == Mail.user_id).where(Mail.connection_id == connection_id)
    with database.reading() as session:
        rows = session.execute(query.order_by(Mail.id.desc()).limit(PAGE)).all()
    return tuple((mail, user) for mail, user in rows)
