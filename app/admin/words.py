"""How values look on a page: money, moments, states; and what every page carries."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask, g, request, url_for

from app.admin import access, preferences
from app.core import clock, money
from app.core.errors import Pointer
from app.items import registry
from app.qbxml import layout
from app.services.listing import TAB_NAMES, TABS

#: How each state looks: tone (a colour token), icon (shape tells without colour), word.
PILLS = {
    "draft": ("grey", "○", "Draft"),
    "sent": ("blue", "➤", "To decide"),
    "blocked": ("orange", "!", "Needs something"),
    "accepted": ("orange", "‖", "Waiting"),
    "queued": ("yellow", "◷", "Queued"),
    "checking": ("violet", "?", "Checking QuickBooks"),
    "failed": ("red", "✕", "Failed"),
    "synced": ("green", "✓", "Synced"),
}

_DAY = re.compile(r"(?<![\d-])\d{4}-\d\d-\d\d(?![\d-])")
_AMOUNT = re.compile(r"-?[\d,]+\.\d\d")

MOVES = {
    "send": "sent to accounting",
    "retrieve": "retrieved",
    "accept": "accepted",
    "take_back": "taken back",
    "reject": "rejected",
    "queue": "queued for QuickBooks",
    "hold": "held",
    "second_look": "needs a second look",
    "confirm": "saved in QuickBooks",
    "refuse": "refused by QuickBooks",
    "retry": "retried",
    "amend": "change sent",
    "revert": "change dropped",
    "link": "linked",
    "unlink": "unlinked",
}


def shown_money(value: Decimal | None) -> str:
    """``1,234.50``, or nothing."""
    return "" if value is None else money.shown(value)


def cents(value: int | None) -> str:
    """Cents as money."""
    return "" if value is None else money.shown(money.from_cents(value))


def zone() -> str:
    """The company's own time zone; UTC before anybody signed in."""
    return access.around().connection.zone if "person" in g else "UTC"


def moment(value: datetime | None, *, seconds: bool = False) -> str:
    """A moment in the company's own time."""
    if value is None:
        return "never"
    local = value.astimezone(ZoneInfo(zone()))
    today = clock.now().astimezone(local.tzinfo).date()
    day = "today" if local.date() == today else f"{local:%d %b %Y}"
    return f"{day} {local:%H:%M:%S}" if seconds else f"{day} {local:%H:%M}"


def stamp(value: datetime) -> str:
    """A moment as it is kept on paper: whole, with its time zone."""
    return f"{value.astimezone(ZoneInfo(zone())):%d %b %Y %H:%M %Z}"


def day(value: date) -> str:
    """A day as all pages write it: ``31 Oct 2026``."""
    return f"{value:%d %b %Y}"


def days(said: str) -> str:
    """A sentence with its days written so, whatever wrote them."""
    return _DAY.sub(_day_in_words, said)


def _day_in_words(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def month(value: date) -> str:
    """The month of a day: ``November 2026``."""
    return f"{value:%B %Y}"


def apart(value: str) -> tuple[str, str]:
    """What a line of a preview says, and the amount it ends with: amounts stand below each other."""
    said, _, last = value.rpartition(" · ")
    return (said, last) if said and _AMOUNT.fullmatch(last) else (value, "")


def event(tag: str) -> str:
    """What an event says in words: ``procore:item:written_back`` is *Item written back*."""
    _, about, what = tag.split(":")
    return f"{about} {what}".replace("_", " ").capitalize()


def where(link: Pointer) -> str:
    """The address a sentence points to; empty where it names something we never received."""
    if link.kind == "page":
        return link.id
    if link.kind == "setting":
        return url_for("settings.page", _anchor=link.id)
    return url_for("items.one", kind=link.kind, item_id=link.id) if link.id else ""


def init_app(app: Flask) -> None:
    """Teach the templates our words."""
    app.jinja_env.filters.update(money=shown_money, cents=cents, moment=moment, stamp=stamp, apart=apart, event=event)
    app.jinja_env.filters.update(day=day, days=days, month=month, laid_out=layout.indented)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.context_processor(_every_page)


def _every_page() -> dict[str, Any]:
    found: dict[str, Any] = {
        "csrf_token": access.csrf_token,
        "kinds": registry.kinds(),
        "pills": PILLS,
        "moves": MOVES,
        "tab_names": TAB_NAMES,
        "tabs": TABS,
        "where": where,
        "theme": request.cookies.get("theme", ""),
        "me": getattr(g, "person", None),
    }
    if found["me"] is not None:
        if request.method != "GET":
            g.pop("frame", None)
        around = access.around()
        found |= {
            "connection": around.connection,
            "keys_on": preferences.keys_on(),
            "places": preferences.places(),
            "health": around.health,
            "exceptions": around.exceptions,
            "to_decide": around.to_decide,
            "unread": around.unread,
            "connections_of_mine": around.places,
        }
    return found
