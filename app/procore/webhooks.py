"""What Procore posts when something happened, in every version of its payload, read leniently: it is a hint only."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any


class BadNotice(ValueError):
    """What came is no event of Procore's."""


@dataclass(frozen=True)
class Notice:
    """One event. What a payload leaves out is empty."""

    event_id: str  # the same when the event is delivered again
    resource: str  # as Procore names what changed: Company Vendors
    company_id: str
    application_id: str  # the app through which it was changed; empty for a person at a screen
    record_id: str = ""  # of what changed
    user_id: str = ""  # of who did it


def read(body: bytes) -> Notice:
    """Versions 2.0 and 3.0 say ``resource_name`` and have a ``ulid``; 4.0 says ``resource_type``, all in text."""
    try:
        event = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise BadNotice("not JSON") from problem
    if not isinstance(event, dict):
        raise BadNotice("no object")
    metadata = event.get("metadata")
    metadata = metadata if isinstance(metadata, dict) else {}
    return Notice(
        event_id=_first(event, "ulid", "id") or hashlib.sha256(body).hexdigest(),
        resource=_first(event, "resource_name", "resource_type"),
        company_id=_first(event, "company_id") or _first(metadata, "source_company_id"),
        application_id=_first(metadata, "source_application_id"),
        record_id=_first(event, "resource_id"),
        user_id=_first(event, "user_id") or _first(metadata, "source_user_id"),
    )


def _first(part: dict[str, Any], *names: str) -> str:
    """The first of these that says anything, as text."""
    for name in names:
        value = part.get(name)
        text = str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if text and text.isprintable():
            return text
    return ""
