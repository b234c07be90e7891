"""What people signed for."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db.models.base import Base, BigKey


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
    digest: Mapped[str] = mapped_column(String(64))  # of the list that was signed
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
