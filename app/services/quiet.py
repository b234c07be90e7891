"""Quiet hours: the part of the day in which no new work is handed out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo


def ends(settings: Mapping[str, Any], at: datetime) -> str:
    """Until when it is quiet at this moment (``07:00``, the company's time), or nothing."""
    begin, end = settings.get("quiet_from"), settings.get("quiet_until")
    if not begin or not end or begin == end:
        return ""
    now = f"{at.astimezone(ZoneInfo(str(settings.get('zone') or 'UTC'))):%H:%M}"
    over_midnight = begin > end
    inside = (now >= begin or now < end) if over_midnight else begin <= now < end
    return str(end) if inside else ""
