"""Who may do what: people, their roles on a connection, and sign-in."""

from __future__ import annotations

from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select

from app.core.errors import Forbidden, NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Role, User
from app.services.unit import service_work

#: What each role may do. (The 38-row matrix of levels will replace this table.)
RIGHTS: dict[str, frozenset[str]] = {
    "approver": frozenset({"view", "accept", "reject", "take_back", "retry", "refresh"}),
    "project_manager": frozenset({"view", "send", "retrieve"}),
    "specialist": frozenset({"view", "rules", "refresh", "connection"}),
    "auditor": frozenset({"view", "audit"}),
}
ROLE_NAMES = {
    "approver": "accounting approver",
    "project_manager": "project manager",
    "specialist": "implementation specialist",
    "auditor": "auditor",
}

#: Argon2's own recommended profile; a wrong password costs as much as a right one.
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")


@dataclass(frozen=True)
class Person:
    """Somebody acting on one connection."""

    id: int
    login: str
    name: str
    roles: frozenset[str]

    def may(self, what: str) -> bool:
        """Whether any of the person's roles allows it."""
        return any(what in RIGHTS[role] for role in self.roles)

    def must(self, what: str) -> None:
        """Raise Forbidden, naming who could, unless the person may."""
        if not self.may(what):
            able = " or ".join(ROLE_NAMES[role] for role, rights in RIGHTS.items() if what in rights)
            raise Forbidden(
                f"{self.name} may not {what.replace('_', ' ')} here.",
                f"It needs the role {able}. Ask whoever manages users.",
                rule_id=f"role:{what}",
            )


def hash_password(password: str) -> str:
    """A slow hash; the password itself is kept nowhere."""
    return _hasher.hash(password)


def password_fits(hashed: str | None, password: str) -> bool:
    """Check a password in the same time whether or not the user exists."""
    try:
        return _hasher.verify(hashed or _NOBODY, password) and hashed is not None
    except (VerificationError, InvalidHashError):
        return False


def add_user(database: Database, login: str, name: str, password: str, *, actor: str) -> int:
    """Make a user; the login must be new."""
    with service_work(database) as (session, trail):
        if session.execute(select(User.id).where(User.login == login)).first():
            raise Refusal(f"There is already a user {login}.", "Choose another login.")
        user = User(login=login, name=name, password=hash_password(password))
        session.add(user)
        session.flush()
        trail.add(Tag.USER_ADDED, actor, login=login, name=name)
        return user.id


def give_role(database: Database, login: str, connection_id: int, role: str, *, actor: str) -> None:
    """Let a user be something on a connection."""
    if role not in RIGHTS:
        raise Refusal(f"There is no role {role}.", f"Roles are {', '.join(RIGHTS)}.")
    with service_work(database) as (session, trail):
        user = session.execute(select(User).where(User.login == login)).scalar_one_or_none()
        if user is None:
            raise NotFound(f"There is no user {login}.", "See `tieout user list`.")
        session.merge(Role(user_id=user.id, connection_id=connection_id, role=role))
        trail.add(Tag.ROLE_GIVEN, actor, login=login, connection=connection_id, role=role)


def sign_in(database: Database, login: str, password: str) -> int | None:
    """The user's id where login and password fit, else None. Both outcomes are on the trail."""
    with database.reading() as session:
        user = session.execute(select(User).where(User.login == login, User.active)).scalar_one_or_none()
    fits = password_fits(user.password if user else None, password)
    with service_work(database) as (_, trail):
        trail.add(Tag.SIGNED_IN if fits else Tag.SIGN_IN_FAILED, login)
    return user.id if user and fits else None


def person(database: Database, connection_id: int, *, login: str = "", user_id: int | None = None) -> Person | None:
    """An active user with what they are for this connection, read anew each time."""
    with database.reading() as session:
        query = select(User).where(User.active, User.login == login if login else User.id == user_id)
        user = session.execute(query).scalar_one_or_none()
        if user is None:
            return None
        roles = select(Role.role).where(Role.user_id == user.id, Role.connection_id == connection_id)
        return Person(user.id, user.login, user.name, frozenset(session.execute(roles).scalars()))


def everybody(database: Database) -> list[tuple[User, list[Role]]]:
    """All users with their roles."""
    with database.reading() as session:
        roles: dict[int, list[Role]] = {}
        for role in session.execute(select(Role)).scalars():
            roles.setdefault(role.user_id, []).append(role)
        return [(user, roles.get(user.id, [])) for user in session.execute(select(User).order_by(User.login)).scalars()]


def set_password(database: Database, login: str, password: str, *, actor: str) -> None:
    """Give a user another password; the old one is worth nothing from now on."""
    with service_work(database) as (session, trail):
        user = session.execute(select(User).where(User.login == login)).scalar_one_or_none()
        if user is None:
            raise NotFound(f"There is no user {login}.", "See `tieout user list`.")
        user.password = hash_password(password)
        trail.add(Tag.PASSWORD_CHANGED, actor, login=login)
