"""How each person likes the screens; nothing of the business depends on it, so it leaves no event."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.db.engine import Database
from app.db.models import Preference


def of(database: Database, user_id: int) -> dict[str, Any]:
    """What a person chose; what they never chose is not in it."""
    query = select(Preference).where(Preference.user_id == user_id)
    with database.reading() as session:
        return {row.name: row.value for row in session.execute(query).scalars()}


def keep(database: Database, user_id: int, name: str, value: Any) -> None:
    """Remember it."""
    with database.writing() as session:
        session.merge(Preference(user_id=user_id, name=name, value=value))
