"""The list of what people archived of QuickBooks' records, with who did so and when."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Event, EventPayload, StagedRecord
from app.services import audit
from app.services.offers import kind_of
from app.services.reports import Sheet


@dataclass(frozen=True)
class Line:
    """One archived record."""

    record: StagedRecord
    by: str
    at: datetime | None


def report(database: Database, connection_id: int, kind: str = "company") -> list[Line]:
    """What is archived of one kind, by name."""
    source = kind_of(kind).source
    query = (
        select(StagedRecord)
        .where(
            StagedRecord.connection_id == connection_id,
            StagedRecord.source == source,
            StagedRecord.state == "archived",
        )
        .order_by(StagedRecord.full_name)
    )
    acts = (
        select(Event.actor, Event.at, EventPayload.payload)
        .join(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.chain == audit.chain_of(connection_id), Event.tag == Tag.STAGED_ARCHIVED.value)
        .order_by(Event.seq)
    )
    with database.reading() as session:
        last = {json.loads(row.payload)["list_id"]: (row.actor, row.at) for row in session.execute(acts)}
        records = list(session.execute(query).scalars())
    return [Line(record, *last.get(record.list_id, ("", None))) for record in records]


def sheet(lines: list[Line]) -> Sheet:
    """The same for a spreadsheet."""
    return Sheet(
        "archived",
        "Archived companies",
        ("Vendor", "Active in QuickBooks", "Archived by", "Archived at"),
        [(line.record.full_name, "yes" if line.record.active else "no", line.by, line.at) for line in lines],
    )
