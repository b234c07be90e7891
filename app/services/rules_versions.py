"""Rule packs in the database: only an activated, content-addressed version decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, RulesActivation, RulesVersion
from app.rulebook import load, verify
from app.rulebook.permissions import Policy
from app.rulebook.refusals import Refused
from app.rulebook.rule import Pack
from app.services.unit import Work, service_work
from app.settings import PACKAGE_ROOT

T = TypeVar("T")

MOST_SHOWN = 20
#: So many versions are kept compiled: those in force, and whatever people are at.
MOST_COMPILED = 32
SHIPPED = "The rules that came with Tieout."

#: Compiled packs and what their examples say, by version: content-addressed, so neither can ever be out of date.
_compiled: dict[str, Pack] = {}
_reports: dict[str, verify.Report] = {}


def pack(session: Session, connection: Connection) -> Pack:
    """The pack in force for a connection."""
    if connection.rules_version is None:
        raise Refusal("No rules are active for this connection.", "Run `tieout rules activate`.")
    return compiled(session, connection.rules_version)


def compiled(session: Session, version: str) -> Pack:
    """The pack of a stored version."""
    return _kept(_compiled, version, lambda: load.pack(session.get_one(RulesVersion, version).files))


def report(found: Pack) -> verify.Report:
    """What the examples of a pack say."""
    return _kept(_reports, found.version, lambda: verify.verify(found))


def _kept(made: dict[str, T], version: str, make: Callable[[], T]) -> T:
    """What was made of a version before, or is made now; what was asked for longest ago goes first."""
    found = made.pop(version, None)
    if found is None:
        found = make()
        for oldest in list(made)[: max(0, len(made) + 1 - MOST_COMPILED)]:
            made.pop(oldest, None)
    made[version] = found
    return found


@cache
def shipped() -> Pack:
    """The pack that came with this release."""
    return load.pack(PACKAGE_ROOT / "rules")


def policy(session: Session, connection: Connection) -> Policy:
    """The permissions in force; a version that brings none leaves the shipped ones."""
    own = pack(session, connection).policy if connection.rules_version else None
    return _brought(own or shipped().policy)


def refusals(session: Session, connection: Connection) -> Mapping[str, Refused]:
    """The catalogue in force of what is not supported; a version that brings none leaves the shipped one."""
    own = pack(session, connection).refusals if connection.rules_version else None
    return _brought(own or shipped().refusals)


def shipped_refusal(what: str) -> Refused:
    """An entry of the shipped catalogue, for what belongs to no connection yet."""
    return _brought(shipped().refusals)[what]


def _brought(table: T | None) -> T:
    """A table that is there."""
    assert table is not None  # noqa: S101  # the shipped pack has every table; a test says so
    return table


# -- stored, and put in force --------------------------------------------------------------------------------------


def store(database: Database, folder: Path, actor: str) -> str:
    """Check a folder of rule files, run its examples, and keep it as a version. Returns the version."""
    found = load.pack(folder)
    if not report(found).passed:
        raise Refusal(
            "The rules' own examples do not pass, so nothing was stored.",
            "Run `tieout rules test` to see which.",
            code="rules_examples_fail",
        )
    keep(database, found, actor)
    return found.version


def keep(database: Database, found: Pack, actor: str) -> None:
    """Keep a pack that was read without a problem; it decides nothing yet."""
    _kept(_compiled, found.version, lambda: found)
    with service_work(database) as (session, trail):
        if session.get(RulesVersion, found.version) is None:
            session.add(RulesVersion(id=found.version, files=dict(found.files), made_by=actor, made_at=clock.now()))
            trail.add(Tag.RULES_STORED, actor, rules=found.version, files=sorted(found.files))


def begin(session: Session, connection: Connection, actor: str) -> None:
    """The rules a new connection begins with are its version 1."""
    version = connection.rules_version
    row = {"version": version, "author": actor, "actor": actor, "reason": SHIPPED, "at": clock.now()}
    session.add(RulesActivation(connection_id=connection.id, number=1, **row))


def activate_in(
    unit: Work,
    version: str,
    actor: str,
    reason: str,
    *,
    author: str = "",
    approved_by: str = "",
    former: int | None = None,
    failures: int = 0,
) -> int:
    """Let a stored version decide from now on, inside a transaction at hand. Returns its number."""
    before = unit.connection.rules_version
    number = number_in_force(unit.session, unit.connection.id) + 1
    unit.connection.rules_version = version
    told: dict[str, Any] = {
        "number": number,
        "author": author or actor,
        "approved_by": approved_by,
        "reason": reason,
        "former": former,
        "failures": failures,
    }
    row = RulesActivation(connection_id=unit.connection.id, version=version, actor=actor, at=unit.at, **told)
    unit.session.add(row)
    unit.trail.add(Tag.RULES_ACTIVATED, actor, rules=version, before=before, after=version, **told)
    return number


# -- to look at ----------------------------------------------------------------------------------------------------


def number_in_force(session: Session, connection_id: int) -> int:
    """The number of the version that decides; nought where none ever did."""
    query = select(func.max(RulesActivation.number)).where(RulesActivation.connection_id == connection_id)
    return int(session.execute(query).scalar_one() or 0)


def history(database: Database, connection_id: int, before: int = 0) -> list[RulesActivation]:
    """When which rules came into force for a connection, the newest first and no more than a page can show.

    With ``before`` those older than this number.
    """
    with database.reading() as session:
        query = select(RulesActivation).where(RulesActivation.connection_id == connection_id)
        if before:
            query = query.where(RulesActivation.number < before)
        return list(session.execute(query.order_by(RulesActivation.number.desc()).limit(MOST_SHOWN)).scalars())


def numbered(session: Session, connection_id: int, number: int) -> RulesActivation:
    """One version of a connection by its number, or NotFound."""
    query = select(RulesActivation).where(
        RulesActivation.connection_id == connection_id, RulesActivation.number == number
    )
    found = session.execute(query).scalar_one_or_none()
    if found is None:
        raise NotFound(f"There is no version {number} of the rules.", "The page Rules lists those there are.")
    return found


def in_force(database: Database, connection: Connection) -> Pack:
    """The pack in force for a connection, to look at."""
    with database.reading() as session:
        return pack(session, connection)
