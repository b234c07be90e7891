"""What syncs and what does not: the kinds, the catalogue of refusals, and its answer to whoever tries."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import around, connection_id, me, needs_person, services
from app.items import registry
from app.items.base import BOTH, EXPORT, IMPORT
from app.services import refusals
from app.services.refusals import Entry

DIRECTIONS = {EXPORT: "Procore to QuickBooks", IMPORT: "QuickBooks to Procore", BOTH: "both ways"}

pages = Blueprint("what_syncs", __name__, url_prefix="/what-syncs")


@pages.app_context_processor
def _for_the_lists() -> dict[str, Any]:
    return {"not_synced": _not_synced, "directions": DIRECTIONS}


def _not_synced(kind: str) -> list[Entry]:
    return refusals.about(services().database, around().connection, kind)


@pages.get("/")
@needs_person
def page() -> str:
    found = refusals.listed(services().database, connection_id())
    read = [one for one in registry.refreshes().values() if one.quickbooks]
    return render_template("what_syncs.html", groups=found, read=read)


@pages.post("/<what>")
@needs_person
def attempt(what: str) -> Answer:
    """Whoever tries what is not supported gets the catalogue's answer."""
    refusals.refuse(services().database, connection_id(), me().name, what)
    flash("This is open on this connection.", "good")
    return redirect(url_for("what_syncs.page"))
