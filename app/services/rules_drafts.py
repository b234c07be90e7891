"""Changes of the rules that people propose: kept, looked at, approved or dropped; none of them decides anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import text
from app.core.errors import Conflict, NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, RulesDraft
from app.rulebook import compare, load
from app.rulebook.compare import Difference
from app.rulebook.rule import Pack
from app.rulebook.verify import Report
from app.services import permissions, rules_versions
from app.services.people import Person
from app.services.unit import Work, work

EDIT, ACTIVATE = "rules", "activate"
OPEN, ACTIVATED, DROPPED = "open", "activated", "dropped"
#: The setting that asks for a second person.
SECOND_PERSON = "rules_second_person"


@dataclass(frozen=True)
class Draft:
    """A draft with all there is to know before it is approved or activated."""

    row: RulesDraft
    pack: Pack
    report: Report
    difference: Difference  # from the version in force
    number: int  # of the version in force
    stale: bool  # another version came into force since it was begun
    others: tuple[str, ...]  # who could approve it: everybody with the right but its author
    second_person: bool  # whether that is asked for

    @property
    def waits_for_another(self) -> bool:
        """Whether its author alone may not activate it yet."""
        return self.second_person and not self.row.approved_by


# -- to look at ----------------------------------------------------------------------------------------------------


def files(database: Database, connection_id: int, draft_id: int = 0) -> Mapping[str, str]:
    """The files of a draft; without one those in force."""
    with database.reading() as session:
        if draft_id:
            return rules_versions.compiled(session, _open(session, connection_id, draft_id).version).files
        return rules_versions.pack(session, session.get_one(Connection, connection_id)).files


def checked(given: Mapping[str, str]) -> tuple[Pack, Report]:
    """Read files and run their examples; RuleErrors names all that is wrong with them. Nothing is kept."""
    found = load.pack(given)
    return found, rules_versions.report(found)


def opened(database: Database, connection_id: int) -> list[RulesDraft]:
    """The drafts somebody may still activate, the newest first."""
    query = select(RulesDraft).where(RulesDraft.connection_id == connection_id, RulesDraft.state == OPEN)
    with database.reading() as session:
        return list(session.execute(query.order_by(RulesDraft.id.desc())).scalars())


def one(database: Database, connection_id: int, draft_id: int) -> Draft:
    """One draft, open or not."""
    others = able(database, connection_id)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        row = _of_connection(session, connection_id, draft_id)
        pack = rules_versions.compiled(session, row.version)
        return Draft(
            row=row,
            pack=pack,
            report=rules_versions.report(pack),
            difference=compare.compare(rules_versions.pack(session, connection), pack),
            number=rules_versions.number_in_force(session, connection_id),
            stale=row.base != connection.rules_version,
            others=tuple(name for name in others if name != row.author),
            second_person=needs_another(connection, row, others),
        )


def same(database: Database, connection_id: int, who: Person, version: str) -> int:
    """The open draft of just this version on the rules of now, somebody else's before one's own; nought without any."""
    with database.reading() as session:
        base = session.get_one(Connection, connection_id).rules_version
    found = [row for row in opened(database, connection_id) if (row.version, row.base) == (version, base)]
    return min(found, key=lambda row: row.author == who.name).id if found else 0


def able(database: Database, connection_id: int) -> list[str]:
    """Everybody who may approve and activate rules."""
    _, holders = permissions.holders(database, connection_id)
    return [holder.user.name for holder in holders if ACTIVATE in holder.access.rights]


# -- what people do ------------------------------------------------------------------------------------------------


def keep(
    database: Database, connection_id: int, who: Person, given: Mapping[str, str], reason: str, draft_id: int = 0
) -> int:
    """Keep files as a draft: a new one, or the author's own as it is from now on. Returns its number.

    A mistake in a file is refused with its place and nothing is kept; examples may still fail, which is shown.
    """
    permissions.must(database, connection_id, who, EDIT)
    found, _ = checked(given)
    with noted(database, connection_id, who, EDIT):
        said = explained(reason)
        rules_versions.keep(database, found, who.name)
        with work(database, connection_id) as unit:
            base = unit.connection.rules_version
            if found.version == base:
                raise Refusal(
                    "Nothing differs from the rules in force.", "Change something first.", code="nothing_changed"
                )
            row = _to_change(unit, who, found.version, draft_id)
            row.version, row.base, row.reason, row.at = found.version, row.base or base or "", said, unit.at
            row.approved_by, row.approved_reason, row.approved_at = "", "", None
            unit.session.add(row)
            unit.session.flush()
            unit.trail.add(Tag.RULES_DRAFTED, who.name, draft=row.id, rules=row.version, base=row.base, reason=said)
            return row.id


def approve(database: Database, connection_id: int, who: Person, draft_id: int, version: str, reason: str) -> None:
    """A second person agrees to a draft exactly as it was looked at."""
    permissions.must(database, connection_id, who, ACTIVATE)
    others = able(database, connection_id)
    with noted(database, connection_id, who, ACTIVATE):
        said = explained(reason)
        with work(database, connection_id) as unit:
            row = as_seen(unit.session, connection_id, draft_id, version)
            if row.author == who.name:
                raise Refusal(
                    f"{who.name} wrote draft {draft_id}, and so cannot be the one to approve it.",
                    asks(name for name in others if name != row.author),
                    code="own_draft",
                )
            row.approved_by, row.approved_reason, row.approved_at = who.name, said, unit.at
            unit.trail.add(Tag.RULES_APPROVED, who.name, draft=draft_id, rules=version, author=row.author, reason=said)


def drop(database: Database, connection_id: int, who: Person, draft_id: int) -> None:
    """Put a draft away; its files stay in the database, as the trail tells of them."""
    permissions.must(database, connection_id, who, EDIT)
    with work(database, connection_id) as unit:
        row = _open(unit.session, connection_id, draft_id)
        row.state = DROPPED
        unit.trail.add(Tag.RULES_DROPPED, who.name, draft=draft_id, rules=row.version, author=row.author)


def _to_change(unit: Work, who: Person, version: str, draft_id: int) -> RulesDraft:
    """The draft to change: the one named, the person's own of the same content, or a new one."""
    if draft_id:
        row = _open(unit.session, unit.connection.id, draft_id)
        if row.author != who.name:
            raise Refusal(
                f"Draft {draft_id} is {row.author}'s, and only {row.author} changes it.",
                "Begin a draft of your own, so that it is known who wrote what.",
                code="not_your_draft",
            )
        return row
    same = select(RulesDraft).filter_by(connection_id=unit.connection.id, version=version, author=who.name, state=OPEN)
    found = unit.session.execute(same.limit(1)).scalar_one_or_none()
    if found is None:
        return RulesDraft(connection_id=unit.connection.id, author=who.name, base="")
    found.base = ""  # proposed anew, against the version of now
    return found


