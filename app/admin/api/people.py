"""People of the connection: added, given a role, let in and out; what each holds is under permissions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.admin.access import connection_id, me, outside
from app.admin.api.routes import Family, database
from app.admin.api.shapes import Asked, Shape, done, flag, text, words
from app.services import user_admin

family = Family("people", "Who works on the connection. It needs the right “User administration”.")
MAY = ("users", "")
Body = Mapping[str, Any]


class NewPerson(Asked):
    """Somebody new."""

    login = words("By what the person signs in.", required=True, least=1, most=120)
    name = words("The person's full name.", required=True, least=1, most=200)
    mail = words("Where mails go.", most=200)
    role = words("What the person is here.", required=True, least=1, most=80)


class Role(Asked):
    """Something more that a person is."""

    role = words("The role, as the permissions name it.", required=True, least=1, most=80)


class Active(Asked):
    """Whether a person may sign in."""

    active = flag(
        "true: the person may sign in. false: no more, and every token of theirs opens nothing.", required=True
    )


class PasswordLink(Shape):
    """A link by which a person sets a password once."""

    address = text("The link, told this once; empty where the person has a password already.")


def _link(secret: str) -> dict[str, str]:
    return {"address": outside("sign_in.password", secret=secret) if secret else ""}


@family.post("/people", "Add a person", takes=NewPerson, gives=PasswordLink, right=MAY)
def add(body: Body) -> Any:
    """With a role here; the link by which they set their password is in this answer alone."""
    given = (body[name] for name in ("login", "name", "mail", "role"))
    return _link(user_admin.add(database(), connection_id(), me(), *given))


@family.post("/people/<login>/role", "Give a role", takes=Role, right=MAY)
def role(login: str, body: Body) -> dict[str, str]:
    """Everything in it, beside what the person holds already."""
    user_admin.give_role(database(), connection_id(), me(), login, body["role"])
    return done("The role is given.")


@family.post("/people/<login>/withdraw", "Take everything", right=MAY)
def withdraw(login: str) -> dict[str, str]:
    """All that the person holds on this connection."""
    user_admin.withdraw(database(), connection_id(), me(), login)
    return done(f"{login} holds nothing on this connection any more.")


@family.post("/people/<login>/active", "Let in, or out", takes=Active, right=MAY)
def active(login: str, body: Body) -> dict[str, str]:
    """Whether the person may sign in at all."""
    user_admin.set_active(database(), connection_id(), me(), login, active=body["active"])
    return done(f"{login} may sign in again." if body["active"] else f"{login} may not sign in any more.")


@family.post("/people/<login>/link", "A link for a new password", gives=PasswordLink, right=MAY)
def link(login: str) -> Any:
    """The old password is worth nothing from then on."""
    return _link(user_admin.reset(database(), connection_id(), me(), login))
