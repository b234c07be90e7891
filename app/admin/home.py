"""The home page: what waits, what to do first, and how the day went."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import bars
from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.admin.words import moment, shown_money
from app.services import item_page, job_costs, lifecycle, overview
from app.services.overview import Home

pages = Blueprint("home", __name__)

#: So many projects are drawn; the page Job costs has them all.
MOST_PROJECTS = 6


@pages.get("/")
@needs_person
def page() -> str:
    found = overview.home(services().database, connection_id(), me().name)
    words = [moment(slot.start) for slot in found.day]
    return render_template("home.html", home=found, day=bars.day(found.day, words), words=words, **_charts(found))


def _charts(found: Home) -> dict[str, Any]:
    ages = [(word, many, _records(many), "") for word, many, _ in found.ages]
    money = [(name, amount, shown_money(amount), "") for name, amount in found.projects]
    return {"ages": bars.rows(ages), "money": bars.rows(money), "costs": _costs(), "slot_words": bars.slot_words}


def _costs() -> list[bars.Row]:
    """The projects by what they cost; those over their budget first."""
    if not me().may("report", "job_costs"):
        return []
    shown = job_costs.costliest(services().database, connection_id(), MOST_PROJECTS)
    urls = [url_for("job_costs.one", project_id=one.project_id) for one in shown]
    drawn = bars.job_costs([one.total for one in shown], urls)
    return [replace(row, label=one.project) for one, row in zip(shown, drawn, strict=True)]


def _records(many: int) -> str:
    return f"{many} record{'s' if many != 1 else ''}"


@pages.post("/first")
@needs_person
def accept_first() -> Answer:
    """Accept what stands first, as it was looked at; whatever is missing is asked for on its own page."""
    kind, item_id = request.form.get("kind", ""), number(request.form.get("item", ""))
    item_page.of_kind(services().database, connection_id(), kind, item_id)
    version = number(request.form.get("version", ""))
    [outcome] = lifecycle.accept(
        services().database, connection_id(), me(), [item_id], expected={item_id: version}
    ).each
    if outcome.problem is None:
        flash(f"{outcome.name} accepted.", "good")
        return redirect(url_for("home.page"))
    flash(str(outcome.problem), "bad")
    return redirect(url_for("items.one", kind=kind, item_id=item_id))


@pages.get("/fragments/health")
@needs_person
def health() -> str:
    return render_template("_health.html")
