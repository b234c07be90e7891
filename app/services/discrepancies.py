"""What QuickBooks holds otherwise than was approved: noted where it is found, cleared by a person or gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from app.core.decision import OVERRIDDEN, PERMISSION, WARN, Decision, Finding
from app.core.tags import Tag
from app.db.engine import add_rows
from app.db.models import Discrepancy, Item
from app.services import notices
from app.services.unit import Work

QUICKBOOKS = "QuickBooks"
#: Found in the answer to the write itself; whatever else finds some is named after the list it looked at.
WRITE = "write"
#: One person did what two should: no look at QuickBooks takes that away, another person clears it.
APPROVAL = "approval"


@dataclass(frozen=True)
class Found:
    """One thing that is otherwise, and what a person may do about it."""

    sentence: str
    what_to_do: str = ""


def note(unit: Work, source: str, found: Mapping[int, Sequence[Found]], items: Iterable[Item]) -> None:
    """What one look, or one answer, says of these items now. What it no longer says is gone.

    What a person cleared stays cleared for as long as it stays the same.
    """
    by_id = {item.id: item for item in items}
    query = select(Discrepancy).where(
        Discrepancy.item_id.in_(by_id), Discrepancy.gone_at.is_(None), Discrepancy.source != APPROVAL
    )
    standing: dict[int, list[Discrepancy]] = defaultdict(list)
    for row in unit.session.execute(query.order_by(Discrepancy.id)).scalars():
        standing[row.item_id].append(row)
    new, told = [], []
    for item_id, item in by_id.items():
        said = {one.sentence: one for one in found.get(item_id, ())}
        # The answer to a new write speaks of the whole record: whatever was found before is past.
        mine = [row for row in standing[item_id] if row.source == source or source == WRITE]
        for row in mine:
            if row.sentence not in said or row.source != source:
                row.gone_at = unit.at
        known = {row.sentence for row in mine if row.gone_at is None}
        fresh = [one for sentence, one in said.items() if sentence not in known]
        new += [_row(unit, item, source, one) for one in fresh]
        if fresh:
            sentences = [one.sentence for one in fresh]
            unit.trail.add(Tag.ITEM_DIFFERENCE, QUICKBOOKS, item_id, source=source, differences=sentences)
            told.append((item, sentences))
        open_ = [row.sentence for row in standing[item_id] if row.gone_at is None and row.cleared_at is None]
        show(item, [*open_, *(one.sentence for one in fresh)])
    add_rows(unit.session, Discrepancy, new)
    notices.differences(unit, told)


def forget(unit: Work, item: Item) -> None:
    """The record it was found in is no longer the item's: nothing of it stands any more."""
    standing = update(Discrepancy).where(
        Discrepancy.item_id == item.id, Discrepancy.gone_at.is_(None), Discrepancy.source != APPROVAL
    )
    unit.session.execute(standing.values(gone_at=unit.at))
    show(item, [])


def note_approvals(unit: Work, who: str, approved: Sequence[tuple[Item, Decision]], reason: str) -> None:
    """List those approvals in which one person played two parts; what was said of an earlier approval is past."""
    forget_approvals(unit, [item for item, _ in approved])
    rows = [
        _row(unit, item, APPROVAL, Found(_alone(who, finding, reason), "Somebody else looks whether it is right."))
        for item, decision in approved
        for finding in decision.findings
        if finding.reason == PERMISSION and finding.effect in {WARN, OVERRIDDEN}
    ]
    add_rows(unit.session, Discrepancy, rows)


def forget_approvals(unit: Work, items: Sequence[Item]) -> None:
    """These approvals are undone, or made anew."""
    standing = update(Discrepancy).where(
        Discrepancy.item_id.in_([item.id for item in items]),
        Discrepancy.gone_at.is_(None),
        Discrepancy.source == APPROVAL,
    )
    unit.session.execute(standing.values(gone_at=unit.at))


def _alone(who: str, finding: Finding, reason: str) -> str:
    passed_over = f" {who} accepted it all the same: “{reason}”."
    return finding.message + (passed_over if finding.effect == OVERRIDDEN else "")


def show(item: Item, sentences: Sequence[str]) -> None:
    """What stands against an item, in one text for its row."""
    shown = "; ".join(sentences)
    if item.difference != shown:
        item.difference = shown


def _row(unit: Work, item: Item, source: str, found: Found) -> dict[str, object]:
    return {
        "connection_id": item.connection_id,
        "item_id": item.id,
        "source": source,
        "sentence": found.sentence,
        "what_to_do": found.what_to_do,
        "found_at": unit.at,
    }
