"""What a whole reading no longer shows: taken as deleted in Procore, or doubted until a person confirms it.

That most of a kind is gone is seldom the work of people: mostly a right was lost, and nothing may follow from that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from app.core import text
from app.core.errors import Conflict, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Reading
from app.items import registry
from app.items.base import ItemType
from app.services import intake, permissions
from app.services.people import Person
from app.services.unit import work

#: More than this share is doubted, when it is more than a few.
FEW, SHARE = 10, 0.5
WHAT_TO_DO = (
    "A Procore administrator should check which projects and tools the app may still see. If they were really deleted "
    "there, confirm it."
)


@dataclass(frozen=True)
class Doubt:
    """Deletions that a person may confirm."""

    kind: str
    plural: str
    sentence: str
    seen: str  # what exactly is confirmed


def settle(database: Database, row: Reading, kind: ItemType, gone: Iterable[int], known: int) -> Refusal | None:
    """Take these items as deleted, or note the doubt and return it."""
    gone = sorted(gone)
    seen = hashlib.sha256(text.canonical(gone).encode()).hexdigest()
    key = (row.connection_id, row.kind)
    with database.reading() as session:
        confirmed = session.get_one(Reading, key).confirmed
    doubt = None
    if len(gone) <= FEW or len(gone) <= SHARE * known or confirmed == seen:
        intake.give_up(database, row.connection_id, gone)
    else:
        said = f"Procore no longer shows {len(gone)} of {known} {kind.plural.lower()}, so none was taken as deleted."
        doubt = Refusal(said, WHAT_TO_DO)
    with database.writing() as session:
        kept = session.get_one(Reading, key)
        kept.doubt, kept.doubted = str(doubt or ""), seen if doubt else ""
        if doubt is None:
            kept.confirmed = ""  # used up: the same ones gone once more are asked about once more
    return doubt


def is_confirmed(row: Reading) -> bool:
    """Whether a person has confirmed what was doubted: everything is to be looked at once more, and soon."""
    return bool(row.doubted) and row.confirmed == row.doubted


def doubts(rows: Iterable[Reading]) -> list[Doubt]:
    """What waits for a person, of these."""
    return [
        Doubt(kind=row.kind, plural=registry.kind(row.kind).plural, sentence=row.doubt, seen=row.doubted)
        for row in rows
        if row.doubted and not is_confirmed(row)
    ]


def confirm(database: Database, connection_id: int, who: Person, kind: str, seen: str = "") -> Doubt:
    """They were deleted: the next reading takes them so, if they are the same that this person saw. Returns them."""
    permissions.must(database, connection_id, who, "connection")
    with work(database, connection_id) as unit:
        row = unit.session.get(Reading, (connection_id, kind))
        found = doubts([row] if row is not None else [])
        if row is None or not found:
            raise Refusal(
                "No deletions of this kind wait to be confirmed.",
                "Look at the page Connection again.",
                code="nothing_doubted",
            )
        if seen and seen != row.doubted:
            raise Conflict("Procore shows others as deleted by now.", "Look at the page Connection again.")
        row.confirmed, row.tries = row.doubted, 0
        row.next_at = row.hinted_at = unit.at
        unit.trail.add(Tag.DELETIONS_CONFIRMED, who.name, kind=kind, sentence=row.doubt, seen=row.doubted)
        return found[0]
