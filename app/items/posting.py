"""The day a document is booked on: closed books, and days nobody would expect."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from app.core import clock

CLOSING_DATE = "AccountingPreferences/ClosingDate"


def day(text: str | None) -> str:
    """The day a person or Procore wrote (YYYY-MM-DD); nothing when it is none."""
    try:
        return date.fromisoformat((text or "").strip()).isoformat()
    except ValueError:
        return ""


def zone(settings: Mapping[str, Any]) -> str:
    """The company's own time zone; UTC until it is said."""
    return str(settings.get("zone") or "UTC")


def closed_through(settings: Mapping[str, Any], host: Mapping[str, Any]) -> str:
    """The last day of the closed books: QuickBooks' own or ours, whichever is later."""
    in_quickbooks = (host.get("preferences") or {}).get(CLOSING_DATE)
    return max(day(in_quickbooks), day(settings.get("books_closed_through")))


def words(posted: str, settings: Mapping[str, Any], host: Mapping[str, Any], now: datetime | None) -> dict[str, str]:
    """What rules may know of the day a document is booked on."""
    closed = closed_through(settings, host)
    usual_from, usual_through = _usual(now, zone(settings)) if now else ("", "")
    return {
        "date": posted,
        "books_closed_through": closed,
        "books_open_from": (date.fromisoformat(closed) + timedelta(1)).isoformat() if closed else "",
        "usual_from": usual_from,
        "usual_through": usual_through,
    }


def _usual(now: datetime, zone: str) -> tuple[str, str]:
    """From the first day of the month before to the last day of this one."""
    today = clock.local_date(now, zone)
    first = today.replace(day=1)
    return (first - timedelta(1)).replace(day=1).isoformat(), (_next_month(first) - timedelta(1)).isoformat()


def _next_month(first: date) -> date:
    return (first + timedelta(31)).replace(day=1)
