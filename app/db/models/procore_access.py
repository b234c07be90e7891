"""How a connection gets at Procore: its sign-in, and how often it may call."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base


class ProcoreAccess(Base):
    """The sign-in of one connection; its tokens are encrypted."""

    __tablename__ = "procore_access"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    grant_type: Mapped[str] = mapped_column(String(20))  # whose sign-in: the service account's, or a person's
    connected_by: Mapped[str] = mapped_column(default="")
    connected_at: Mapped[datetime | None]
    number: Mapped[int] = mapped_column(default=0)  # of the tokens
    tokens: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime | None]  # of the access token
    renewing_until: Mapped[datetime | None]  # one process renews; should it die, another may from then on
    unclear: Mapped[int] = mapped_column(default=0)  # renewals in a row whose answer was lost
    retry_at: Mapped[datetime | None]
    lapsed: Mapped[str] = mapped_column(default="")  # why a person must connect again


class ProcoreGate(Base):
    """How many calls Procore leaves to one company, while that is few."""

    __tablename__ = "procore_gate"
    company_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int] = mapped_column(default=0)  # of the window
    left: Mapped[int] = mapped_column(default=0)
    opens_at: Mapped[datetime | None]
    out: Mapped[int] = mapped_column(default=0)  # calls on their way
