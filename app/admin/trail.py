"""The audit trail: looked at, exported, verified."""

from __future__ import annotations

from dataclasses import asdict

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import files
from app.admin.access import connection_id, me, needs, needs_person, services
from app.admin.asked import number
from app.admin.words import zone
from app.core.errors import NotFound
from app.core.tags import Tag
from app.services import audit, audit_export, audit_package, trail_page
from app.services.trail_page import Wanted

pages = Blueprint("trail", __name__, url_prefix="/audit")

#: As what the trail is taken along.
FORMS = {"csv": files.csv, "jsonl": files.jsonl}


def _wanted() -> Wanted:
    """What is asked for; a number or a day that is none is as if not said."""
    tag, actor, since, until = (request.args.get(name, "").strip() for name in ("tag", "actor", "since", "until"))
    item, before, after = (number(request.args.get(name, "")) for name in ("item", "before", "after"))
    return Wanted(tag, actor, item, since, until, before, after)


@pages.get("/")
@needs_person
def page() -> str:
    wanted = _wanted()
    found = trail_page.page(services().database, connection_id(), wanted, zone())
    chosen = {name: value for name, value in asdict(wanted).items() if value and name not in {"before", "after"}}
    return render_template("trail.html", found=found, wanted=wanted, chosen=chosen, tags=list(Tag))


@pages.get("/export.<form>")
@needs("audit")
def export(form: str) -> Response:
    asked = _wanted()
    wanted = audit.Filter(
        chain=audit.chain_of(connection_id()),
        item_id=asked.item or None,
        tag=asked.tag,
        actor=asked.actor,
        since=trail_page.moment(asked.since, zone()),
        until=trail_page.moment(asked.until, zone(), end=True),
    )
    if form not in FORMS:
        raise NotFound(f"There is no such form of the trail: {form}.", "Take it as CSV or as JSON Lines.")
    database, actor = services().database, me().name
    return FORMS[form](f"audit.{form}", lambda out: audit_export.write(database, wanted, form, out, actor=actor))


@pages.post("/package")
@needs("audit")
def package() -> Response:
    """The whole trail as one ZIP that verifies itself."""
    held = audit_package.make(services().database, connection_id(), me())
    return send_file(held, mimetype="application/zip", as_attachment=True, download_name="audit-trail.zip")


@pages.post("/verify")
@needs("audit")
def verify() -> Answer:
    """Recompute the chains that concern this connection; of others nothing is told."""
    for verdict in audit.verify(services().database, audit.seen_from(connection_id())):
        sentence = f"{verdict.chain}: {verdict.problem or f'{verdict.events} events, all in place'}"
        flash(sentence, "good" if verdict.ok else "bad")
    return redirect(url_for("trail.page"))
