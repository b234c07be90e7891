"""Whether what was read from QuickBooks is as fresh as planned."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core import clock
from app.db.models import Connection
from app.items import registry
from app.items.refresh import Refresh

#: What a cadence setting may say. "Never" asks only when a person does.
CADENCES: dict[str, timedelta | None] = {
    "Never": None,
    "Hourly": timedelta(hours=1),
    "Every 2 hours": timedelta(hours=2),
    "Every 4 hours": timedelta(hours=4),
    "Daily": timedelta(days=1),
}
#: A list this many times as old as planned is stale.
LATE = 2
NEXT = "when the Web Connector comes next."


def every(connection: Connection, refresh: Refresh) -> timedelta | None:
    """How often a refresh runs by itself on this connection."""
    chosen = connection.settings.get(refresh.cadence) if refresh.cadence else None
    return CADENCES.get(chosen, refresh.every) if isinstance(chosen, str) else refresh.every


def stale(connection: Connection, name: str, as_of: datetime | None) -> str:
    """That a list is older than twice its schedule, and what to do; empty while it is not, or has no schedule."""
    if not (each := late(connection, name, as_of)):
        return ""
    return f"This is older than planned: it is read every {each}. Press Refresh; it is read {NEXT}"


def late(connection: Connection, name: str, as_of: datetime | None) -> str:
    """How often a list is planned to be read, where it is older than twice that; else empty."""
    each = every(connection, registry.refreshes()[name])
    return "" if as_of is None or each is None or clock.now() - as_of <= LATE * each else _span(each)


def _span(each: timedelta) -> str:
    hours = int(each.total_seconds() // 3600)
    return {1: "hour", 24: "day", 168: "week"}.get(hours, f"{hours} hours")
