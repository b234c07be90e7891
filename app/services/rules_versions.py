"""Rule packs in the database: only an activated, content-addressed version decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, RulesActivation, RulesVersion
from app.rulebook import load, verify
from app.rulebook.permissions import Policy
from app.rulebook.refusals import Refused
from app.rulebook.rule import Pack
from app.services.unit import Work, service_work, work
from app.settings import PACKAGE_ROOT

T = TypeVar("T")

MOST_SHOWN = 20

#: Compiled packs by version: content-addressed, so an entry can never be out of date.
_compiled: dict[str, Pack] = {}


def pack(session: Session, connection: Connection) -> Pack:
    """The pack in force for a connection."""
    version = connection.rules_version
    if version is None:
        raise Refusal("No rules are active for this connection.", "Run `tieout rules activate`.")
    if version not in _compiled:
        _compiled[version] = load.pack(session.get_one(RulesVersion, version).files)
    return _compiled[version]


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


def store(database: Database, folder: Path, actor: str) -> str:
    """Check a folder of rule files, run its examples, and keep it as a version. Returns the version."""
    found = load.pack(folder)
    if not verify.verify(found).passed:
        raise Refusal(
            "The rules' own examples do not pass, so nothing was stored.",
            "Run `tieout rules test` to see which.",
            code="rules_examples_fail",
        )
    with service_work(database) as (session, trail):
        if session.get(RulesVersion, found.version) is None:
            session.add(RulesVersion(id=found.version, files=dict(found.files), made_by=actor, made_at=clock.now()))
            trail.add(Tag.RULES_STORED, actor, rules=found.version, files=sorted(found.files))
    return str(found.version)


def activate(database: Database, connection_id: int, version: str, actor: str, reason: str) -> None:
    """Let a stored version decide from now on for one connection."""
    with work(database, connection_id) as unit:
        activate_in(unit, version, actor, reason)


def activate_in(unit: Work, version: str, actor: str, reason: str) -> None:
    """The same inside a transaction at hand."""
    if unit.session.get(RulesVersion, version) is None:
        raise Refusal(f"There is no rules version {version[:12]}.", "Store it first with `tieout rules activate`.")
    before = unit.connection.rules_version
    unit.connection.rules_version = version
    unit.session.add(
        RulesActivation(connection_id=unit.connection.id, version=version, actor=actor, reason=reason, at=unit.at)
    )
    unit.trail.add(Tag.RULES_ACTIVATED, actor, rules=version, before=before, after=version, reason=reason)


def history(database: Database, connection_id: int) -> list[RulesActivation]:
    """When which rules came into force for a connection, the newest first and no more than a page can show."""
    with database.reading() as session:
        query = select(RulesActivation).where(RulesActivation.connection_id == connection_id)
        return list(session.execute(query.order_by(RulesActivation.id.desc()).limit(MOST_SHOWN)).scalars())


def in_force(database: Database, connection: Connection) -> Pack:
    """The pack in force for a connection, to look at."""
    with database.reading() as session:
        return pack(session, connection)
