"""What the rules say of items right now, to look at: nothing is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.decision import Decision
from app.db.models import Connection, Finding, Item, Operation
from app.items import registry
from app.items.base import Content
from app.rulebook import decide
from app.services import rules_versions
from app.services.gather import Gathered, gather

#: The move the rules are asked about, by the state an item rests in.
NEXT_MOVE = {"draft": "send", "sent": "accept", "accepted": "queue"}


@dataclass(frozen=True)
class Verdict:
    """One item with what the rules say of its next move."""

    gathered: Gathered
    decision: Decision | None  # None: no rule guards what comes next
    checking: bool  # a request of it went out and no answer came: "Checking QuickBooks"
    later: Decision | None = None  # undecided items: what they would wait for once accepted
    found: tuple[Finding, ...] = ()  # what QuickBooks was found to hold against it


def verdicts(
    session: Session,
    connection: Connection,
    items: Sequence[Item],
    approver: str = "",
    inputs: dict[int, Content] | None = None,
) -> dict[int, Verdict]:
    """The verdict on each item, in a constant number of statements."""
    pack = rules_versions.pack(session, connection)
    around = gather(session, connection, items, inputs)
    checking = _checking(session, items)
    found = _found(session, items)
    told = {}
    for item in items:
        move = NEXT_MOVE.get(item.state)
        person = approver if item.state == "sent" else item.accepted_by
        facts = around[item.id].facts(connection, person) if move else None
        decision = decide.decide(pack, facts, move) if facts and move else None
        later = decide.decide(pack, facts, "queue") if facts and item.state == "sent" else None
        told[item.id] = Verdict(around[item.id], decision, item.id in checking, later, tuple(found.get(item.id, ())))
    return told


def _checking(session: Session, items: Sequence[Item]) -> set[int | None]:
    ids = [item.id for item in items if item.state == "queued"]
    query = select(Operation.item_id).where(Operation.item_id.in_(ids), Operation.state == "unknown")
    return set(session.execute(query).scalars()) if ids else set()


def _found(session: Session, items: Sequence[Item]) -> dict[int, list[Finding]]:
    """Stored findings that no rule file can repeat: they were read in QuickBooks."""
    waiting = [item.id for item in items if item.state == "sent" and item.problem]
    query = select(Finding).where(Finding.item_id.in_(waiting), Finding.file == FOUND_IN_QUICKBOOKS)
    found: dict[int, list[Finding]] = {}
    for finding in session.execute(query).scalars() if waiting else ():
        found.setdefault(finding.item_id, []).append(finding)
    return found


#: Stands for the file of a rule where QuickBooks itself raised the question.
FOUND_IN_QUICKBOOKS = "(found in QuickBooks)"


def changed_since(item: Item) -> str:
    """That Procore says something else by now than QuickBooks took, and what becomes of that; or nothing."""
    if item.state != "synced" or item.written_revision_id in {None, item.seen_revision_id}:
        return ""
    kind = registry.kind(item.kind)
    if kind.amends:
        return f"Changed in Procore since QuickBooks took it; once sent, the same {kind.quickbooks} is changed."
    return f"Differs in Procore by now: a later change of a {kind.label.lower()} is not written to QuickBooks."
