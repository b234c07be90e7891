"""Your tokens: by which programs use the JSON API in your name."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.asked import number
from app.core import clock
from app.core.errors import Refusal
from app.services import tokens

pages = Blueprint("tokens", __name__, url_prefix="/tokens")


@pages.get("/")
@needs_person
def page() -> str:
    return _shown()


@pages.post("/")
@needs_person
def make() -> str | tuple[str, int]:
    """Make one; this answer is the only place where it is told."""
    name, days = request.form.get("name", ""), number(request.form.get("days", ""))
    try:
        made = tokens.make(services().database, connection_id(), me(), name, days)
    except Refusal as problem:
        flash(str(problem), "bad")
        return _shown(), 422
    return _shown(made.secret)


@pages.post("/revoke")
@needs_person
def revoke() -> Answer:
    found = tokens.revoke(services().database, connection_id(), me(), number(request.form.get("id", "")))
    flash(f"“{found.name}” opens nothing any more.", "good")
    return redirect(url_for("tokens.page"))


def _shown(secret: str = "") -> str:
    found = tokens.of(services().database, connection_id(), me())
    return render_template(
        "tokens.html",
        tokens=found,
        secret=secret,
        now=clock.now(),
        usual=tokens.DAYS,
        most=tokens.MOST_DAYS,
        longest=tokens.LONGEST_NAME,
    )
