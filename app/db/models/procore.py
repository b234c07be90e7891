"""What leaves for Procore."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

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
    told: Mapped[dict[str, Any]] = mapped_column(default=dict)  # … and as it was when Procore was told
    gone: Mapped[str] = mapped_column(default="")  # what became of it in QuickBooks
    removed_by: Mapped[str] = mapped_column(default="")  # who asked to take it out of Procore
    anyway_by: Mapped[str] = mapped_column(default="")  # who wants it beside a like one that was keyed in Procore
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    refused: Mapped[bool] = mapped_column(default=False)  # Procore said no: a person must choose
    next_try_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "next_try_at"), Index(None, "invoice_id"))