# -- shared with activating ----------------------------------------------------------------------------------------


def needs_another(connection: Connection, row: RulesDraft, others: Iterable[str]) -> bool:
    """Whether a second person is asked for: who turned that off gains nothing while somebody else could approve."""
    off_by = (connection.settings_changed.get(SECOND_PERSON) or {}).get("by")
    alone = not [name for name in others if name != row.author]
    return bool(connection.settings.get(SECOND_PERSON, True)) or (off_by == row.author and not alone)


@contextmanager
def noted(database: Database, connection_id: int, who: Person, act: str) -> Iterator[None]:
    """Whatever is refused inside is on the trail."""
    try:
        yield
    except (Refusal, Conflict) as refused:
        permissions.note(database, connection_id, who, act, refused)
        raise


def explained(reason: str) -> str:
    """The reason in one line, or a refusal."""
    if not text.squeeze(reason):
        raise Refusal("Changing the rules needs a reason.", "Say why; it stays on the trail.", code="reason_missing")
    return text.squeeze(reason)


def asks(names: Iterable[str]) -> str:
    """Who can approve, as the way out of a refusal."""
    if found := list(names):
        return f"{' or '.join(found)} can approve it."
    return (
        "Nobody else has the right “Rule activation”: give it to a second person on the page People, or let whoever "
        "has the right “User administration” turn off the setting “Rules need a second person”."
    )


def as_seen(session: Session, connection_id: int, draft_id: int, version: str) -> RulesDraft:
    """An open draft, if it still says what the person looked at and still stands on the rules in force."""
    row = _open(session, connection_id, draft_id)
    if row.version != version:
        raise Conflict(
            f"{row.author} changed draft {draft_id} while you looked at it.", "Look at it again, then decide."
        )
    if row.base != session.get_one(Connection, connection_id).rules_version:
        raise Conflict(
            f"Another version came into force after draft {draft_id} was begun, and it would be undone.",
            f"{row.author} begins a new draft on the rules of now and makes the change again.",
            code="draft_stale",
        )
    return row


def _open(session: Session, connection_id: int, draft_id: int) -> RulesDraft:
    row = _of_connection(session, connection_id, draft_id)
    if row.state != OPEN:
        raise Conflict(f"Draft {draft_id} was {row.state} already.", "The page Rules lists the drafts that are open.")
    return row


def _of_connection(session: Session, connection_id: int, draft_id: int) -> RulesDraft:
    row = session.get(RulesDraft, draft_id)
    if row is None or row.connection_id != connection_id:
        raise NotFound(f"There is no draft {draft_id} of the rules.", "The page Rules lists the drafts that are open.")
    return row
