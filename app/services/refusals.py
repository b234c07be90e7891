"""What somebody tried and was refused before any use case began: noted, and answered from the catalogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from app.core.errors import NotFound, Pointer, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection
from app.rulebook.refusals import Refused
from app.services import rules_versions
from app.services.unit import work


def note(database: Database, connection_id: int, actor: str, what: str, code: str) -> None:
    """Note one refused action."""
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.REFUSED, actor, what=what, code=code)


def refuse(database: Database, connection_id: int, actor: str, what: str) -> None:
    """Answer an attempt at something that is not supported: one event, and the catalogue's words.

    Returns only where a gate is open.
    """
    with work(database, connection_id) as unit:
        found = known(rules_versions.refusals(unit.session, unit.connection), what)
        if found.is_open(unit.connection.host, unit.connection.settings):
            return
        unit.trail.add(
            Tag.REFUSED, actor, what=found.id, code=NOT_SUPPORTED, rule=found.rule_id, sentence=found.sentence
        )
    raise refusal(found)


#: The code of every refusal of the catalogue.
NOT_SUPPORTED = "not_supported"


def known(catalogue: Mapping[str, Refused], what: str) -> Refused:
    """The refusal of this id, or of Procore's own name for such records."""
    for one in catalogue.values():
        if what == one.id or what in one.arrives_as:
            return one
    raise NotFound(f"There is no refusal {what}.", "The page “What syncs and what does not” lists them all.")


def refusal(found: Refused) -> Refusal:
    """An entry of the catalogue as an error."""
    return Refusal(
        found.sentence,
        found.what_to_do,
        code=NOT_SUPPORTED,
        rule_id=found.rule_id,
        links=[Pointer("What syncs and what does not", "page", f"/what-syncs/#{found.id}")],
    )


@dataclass(frozen=True)
class Entry:
    """One refusal as the page shows it, on this connection."""

    refused: Refused
    open: bool


def about(database: Database, connection: Connection, kind: str) -> list[Entry]:
    """What does not sync of one kind, or only behind a gate."""
    with database.reading() as session:
        catalogue = rules_versions.refusals(session, connection)
    return [
        Entry(one, one.is_open(connection.host, connection.settings)) for one in catalogue.values() if kind in one.about
    ]


def listed(database: Database, connection_id: int) -> dict[str, list[Entry]]:
    """The whole catalogue by group."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        catalogue = rules_versions.refusals(session, connection)
    found: dict[str, list[Entry]] = {}
    for one in catalogue.values():
        found.setdefault(one.group, []).append(Entry(one, one.is_open(connection.host, connection.settings)))
    return found
