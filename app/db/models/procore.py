"""What leaves for Procore."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, validates

from app.db.models.base import Base


class WriteBack(Base):
    """What Procore is to be told of an item; the newest wins."""

    __tablename__ = "write_back"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    target: Mapped[str] = mapped_column(String(40), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    wanted: Mapped[dict[str, Any]]
    counter: Mapped[int] = mapped_column(default=1)
    written: Mapped[int] = mapped_column(default=0)  # the counter Procore last confirmed
    sent: Mapped[list[Any]] = mapped_column(default=list)  # every origin put there: what else stands is another's
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    next_try_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "next_try_at"),)


class Errand(Base):
    """Something to be done in Procore about a staged record; the row goes when it is done."""

    __tablename__ = "errand"
    staged_id: Mapped[int] = mapped_column(ForeignKey("staged_record.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(20))  # add, or update
    fields: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of an update: what Procore is to hold
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    refused: Mapped[bool] = mapped_column(default=False)  # Procore said no: a person must choose
    next_try_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "next_try_at"),)


class IssuedPayment(Base):
    """What QuickBooks paid of one bill of ours with one payment, and what Procore holds of it."""

    __tablename__ = "issued_payment"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(80), primary_key=True)  # TxnID of the payment | TxnID of the bill
    invoice_id: Mapped[int] = mapped_column(ForeignKey("item.id"))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))  # once Procore has it
    found: Mapped[dict[str, Any]]  # as QuickBooks shows it now
    day: Mapped[str] = mapped_column(String(10), default="")  # of it, by which the list stands
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)  # … and as it was when Procore was told
    gone: Mapped[str] = mapped_column(default="")  # what became of it in QuickBooks
    removed_by: Mapped[str] = mapped_column(default="")  # who asked to take it out of Procore
    anyway_by: Mapped[str] = mapped_column(default="")  # who wants it beside a like one that was keyed in Procore
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    refused: Mapped[bool] = mapped_column(default=False)  # Procore said no: a person must choose
    next_try_at: Mapped[datetime]
    __table_args__ = (
        Index(None, "connection_id", "next_try_at"),
        Index(None, "connection_id", "day", "key"),
        Index(None, "connection_id", "refused"),
        Index(None, "invoice_id"),
        Index(None, "item_id"),
    )

    @validates("found")
    def _dated(self, _: str, found: dict[str, Any]) -> dict[str, Any]:
        self.day = str(found["date"])
        return found


class ErpRequest(Base):
    """One request of Procore's ERP Integrations tool; known by its id before its body is read."""

    __tablename__ = "erp_request"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    body: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by: Mapped[str] = mapped_column(String(60), default="")  # Procore's id of who pressed the button, where told
    came_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    next_try_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "taken_at", "next_try_at"),)


class ErpDetail(Base):
    """One thing a request asks for; Procore waits for its detail to be closed, once, as done or as failed."""

    __tablename__ = "erp_detail"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    request_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)  # in the request
    detail_id: Mapped[str] = mapped_column(String(60), default="")  # empty: Procore waits for nothing
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    revision_id: Mapped[int | None] = mapped_column(BigInteger)  # what was to be written of it
    act: Mapped[str] = mapped_column(String(20))
    refresh: Mapped[str] = mapped_column(String(40), default="")  # the list of QuickBooks it waits for
    status: Mapped[str] = mapped_column(String(20), default="")  # success or failed, once that is known
    messages: Mapped[list[Any]] = mapped_column(default=list)
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]  # Procore was told, and has perhaps not answered
    closed_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    next_try_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "closed_at", "next_try_at"),)
