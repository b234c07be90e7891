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
#: g, then a letter, opens a page: the kinds that every connection has, and the pages everybody knows.
GO = {
    "h": ("Home", "home.page", ""),
    "c": ("Commitments", "items.page", "commitment"),
    "o": ("Change orders", "items.page", "commitment_change_order"),
    "i": ("Subcontractor invoices", "items.page", "subcontractor_invoice"),
    "v": ("Companies", "items.page", "company"),
    "p": ("Projects", "items.page", "project"),
    "w": ("Cost codes", "items.page", "cost_code"),
    "b": ("Budgets", "items.page", "budget"),
    "t": ("To import", "offers.first", ""),
    "e": ("Exceptions", "exceptions.page", ""),
    "q": ("Connection", "connection.page", ""),
    "r": ("Reports", "reports.index", ""),
    "a": ("Audit trail", "trail.page", ""),
}


def chosen(name: str, usual: Any) -> Any:
    """What the person chose, or what is usual."""
    return around().preferences.get(name, usual)


def keys_on() -> bool:
    """Whether single keys do anything: they can be turned off, since some people speak to their computer."""
    return bool(chosen(KEYS, True))


def places() -> list[tuple[str, str, str]]:
    """Where g and a letter lead: letter, name, address."""
    return [
        (letter, name, url_for(page, kind=kind) if kind else url_for(page))
        for letter, (name, page, kind) in GO.items()
        if not kind or kind in registry.kinds()
    ]


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
