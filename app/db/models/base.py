"""What all tables share: names of constraints, and how Python's types are kept."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, MetaData, String, Text
from sqlalchemy.orm import DeclarativeBase

from app.db.columns import Json, Utc

#: SQLite counts rows by itself only in a plain INTEGER key.
BigKey = BigInteger().with_variant(Integer, "sqlite")

#: Text compared byte for byte on both databases: sorted alike, and an index finds all that begins alike.
AS_BYTES = String(60).with_variant(String(60, collation="C"), "postgresql")

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {datetime: Utc, dict[str, Any]: Json, list[Any]: Json, str: Text}
