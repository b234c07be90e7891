"""A connection's tokens for Procore, encrypted, and its gate: kept where all its processes see them."""

from __future__ import annotations

import base64
import json
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import ProcoreAccess, ProcoreGate
from app.procore.gate import NEAR, Entry, Limit, Window
from app.procore.tokens import Kept, Tokens
from app.services.unit import work

SERVICE_ACCOUNT = "service account"
PERSON = "person"

#: Longer than a renewal may take with all its time limits: only who died holds the turn for so long.
TURN = timedelta(minutes=3)

_OTHER_KEY = "TIEOUT_SECRET_KEY is not the one under which the sign-in with Procore was kept."


def cipher(secret_key: str) -> Fernet:
    """What encrypts tokens: a key of its own, derived from the service's."""
    derived = HKDF(SHA256(), 32, salt=None, info=b"tieout tokens for procore").derive(secret_key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


def put(row: ProcoreAccess, tokens: Tokens | None, key: Fernet) -> None:
    """Other tokens for a connection, or none: the ones before are worth nothing from now on."""
    row.number += 1
    row.tokens = key.encrypt(json.dumps([tokens.access, tokens.refresh]).encode()).decode() if tokens else ""
    row.expires_at = tokens.expires_at if tokens else None
    row.renewing_until = row.retry_at = None
    row.unclear, row.lapsed = 0, ""


def read(row: ProcoreAccess, key: Fernet) -> Kept:
    """A connection's sign-in as the client knows it."""
    lapsed, tokens = row.lapsed, None
    if row.tokens and row.expires_at:
        try:
            access, refresh = json.loads(key.decrypt(row.tokens))
            tokens = Tokens(access, row.expires_at, refresh)
        except InvalidToken:
            # The service account simply signs in anew; what a person gave is lost.
            lapsed = lapsed or (_OTHER_KEY if row.grant_type == PERSON else "")
    return Kept(row.number, tokens, lapsed, row.unclear, row.retry_at)


class StoredTokens:
    """The token store of one connection. The turn to renew is taken, and new tokens kept, under its lock."""

    def __init__(self, database: Database, connection_id: int, key: Fernet) -> None:
        self._database = database
        self._connection_id = connection_id
        self._key = key

    def kept(self) -> Kept:
        """The sign-in as it is now."""
        with self._database.reading() as session:
            return read(session.get_one(ProcoreAccess, self._connection_id), self._key)

    def take(self, number: int) -> bool:
        """Take the turn to renew these tokens; False when another has it, or they are renewed already."""
        with work(self._database, self._connection_id) as unit:
            row = self._row(unit.session, number)
            if row is None or (row.renewing_until and unit.at < row.renewing_until):
                return False
            row.renewing_until = unit.at + TURN
            return True

    def keep(self, number: int, fresh: Tokens) -> None:
        """Put new tokens in the place of these; where a person has connected meanwhile, theirs stay."""
        with work(self._database, self._connection_id) as unit:
            if row := self._row(unit.session, number):
                put(row, fresh, self._key)

    def give_back(self, number: int, *, lapsed: str = "", retry_at: datetime | None = None) -> None:
        """The renewal did not succeed: for good, unclear how, or simply not yet."""
        with work(self._database, self._connection_id) as unit:
            row = self._row(unit.session, number)
            if row is None:
                return
            row.renewing_until, row.retry_at, row.lapsed = None, retry_at, lapsed
            row.unclear += retry_at is not None
            if lapsed:
                unit.trail.add(Tag.PROCORE_LAPSED, PROCORE, sentence=lapsed)

    def _row(self, session: Session, number: int) -> ProcoreAccess | None:
        row = session.get_one(ProcoreAccess, self._connection_id)
        return row if row.number == number else None


class StoredGate:
    """The gate of one Procore company. Far from a limit it costs one look; near it, every call is counted."""

    def __init__(self, database: Database, company_id: str) -> None:
        self._database = database
        self._mine = select(ProcoreGate).where(ProcoreGate.company_id == company_id)

    def enter(self) -> Entry:
        """May one call go now?"""
        with self._database.reading() as session:
            entry = window(session.execute(self._mine).scalar_one()).entry()
        if entry.window is None:
            return entry
        with self._database.writing() as session:
            row = session.execute(self._mine.with_for_update()).scalar_one()
            entry = window(row).entry()
            if entry.window is not None:
                row.out += 1
            return entry

    def leave(self, entry: Entry, told: Limit | None) -> None:
        """The call came back, or will not."""
        if entry.window is None and (told is None or told.left > NEAR):
            return
        with self._database.writing() as session:
            row = session.execute(self._mine.with_for_update()).scalar_one()
            after = window(row).after(entry, told)
            row.number, row.out = after.number, after.out
            row.left, row.opens_at = (after.limit.left, after.limit.opens_at) if after.limit else (0, None)


def window(row: ProcoreGate) -> Window:
    """A row as the arithmetic of the gate knows it."""
    return Window(row.number, Limit(row.left, row.opens_at) if row.opens_at else None, row.out)
