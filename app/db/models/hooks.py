"""What Procore announces through webhooks: by which secret it is known, what came, and what was turned away."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class ProcoreHook(Base):
    """Where Procore sends what happens to one company, and the secret by which it is known; secrets are encrypted."""

    __tablename__ = "procore_hook"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(40), unique=True)  # the last part of the address
    secret: Mapped[str]
    old_secret: Mapped[str] = mapped_column(default="")  # still let in, until
    old_until: Mapped[datetime | None]
    address: Mapped[str] = mapped_column(default="")  # of this service, as Procore reaches it
    received: Mapped[int] = mapped_column(default=0)  # notices taken, those no longer kept too


class HookNotice(Base):
    """One event Procore told of; kept for a while, so that it does nothing when it comes again."""

    __tablename__ = "hook_notice"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    event_id: Mapped[str] = mapped_column(String(80), primary_key=True)
    resource: Mapped[str] = mapped_column(String(120))
    record_id: Mapped[str] = mapped_column(String(60), default="")  # which record, where that matters: an ERP request
    user_id: Mapped[str] = mapped_column(String(60), default="")  # Procore's id of who did it
    ignored: Mapped[str] = mapped_column(String(40), default="")  # why nothing follows from it
    received_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    __table_args__ = (Index(None, "connection_id", "taken_at"),)


class HookRefusal(Base):
    """How often calls to the address of webhooks were turned away, for each reason."""

    __tablename__ = "hook_refusal"
    connection_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # 0: of no connection
    reason: Mapped[str] = mapped_column(String(40), primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
    noted_at: Mapped[datetime]
