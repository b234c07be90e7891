"""What the page of one item shows beside the item itself: the chosen part of its timeline, and who may read bodies."""

from __future__ import annotations

from typing import Any

from flask import request

from app.admin.access import me
from app.services import timeline
from app.services.item_page import ItemPage

#: Who may read what went to QuickBooks and came back, word for word: whoever holds one of these.
READERS = ("audit", "rules")


def may_read(kind: str = "") -> bool:
    """Whether the person may read requests and replies."""
    return any(me().may(right) for right in READERS) or me().may("accept", kind)


def around(page: ItemPage) -> dict[str, Any]:
    """The rest of what the template wants to know."""
    chosen = request.args.get("show", "")
    return {
        "shown": chosen if chosen in timeline.GROUPS else "",
        "groups": timeline.GROUPS,
        "counts": timeline.counts(page.timeline),
        "bodies": may_read(page.item.kind),
    }
