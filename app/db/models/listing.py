"""What makes long lists cheap to look at: kept counts, the words people search by, and how each person likes a page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.db.columns import Json
from app.db.models.base import AS_BYTES, Base


class Tally(Base):
    """How many items of a kind and a project rest in a state, and their money."""

    __tablename__ = "tally"
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(60), primary_key=True)
    state: Mapped[str] = mapped_column(String(20), primary_key=True)
    project_id: Mapped[str] = mapped_column(String(60), primary_key=True)  # empty: of no project
    count: Mapped[int] = mapped_column(default=0)
    cents: Mapped[int] = mapped_column(BigInteger, default=0)


class ItemWord(Base):
    """One word of an item's name or title, as a search looks for it."""

    __tablename__ = "item_word"
    item_id: Mapped[int] = mapped_column(ForeignKey("item.id"), primary_key=True)
    word: Mapped[str] = mapped_column(AS_BYTES, primary_key=True)
    connection_id: Mapped[int] = mapped_column(ForeignKey("connection.id"))
    kind: Mapped[str] = mapped_column(String(60))
    # Kept by its key alone: half the room of a table with an index beside it.
    __table_args__ = (Index(None, "connection_id", "kind", "word", "item_id"), {"sqlite_with_rowid": False})


class Preference(Base):
    """How one person likes the screens: the columns of a list, or no keyboard shortcuts."""

    __tablename__ = "preference"
    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(80), primary_key=True)
    value: Mapped[Any] = mapped_column(Json)
