"""Other ways in than a password: with Procore, or by a link that sets a password once."""

from __future__ import annotations

import hmac

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import enter, own_path, services
from app.core.errors import Forbidden, NotFound, Refusal
from app.services import procore_signin, signing_in

pages = Blueprint("sign_in", __name__)

Shown = Answer | tuple[str, int]
#: What the session keeps on the way to Procore and back.
STATE, AFTER = "procore_state", "procore_next"


@pages.get("/log-in/procore")
def procore() -> Answer:
    """On to Procore, which asks the person."""
    _must_be_offered()
    address, session[STATE] = procore_signin.page(services().settings, _back())
    session[AFTER] = own_path(request.args.get("next", ""))
    return redirect(address)


@pages.get("/log-in/procore/back")
def procore_back() -> Shown:
    """Back from Procore: only who is known here may enter, and only in the browser that went."""
    _must_be_offered()
    state, after = session.pop(STATE, ""), session.pop(AFTER, "")
    if not state or not hmac.compare_digest(request.args.get("state", "").encode(), state.encode()):
        raise Forbidden(
            "This answer of Procore belongs to no sign-in that began here.", "Sign in again.", code="procore_state"
        )
    code = request.args.get("code", "")
    if not code:
        return _not_in("Procore did not let Tieout know who you are, because it was not allowed to.", after)
    try:
        login = procore_signin.login(services().settings, _back(), code)
    except Refusal as refused:
        return _not_in(str(refused), after)
    user = signing_in.known_to_procore(services().database, login)
    if user is None:
        return _not_in(
            f"Procore says that you are {login}, and nobody here has that address. Ask whoever has the right "
            "“User administration” to add you.",
            after,
        )
    if problem := enter(user):
        return _not_in(problem, after)
    return redirect(after or url_for("home.page"))


def _not_in(problem: str, after: str) -> Shown:
    return render_template("log_in.html", next=after, problem=problem), 401


def _must_be_offered() -> None:
    if not procore_signin.offered(services().settings):
        raise NotFound("Signing in with Procore is not set up here.", "Sign in with your password.")


def _back() -> str:
    """The address of Tieout that Procore sends the person back to; it is registered there, word for word."""
    path = url_for("sign_in.procore_back")
    public = services().settings.public_url.rstrip("/")
    return f"{public}{path}" if public else url_for("sign_in.procore_back", _external=True)


@pages.get("/password/<secret>")
def password(secret: str) -> str:
    """Where the link leads: a new password, typed twice."""
    return render_template("set_password.html", user=signing_in.of_link(services().database, secret), secret=secret)


@pages.post("/password/<secret>")
def set_password(secret: str) -> Shown:
    new, again = request.form.get("new", ""), request.form.get("again", "")
    user = signing_in.of_link(services().database, secret)
    try:
        if new != again:
            raise Refusal("The password was typed in two ways.", "Type the same one twice.", code="not_the_same")
        signing_in.use_link(services().database, secret, new)
    except Refusal as problem:
        return render_template("set_password.html", user=user, secret=secret, problem=str(problem)), 422
    session.clear()
    flash("Your password is set. Sign in with it.", "good")
    return redirect(url_for("access.log_in"))
