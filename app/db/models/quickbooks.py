"""The conversation with QuickBooks: operations, their requests, message sets and sessions; what QuickBooks showed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, BigKey


class Operation(Base):
    """One thing to finish in QuickBooks."""

    __tablename__ = "operation"
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    id: Mapped[str] = mapped_column(String(16), unique=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[str] = mapped_column(String(60))
    item_id: Mapped[int | None] = mapped_column(ForeignKey("item.id"))
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    scope: Mapped[str] = mapped_column(String(80), default="")  # of a refresh: what it was asked for, one at a time
    params: Mapped[dict[str, Any]] = mapped_column(default=dict)  # of a refresh: what its kind needs to ask
    lock_key: Mapped[str | None] = mapped_column(String(120))
    state: Mapped[str] = mapped_column(String(20), default="waiting")
    reads_next: Mapped[bool] = mapped_column(default=False)  # a hint: reads leave before writes, in sets of their own
    largest_set: Mapped[int | None]  # after a set nobody could read: at most so many together
    asked: Mapped[int] = mapped_column(default=0)  # requests made so far
    wait_for_session: Mapped[int | None] = mapped_column(BigInteger)  # QuickBooks was busy: not again in this one
    problem: Mapped[str] = mapped_column(default="")
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    __table_args__ = (
        # One at a time, whoever asks: PurchaseOrderMods and Bills of one order.
        Index(
            "uq_operation_lock",
            "connection_id",
            "lock_key",
            unique=True,
            sqlite_where=text("lock_key IS NOT NULL AND state IN ('working','unknown','failed')"),
            postgresql_where=text("lock_key IS NOT NULL AND state IN ('working','unknown','failed')"),
        ),
        Index("uq_operation_document", "item_id", "document_id", unique=True),
        # Almost always empty: whether a set nobody could read is being halved is asked before every set.
        Index(
            "ix_operation_suspect",
            "connection_id",
            "largest_set",
            sqlite_where=text("largest_set IS NOT NULL"),
            postgresql_where=text("largest_set IS NOT NULL"),
        ),
        Index(None, "connection_id", "state", "reads_next", "seq"),
    )


class Request(Base):
    """One qbXML request of an operation."""

    __tablename__ = "request"
    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    operation_seq: Mapped[int] = mapped_column(ForeignKey("operation.seq"), index=True)
    set_id: Mapped[str] = mapped_column(ForeignKey("message_set.id"), index=True)
    number: Mapped[int]  # within its operation
    step: Mapped[str] = mapped_column(String(20))
    writes: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20), default="out")
    past: Mapped[bool] = mapped_column(default=False)  # before a retry: no longer decides what comes next
    body: Mapped[str]
    outcome: Mapped[str] = mapped_column(String(20), default="")
    status: Mapped[int | None]
    sentence: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")
    answer: Mapped[str | None]
    made_at: Mapped[datetime]


class MessageSet(Base):
    """The requests of one sendRequestXML, byte for byte."""

    __tablename__ = "message_set"
    id: Mapped[str] = mapped_column(String(24), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    writes: Mapped[bool]
    state: Mapped[str] = mapped_column(String(20), default="out")
    body: Mapped[str]
    requests: Mapped[int]
    sends: Mapped[int] = mapped_column(default=1)
    hresult: Mapped[str] = mapped_column(default="")
    answer: Mapped[str | None]
    made_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    __table_args__ = (
        Index(
            "uq_message_set_out",
            "connection_id",
            unique=True,
            sqlite_where=text("state = 'out'"),
            postgresql_where=text("state = 'out'"),
        ),
        Index(
            "uq_message_set_unsettled_write",
            "connection_id",
            unique=True,
            sqlite_where=text("writes AND state IN ('out','lost')"),
            postgresql_where=text("writes AND state IN ('out','lost')"),
        ),
    )


class Conversation(Base):
    """One run of the Web Connector, from authenticate to closeConnection."""

    __tablename__ = "conversation"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    ticket: Mapped[str] = mapped_column(String(40), unique=True)
    state: Mapped[str] = mapped_column(String(20), default="opened")
    machine: Mapped[str] = mapped_column(default="")
    client_version: Mapped[str] = mapped_column(default="")
    started_at: Mapped[datetime]
    last_call_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    last_error: Mapped[str] = mapped_column(default="")
    sets: Mapped[int] = mapped_column(default=0)
    finished: Mapped[int] = mapped_column(default=0)  # operations that ended in it
    unreadable: Mapped[int] = mapped_column(default=0)  # answers nobody could read
    __table_args__ = (
        Index(
            "uq_conversation_live",
            "connection_id",
            unique=True,
            sqlite_where=text("state IN ('opened','checked','awaiting','stopping')"),
            postgresql_where=text("state IN ('opened','checked','awaiting','stopping')"),
        ),
        Index(None, "connection_id", "started_at"),
    )


class StagedRecord(Base):
    """One record QuickBooks has shown us."""

    __tablename__ = "staged_record"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    source: Mapped[str] = mapped_column(String(40))
    scope: Mapped[str] = mapped_column(String(80), default="")
    type: Mapped[str] = mapped_column(String(40))
    list_id: Mapped[str] = mapped_column(String(240))  # ListID or TxnID, or what tells a line of a report
    name: Mapped[str]
    full_name: Mapped[str]
    leaf_key: Mapped[str] = mapped_column(String(240))
    full_key: Mapped[str] = mapped_column(String(240))
    code_key: Mapped[str] = mapped_column(String(240))  # the leading word of the leaf: a cost code, perhaps
    active: Mapped[bool]
    sublevel: Mapped[int]
    data: Mapped[dict[str, Any]]
    state: Mapped[str] = mapped_column(String(20), default="staged")
    seen_at: Mapped[datetime]
    seen_by: Mapped[int] = mapped_column(BigInteger)  # the refresh that saw it last
    __table_args__ = (
        UniqueConstraint("connection_id", "source", "list_id"),
        Index(None, "connection_id", "leaf_key"),
        Index(None, "connection_id", "full_key"),
        Index(None, "connection_id", "code_key"),
        Index(None, "connection_id", "source", "state", "id"),
    )


class RefreshLog(Base):
    """When each list was last read to its end."""

    __tablename__ = "refresh_log"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    scope: Mapped[str] = mapped_column(String(80), primary_key=True, default="")
    finished_at: Mapped[datetime]


class JobCostReport(Base):
    """What a job has cost by QuickBooks' last word, item by item; and how much of that Procore knows."""

    __tablename__ = "job_cost_report"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(60), primary_key=True)  # Procore's
    as_of: Mapped[datetime]
    basis: Mapped[str] = mapped_column(default="")
    rows: Mapped[list[Any]]
    counter: Mapped[int] = mapped_column(default=1)
    written: Mapped[int] = mapped_column(default=0)  # the counter Procore last confirmed
    written_at: Mapped[datetime | None]
    keyed_by_hand: Mapped[int] = mapped_column(default=0)  # direct costs of other people in Procore: a person decides
    beside_them: Mapped[str] = mapped_column(default="")  # who decided to write beside them
    tries: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str] = mapped_column(default="")
    next_try_at: Mapped[datetime]
