"""What every page carries around its own content, read with one statement however much there is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Subquery, Text, func, literal, null, select, true, type_coerce, union_all

from app.db.engine import Database
from app.db.models import Connection, Conversation, Notice, PersonAccess, Preference
from app.services import exceptions, health, tallies
from app.services.health import Health

KIND, PLACE, PREFERENCE = "kind", "place", "preference"


@dataclass
class Frame:
    """The connection, how it is, the counts of the menu, and how the person likes it."""

    connection: Connection
    health: Health
    exceptions: str  # how many to look at; empty where there are none
    unread: int  # notices
    to_decide: dict[str, int] = field(default_factory=dict)  # of each kind
    places: list[tuple[int, str]] = field(default_factory=list)  # the connections the person works on
    preferences: dict[str, Any] = field(default_factory=dict)


def of(database: Database, connection_id: int, user_id: int) -> Frame:
    """All of it as it is now."""
    rows = _lists(connection_id, user_id)
    unread = select(func.count()).where(
        Notice.connection_id == connection_id, Notice.user_id == user_id, Notice.read_at.is_(None)
    )
    query = (
        select(
            Connection,
            Conversation,
            health.waiting(connection_id).label("waiting"),
            exceptions.counted(connection_id).label("exceptions"),
            unread.scalar_subquery().label("unread"),
            rows,
        )
        .select_from(Connection)
        .outerjoin(Conversation, Conversation.id == health.last_visit(connection_id))
        .outerjoin(rows, true())
        .where(Connection.id == connection_id)
    )
    with database.reading() as session:
        found = [row._mapping for row in session.execute(query)]
    first = found[0]
    frame = Frame(
        connection=first["Connection"],
        health=health.said(first["Connection"], first["Conversation"], int(first["waiting"])),
        exceptions=_up_to(int(first["exceptions"]), exceptions.MOST_COUNTED),
        unread=int(first["unread"]),
    )
    for row in found:
        _take(frame, row)
    frame.places.sort(key=lambda place: (place[1], place[0]))
    return frame


def _lists(connection_id: int, user_id: int) -> Subquery:
    """Three short lists under one another: what a row is, its name, a number, a value."""
    kinds = tallies.resting(connection_id, "sent")
    mine = Connection.id == PersonAccess.connection_id
    said = type_coerce(Preference.value, Text)
    return union_all(
        select(literal(KIND).label("what"), kinds.c.kind.label("name"), kinds.c.count.label("many"), _nothing()),
        select(literal(PLACE), Connection.name, Connection.id, _nothing())
        .join(PersonAccess, mine)
        .where(PersonAccess.user_id == user_id),
        select(literal(PREFERENCE), Preference.name, literal(0), said).where(Preference.user_id == user_id),
    ).subquery()


def _nothing() -> Any:
    return type_coerce(null(), Text).label("value")


def _take(frame: Frame, row: Mapping[Any, Any]) -> None:
    if row["what"] == KIND:
        frame.to_decide[row["name"]] = int(row["many"])
    elif row["what"] == PLACE:
        frame.places.append((int(row["many"]), row["name"]))
    elif row["what"] == PREFERENCE:
        frame.preferences[row["name"]] = json.loads(row["value"])


def _up_to(many: int, most: int) -> str:
    return f"{most}+" if many > most else str(many or "")
