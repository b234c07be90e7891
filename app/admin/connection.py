"""The connection: its health, its line, its sessions, and its .qwc file."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs, needs_person, services
from app.core.errors import NotFound
from app.services import connections, overview, refreshes

pages = Blueprint("connection", __name__, url_prefix="/connection")


@pages.get("/")
@needs_person
def page() -> str:
    found = overview.connection_page(services().database, connection_id())
    return render_template("connection.html", page=found)


@pages.get("/sets/<set_id>")
@needs_person
def message_set(set_id: str) -> str:
    found = overview.message_set(services().database, connection_id(), set_id)
    if found is None:
        raise NotFound("There is no such message set.", "Choose one on the Connection page.")
    return render_template("message_set.html", set=found[0], requests=found[1])


@pages.post("/refresh")
@needs("refresh")
def refresh() -> Answer:
    asked = refreshes.ask(services().database, connection_id(), me())
    flash("Asked; it runs in the next session." if asked else "Already asked; it runs in the next session.", "good")
    return redirect(url_for("connection.page"))


@pages.post("/pause")
@needs("connection")
def pause() -> Answer:
    paused = request.form.get("paused") == "yes"
    connections.pause(services().database, connection_id(), me(), paused)
    flash("Paused: nothing leaves for QuickBooks." if paused else "Going on.", "good")
    return redirect(url_for("connection.page"))


@pages.get("/tieout.qwc")
@needs("connection")
def qwc() -> Response:
    one = connections.get(services().database, connection_id())
    url = url_for("connection.page", _external=True).removesuffix("/connection/") + "/qbwc"
    body = services().qwc(
        app_name=f"Tieout {one.name}",
        url=url,
        support_url=f"{url}/support",
        user=one.web_connector_user,
        file_id=one.file_id,
    )
    headers = {"Content-Disposition": "attachment; filename=tieout.qwc"}
    return Response(body, mimetype="application/xml", headers=headers)
