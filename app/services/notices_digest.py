"""The daily mail: what waits for each approver, once a day at an hour of the company's own time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, money
from app.db.engine import Database
from app.db.models import Connection, DigestDay, Item, Notice, User
from app.items import registry
from app.services import notices_outbox, notices_words
from app.services.notices import DAILY, DIGEST, Reader, readers
from app.services.notices_outbox import Draft
from app.services.notices_post import Post
from app.services.unit import work

#: Notices that were to wait for the daily mail are left to the screen when they are older than this.
FRESH = timedelta(days=3)
USUAL_HOUR = "07:00"


@dataclass(frozen=True)
class Row:
    """How many records of a kind rest in a state, in words."""

    kind: str
    plural: str
    count: int
    said: str


def due(database: Database, connection_id: int) -> bool:
    """Whether it is past the hour, and today's were not written yet."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        now = _local(connection)
        early = f"{now:%H:%M}" < str(connection.settings.get("digest_hour") or USUAL_HOUR)
        return not early and session.get(DigestDay, (connection_id, now.date())) is None


def write(database: Database, connection_id: int, post: Post) -> int:
    """Put today's daily mails into the outbox; nobody for whom nothing waits gets one. Returns how many."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        today = _local(connection).date()
        rested = _resting(session, connection)
        users = {user.id: user for user in session.execute(select(User).where(User.mail != "")).scalars()}
        drafts = [
            draft
            for one in readers(session, connection)
            if one.person.id in users
            and (draft := _draft(session, connection, one, users[one.person.id], rested, post)) is not None
        ]
    with work(database, connection_id) as unit:
        if unit.session.get(DigestDay, (connection_id, today)) is not None:  # another worker was faster
            return 0
        mails = sum(notices_outbox.add(unit, draft, post) for draft in drafts)
        unit.session.add(DigestDay(connection_id=connection_id, day=today, made_at=unit.at, mails=mails))
        return mails


def _local(connection: Connection) -> datetime:
    return clock.now().astimezone(ZoneInfo(connection.zone))


def _resting(session: Session, connection: Connection) -> dict[str, list[Row]]:
    """What waits, and what failed, by kind."""
    query = (
        select(Item.kind, Item.state, func.count(), func.sum(Item.cents), func.min(Item.changed_at))
        .where(Item.connection_id == connection.id, Item.state.in_(("sent", "failed")))
        .group_by(Item.kind, Item.state)
    )
    today, names = _local(connection).date(), list(registry.kinds())
    found: dict[str, list[Row]] = {"sent": [], "failed": []}
    currency, zone = notices_words.currency(connection), connection.zone
    for kind, state, count, cents, oldest in sorted(session.execute(query), key=lambda row: names.index(row.kind)):
        said = [f"{count} record{'s' if count != 1 else ''}"]
        if cents:
            said.append(f"{money.shown(money.from_cents(int(cents)))} {currency}")
        said.append(f"the oldest from {_since(clock.local_date(oldest, zone), today)}")
        found[state].append(Row(kind, registry.kind(kind).plural, count, ", ".join(said)))
    return found


def _since(day: date, today: date) -> str:
    days = (today - day).days
    if days < 1:
        return "today"
    return "yesterday" if days == 1 else f"{days} days ago"


def _draft(
    session: Session, connection: Connection, reader: Reader, user: User, rested: dict[str, list[Row]], post: Post
) -> Draft | None:
    wanted = reader.mails(DIGEST) == DAILY
    waiting, failed = (_theirs(reader, rested[state]) if wanted else [] for state in ("sent", "failed"))
    notices = _daily(session, connection, user)
    if not (waiting or failed or notices):
        return None
    words = notices_words.render(
        "digest",
        _subject(waiting, failed, notices, connection),
        notices,
        post.home,
        waiting=waiting,
        failed=failed,
        name=user.name,
        connection=connection.name,
        currency=notices_words.currency(connection),
        because="something waits for you; it comes at most once a day",
    )
    return Draft(user, words, [notice.id for notice in notices])


def _theirs(reader: Reader, rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if reader.person.may("accept", row.kind)]


def _daily(session: Session, connection: Connection, user: User) -> Sequence[Notice]:
    query = select(Notice).where(
        Notice.connection_id == connection.id,
        Notice.user_id == user.id,
        Notice.mail_id.is_(None),
        Notice.mails == DAILY,
        Notice.at > clock.now() - FRESH,
    )
    return session.execute(query.order_by(Notice.id)).scalars().all()


def _subject(waiting: Sequence[Row], failed: Sequence[Row], notices: Sequence[Notice], connection: Connection) -> str:
    counts = (
        (sum(row.count for row in waiting), "to decide"),
        (sum(row.count for row in failed), "refused by QuickBooks"),
        (len(notices), "notice" if len(notices) == 1 else "notices"),
    )
    return f"{connection.name}: {', '.join(f'{count} {what}' for count, what in counts if count)}"
