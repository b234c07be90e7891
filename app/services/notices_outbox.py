"""The outbox: mails are written in the database first, and sent until the mail server took them.

Killed between the sending and the note of it, a worker sends the same mail again: at least once, never lost. Its
Message-ID stays the same, by which most mail programs show it once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Select, func, select, update

from app.core import clock, ids
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Mail, Notice, User
from app.services import notices_words, retries
from app.services.notices import IMMEDIATE, TIEOUT
from app.services.notices_post import NotTaken, Post
from app.services.notices_words import Words
from app.services.unit import Work, work

#: What nobody mailed for so long, say because there was no mail server, stays on the screen alone.
FRESH = timedelta(days=1)
#: A mail is tried for so long.
GIVE_UP = timedelta(days=3)
BATCH = 50

Stop = Callable[[], bool]


@dataclass(frozen=True)
class Draft:
    """A mail that is not in the outbox yet."""

    user: User
    words: Words
    notices: Sequence[int]


def waits(database: Database, connection_id: int) -> bool:
    """Whether there is a mail to write or to send."""
    due = select(Mail.id).where(Mail.connection_id == connection_id, Mail.next_at <= clock.now())
    with database.reading() as session:
        found = session.execute(due.limit(1)).first() or session.execute(_unmailed(connection_id).limit(1)).first()
    return found is not None


def run(database: Database, connection_id: int, post: Post, stop: Stop) -> int:
    """Write what should be told at once, and send what waits. Returns how many mails left."""
    write(database, connection_id, post)
    sent, found = 0, _due(database, connection_id)
    if not found:
        return 0
    with post.carrier() as hand_over:
        for mail, user in found:
            if stop():
                break
            try:
                hand_over(notices_words.message(mail, user.name, post))
            except NotTaken as problem:
                _not_taken(database, mail, problem)
            else:
                _sent(database, mail, user)
                sent += 1
    return sent


def write(database: Database, connection_id: int, post: Post) -> int:
    """One mail for each person with notices that should not wait. Returns how many were written."""
    told: dict[int, list[Notice]] = defaultdict(list)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        for notice in session.execute(_unmailed(connection_id).order_by(Notice.id)).scalars():
            told[notice.user_id].append(notice)
        users = session.execute(select(User).where(User.id.in_(told), User.active, User.mail != "")).scalars().all()
    drafts = [Draft(user, _told(connection, user, told[user.id], post), _ids(told[user.id])) for user in users]
    if not drafts:
        return 0
    with work(database, connection_id) as unit:
        return sum(add(unit, draft, post) for draft in drafts)


def add(unit: Work, draft: Draft, post: Post) -> bool:
    """Put a mail into the outbox, unless another mail carries one of its notices by now."""
    free = select(func.count()).select_from(Notice).where(Notice.id.in_(draft.notices), Notice.mail_id.is_(None))
    if unit.session.execute(free).scalar_one() != len(draft.notices):
        return False
    mail = Mail(
        connection_id=unit.connection.id,
        user_id=draft.user.id,
        message_id=f"<{ids.short()}@{post.domain}>",
        address=draft.user.mail,
        subject=draft.words.subject,
        text=draft.words.text,
        html=draft.words.html,
        made_at=unit.at,
        next_at=unit.at,
    )
    unit.session.add(mail)
    unit.session.flush()
    unit.session.execute(update(Notice).where(Notice.id.in_(draft.notices)).values(mail_id=mail.id))
    return True


def _unmailed(connection_id: int) -> Select[Notice]:
    return select(Notice).where(
        Notice.connection_id == connection_id,
        Notice.mail_id.is_(None),
        Notice.mails == IMMEDIATE,
        Notice.at > clock.now() - FRESH,
    )


def _told(connection: Connection, user: User, notices: Sequence[Notice], post: Post) -> Words:
    first, others = notices[0], len(notices) - 1
    subject = f"{first.title}, and {others} more notice{'s' if others > 1 else ''}" if others else first.title
    return notices_words.render(
        "notices",
        subject,
        notices,
        post.home,
        name=user.name,
        connection=connection.name,
        currency=notices_words.currency(connection),
        because="you want to be told of this at once",
    )


def _ids(notices: Sequence[Notice]) -> list[int]:
    return [notice.id for notice in notices]


def _due(database: Database, connection_id: int) -> list[tuple[Mail, User]]:
    query = (
        select(Mail, User)
        .join(User, User.id == Mail.user_id)
        .where(Mail.connection_id == connection_id, Mail.next_at <= clock.now())
        .order_by(Mail.id)
        .limit(BATCH)
    )
    with database.reading() as session:
        return [(mail, user) for mail, user in session.execute(query)]


def _sent(database: Database, mail: Mail, user: User) -> None:
    with work(database, mail.connection_id) as unit:
        _note(unit, mail, next_at=None, sent_at=unit.at, tries=mail.tries + 1, problem="")
        items = select(Notice.item_id).where(Notice.mail_id == mail.id, Notice.item_id.is_not(None)).distinct()
        for item_id in unit.session.execute(items.order_by(Notice.item_id)).scalars():
            unit.trail.add(Tag.NOTICE_MAILED, TIEOUT, item_id, sentence=f"To {user.name}.", mail=mail.message_id)


def _not_taken(database: Database, mail: Mail, problem: NotTaken) -> None:
    for_good = problem.for_good or clock.now() - mail.made_at > GIVE_UP
    later = None if for_good else retries.retry_at(problem, mail.tries + 1)
    with work(database, mail.connection_id) as unit:
        _note(unit, mail, next_at=later, tries=mail.tries + 1, problem=str(problem))


def _note(unit: Work, mail: Mail, **what: object) -> None:
    unit.session.execute(update(Mail).where(Mail.id == mail.id).values(**what))
