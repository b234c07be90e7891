"""User administration: whoever has the right adds people, gives roles, deactivates, and hands out password links."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import text
from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Event, PersonAccess, User
from app.rulebook.access import Access
from app.services import audit, people, permissions, procore_rights, signing_in
from app.services.people import Person
from app.services.procore_rights import Standing
from app.services.unit import service_work

ACT = "users"


@dataclass(frozen=True)
class Listed:
    """One user as the administrator of a connection sees them."""

    user: User
    row: PersonAccess | None  # what they hold on this connection
    access: Access
    roles: str
    last_use: datetime | None
    procore: Standing | None


def listed(database: Database, connection_id: int, who: Person, login: str = "") -> list[Listed]:
    """Everybody who holds anything on this connection, or nothing anywhere yet; or only who has this login."""
    permissions.must(database, connection_id, who, ACT)
    used = (
        select(Event.actor, func.max(Event.at).label("at"))
        .where(Event.chain == audit.SERVICE, Event.tag == Tag.SIGNED_IN.value)
        .group_by(Event.actor)
    )
    users = select(User).order_by(User.name, User.id)
    if login:
        used, users = used.where(Event.actor == login), users.where(User.login == login)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        labels = {name: bundle.label for name, bundle in who.policy.bundles.items()}
        last = {row.actor: row.at for row in session.execute(used)}
        held = {
            row.user_id: row
            for row in session.execute(
                select(PersonAccess).where(PersonAccess.connection_id == connection_id)
            ).scalars()
        }
        elsewhere = set(session.execute(select(PersonAccess.user_id)).scalars())
        here = [user for user in session.execute(users).scalars() if user.id in held or user.id not in elsewhere]
        holds = [(user, people.access_of(held.get(user.id))) for user in here]
        found = []
        for (user, access), (_, said) in zip(
            holds, procore_rights.all_in_force(session, connection, holds), strict=True
        ):
            row = held.get(user.id)
            roles = ", ".join(labels.get(role, role) for role in (row.roles if row else ()))
            found.append(Listed(user, row, access or Access(), roles, last.get(user.login), said))
        return found


def one(database: Database, connection_id: int, who: Person, login: str) -> Listed:
    """One of them; whoever is not on the list is not known here."""
    with database.reading() as session:
        people.named(session, login)
    for found in listed(database, connection_id, who, login):
        return found
    raise Refusal(f"{login} works on another connection.", "Give the person a role here first.", code="elsewhere")


def add(database: Database, connection_id: int, who: Person, login: str, name: str, mail: str, role: str) -> str:
    """Add a person with a role; returns what the link ends with by which they set their password.

    Somebody who works on another connection already gets the role beside what they have, and no link.
    """
    permissions.must(database, connection_id, who, ACT)
    login, name, mail = login.strip(), text.squeeze(name), mail.strip()
    _not_oneself(who, login)
    if not login or len(login) > 120 or any(one.isspace() or one == "/" for one in login):
        raise Refusal("A login has from 1 to 120 characters, no space and no slash.", "Type another one.", code="login")
    _known_role(who, role)
    with database.reading() as session:
        known = session.execute(select(User.id).where(User.login == login)).scalar_one_or_none()
    if known is None:
        if not name:
            raise Refusal("The person has no name.", "Type the name that is to stand on the trail.", code="name")
        with database.reading() as session:
            if session.execute(select(User.id).where(func.lower(User.name) == name.lower())).first():
                raise Refusal(
                    f"There is already somebody called {name}.",
                    "Names stand on the trail: add a middle name, or the initial of one.",
                    code="name_taken",
                )
        people.add_user(database, login, name, "", actor=who.name, mail=mail)
    people.give_role(database, login, connection_id, role, actor=who.name)
    return "" if known is not None else reset(database, connection_id, who, login)


def give_role(database: Database, connection_id: int, who: Person, login: str, role: str) -> None:
    """Let somebody be something more on this connection; nobody gives themselves anything."""
    permissions.must(database, connection_id, who, ACT)
    _not_oneself(who, login)
    _known_role(who, role)
    people.give_role(database, login, connection_id, role, actor=who.name)


def withdraw(database: Database, connection_id: int, who: Person, login: str) -> None:
    """Take everything somebody holds on this connection; elsewhere they keep what they have.

    Who holds nothing anywhere then can be given a role by any connection, so nothing to sign in with is left.
    """
    permissions.must(database, connection_id, who, ACT)
    _not_oneself(who, login)
    with service_work(database) as (session, trail):
        user = people.named(session, login)
        row = session.get(PersonAccess, (user.id, connection_id))
        if row is None:
            raise Refusal(f"{user.name} holds nothing here.", "Nothing was changed.", code="unchanged")
        before = permissions.plain(people.access_of(row) or Access())
        session.delete(row)
        session.flush()
        if not _places(session, user.id):
            user.password, user.link, user.link_until = "", "", None
            user.round += 1
        trail.add(
            Tag.ACCESS_CHANGED,
            who.name,
            login=login,
            connection=connection_id,
            before=before,
            after=permissions.plain(Access()),
        )


def set_active(database: Database, connection_id: int, who: Person, login: str, *, active: bool) -> None:
    """Let somebody in no more, or again; for those who work elsewhere too it needs the right there as well."""
    _must_everywhere(database, connection_id, who, login)
    with service_work(database) as (session, trail):
        user = people.named(session, login)
        if user.active == active:
            raise Refusal(f"{user.name} is so already.", "Nothing was changed.", code="unchanged")
        user.active = active
        user.round += 1
        trail.add(Tag.USER_ACTIVATED if active else Tag.USER_DEACTIVATED, who.name, login=login)


def reset(database: Database, connection_id: int, who: Person, login: str) -> str:
    """Make a link by which somebody sets a new password once; the old one is worth nothing from now on."""
    _must_everywhere(database, connection_id, who, login)
    with service_work(database) as (session, trail):
        return signing_in.make_link(people.named(session, login), trail, who.name)


def _must_everywhere(database: Database, connection_id: int, who: Person, login: str) -> None:
    """Who could do this to an account could act in its name wherever it works."""
    permissions.must(database, connection_id, who, ACT)
    _not_oneself(who, login)
    with database.reading() as session:
        places = _places(session, people.named(session, login).id)
    for place, name in places:
        mine = people.person(database, place, user_id=who.id)
        if mine is None or not mine.may(ACT):
            raise Forbidden(
                f"{login} works on {name} too, where {who.name} may not give or take permissions.",
                "Take away what the person holds here, or ask somebody who administers both.",
                code="elsewhere",
            )


def _places(session: Session, user_id: int) -> list[tuple[int, str]]:
    query = (
        select(Connection.id, Connection.name)
        .join(PersonAccess, PersonAccess.connection_id == Connection.id)
        .where(PersonAccess.user_id == user_id)
        .order_by(Connection.name, Connection.id)
    )
    return [(row.id, row.name) for row in session.execute(query)]


def places(database: Database, user_id: int) -> list[tuple[int, str]]:
    """The connections a person works on."""
    with database.reading() as session:
        return _places(session, user_id)


def _not_oneself(who: Person, login: str) -> None:
    if login == who.login:
        raise Refusal(
            f"{who.name} cannot change {who.name}'s own access.",
            "Ask somebody else who has the right “User administration”.",
            code="own_access",
        )


def _known_role(who: Person, role: str) -> None:
    if role not in who.policy.bundles:
        raise Refusal(f"There is no role {role}.", f"Roles are {', '.join(who.policy.bundles)}.", code="role")
