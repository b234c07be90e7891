"""What the Web Connector did in the last day, and when it is expected next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.db.models import Conversation, MessageSet, Request

SLOT = timedelta(minutes=30)
SLOTS = 48
#: What QuickBooks did not take, and a person has to look at.
REFUSED = ("refused", "taken", "missing", "unclear")
#: So many sessions tell how often they come.
RHYTHM = 6


@dataclass(frozen=True)
class HalfHour:
    """Half an hour of one connection."""

    start: datetime
    sessions: int
    written: int
    read: int
    failed: int


def last_day(session: Session, connection_id: int) -> tuple[HalfHour, ...]:
    """The last twenty-four hours, half hour by half hour, the oldest first."""
    now = clock.now()
    end = now.replace(minute=now.minute // 30 * 30, second=0, microsecond=0) + SLOT
    first = end - SLOTS * SLOT
    counts = [[0, 0, 0, 0] for _ in range(SLOTS)]

    def at(moment: datetime) -> int:
        return min(max((moment - first) // SLOT, 0), SLOTS - 1)

    # A session that began before the day may reach into it; one day more is read, and cut.
    mine = (Conversation.connection_id == connection_id, Conversation.started_at >= first - timedelta(days=1))
    spans = select(Conversation.started_at, Conversation.last_call_at).where(*mine, Conversation.last_call_at >= first)
    for started, last in session.execute(spans):
        for slot in range(at(started), at(last) + 1):
            counts[slot][0] += 1
    saved = Request.writes & (Request.outcome == "saved")
    sums = (
        select(
            MessageSet.sent_at,
            func.sum(case((saved, 1), else_=0)),
            func.sum(case((~Request.writes & (Request.outcome != ""), 1), else_=0)),
            func.sum(case((Request.outcome.in_(REFUSED), 1), else_=0)),
        )
        .join(Request, Request.set_id == MessageSet.id)
        .join(Conversation, Conversation.id == MessageSet.conversation_id)
        .where(*mine, MessageSet.sent_at >= first)
        .group_by(MessageSet.id)
    )
    for sent, *many in session.execute(sums):
        for place, count in enumerate(many, 1):
            counts[at(sent)][place] += int(count or 0)
    return tuple(HalfHour(first + number * SLOT, *row) for number, row in enumerate(counts))


def next_session(session: Session, connection_id: int) -> datetime | None:
    """When the Web Connector comes next if it keeps its rhythm; None before there is one."""
    query = (
        select(Conversation.started_at)
        .where(Conversation.connection_id == connection_id)
        .order_by(Conversation.id.desc())
        .limit(RHYTHM)
    )
    return _next(list(session.execute(query).scalars()))


def _next(started: Sequence[datetime]) -> datetime | None:
    if len(started) < 2:
        return None
    gaps = [(later - earlier).total_seconds() for later, earlier in pairwise(started)]
    return started[0] + timedelta(seconds=median(gaps))
