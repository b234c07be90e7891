"""Tokens: by which a program asks in a person's name, with exactly that person's rights on one connection.

Whatever ends every session of the person ends the tokens too: another password, a link for one, signing out
everywhere, being let in no more.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import func, select, update

from app.core import clock, ids, text
from app.core.errors import NotFound, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import ApiToken
from app.services import people
from app.services.people import Person
from app.services.unit import Work, work

#: By its beginning a token is known for what it is wherever it should not be, in a log or in a mail.
BEGINS = "tieout_"
DAYS, MOST_DAYS = 90, 366
#: So many may stand at once for one person on one connection.
MOST = 20
LONGEST_NAME = 80
#: When it was used is kept to this: a call that only reads is not to write each time.
USED_TO = timedelta(minutes=5)


@dataclass
class Unauthorised(TieoutError):
    """Nobody knows who is asking."""

    code: str = "no_token"
    status: int = 401


@dataclass(frozen=True)
class Made:
    """A new token; it is told once and kept nowhere."""

    token: ApiToken
    secret: str = field(repr=False)


def make(database: Database, connection_id: int, who: Person, name: str, days: int = DAYS, *, actor: str = "") -> Made:
    """A token for a person; whoever has it may do there what the person may, until it ends or is revoked."""
    name = text.squeeze(name)
    if not name or len(name) > LONGEST_NAME:
        raise Refusal(
            "The token has no name, or one that is too long.",
            f"Say in at most {LONGEST_NAME} characters what it is for, so that you know later which to revoke.",
            code="name_missing",
        )
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(f"A token lives from 1 to {MOST_DAYS} days.", "Choose how many.", code="days")
    secret = BEGINS + ids.secret(32)
    with work(database, connection_id) as unit:
        mine = (ApiToken.user_id == who.id, ApiToken.connection_id == connection_id, ApiToken.revoked_at.is_(None))
        lives = (ApiToken.round == who.round, ApiToken.expires_at > unit.at)
        standing = select(func.count()).select_from(ApiToken).where(*mine, *lives)
        if unit.session.execute(standing).scalar_one() >= MOST:
            raise Refusal(f"{who.name} has {MOST} tokens already.", "Revoke one that is not used.", code="too_many")
        token = ApiToken(
            user_id=who.id,
            connection_id=connection_id,
            name=name,
            hash=_hashed(secret),
            round=who.round,
            made_at=unit.at,
            expires_at=unit.at + timedelta(days=days),
        )
        unit.session.add(token)
        unit.session.flush()
        _note(unit, Tag.TOKEN_MADE, actor or who.name, who, token)
    return Made(token, secret)


def revoke(database: Database, connection_id: int, who: Person, token_id: int, *, actor: str = "") -> ApiToken:
    """From now on the token opens nothing."""
    with work(database, connection_id) as unit:
        token = unit.session.get(ApiToken, token_id)
        if token is None or (token.user_id, token.connection_id) != (who.id, connection_id):
            raise NotFound("There is no such token of yours here.", "Look at the list of your tokens again.")
        if token.revoked_at is None:
            token.revoked_at = unit.at
            _note(unit, Tag.TOKEN_REVOKED, actor or who.name, who, token)
    return token


def _note(unit: Work, tag: Tag, actor: str, who: Person, token: ApiToken) -> None:
    unit.trail.add(tag, actor, token=token.id, login=who.login, name=token.name, until=token.expires_at.isoformat())


def of(database: Database, connection_id: int, who: Person) -> list[ApiToken]:
    """The tokens of a person on one connection that were not revoked, the newest first."""
    query = select(ApiToken).where(ApiToken.user_id == who.id, ApiToken.connection_id == connection_id)
    with database.reading() as session:
        return list(session.execute(query.where(ApiToken.revoked_at.is_(None)).order_by(ApiToken.id.desc())).scalars())


def bearer(database: Database, secret: str) -> tuple[Person, int]:
    """Who asks with this token, and on which connection; Unauthorised where it opens nothing."""
    now = clock.now()
    with database.reading() as session:
        token = session.execute(select(ApiToken).where(ApiToken.hash == _hashed(secret))).scalar_one_or_none()
    if token is None or token.revoked_at is not None:
        raise Unauthorised("There is no such token.", "Make one on the page “Your tokens”.", code="token_unknown")
    if token.expires_at <= now:
        raise Unauthorised(
            f"This token ended on {token.expires_at:%Y-%m-%d}.", "Make a new one on the page “Your tokens”.",
            code="token_ended",
        )  # fmt: skip
    person = people.person(database, token.connection_id, user_id=token.user_id)
    if person is None or person.access is None:
        raise Unauthorised(
            "Whoever made this token may not sign in here any more.",
            "Ask whoever has the right “User administration”.",
            code="person_inactive",
        )
    if token.round != person.round:
        raise Unauthorised(
            f"This token ended when {person.name} changed the password or signed out everywhere.",
            "Make a new one on the page “Your tokens”.",
            code="token_ended",
        )
    if token.used_at is None or now - token.used_at >= USED_TO:
        with database.writing() as session:
            session.execute(update(ApiToken).where(ApiToken.id == token.id).values(used_at=now))
    return person, token.connection_id


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode(errors="replace")).hexdigest()
