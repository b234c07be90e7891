"""The set-up wizard: one page for each step, left and taken up again at will."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs_person, services
from app.admin.connection import public_url_is_set, service_url
from app.core.errors import TieoutError
from app.services import setup, setup_steps
from app.services.setup import Page

pages = Blueprint("setup", __name__, url_prefix="/setup")


@pages.get("/")
@needs_person
def first() -> str:
    return _shown("")


@pages.get("/<step>")
@needs_person
def page(step: str) -> str:
    return _shown(step)


@pages.get("/fragments/first-session")
@needs_person
def progress() -> str:
    """How far the first session is; asked for again every few seconds while somebody looks."""
    return render_template("_first_session.html", page=_found("first-session"))


@pages.post("/<step>")
@needs_person
def answer(step: str) -> Answer | tuple[str, int]:
    """Keep what the step was told, and go on; where it does not fit, show it again with all that was typed."""
    try:
        setup.answer(services().database, connection_id(), me(), step, request.form)
    except TieoutError as problem:
        if problem.status in (403, 404):
            raise
        flash(str(problem), "bad")
        return _shown(step), problem.status
    found = _found(step)
    if found.refused:
        return _shown(step), 422
    if found.here.done and found.after:
        return redirect(url_for("setup.page", step=found.after.name))
    flash("Kept.", "good")
    return redirect(url_for("setup.page", step=step))


@pages.post("/file/password")
@needs_person
def password() -> str:
    """Make the password; this answer is the only place where it is told."""
    told = setup.new_password(services().database, connection_id(), me())
    return _shown("file", password=told)


@pages.post("/readiness/again")
@needs_person
def read_again() -> Answer:
    setup.read_again(services().database, connection_id(), me())
    flash("The next session reads QuickBooks' preferences again: press Update Selected.", "good")
    return redirect(url_for("setup.page", step="readiness"))


@pages.post("/go-live")
@needs_person
def go_live() -> Answer:
    setup.go_live(services().database, connection_id(), me())
    flash("Live. What was approved is written from the next session on.", "good")
    return redirect(url_for("connection.page"))


def _found(step: str) -> Page:
    return setup.page(services().database, connection_id(), me(), step)


def _shown(step: str, **more: str) -> str:
    found = _found(step)
    answers = {name: str(value) for name, value in found.facts.answers.items()}
    typed = {**answers, **request.form.to_dict()} if request.method == "POST" else answers
    return render_template(
        "setup.html",
        page=found,
        typed=typed,
        url=service_url(),
        url_is_set=public_url_is_set(),
        words=setup_steps,
        waiting=setup.waiting(services().database, connection_id()),
        starting_day=setup.starting_day(found.facts.connection),
        **more,
    )
