"""Which rules decide from now on: a draft put in force, or a former version again."""

from __future__ import annotations

from sqlalchemy import select

from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Connection, Finding, Item, RulesDraft
from app.services import permissions, release, rules_versions
from app.services.people import Person
from app.services.rules_drafts import (
    ACTIVATE,
    ACTIVATED,
    SECOND_PERSON,
    able,
    as_seen,
    asks,
    explained,
    needs_another,
    noted,
)
from app.services.unit import Work, work

#: So many accepted items are decided again in one transaction.
BATCH = 200


def activate(
    database: Database,
    connection_id: int,
    who: Person,
    draft_id: int,
    version: str,
    reason: str,
    *,
    override: bool = False,
) -> int:
    """Let a draft decide from now on, exactly as it was looked at. Returns the number of the new version.

    With ``override`` although examples fail: that takes the approval of a second person as well.
    """
    permissions.must(database, connection_id, who, ACTIVATE)
    others = able(database, connection_id)
    with noted(database, connection_id, who, ACTIVATE):
        said = explained(reason)
        with database.reading() as session:
            row = as_seen(session, connection_id, draft_id, version)
            failures = len(rules_versions.report(rules_versions.compiled(session, row.version)).failures)
        with work(database, connection_id) as unit:
            row = as_seen(unit.session, connection_id, draft_id, version)
            _must_pass(row, who, failures, others, override=override)
            _must_be_seen_by_another(unit.connection, row, who, others)
            row.state = ACTIVATED
            number = rules_versions.activate_in(
                unit, version, who.name, said, author=row.author, approved_by=row.approved_by, failures=failures
            )
    decide_anew(database, connection_id)
    return number


def roll_back(database: Database, connection_id: int, who: Person, number: int, reason: str) -> int:
    """Let a former version decide again, as a version of its own; no history goes. Returns its number.

    It was looked at when it came into force first, so one person is enough.
    """
    permissions.must(database, connection_id, who, ACTIVATE)
    with noted(database, connection_id, who, ACTIVATE):
        said = explained(reason)
        with database.reading() as session:
            rules_versions.compiled(session, rules_versions.numbered(session, connection_id, number).version)
        with work(database, connection_id) as unit:
            former = rules_versions.numbered(unit.session, connection_id, number)
            if former.version == unit.connection.rules_version:
                raise Refusal(
                    f"The content of version {number} decides already.", "Nothing was changed.", code="nothing_changed"
                )
            after = rules_versions.activate_in(
                unit,
                former.version,
                who.name,
                said,
                author=former.author,
                approved_by=former.approved_by,
                former=number,
                failures=former.failures,
            )
    decide_anew(database, connection_id)
    return after


def decide_anew(database: Database, connection_id: int) -> None:
    """Whatever the rules of before held, the rules of now decide: what may go is queued at once.

    What they held back of what is queued already is found when it is about to leave.
    """
    last = 0
    while True:
        with work(database, connection_id) as unit:
            items = _held_before(unit, last)
            release.release(unit, items)
        if len(items) < BATCH:
            return
        last = items[-1].id


def _held_before(unit: Work, last: int) -> list[Item]:
    old = select(Finding.item_id).where(
        Finding.rules_version != (unit.connection.rules_version or ""), Finding.rule != release.SETTING_CHANGED
    )
    mine = (Item.connection_id == unit.connection.id, Item.state == "accepted", Item.id > last, Item.id.in_(old))
    return list(unit.session.execute(select(Item).where(*mine).order_by(Item.id).limit(BATCH)).scalars())


def _must_pass(row: RulesDraft, who: Person, failures: int, others: list[str], *, override: bool) -> None:
    """Examples that fail stop an activation; two people who both say why may pass over it."""
    if not failures:
        return
    told = f"{failures} {'problem' if failures == 1 else 'problems'} of its examples"
    if not override:
        raise Refusal(
            f"Draft {row.id} was not activated: {told} must be mended first.",
            "The page of the draft, and `tieout rules test`, name each. To activate it all the same, a second person "
            "approves it with a reason, and whoever activates it says so.",
            code="rules_examples_fail",
        )
    if row.approved_by in {"", who.name}:
        raise Refusal(
            f"Draft {row.id} was not activated: with {told} it needs the approval of a second person.",
            asks(name for name in others if name not in {row.author, who.name}),
            code="second_person",
        )


def _must_be_seen_by_another(connection: Connection, row: RulesDraft, who: Person, others: list[str]) -> None:
    """Whoever wrote a change of the rules is not the only one to approve it, where the setting asks so."""
    if who.name == row.author and not row.approved_by and needs_another(connection, row, others):
        raise Refusal(
            f"{who.name} wrote draft {row.id}, and so cannot be the only one to approve it.",
            asks(name for name in others if name != row.author),
            code="second_person",
            rule_id=f"setting:{SECOND_PERSON}",
        )
