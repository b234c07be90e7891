"""How each person likes the screens: the columns of a list, and the keys."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import around, me, needs_person, services
from app.items import registry
from app.services import list_order, preferences

pages = Blueprint("preferences", __name__, url_prefix="/preferences")

KEYS = "keys"
#: g, then a letter, opens a page: the lists by the letters of their kinds, and these.
GO = {
    "h": ("Home", "home.page"),
    "t": ("To import", "offers.first"),
    "e": ("Exceptions", "exceptions.page"),
    "q": ("Connection", "connection.page"),
    "r": ("Reports", "reports.index"),
    "a": ("Audit trail", "trail.page"),
}


def chosen(name: str, usual: Any) -> Any:
    """What the person chose, or what is usual."""
    return around().preferences.get(name, usual)


def keys_on() -> bool:
    """Whether single keys do anything: they can be turned off, since some people speak to their computer."""
    return bool(chosen(KEYS, True))


def places() -> list[tuple[str, str, str]]:
    """Where g and a letter lead: letter, name, address."""
    lists = [
        (kind.letter, kind.plural, url_for("items.page", kind=name))
        for name, kind in registry.kinds().items()
        if kind.letter
    ]
    return lists + [(letter, name, url_for(page)) for letter, (name, page) in GO.items()]


@pages.get("/keys")
@needs_person
def keys() -> str:
    return render_template("keys.html")


@pages.post("/keys")
@needs_person
def keep_keys() -> Answer:
    wanted = request.form.get("keys") == "on"
    preferences.keep(services().database, me().id, KEYS, wanted)
    flash(f"Keyboard shortcuts are {'on' if wanted else 'off'} for you.", "good")
    return redirect(url_for("preferences.keys"))


@pages.post("/columns/<kind>")
@needs_person
def keep_columns(kind: str) -> Answer:
    known = list_order.columns(kind) if kind in registry.kinds() else {}
    wanted = [name for name in known if name in request.form.getlist("column")]
    preferences.keep(services().database, me().id, f"columns:{kind}", wanted)
    back = request.form.get("next", "")
    return redirect(back if back.startswith(f"/items/{kind}") else url_for("items.page", kind=kind))
