"""Sign-in, and who is asking: every page but the log-in needs a person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from app.admin import time_limit
from app.core.errors import Forbidden
from app.db.models import User
from app.rulebook.permissions import VIEW
from app.services import frame, people, permissions, preferences, procore_signin, refusals, rights_again, user_admin
from app.services import signing_in as signing_in_service
from app.services.frame import Frame
from app.services.people import Person

pages = Blueprint("access", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
View = TypeVar("View", bound=Callable[..., Any])

#: What programs post: no form of a person's, and no cookie of theirs counts.
OF_PROGRAMS = ("/qbwc", "/hooks/", "/api/")
#: Changes for which nobody asks Procore again who may: how one leaves, and how one's own pages look.
UNASKED = {"access.log_out", "access.theme", "preferences.keep_columns", "preferences.keep_keys"}
#: The preference that keeps on which connection a person worked last.
LAST = "connection"


def services() -> Any:
    """The application's services."""
    return current_app.extensions["tieout"]


def me() -> Person:
    """Who is asking, read anew for every request."""
    return cast(Person, g.person)


def connection_id() -> int:
    """The connection the person works on."""
    return cast(int, g.connection_id)


def around() -> Frame:
    """What every page carries around its content, read once for a request; anew after something was done."""
    if "frame" not in g:
        g.frame = frame.of(services().database, connection_id(), me().id)
    return cast(Frame, g.frame)


class Cookies(SecureCookieSessionInterface):
    """A session that began over https is never sent over anything else."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def recognise() -> bool:
    """Find out who is asking; whether somebody is signed in."""
    if "person" not in g and (found := _signed_in()) is not None:
        g.person, g.connection_id = found
    return "person" in g


def read_rights_again() -> None:
    """Before anything is changed: what Procore says of the person now, or what is used instead."""
    if request.method != "POST" or request.endpoint in UNASKED or request.path.startswith(OF_PROGRAMS):
        return
    if recognise() and (sentence := anew()):
        flash(sentence, "warn")


def anew() -> str:
    """The person with what Procore says now; what is used instead, where it cannot be asked."""
    found = services()
    sentence = rights_again.read_again(found.database, found.settings, connection_id(), me().id)
    g.person = people.person(found.database, connection_id(), user_id=me().id) or g.person
    return sentence


def needs_person(view: View) -> View:
    """Send whoever is not signed in to the log-in, and back afterwards."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not recognise():
            if time_limit.by_itself():  # the page stays as it is: nothing in it is a place for the log-in
                return Response(status=204)
            return redirect(url_for("access.log_in", next=time_limit.page_of_return() or None))
        return view(*args, **kwargs)

    return cast(View, guarded)


