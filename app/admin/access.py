"""Sign-in, and who is asking: every page but the log-in needs a person."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, flash, g, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSessionInterface
from werkzeug.wrappers import Response

from app.core.errors import Forbidden
from app.rulebook.permissions import VIEW
from app.services import connections, people, permissions, refusals
from app.services.people import Person

pages = Blueprint("access", __name__, template_folder="templates", static_folder="static", static_url_path="/static")
View = TypeVar("View", bound=Callable[..., Any])


def services() -> Any:
    """The application's services."""
    return current_app.extensions["tieout"]


def me() -> Person:
    """Who is asking, read anew for every request."""
    return cast(Person, g.person)


def connection_id() -> int:
    """The connection the person works on."""
    return cast(int, g.connection_id)


class Cookies(SecureCookieSessionInterface):
    """A session that began over https is never sent over anything else."""

    def get_cookie_secure(self, app: Flask) -> bool:
        return request.is_secure


def recognise() -> bool:
    """Find out who is asking; whether somebody is signed in."""
    if "person" not in g and (found := _signed_in()) is not None:
        g.person, g.connection_id = found
    return "person" in g


def needs_person(view: View) -> View:
    """Send whoever is not signed in to the log-in, and back afterwards."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not recognise():
            return redirect(url_for("access.log_in", next=request.full_path.rstrip("?")))
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
    person = people.person(services().database, chosen, user_id=user_id)
    return (person, chosen) if person and person.may(VIEW) else None


def csrf_token() -> str:
    """The token every form of this session carries."""
    if "csrf" not in session:
        session["csrf"] = secrets.token_urlsafe(24)
    return cast(str, session["csrf"])


def check_csrf() -> None:
    """Refuse a change that did not come from one of our own pages."""
    if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith("/qbwc"):
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
    return render_template("log_in.html", next=_own_path(request.args.get("next", "")))


@pages.post("/log-in")
def signing_in() -> Response | tuple[str, int]:
    login, password = request.form.get("login", "").strip(), request.form.get("password", "")
    database, after = services().database, _own_path(request.form.get("next", ""))
    user_id = people.sign_in(database, login, password)
    chosen = _connection_of(user_id) if user_id is not None else None
    if user_id is None or chosen is None:
        sentence = "Name or password is wrong." if user_id is None else "You have no role on any connection yet."
        return render_template("log_in.html", next=after, login=login, problem=sentence), 401
    session.clear()
    session["user"], session["connection"] = user_id, chosen
    return redirect(after or url_for("home.page"))


def _connection_of(user_id: int) -> int | None:
    database = services().database
    for one in connections.everyone(database):
        person = people.person(database, one.id, user_id=user_id)
        if person and person.may(VIEW):
            return one.id
    return None


def _own_path(path: str) -> str:
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
    answer = redirect(_own_path(request.form.get("next", "")) or url_for("home.page"))
    if chosen in {"light", "dark"}:
        answer.set_cookie("theme", chosen, max_age=31_536_000, samesite="Lax", httponly=True, secure=request.is_secure)
    else:
        answer.delete_cookie("theme")
    return answer
