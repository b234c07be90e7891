"""Why an item does not move: the same words for the screen, the JSON API and the command line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.decision import Finding, Link
from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Binding, Connection, Item, Operation, Transition, WriteBack
from app.db.models import Finding as StoredFinding
from app.items import registry
from app.services import rejections, unlinking
from app.services.rejections import Rejected
from app.services.verdicts import NEXT_MOVE, Verdict, changed_since, verdicts

STATE_WORDS = {
    "draft": "Draft: not sent to accounting yet.",
    "sent": "Waiting for an accounting approver.",
    "accepted": "Accepted; it leaves by itself when nothing stands in its way.",
    "queued": "Queued for the next Web Connector session.",
    "synced": "QuickBooks holds it.",
    "failed": "QuickBooks did not take it.",
}
CHECKING = "Checking QuickBooks: an answer never came. Nothing is sent again before it is known what happened."


#: A reason that will hold an item only after its accept, and by itself goes away.
WAIT = "wait"
WAITS = "It can be accepted now and follows by itself."


@dataclass(frozen=True)
class Reason:
    """One thing an item waits for, or should be looked at."""

    sentence: str
    fix: str
    rule: str  # file:name
    effect: str
    field: str = ""
    line: str = ""
    blocking: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Explanation:
    """Everything there is to say about why an item stands where it stands."""

    item: Item
    label: str
    state: str
    reasons: tuple[Reason, ...] = ()
    notes: tuple[str, ...] = ()
    history: tuple[Transition, ...] = field(default_factory=tuple)
    rejected: Rejected | None = None  # and nobody accepted it since
    overridable: bool = False  # all that stands against its accept is that another person should do it

    def lines(self, *, history: bool = False) -> list[str]:
        """The explanation as text."""
        told = [f"{self.label} {self.item.name}: {self.item.state}", self.state]
        for reason in self.reasons:
            told.append(f"- {reason.line + ': ' if reason.line else ''}{reason.sentence} {reason.fix}".rstrip())
            told += [f"    waits for {link.label} ({link.state})" for link in reason.blocking]
            told.append(f"    rule {reason.rule} ({reason.effect})")
        told += [f"- {note}" for note in self.notes]
        if history:
            told += [_moved(row) for row in self.history]
        return told


def _moved(row: Transition) -> str:
    moment = f"{row.at:%Y-%m-%d %H:%M}"
    return f"  {moment} {row.move:<12} {row.source} → {row.dest}  {row.actor}  {row.reason}".rstrip()


def explain(database: Database, connection_id: int, item_id: int, approver: str = "") -> Explanation:
    """Explain one item."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        item = session.get(Item, item_id)
        if item is None or item.connection_id != connection_id:
            raise NotFound(f"There is no item {item_id} on this connection.", "See `tieout item list`.")
        verdict = verdicts(session, connection, [item], approver)[item.id]
        rejected = rejections.of(session, [verdict.gathered]).get(item_id)
        moves = select(Transition).where(Transition.item_id == item_id).order_by(Transition.sort_key)
        return Explanation(
            item=item,
            label=registry.kind(item.kind).label,
            state=CHECKING if verdict.checking else STATE_WORDS[item.state],
            reasons=reasons(verdict),
            notes=tuple(_notes(session, connection, item)) + ((rejected.sentences,) if rejected else ()),
            history=tuple(session.execute(moves).scalars()),
            rejected=rejected,
            overridable=item.state == "sent" and verdict.decision is not None and verdict.decision.overridable,
        )


