"""The audit trail: hash-chained events, with what they were about beside them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class Chain(Base):
    """The head of one hash chain of events: one per connection, one for the service."""

    __tablename__ = "chain"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[str]


class Event(Base):
    """One line of the audit trail. ``body`` is the very text the hash covers."""

    __tablename__ = "event"
    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    at: Mapped[datetime]
    tag: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str]
    item_id: Mapped[int | None] = mapped_column(BigInteger)
    body: Mapped[str]
    hash: Mapped[str]
    __table_args__ = (Index(None, "item_id", "seq"), Index(None, "chain", "at"))


class EventPayload(Base):
    """What an event was about; may be redacted without breaking the chain."""

    __tablename__ = "event_payload"
    chain: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    salt: Mapped[str]
    payload: Mapped[str]
