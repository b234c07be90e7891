"""The connection: its health, its line, its sessions, its .qwc file, and what helps when something is wrong."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs, needs_person, outside, services
from app.services import (
    connection_page,
    connections,
    deletions,
    permissions,
    refreshes,
    self_test,
    session_page,
    sessions,
    setup,
    support_bundle,
    working,
)

pages = Blueprint("connection", __name__, url_prefix="/connection")


def service_url() -> str:
    """The address of the Web Connector's endpoint: under the public one where it is set, else as this browser came."""
    return outside("connection.page").removesuffix("/connection/") + "/qbwc"


def public_url_is_set() -> bool:
    """Whether the address is that of the service, not only what a browser says."""
    return bool(services().settings.public_url)


@pages.get("/")
@needs_person
def page() -> str:
    found = connection_page.page(services().database, connection_id())
    at_work = working.look(services().database, connection_id())
    return render_template(
        "connection.html", page=found, working=at_work, url=service_url(), url_is_set=public_url_is_set()
    )


@pages.get("/sessions/<int:session_id>")
@needs_person
def session(session_id: int) -> str:
    readable = permissions.may_read_bodies(me())
    found = session_page.session_page(services().database, connection_id(), session_id, texts=readable)
    return render_template("session.html", page=found, readable=readable)


@pages.get("/sets/<set_id>")
@needs_person
def message_set(set_id: str) -> str:
    found = session_page.message_set(services().database, connection_id(), set_id)
    readable = permissions.may_read_bodies(me())
    return render_template("message_set.html", set=found[0], requests=found[1], readable=readable)


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


@pages.post("/deletions")
@needs("connection")
def confirm_deletions() -> Answer:
    """What Procore no longer shows was really deleted there."""
    kind, seen = request.form.get("kind", ""), request.form.get("seen", "")
    found = deletions.confirm(services().database, connection_id(), me(), kind, seen)
    flash(f"Confirmed. {found.plural} are read once more, and what is still gone is taken as deleted.", "good")
    return redirect(url_for("connection.page"))


@pages.post("/end")
@needs("connection")
def end() -> Answer:
    """End the running session at once."""
    ended = sessions.end_now(services().database, connection_id(), me())
    told = "The session was ended. What it had out is settled in the next one." if ended else "No session is running."
    flash(told, "good" if ended else "warn")
    return redirect(url_for("connection.page"))


@pages.post("/password")
@needs("connection")
def password() -> str:
    """Make another password; this answer is the only place where it is told."""
    at_once = request.form.get("at_once") == "yes"
    database, chosen = services().database, connection_id()
    told = connections.new_password(database, chosen, actor=me().name, at_once=at_once)
    return render_template("new_password.html", password=told, one=connections.get(database, chosen))


@pages.get("/tieout.qwc")
@needs("connection")
def qwc() -> Response:
    """The .qwc file; while the connection is being set up, only once its first steps are done."""
    database, chosen = services().database, connection_id()
    setup.may_have_the_file(database, chosen, me())
    one = connections.get(database, chosen)
    url = service_url()
    body = services().qwc(
        app_name=f"Tieout {one.name}",
        url=url,
        support_url=f"{url}/support",
        user=one.web_connector_user,
        file_id=one.file_id,
        minutes=int(one.settings.get("every_minutes") or 5),
    )
    setup.file_taken(database, chosen, me())
    headers = {"Content-Disposition": "attachment; filename=tieout.qwc"}
    return Response(body, mimetype="application/xml", headers=headers)


@pages.get("/self-test")
@needs_person
def self_test_page() -> str:
    return _self_test(None)


@pages.post("/self-test")
@needs("connection")
def run_self_test() -> str:
    return _self_test(run_the_test())


def run_the_test() -> list[self_test.Result]:
    """The self-test of the address that the .qwc file carries."""
    return self_test.run(services().database, connection_id(), me(), service_url(), is_set=public_url_is_set())


def _self_test(results: list[self_test.Result] | None) -> str:
    given = {"first": self_test.FIRST_SESSION, "url": service_url(), "url_is_set": public_url_is_set()}
    return render_template("self_test.html", results=results, **given)


@pages.post("/support-bundle")
@needs_person
def bundle() -> Response:
    permissions.must(services().database, connection_id(), me(), "connection")
    body = support_bundle.make(services().database, connection_id(), me(), services().settings.shown())
    headers = {"Content-Disposition": "attachment; filename=tieout-support.zip", "Cache-Control": "no-store"}
    return Response(body, mimetype="application/zip", headers=headers)
