"""The exceptions: what a named person has to look at, and what was cleared."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import report_bars
from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.core.errors import Refusal
from app.services import exceptions, item_page, lifecycle

pages = Blueprint("exceptions", __name__, url_prefix="/exceptions")


@pages.get("/")
@needs_person
def page() -> str:
    database, chosen = services().database, connection_id()
    if request.args.get("tab") == "cleared":
        return render_template("exceptions.html", tab="cleared", past=exceptions.past(database, chosen))
    places = {name: request.args.get(name, "")[:200] for name in ("after", "before")}
    found = exceptions.page(database, chosen, **places)
    return render_template("exceptions.html", tab="open", page=found, drawn=report_bars.ages(found.ages))


@pages.post("/clear")
@needs_person
def clear() -> Answer:
    """Let what stands against one item stand, with a reason; back to where the button was pressed."""
    database, chosen = services().database, connection_id()
    kind, item_id = request.form.get("kind", ""), number(request.form.get("item", ""))
    item_page.of_kind(database, chosen, kind, item_id)
    try:
        outcomes = lifecycle.clear(database, chosen, me(), [item_id], request.form.get("reason", ""))
        for outcome in outcomes.each:
            flash(
                str(outcome.problem) if outcome.problem else f"{outcome.name} cleared.",
                "bad" if outcome.problem else "good",
            )
    except Refusal as problem:
        flash(str(problem), "bad")
    if request.form.get("back") == "item":
        return redirect(url_for("items.one", kind=kind, item_id=item_id))
    return redirect(url_for("exceptions.page"))
