"""The turns of the post, as a table: whom to tell of what by itself, and the mails. None of them needs Procore."""

from __future__ import annotations

from datetime import timedelta

from app.db.engine import Database
from app.services import notices_digest, notices_outbox, notices_silence
from app.services.notices_post import Post
from app.services.tasks import Stop
from app.services.turns import Turn


def _watch(database: Database, connection_id: int, post: Post | None, stop: Stop) -> int:
    return notices_silence.watch(database, connection_id)


def _digest(database: Database, connection_id: int, post: Post, stop: Stop) -> int:
    return notices_digest.write(database, connection_id, post)


#: With or without a mail server.
WATCH = Turn("silence", "See whether the Web Connector is silent", "people told", _watch, every=timedelta(minutes=1))

#: With a mail server alone.
MAILS = (
    Turn("digest", "Write the daily mails", "mails written", _digest, waits=notices_digest.due),
    Turn("mail", "Send mails", "mails sent", notices_outbox.run, waits=notices_outbox.waits),
)
