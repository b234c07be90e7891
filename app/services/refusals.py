"""Puts on the trail what somebody tried and was refused before any use case began."""

from __future__ import annotations

from app.core.tags import Tag
from app.db.engine import Database
from app.services.unit import work


def note(database: Database, connection_id: int, actor: str, what: str, code: str) -> None:
    """Note one refused action."""
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.REFUSED, actor, what=what, code=code)
