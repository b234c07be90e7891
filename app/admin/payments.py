"""The list of payments: it stands where the lists of other kinds stand, but nobody decides on a payment."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import files
from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import Refusal
from app.services import payments, refreshes
from app.services.payments import PAYMENTS

pages = Blueprint("payments", __name__)


@pages.get("/items/payment")
@needs_person
def page() -> str:
    places = {name: request.args.get(name, "")[:200] for name in ("after", "before")}
    found = payments.page(services().database, connection_id(), **places)
    return render_template("payments.html", page=found)


@pages.get("/items/payment.csv")
@needs_person
def as_csv() -> Response:
    database, chosen = services().database, connection_id()
    return files.csv("payments.csv", lambda out: payments.write_csv(database, chosen, out))


@pages.post("/items/payment/refresh")
@needs_person
def refresh() -> Answer:
    """Ask for payments now; they come in the next session."""
    try:
        asked = refreshes.ask(services().database, connection_id(), me(), [PAYMENTS])
        flash(f"{'Queued' if asked else 'Queued already'}; it runs at the next session.", "good")
    except Refusal as problem:
        flash(str(problem), "bad")
    return redirect(url_for("payments.page"))


@pages.post("/items/payment/act")
@needs_person
def act() -> Answer:
    """Take one out of Procore, or try it again."""
    name, _, key = request.form.get("act", "").partition(":")
    database, chosen = services().database, connection_id()
    try:
        if name == "remove":
            payments.remove(database, chosen, me(), key)
            flash("Procore's payment is being removed.", "good")
        elif name in {"retry", "anyway"}:
            payments.retry(database, chosen, me(), key, anyway=name == "anyway")
            flash("It is tried again within seconds.", "good")
        else:
            flash("The Enter key alone decides nothing: press the button you mean.", "warn")
    except Refusal as problem:
        flash(str(problem), "bad")
    return redirect(url_for("payments.page"))
