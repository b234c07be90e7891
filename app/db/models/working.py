"""What the workers share: turns and who has taken them, how far Procore is read, and who is who there."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class Task(Base):
    """One turn of the work on one connection; whoever holds its lease is the only one at it."""

    __tablename__ = "task"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    owner: Mapped[str] = mapped_column(String(40), default="")
    lease_until: Mapped[datetime]
    next_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]  # of the last one that came to its end
    did: Mapped[int] = mapped_column(default=0)  # how much that one did
    milliseconds: Mapped[int] = mapped_column(default=0)  # … and how long it took
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")


class Reading(Base):
    """How far one kind is read from Procore, and where a reading that was broken off goes on."""

    __tablename__ = "reading"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    next_at: Mapped[datetime]
    hinted_at: Mapped[datetime | None]  # since the last reading began, Procore said that something changed
    since: Mapped[datetime | None]  # Procore's own time of the newest change a finished reading showed
    whole_at: Mapped[datetime | None]  # when the last finished reading of everything began
    # The one on its way; without a start there is none.
    asked_at: Mapped[datetime | None]
    whole: Mapped[bool] = mapped_column(default=False)
    newest: Mapped[datetime | None]
    passed: Mapped[list[Any]] = mapped_column(default=list)  # ids of the projects it is through with
    missing: Mapped[list[Any]] = mapped_column(default=list)  # items that Procore no longer showed there
    records: Mapped[int] = mapped_column(default=0)
    # The last one that came to its end.
    ended_at: Mapped[datetime | None]
    read: Mapped[int] = mapped_column(default=0)
    unreadable: Mapped[list[Any]] = mapped_column(default=list)  # in sentences
    # Too much of it was gone to be taken as deleted; a person may know better.
    doubt: Mapped[str] = mapped_column(default="")  # in a sentence
    doubted: Mapped[str] = mapped_column(String(64), default="")  # a hash of what was gone
    confirmed: Mapped[str] = mapped_column(String(64), default="")  # the one that a person has confirmed
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")


class ProcorePerson(Base):
    """A person of the Procore company, as the directory shows them."""

    __tablename__ = "procore_person"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    procore_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), index=True)  # in lower case
    name: Mapped[str]
    active: Mapped[bool]
    accountant: Mapped[bool]  # may push to accounting
    template: Mapped[str] = mapped_column(default="")  # their permission template for the company's tools
    seen_at: Mapped[datetime]