def needs(right: str) -> Callable[[View], View]:
    """Let only those in who hold a right; the refusal names who does, and is on the trail."""

    def wrap(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            permissions.must(services().database, connection_id(), me(), right)
            return view(*args, **kwargs)

        return needs_person(cast(View, guarded))

    return wrap


def _signed_in() -> tuple[Person, int] | None:
    user_id, chosen = session.get("user"), session.get("connection")
    if user_id is None or chosen is None:
        return None
    if after := time_limit.over(timedelta(hours=services().settings.session_hours)):
        if time_limit.by_itself():  # whoever comes back is told then, and the form they send is still known
            return None
        session.clear()
        lost = "" if request.method == "GET" else " Nothing of what you just sent was done: enter it once more there."
        flash(f"You were signed out after {after}. Sign in again; you come back to this page.{lost}", "warn")
        return None
    person = people.person(services().database, chosen, user_id=user_id)
    if person is None or person.access is None or session.get("round") != person.round:
        return None
    if not person.may(VIEW):  # inactive in Procore by now: told once, and out
        session.clear()
        permissions.must(services().database, chosen, person, VIEW)
    return person, chosen


def csrf_token() -> str:
    """The token every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return cast(str, session["csrf"])


def check_csrf() -> None:
    """Refuse a change that did not come from one of our own pages."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith(OF_PROGRAMS):
        return
    sent = request.form.get("csrf") or request.headers.get("X-CSRF-Token", "")
    if not secrets.compare_digest(sent.encode(), csrf_token().encode()):
        if recognise():
            refusals.note(services().database, connection_id(), me().name, request.path, "csrf")
        raise Forbidden(
            "This form is no longer valid, so nothing was changed.",
            "Go back, load the page again, and repeat what you did.",
            code="csrf",
        )


@pages.get("/log-in")
def log_in() -> str:
    return render_template("log_in.html", next=own_path(request.args.get("next", "")))


@pages.app_context_processor
def _for_the_log_in() -> dict[str, Any]:
    return {"procore_offered": procore_signin.offered(services().settings)}


@pages.post("/log-in")
def signing_in() -> Response | tuple[str, int]:
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    database, after = services().database, own_path(request.form.get("next", ""))
    user = signing_in_service.sign_in(database, login, password)
    problem = "Name or password is wrong." if user is None else enter(user)
    if problem:
        return render_template("log_in.html", next=after, login=login, problem=problem), 401
    return redirect(after or url_for("home.page"))


def enter(user: User) -> str:
    """Begin a session for whoever proved who they are; or why there is none."""
    found, held = services(), user_admin.places(services().database, user.id)
    for chosen, _ in held:
        rights_again.read_again(found.database, found.settings, chosen, user.id)
    said = {one: people.person(found.database, one, user_id=user.id) for one, _ in held}
    open_ = [one for one, person in said.items() if person is not None and person.may(VIEW)]
    if not open_:
        left = [refused for person in said.values() if person is not None and (refused := person.refusal(VIEW))]
        for place, person in said.items():
            if person is not None and (refused := person.refusal(VIEW)):
                permissions.note(found.database, place, person, VIEW, refused)
        return str(left[0]) if left else "You have no role on any connection yet."
    session.clear()
    last = preferences.of(found.database, user.id).get(LAST)
    session["user"], session["round"] = user.id, user.round
    time_limit.begin()
    session["connection"] = last if last in open_ else open_[0]
    return ""


def my_places() -> list[tuple[int, str]]:
    """The connections among which the person may switch."""
    return user_admin.places(services().database, me().id)


@pages.post("/connection-of-mine")
def switch() -> Response:
    """Work on another connection; the next sign-in begins there."""
    if not recognise():
        return redirect(url_for("access.log_in"))
    wanted = request.form.get("connection", "")
    places = {str(one): (one, name) for one, name in my_places()}
    person = people.person(services().database, places[wanted][0], user_id=me().id) if wanted in places else None
    if person is None or not person.may(VIEW):
        raise Forbidden(
            f"{me().name} has no role on that connection.", "Ask whoever has the right “User administration” there."
        )
    session["connection"], name = places[wanted]
    preferences.keep(services().database, me().id, LAST, session["connection"])
    flash(f"You work on {name} now.", "good")
    return redirect(url_for("home.page"))


def outside(endpoint: str, **values: Any) -> str:
    """The address of a page for somebody else: under the public one where it is set, whatever host a request named."""
    public: str = services().settings.public_url.rstrip("/")
    address = url_for(endpoint, _external=not public, **values)
    return public + address


def own_path(path: str) -> str:
    """Only a path on this very site; never a way out of it."""
    parts = urlsplit(path)
    return path if path.startswith("/") and not path.startswith("//") and not parts.netloc and "\\" not in path else ""


@pages.post("/log-out")
def log_out() -> Response:
    session.clear()
    flash("You are signed out.", "good")
    return redirect(url_for("access.log_in"))


@pages.post("/theme")
def theme() -> Response:
    """Light, dark, or whatever the machine prefers."""
    chosen = request.form.get("theme", "")
    answer = redirect(own_path(request.form.get("next", "")) or url_for("home.page"))
    if chosen in {"light", "dark"}:
        answer.set_cookie("theme", chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure)
    else:
        answer.delete_cookie("theme")
    return answer
