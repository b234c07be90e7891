"""Pages of the audit trail: what happened, from what to what, filtered, newest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from app.db.engine import Database
from app.db.models import Event, EventPayload, Item
from app.services import audit, timeline
from app.services.timeline import Entry

PAGE = 100


@dataclass(frozen=True)
class Wanted:
    """Which events a page shows; nothing given means all."""

    tag: str = ""
    actor: str = ""
    item: int = 0
    since: str = ""  # a day in the company's own time
    until: str = ""  # the last day shown
    before: int = 0  # older than this number
    after: int = 0  # newer than this number


@dataclass(frozen=True)
class Row:
    """One event."""

    event: Event
    entry: Entry
    item: Item | None


@dataclass(frozen=True)
class Page:
    """One page of the trail; a number that is 0 leads nowhere."""

    rows: tuple[Row, ...]
    older: int
    newer: int


def page(database: Database, connection_id: int, wanted: Wanted, zone: str) -> Page:
    """A page by keyset: as quick at its end as at its beginning."""
    query = (
        select(Event, EventPayload.payload)
        .outerjoin(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.chain == audit.chain_of(connection_id))
    )
    for column, value in ((Event.tag, wanted.tag), (Event.actor, wanted.actor), (Event.item_id, wanted.item)):
        if value:
            query = query.where(column == value)
    if since := moment(wanted.since, zone):
        query = query.where(Event.at >= since)
    if until := moment(wanted.until, zone, end=True):
        query = query.where(Event.at <= until)
    if wanted.before:
        query = query.where(Event.seq < wanted.before)
    if wanted.after:
        query = query.where(Event.seq > wanted.after)
    forward = bool(wanted.after)
    query = query.order_by(Event.seq if forward else Event.seq.desc()).limit(PAGE + 1)
    with database.reading() as session:
        found = list(session.execute(query))
        more, shown = len(found) > PAGE, sorted(found[:PAGE], key=lambda row: -row.Event.seq)
        ids = {event.item_id for event, _ in shown if event.item_id is not None}
        items = {item.id: item for item in session.execute(select(Item).where(Item.id.in_(ids))).scalars()}
        rows = tuple(
            Row(event, timeline.entry(event, json.loads(payload) if payload else None), items.get(event.item_id or 0))
            for event, payload in shown
        )
    older = rows[-1].event.seq if rows and (forward or more) else 0
    newer = rows[0].event.seq if rows and (more if forward else wanted.before) else 0
    return Page(rows, older, newer)


def moment(text: str, zone: str, *, end: bool = False) -> datetime | None:
    """The first moment of a day that was typed, or its last; None where it is no day, or one at the end of all days."""
    try:
        day = date.fromisoformat(text)
        return datetime.combine(day, time.max if end else time.min, ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
