"""The audit trail: looked at, exported, verified."""

from __future__ import annotations

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, needs, needs_person, services
from app.admin.asked import number
from app.core.tags import Tag
from app.services import audit, overview

pages = Blueprint("trail", __name__, url_prefix="/audit")


@pages.get("/")
@needs_person
def page() -> str:
    chosen = {name: request.args.get(name, "") for name in ("tag", "actor")}
    events = overview.events(
        services().database, connection_id(), before=number(request.args.get("before", "")), **chosen
    )
    return render_template(
        "trail.html", events=events, names=overview.named(services().database, events), chosen=chosen, tags=list(Tag)
    )


@pages.get("/export.<form>")
@needs("audit")
def export(form: str) -> Response:
    out = io.StringIO(newline="")
    wanted = audit.Filter(
        chain=audit.chain_of(connection_id()),
        tag=request.args.get("tag", ""),
        actor=request.args.get("actor", ""),
    )
    if form == "jsonl":
        audit.write_jsonl(services().database, wanted, out)
        return _file(out.getvalue(), "application/jsonl", "audit.jsonl")
    audit.write_csv(services().database, wanted, out)
    return _file("\ufeff" + out.getvalue(), "text/csv", "audit.csv")


def _file(body: str, mimetype: str, name: str) -> Response:
    return Response(body, mimetype=mimetype, headers={"Content-Disposition": f"attachment; filename={name}"})


@pages.post("/verify")
@needs("audit")
def verify() -> Answer:
    for verdict in audit.verify(services().database):
        sentence = f"{verdict.chain}: {verdict.problem or f'{verdict.events} events, all in place'}"
        flash(sentence, "good" if verdict.ok else "bad")
    return redirect(url_for("trail.page"))
