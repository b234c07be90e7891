"""What the page of one item shows beside the item itself: the chosen part of its timeline, and who may read bodies."""

from __future__ import annotations

from typing import Any

from flask import request

from app.admin.access import me
from app.services import permissions, timeline
from app.services.item_page import ItemPage


def around(page: ItemPage) -> dict[str, Any]:
    """The rest of what the template wants to know."""
    chosen = request.args.get("show", "")
    return {
        "shown": chosen if chosen in timeline.GROUPS else "",
        "groups": timeline.GROUPS,
        "counts": timeline.counts(page.timeline),
        "bodies": permissions.may_read_bodies(me(), page.item.kind),
    }
