"""The versions of a connection to look back at, each with its rules and with what it changed."""

from __future__ import annotations

from dataclasses import dataclass

from app.db.engine import Database
from app.db.models import Connection, RulesActivation
from app.rulebook import compare
from app.rulebook.compare import Difference
from app.rulebook.rule import Pack
from app.rulebook.verify import Report
from app.services import rules_versions


@dataclass(frozen=True)
class Version:
    """One version as it was put in force."""

    row: RulesActivation
    pack: Pack
    report: Report
    brought: Difference | None  # what it changed when it came; nothing is known of what was before the first
    back: Difference  # what going back to it would change now
    in_force: int  # the number of the version that decides


def one(database: Database, connection_id: int, number: int) -> Version:
    """One version by its number."""
    with database.reading() as session:
        row = rules_versions.numbered(session, connection_id, number)
        pack = rules_versions.compiled(session, row.version)
        before = rules_versions.numbered(session, connection_id, number - 1) if number > 1 else None
        now = rules_versions.pack(session, session.get_one(Connection, connection_id))
        return Version(
            row=row,
            pack=pack,
            report=rules_versions.report(pack),
            brought=compare.compare(rules_versions.compiled(session, before.version), pack) if before else None,
            back=compare.compare(now, pack),
            in_force=rules_versions.number_in_force(session, connection_id),
        )
