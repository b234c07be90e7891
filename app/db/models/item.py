"""Items: what Procore said, what was approved, where it stands and why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.core import clock
from app.db.models.base import AS_BYTES, Base, BigKey

#: Of what is otherwise: it is not gone by itself, and nobody has cleared it.
STANDS = "gone_at IS NULL AND cleared_at IS NULL"


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
    sort_name: Mapped[str] = mapped_column(AS_BYTES, default="")  # numbers in it as numbers, case left aside
    name_key: Mapped[str] = mapped_column(default="")  # as QuickBooks compares names
    title: Mapped[str] = mapped_column(default="")
    cents: Mapped[int | None] = mapped_column(BigInteger)
    day: Mapped[str] = mapped_column(String(10), default="")  # when accountants see it, in UTC; empty: dated nowhere
    first_seen_at: Mapped[datetime] = mapped_column(default=clock.now)
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
        # A list in each of its orders, and project by project.
        Index(None, "connection_id", "kind", "state", "id"),
        Index(None, "connection_id", "kind", "state", "sort_name", "id"),
        Index(None, "connection_id", "kind", "state", "cents", "id"),
        Index(None, "connection_id", "kind", "state", "changed_at", "id"),
        Index(None, "connection_id", "kind", "state", "project_id", "id"),
        # … and one project alone in each: a small one in a long list is found at once.
        Index(None, "connection_id", "kind", "state", "project_id", "sort_name", "id"),
        Index(None, "connection_id", "kind", "state", "project_id", "cents", "id"),
        Index(None, "connection_id", "kind", "state", "project_id", "changed_at", "id"),
        Index(None, "connection_id", "accepted_at"),
        Index(None, "connection_id", "state"),
        Index(None, "connection_id", "lock_key"),
        Index(None, "connection_id", "kind", "name_key"),
        # What a month is made of.
        Index(
            "ix_item_dated",
            "connection_id",
            "day",
            "first_seen_at",
            sqlite_where=text("cents IS NOT NULL"),
            postgresql_where=text("cents IS NOT NULL"),
        ),
        # Almost always few: what Procore was told and QuickBooks changed since.
        Index(
            "ix_item_differs",
            "connection_id",
            "kind",
            sqlite_where=text("difference != ''"),
            postgresql_where=text("difference != ''"),
        ),
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
    __table_args__ = (
        Index(None, "connection_id", "quickbooks_id"),
        Index(None, "connection_id", "record", "quickbooks_id"),
    )


class Discrepancy(Base):
    """Something QuickBooks holds otherwise than was approved, or an approval in which one person played two parts.

    It stands until it is gone or a person clears it.
    """

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
    __table_args__ = (
        # The few that stand, and those a person cleared: each a list by itself, in its order.
        Index(
            "ix_discrepancy_standing",
            "connection_id",
            "found_at",
            "id",
            sqlite_where=text(STANDS),
            postgresql_where=text(STANDS),
        ),
        Index(None, "connection_id", "cleared_at", "id"),
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


class Rejection(Base):
    """Which version of an item was sent back last, and why: what comes back is shown against it."""

    __tablename__ = "rejection"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    revision_id: Mapped[int] = mapped_column(BigInteger)
    actor: Mapped[str]
    reason: Mapped[str]
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
