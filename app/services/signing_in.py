"""Signing in and out: wrong passwords rest an account, a link sets a password once, one click ends all sessions."""

from __future__ import annotations

import hashlib
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock, ids
from app.core.errors import Forbidden, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import User
from app.services import people
from app.services.audit import Trail
from app.services.unit import service_work

#: So many wrong passwords in a row rest an account for so long; the right one is not looked at meanwhile.
MOST_WRONG, RESTS = 5, timedelta(minutes=15)
#: A password somebody chooses has so many characters; no limit would let the slow hash be worn out.
SHORTEST, LONGEST = 10, 200
#: So long a link waits to be used.
LINK_LIVES = timedelta(days=2)


def sign_in(database: Database, login: str, password: str) -> User | None:
    """The user where login and password fit, else None. Both outcomes are on the trail."""
    with database.reading() as session:
        user = session.execute(select(User).where(User.login == login, User.active)).scalar_one_or_none()
    resting = user is not None and user.locked_until is not None and clock.now() < user.locked_until
    fits = people.password_fits(user.password if user and user.password else None, password) and not resting
    with service_work(database) as (session, trail):
        if user is not None and not resting:
            _count(session.get_one(User, user.id), fits, trail)
        if fits:
            trail.add(Tag.SIGNED_IN, login)
        else:
            trail.add(Tag.SIGN_IN_FAILED, login, resting=resting)
    return user if fits else None


def known_to_procore(database: Database, login: str) -> User | None:
    """The user whom Procore let in; nobody it knows becomes a user by that."""
    wanted = login.strip().lower()
    with service_work(database) as (session, trail):
        found = [user for user in _active(session) if wanted and wanted in {user.mail.lower(), user.login.lower()}]
        user = found[0] if len(found) == 1 else None
        if user is None:
            trail.add(Tag.SIGN_IN_FAILED, wanted, by="Procore")
        else:
            trail.add(Tag.SIGNED_IN, user.login, by="Procore")
    return user


def change_password(database: Database, user_id: int, old: str, new: str) -> None:
    """A person gives themselves another password; everybody else signed in with the old one is out."""
    _must_do(new)
    with database.reading() as session:
        user = session.get_one(User, user_id)
    resting = user.locked_until is not None and clock.now() < user.locked_until
    fits = people.password_fits(user.password or None, old) and not resting
    with service_work(database) as (session, trail):
        user = session.get_one(User, user_id)
        if not resting:
            _count(user, fits, trail)
        if fits:
            people.new_password(user, new)
            trail.add(Tag.PASSWORD_CHANGED, user.name, login=user.login)
    if not fits:
        raise Refusal(
            "The password you have now is not the one you typed, so nothing was changed.",
            f"Type it again. After {MOST_WRONG} wrong ones it is not looked at for {_minutes()} minutes.",
            code="wrong_password",
        )


def sign_out_everywhere(database: Database, user_id: int, *, actor: str) -> None:
    """End every session of a person, on whatever machine."""
    with service_work(database) as (session, trail):
        user = session.get_one(User, user_id)
        user.round += 1
        trail.add(Tag.SIGNED_OUT, actor, login=user.login)


# -- a link that sets a password once ------------------------------------------------------------------------------


def make_link(user: User, trail: Trail, actor: str) -> str:
    """What the link ends with; an earlier one is worth nothing, and so is the password until a new one is set."""
    secret = ids.secret(24)
    user.link, user.link_until = _hashed(secret), clock.now() + LINK_LIVES
    user.password = ""
    user.round += 1
    trail.add(Tag.LINK_MADE, actor, login=user.login, until=user.link_until.isoformat())
    return secret


def of_link(database: Database, secret: str) -> User:
    """Whose password a link sets."""
    with database.reading() as session:
        return _of_link(session, secret)


def use_link(database: Database, secret: str, password: str) -> str:
    """Set the password; the link is worth nothing afterwards. Returns the login."""
    _must_do(password)
    with service_work(database) as (session, trail):
        user = _of_link(session, secret)
        people.new_password(user, password)
        trail.add(Tag.PASSWORD_CHANGED, user.login, login=user.login, by="link")
        return user.login


def _of_link(session: Session, secret: str) -> User:
    query = select(User).where(User.link == _hashed(secret), User.active)
    user = session.execute(query).scalar_one_or_none()
    if user is None or user.link_until is None or user.link_until < clock.now():
        raise Forbidden(
            "This link was used already, or it is too old.",
            "Ask whoever has the right “User administration” for a new one.",
            code="link_ended",
        )
    return user


def _active(session: Session) -> list[User]:
    return list(session.execute(select(User).where(User.active)).scalars())


def _count(user: User, fits: bool, trail: Trail) -> None:
    user.wrong_passwords = 0 if fits else user.wrong_passwords + 1
    if user.wrong_passwords >= MOST_WRONG:
        user.wrong_passwords, user.locked_until = 0, clock.now() + RESTS
        trail.add(Tag.LOCKED_OUT, user.login, until=user.locked_until.isoformat())


def _must_do(password: str) -> None:
    if not SHORTEST <= len(password) <= LONGEST:
        raise Refusal(
            f"A password has from {SHORTEST} to {LONGEST} characters.",
            "Take a few words that nobody would put together.",
            code="password_length",
        )


def _minutes() -> int:
    return int(RESTS.total_seconds()) // 60


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