def reasons(verdict: Verdict) -> tuple[Reason, ...]:
    """What the rules, and QuickBooks, have to say; what denies comes first."""
    decided: Sequence[Finding] = verdict.decision.findings if verdict.decision else ()
    told = [
        Reason(f.message, f.fix, f"{f.file}:{f.rule}", f.effect, f.field, f.line, tuple(f.blocking)) for f in decided
    ]
    told += [_stored(finding) for finding in verdict.found]
    known = {reason.rule for reason in told}
    later = verdict.later.denials if verdict.later else ()
    told += [
        Reason(f.message, WAITS, f"{f.file}:{f.rule}", WAIT, "", f.line, tuple(f.blocking))
        for f in later
        if f"{f.file}:{f.rule}" not in known
    ]
    return tuple(sorted(told, key=lambda reason: reason.effect != "deny"))


def _stored(finding: StoredFinding) -> Reason:
    return Reason(
        finding.message, finding.fix, f"{finding.file}:{finding.rule}", finding.effect, finding.field, finding.line
    )


def _notes(session: Session, connection: Connection, item: Item) -> list[str]:
    notes = []
    if item.problem:
        notes.append(f"{item.problem} {item.remedy}".strip())
    if item.state == "sent" and item.sent_revision_id != item.seen_revision_id:
        notes.append("Procore changed it after it was sent: take the newer version, or reject it.")
    if item.state == "queued":
        notes.append(_place(session, connection, item))
        if connection.host.get("supported") is False:
            notes.append(str(connection.host.get("sentence")))
        elif not connection.host.get("product"):
            notes.append("No Web Connector session has told yet which QuickBooks this is; nothing leaves before.")
        if not connection.live:
            notes.append("The connection is not live: only queries leave for QuickBooks.")
        if connection.paused:
            notes.append("The connection is paused.")
    if item.difference:
        notes.append(item.difference)
    if changed := changed_since(item):
        notes.append(changed)
    if (attempts := _attempts(session, item)) > 1 and item.state == "sent":
        notes.append(f"Attempt {attempts}: it was sent {attempts - 1} time{'s' if attempts > 2 else ''} before.")
    binding = session.get(Binding, item.id)
    if binding is not None:
        notes.append(f"In QuickBooks: {binding.record} {binding.full_name} ({binding.quickbooks_id}).")
        if item.written_document_id and (missing := registry.kind(item.kind).to_complete):
            notes.append(f"Tieout made it; complete it in QuickBooks: {', '.join(missing)}.")
        if by := unlinking.asked_by(session, item):
            notes.append(f"{by} asked to unlink it: the next Web Connector session looks whether QuickBooks has it.")
        told = session.get(WriteBack, (item.id, "origin"))
        if told is not None and told.written < told.counter:
            notes.append(f"Procore has not been told yet. {told.problem}".strip())
    elif item.state not in NEXT_MOVE and not item.problem and item.state == "failed":
        notes.append("Retry it, or reject it with a reason.")
    return notes


def _attempts(session: Session, item: Item) -> int:
    """How often it was put before the approvers."""
    sent = select(func.count()).where(Transition.item_id == item.id, Transition.move.in_(("send", "amend")))
    return session.execute(sent).scalar_one()


def _place(session: Session, connection: Connection, item: Item) -> str:
    mine = select(Operation.seq).where(Operation.item_id == item.id, Operation.document_id == item.document_id)
    seq = session.execute(mine).scalar_one_or_none()
    waiting = [Operation.connection_id == connection.id, Operation.state.in_(("ready", "working"))]
    total = session.execute(select(func.count()).select_from(Operation).where(*waiting)).scalar_one()
    before = session.execute(
        select(func.count()).select_from(Operation).where(*waiting, Operation.seq < (seq or 0))
    ).scalar_one()
    return f"Place {before + 1} of {max(total, before + 1)} in the line for QuickBooks."


def plain(reason: Reason) -> dict[str, Any]:
    """A reason as JSON-able data."""
    return {
        "sentence": reason.sentence,
        "fix": reason.fix,
        "rule": reason.rule,
        "effect": reason.effect,
        "line": reason.line,
        "blocking": [{"kind": link.kind, "item": link.item_id, "label": link.label} for link in reason.blocking],
    }
