"""The tables: every business row belongs to one connection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, MetaData, String, Text, UniqueConstraint, text
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from app.db.columns import Json, Utc

#: SQLite counts rows by itself only in a plain INTEGER key.
BigKey = BigInteger().with_variant(Integer, "sqlite")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc, dict[str, Any]: Json, list[Any]: Json, str: Text}


class Connection(Base):
    """One Procore company, one QuickBooks company file, one Web Connector user."""

    __tablename__ = "connection"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[str]
    procore_company_id: Mapped[str]
    web_connector_user: Mapped[str] = mapped_column(String(80), unique=True)
    web_connector_password: Mapped[str]  # argon2 hash
    file_id: Mapped[str]
    company_file: Mapped[str] = mapped_column(default="")  # the path first seen; another one is refused
    live: Mapped[bool] = mapped_column(default=False)  # before Go live only queries leave
    paused: Mapped[bool] = mapped_column(default=False)
    settings: Mapped[dict[str, Any]]
    settings_changed: Mapped[dict[str, Any]] = mapped_column(default=dict)  # who changed each last, and when
    host: Mapped[dict[str, Any]]  # what QuickBooks and the Web Connector last said of themselves
    rules_version: Mapped[str | None] = mapped_column(ForeignKey("rules_version.id"))
    last_set_id: Mapped[str] = mapped_column(default="")  # the last write set whose answer we committed
    restored_from: Mapped[datetime | None]  # this database is a copy made then: QuickBooks may hold more than it knows
    wrong_passwords: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    connected_at: Mapped[datetime]


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


class User(Base):
    """A person who signs in."""

    __tablename__ = "user_account"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    login: Mapped[str] = mapped_column(String(120), unique=True)
    name: Mapped[str]
    password: Mapped[str]  # argon2 hash
    active: Mapped[bool] = mapped_column(default=True)


class PersonAccess(Base):
    """What a person holds on one connection."""

    __tablename__ = "person_access"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    roles: Mapped[list[Any]]  # the bundles it was made of
    level: Mapped[str] = mapped_column(String(20))  # of the ERP Integrations tool
    privileges: Mapped[list[Any]]
    tools: Mapped[dict[str, Any]]  # levels of Procore's other tools
    rights: Mapped[list[Any]]  # of their own: user administration, rule activation …
    changed_by: Mapped[str]
    changed_at: Mapped[datetime]


class Item(Base):
    """One Procore record under accounting control."""

    __tablename__ = "item"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[str] = mapped_column(String(60))
    procore_id: Mapped[str] = mapped_column(String(60))
    project_id: Mapped[str | None] = mapped_column(String(60))
    state: Mapped[str] = mapped_column(String(20), default="draft")
    version: Mapped[int] = mapped_column(default=0)  # counts moves: compare-and-set
    name: Mapped[str]
    title: Mapped[str] = mapped_column(default="")
    cents: Mapped[int | None] = mapped_column(BigInteger)
    lock_key: Mapped[str | None] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(default="")
    inputs: Mapped[dict[str, Any]]
    seen_revision_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_revision_id: Mapped[int | None] = mapped_column(BigInteger)
    written_revision_id: Mapped[int | None] = mapped_column(BigInteger)
    written_document_id: Mapped[int | None] = mapped_column(BigInteger)  # what QuickBooks holds of it
    document_id: Mapped[int | None] = mapped_column(BigInteger)
    sent_by: Mapped[str] = mapped_column(default="")
    accepted_by: Mapped[str] = mapped_column(default="")
    accepted_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(default="")
    remedy: Mapped[str] = mapped_column(default="")
    difference: Mapped[str] = mapped_column(default="")  # QuickBooks saved otherwise than approved
    changed_at: Mapped[datetime]
    __table_args__ = (
        UniqueConstraint("connection_id", "kind", "procore_id"),
        Index(None, "connection_id", "kind", "state", "id"),
        Index(None, "connection_id", "state"),
        Index(None, "connection_id", "lock_key"),
    )


class Revision(Base):
    """What Procore said of an item at one moment."""

    __tablename__ = "revision"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    content: Mapped[dict[str, Any]]
    hash: Mapped[str] = mapped_column(String(64))
    seen_at: Mapped[datetime]


class ItemNeed(Base):
    """An item points at another, received or not."""

    __tablename__ = "item_need"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    procore_id: Mapped[str] = mapped_column(String(60), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    shown: Mapped[str] = mapped_column(default="")  # under which name the approver saw it
    __table_args__ = (Index(None, "connection_id", "kind", "procore_id"),)


class Document(Base):
    """What was approved, to the letter."""

    __tablename__ = "document"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    revision_id: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str]
    hash: Mapped[str] = mapped_column(String(64))
    built_by: Mapped[str]
    built_at: Mapped[datetime]


class Binding(Base):
    """The QuickBooks side of an item."""

    __tablename__ = "binding"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    record: Mapped[str] = mapped_column(String(40))
    quickbooks_id: Mapped[str] = mapped_column(String(80))  # of a payment: of it and of the bill it pays
    edit_sequence: Mapped[str] = mapped_column(String(20), default="")
    full_name: Mapped[str] = mapped_column(default="")
    lines: Mapped[list[Any]]
    missing_since: Mapped[datetime | None]  # QuickBooks no longer shows it
    linked_by: Mapped[str] = mapped_column(default="")  # who chose an existing record; empty: we wrote it
    conversation_id: Mapped[int | None] = mapped_column(BigInteger)  # the session that last answered it
    bound_at: Mapped[datetime]
    __table_args__ = (Index(None, "connection_id", "quickbooks_id"),)


class Discrepancy(Base):
    """Something QuickBooks holds otherwise than was approved; it stands until it is gone or a person clears it."""

    __tablename__ = "discrepancy"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    source: Mapped[str] = mapped_column(String(40))  # who found it: the answer to the write, or a look
    sentence: Mapped[str]
    what_to_do: Mapped[str] = mapped_column(default="")
    found_at: Mapped[datetime]
    gone_at: Mapped[datetime | None]
    cleared_at: Mapped[datetime | None]
    cleared_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (Index(None, "connection_id", "gone_at", "cleared_at"),)


class MonthSignature(Base):
    """Somebody signed for a month: prepared it, or reviewed what was prepared."""

    __tablename__ = "month_signature"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    month: Mapped[str] = mapped_column(String(7))  # 2026-03
    part: Mapped[str] = mapped_column(String(10))  # prepared or reviewed
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"))
    signed_by: Mapped[str]
    signed_at: Mapped[datetime]
    missing: Mapped[int]  # so many were not in QuickBooks when it was signed
    cents: Mapped[int] = mapped_column(BigInteger)  # … worth so much
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str] = mapped_column(default="")
    reason: Mapped[str] = mapped_column(default="")
    __table_args__ = (
        Index(
            "uq_month_signature_standing",
            "connection_id",
            "month",
            "part",
            unique=True,
            sqlite_where=text("undone_at IS NULL"),
            postgresql_where=text("undone_at IS NULL"),
        ),
    )


class Transition(Base):
    """One move of one item, with the decision that allowed it."""

    __tablename__ = "transition"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    sort_key: Mapped[int] = mapped_column(primary_key=True)
    move: Mapped[str] = mapped_column(String(20))
    source: Mapped[str] = mapped_column(String(20))
    dest: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str]
    reason: Mapped[str] = mapped_column(default="")
    rules_version: Mapped[str] = mapped_column(default="")
    findings: Mapped[list[Any]]
    at: Mapped[datetime]


class Finding(Base):
    """A rule that speaks against, or about, the next move of an item."""

    __tablename__ = "finding"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), index=True)
    move: Mapped[str] = mapped_column(String(20))
    rule: Mapped[str]
    file: Mapped[str]
    rules_version: Mapped[str]
    effect: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(String(20))
    message: Mapped[str]
    fix: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    line: Mapped[str] = mapped_column(default="")
    field: Mapped[str] = mapped_column(default="")
    setting: Mapped[str] = mapped_column(default="")
    blocking: Mapped[list[Any]]


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
    )


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


class RefreshLog(Base):
    """When each list was last read to its end."""

    __tablename__ = "refresh_log"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    scope: Mapped[str] = mapped_column(String(80), primary_key=True, default="")
    finished_at: Mapped[datetime]


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


class RulesVersion(Base):
    """One content-addressed pack of rule files."""

    __tablename__ = "rules_version"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    files: Mapped[dict[str, Any]]
    made_by: Mapped[str]
    made_at: Mapped[datetime]


class RulesActivation(Base):
    """Which pack decided from when on."""

    __tablename__ = "rules_activation"
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), index=True)
    version: Mapped[str] = mapped_column(ForeignKey("rules_version.id"))
    actor: Mapped[str]
    reason: Mapped[str]
    at: Mapped[datetime]


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
