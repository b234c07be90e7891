"""What people are told: notices on their own page, and the mails that carry them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import BigInteger, Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, BigKey


class Notice(Base):
    """Something one person should know of; made in the transaction of what it tells."""

    __tablename__ = "notice"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    sort: Mapped[str] = mapped_column(String(20))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    page: Mapped[str]  # where to look, as a path of this service
    title: Mapped[str]
    sentence: Mapped[str]
    what_to_do: Mapped[str] = mapped_column(default="")
    once: Mapped[str | None] = mapped_column(String(120))  # what is told to each person only once
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    mails: Mapped[str] = mapped_column(String(10))  # immediate, daily or never, as the person wanted it then
    mail_id: Mapped[int | None] = mapped_column(BigInteger)  # the mail that carries it
    __table_args__ = (
        UniqueConstraint("connection_id", "user_id", "once"),
        Index(None, "connection_id", "user_id", "id"),
        Index(None, "connection_id", "user_id", "read_at"),
        Index(None, "connection_id", "mail_id", "mails", "at"),
    )


class Mail(Base):
    """One mail, word for word as it leaves; sent again until the mail server took it."""

    __tablename__ = "mail"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    message_id: Mapped[str] = mapped_column(String(200), unique=True)  # the same each time it is sent
    address: Mapped[str] = mapped_column(String(254))
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str]
    made_at: Mapped[datetime]
    next_at: Mapped[datetime | None]  # None: it was sent, or given up
    sent_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index(None, "connection_id", "next_at"),)


class DigestDay(Base):
    """The daily mails of one day were made: there is a row, so nobody makes them again."""

    __tablename__ = "digest_day"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)  # in the company's own time
    made_at: Mapped[datetime]
    mails: Mapped[int]
