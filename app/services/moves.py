"""Moves items: the state, the transition row and the event, always together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete

from app.core.decision import Decision
from app.core.decision import Finding as Found
from app.core.tags import Tag
from app.db.engine import add_rows
from app.db.models import Finding, Item
from app.services.unit import Work
from state_machines.item import ITEM


def move(
    unit: Work, item: Item, trigger: str, actor: str, *, reason: str = "", decision: Decision | None = None
) -> None:
    """Make one move. Raises IllegalMove, and changes nothing, where the table has none."""
    source = item.state
    ITEM.move(item, trigger)
    unit.tallies.moved(item, source)
    item.version += 1
    item.changed_at = unit.at
    findings = [plain(finding) for finding in decision.findings] if decision else []
    version = decision.version if decision else ""
    unit.trail.add_move(
        {
            "item_id": item.id,
            "sort_key": item.version,
            "move": trigger,
            "source": source,
            "dest": item.state,
            "actor": actor,
            "reason": reason,
            "rules_version": version,
            "findings": findings,
            "at": unit.at,
        }
    )
    unit.trail.add(
        Tag.ITEM_MOVED,
        actor,
        item.id,
        rules=version,
        kind=item.kind,
        name=item.name,
        procore_id=item.procore_id,
        move=trigger,
        before=source,
        after=item.state,
        reason=reason,
        findings=[finding["rule"] for finding in findings],
        document=item.document_id,
    )


def plain(finding: Found) -> dict[str, Any]:
    """A finding as stored text."""
    return asdict(finding)


def store_findings(unit: Work, decisions: Iterable[tuple[Item, Decision]]) -> None:
    """Replace what the rules say of these items."""
    pairs = list(decisions)
    clear_findings(unit, [item.id for item, _ in pairs])
    rows = [
        {
            "item_id": item.id,
            "move": decision.trigger,
            "rules_version": decision.version,
            **{key: value for key, value in plain(finding).items() if key != "blocking"},
            "blocking": [asdict(link) for link in finding.blocking],
        }
        for item, decision in pairs
        for finding in decision.findings
    ]
    add_rows(unit.session, Finding, rows)


def clear_findings(unit: Work, item_ids: Sequence[int]) -> None:
    """Nothing speaks against these items any more."""
    if item_ids:
        unit.session.execute(delete(Finding).where(Finding.item_id.in_(item_ids)))
