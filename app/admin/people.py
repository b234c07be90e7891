"""People: who works here, what each holds, and one's own page."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Answer

from app.admin.access import connection_id, me, needs, needs_person, outside, services
from app.core.errors import Refusal
from app.rulebook.access import LEVELS
from app.services import people, permissions, signing_in, user_admin
from app.services.permissions import Change

pages = Blueprint("people", __name__)

USERS = "users"


@pages.get("/people/")
@needs(USERS)
def page() -> str:
    found = user_admin.listed(services().database, connection_id(), me())
    return render_template("people.html", people=found, roles=me().policy.bundles, levels=LEVELS)


@pages.post("/people/")
@needs(USERS)
def add() -> Answer | tuple[str, int]:
    """Add somebody; the link by which they set their password is shown this once."""
    given = [request.form.get(name, "") for name in ("login", "name", "mail", "role")]
    try:
        secret = user_admin.add(services().database, connection_id(), me(), *given)
    except Refusal as problem:
        flash(str(problem), "bad")
        found = user_admin.listed(services().database, connection_id(), me())
        bundles = me().policy.bundles
        return render_template("people.html", people=found, roles=bundles, levels=LEVELS, typed=request.form), 422
    if secret:
        return _link(given[0].strip(), secret)
    flash(f"{given[0]} works on another connection already and has the role here too.", "good")
    return redirect(url_for("people.one", login=given[0].strip()))


@pages.get("/people/<login>")
@needs(USERS)
def one(login: str) -> str:
    """What one person holds, with all that can be given and taken."""
    found = user_admin.one(services().database, connection_id(), me(), login)
    return render_template("person.html", one=found, policy=me().policy, levels=LEVELS, own=login == me().login)


@pages.post("/people/<login>")
@needs(USERS)
def change(login: str) -> Answer:
    """Give and take, all of it at once, as the form shows it."""
    policy, form = me().policy, request.form
    wanted = Change(
        level=form.get("level"),
        privileges={name: f"privilege:{name}" in form for name in policy.privileges},
        tools={name: form[f"tool:{name}"] for name in policy.tools if f"tool:{name}" in form},
        rights={name: f"right:{name}" in form for name in policy.rights},
    )
    return _done(
        login,
        lambda: permissions.change_access(services().database, connection_id(), me(), login, wanted),
        "It is changed, from the next click of the person on.",
    )


@pages.post("/people/<login>/role")
@needs(USERS)
def role(login: str) -> Answer:
    given = request.form.get("role", "")
    return _done(
        login,
        lambda: user_admin.give_role(services().database, connection_id(), me(), login, given),
        "The role is given, beside what the person held already.",
    )


@pages.post("/people/<login>/withdraw")
@needs(USERS)
def withdraw(login: str) -> Answer:
    """Take all of it on this connection."""
    return _done(
        login,
        lambda: user_admin.withdraw(services().database, connection_id(), me(), login),
        f"{login} holds nothing on this connection any more.",
        url_for("people.page"),
    )


@pages.post("/people/<login>/active")
@needs(USERS)
def active(login: str) -> Answer:
    on = request.form.get("active") == "yes"
    return _done(
        login,
        lambda: user_admin.set_active(services().database, connection_id(), me(), login, active=on),
        f"{login} may sign in again." if on else f"{login} is out and may not sign in any more.",
    )


@pages.post("/people/<login>/link")
@needs(USERS)
def link(login: str) -> Answer | tuple[str, int]:
    """A link by which the person sets a new password once."""
    try:
        return _link(login, user_admin.reset(services().database, connection_id(), me(), login))
    except Refusal as problem:
        flash(str(problem), "bad")
        return redirect(url_for("people.one", login=login))


def _link(login: str, secret: str) -> tuple[str, int]:
    address = outside("sign_in.password", secret=secret)
    return render_template("password_link.html", login=login, address=address), 200


def _done(login: str, act: Callable[[], object], said: str, back: str = "") -> Answer:
    try:
        act()
        flash(said, "good")
    except Refusal as problem:
        flash(str(problem), "bad")
        back = ""
    return redirect(back or url_for("people.one", login=login))


# -- one's own page ------------------------------------------------------------------------------------------------


@pages.get("/me")
@needs_person
def own() -> str:
    """Password, looks, keys, connections, and what Procore says of the person."""
    return render_template("me.html")


@pages.post("/me/password")
@needs_person
def own_password() -> Answer:
    old, new, again = (request.form.get(name, "") for name in ("old", "new", "again"))
    database = services().database
    try:
        if new != again:
            raise Refusal("The new password was typed in two ways.", "Type the same one twice.", code="not_the_same")
        signing_in.change_password(database, me().id, old, new)
    except Refusal as problem:
        flash(str(problem), "bad")
        return redirect(url_for("people.own"))
    _stay()
    flash(
        "Your password is changed. Wherever else you were signed in, you are out, and your tokens have ended.", "good"
    )
    return redirect(url_for("people.own"))


@pages.post("/me/sign-out-everywhere")
@needs_person
def everywhere() -> Answer:
    """End every session of the person, this one too."""
    signing_in.sign_out_everywhere(services().database, me().id, actor=me().name)
    session.clear()
    flash("You are signed out everywhere.", "good")
    return redirect(url_for("access.log_in"))


def _stay() -> None:
    """Whoever just changed the password stays signed in here."""
    person = people.person(services().database, connection_id(), user_id=me().id)
    session["round"] = person.round if person else -1
