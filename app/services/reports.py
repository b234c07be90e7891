"""What all reports share: one sheet of rows, written as CSV or as lines of text; and when QuickBooks was read."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TextIO
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import money, text
from app.db.models import Connection, Conversation, MessageSet, Operation, RefreshLog, Request
from app.items import registry
from app.services import freshness

Cell = str | int | Decimal | datetime | None


@dataclass(frozen=True)
class Sheet:
    """A report as a spreadsheet has it."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Iterable[Sequence[Cell]]
    notes: tuple[str, ...] = ()
    digest: str = ""  # what tells it from another one, where it is signed


def write_csv(sheet: Sheet, out: TextIO) -> int:
    """Write a sheet as CSV that a spreadsheet opens safely; returns the number of rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([sheet.title])
    for note in sheet.notes:
        writer.writerow([text.harmless_cell(note)])
    writer.writerow(sheet.columns)
    count = 0
    for count, row in enumerate(sheet.rows, 1):  # noqa: B007
        writer.writerow([_plain(cell) for cell in row])
    return count


def _plain(cell: Cell) -> str | int:
    """An amount is a number, not a formula, even where it is negative."""
    if isinstance(cell, Decimal):
        return money.plain(cell)
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    harmless: str | int = text.harmless_cell("" if cell is None else cell)
    return harmless


def lines(sheet: Sheet) -> Iterator[str]:
    """A sheet as text in columns."""
    yield sheet.title
    yield from sheet.notes
    rows = [[_shown(cell) for cell in row] for row in sheet.rows]
    widths = [max(map(len, column)) for column in zip(sheet.columns, *rows, strict=True)]
    right = {at for row in sheet.rows for at, cell in enumerate(row) if isinstance(cell, Decimal | int)}
    for row in (list(sheet.columns), *rows):
        cells = (
            cell.rjust(width) if at in right else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        yield "  ".join(cells).rstrip()


def _shown(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return money.shown(cell) if isinstance(cell, Decimal) else "" if cell is None else str(cell)


# -- when QuickBooks was read --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Reading:
    """When one list was last read to its end, and in which Web Connector sessions."""

    label: str
    finished_at: datetime | None
    sessions: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Readings:
    """The lists a report is made of."""

    each: tuple[Reading, ...]
    begun: datetime | None  # the session all come from; None where there is no such one
    zone: str  # of the company
    stale: str = ""  # what of them is older than planned, in words

    @property
    def sentence(self) -> str:
        """As of when the report speaks; what a report of one session must say first."""
        never = [one.label.lower() for one in self.each if one.finished_at is None]
        if never:
            return f"Not read from QuickBooks yet: {', '.join(never)}."
        if self.begun is not None:
            return f"As of one Web Connector session, begun {self._local(self.begun)}."
        told = ", ".join(f"{one.label.lower()} {self._local(one.finished_at)}" for one in self.each)
        return f"Read in different sessions: {told}. What changed between them may show as a difference."

    def _local(self, moment: datetime | None) -> str:
        return f"{moment.astimezone(ZoneInfo(self.zone)):%d %b %Y %H:%M}" if moment else "never"


def readings(session: Session, connection_id: int, names: Sequence[str]) -> Readings:
    """When these lists were last read, and whether one session read them all."""
    logs = select(RefreshLog.name, RefreshLog.finished_at).where(
        RefreshLog.connection_id == connection_id, RefreshLog.name.in_(names), RefreshLog.scope == ""
    )
    finished = {row.name: row.finished_at for row in session.execute(logs)}
    last = (
        select(func.max(Operation.seq))
        .where(Operation.connection_id == connection_id, Operation.kind.in_(names), Operation.state == "done")
        .group_by(Operation.kind)
    )
    asked = (
        select(Operation.kind, Conversation.id, Conversation.started_at)
        .join(Request, Request.operation_seq == Operation.seq)
        .join(MessageSet, MessageSet.id == Request.set_id)
        .join(Conversation, Conversation.id == MessageSet.conversation_id)
        .where(Operation.seq.in_(last))
        .distinct()
    )
    began: dict[int, datetime] = {}
    sessions: dict[str, set[int]] = {}
    for kind, conversation, started in session.execute(asked):
        began[conversation] = started
        sessions.setdefault(kind, set()).add(conversation)
    labels = registry.refreshes()
    each = tuple(Reading(labels[name].label, finished.get(name), frozenset(sessions.get(name, ()))) for name in names)
    connection = session.get_one(Connection, connection_id)
    zone = connection.zone
    late = {name: span for name in names if (span := freshness.late(connection, name, finished.get(name)))}
    said = ", ".join(f"{labels[name].label.lower()} (every {span})" for name, span in late.items())
    stale = f"Older than planned: {said}. Press “Read QuickBooks again”; it is read {freshness.NEXT}" if late else ""
    return Readings(each, next(iter(began.values())) if len(began) == 1 else None, zone, stale)
