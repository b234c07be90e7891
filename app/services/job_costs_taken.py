"""Job costs taken in: what QuickBooks' reports of one session said, matched with cost codes and kept whole."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import text
from app.core.tags import Tag
from app.db.models import Binding, Item, JobCostReport, Operation, StagedRecord
from app.items import registry
from app.items.base import Content
from app.services.job_costs import ACCRUAL, JOB_COSTS
from app.services.unit import Work

QUICKBOOKS = "QuickBooks"


def take(unit: Work, operation: Operation, report: Content) -> None:
    """Keep what two reports of one session said of a project; it replaces what was kept before, whole."""
    items = sorted({*report["estimated"], *report["actual"], *report["invoiced"]})
    codes = _codes(unit.session, unit.connection.id, items)
    retainage = str(unit.connection.settings.get("retainage_item") or "")
    found = unit.session.get(JobCostReport, (unit.connection.id, operation.scope))
    row = found or JobCostReport(connection_id=unit.connection.id, project_id=operation.scope, counter=0)
    row.as_of = unit.at
    row.basis = report["basis"] if report["bills_basis"] in {"", ACCRUAL} else report["bills_basis"]
    row.rows = [
        {
            "item": item,
            "cost_code": codes[item].cost_code if item in codes else "",
            "is_retainage": bool(retainage) and item in codes and codes[item].list_id == retainage,
            **{part: report[part].get(item, "0.00") for part in ("estimated", "actual", "invoiced")},
        }
        for item in items
    ]
    row.counter += 1
    row.tries, row.problem, row.next_try_at = 0, "", unit.at
    unit.session.add(row)
    unit.trail.add(Tag.JOB_COSTS_READ, QUICKBOOKS, project=operation.scope, basis=row.basis, items=len(row.rows))


@dataclass(frozen=True)
class _Coded:
    list_id: str
    cost_code: str  # Procore's id; empty where the item is bound to none


def _codes(session: Session, connection_id: int, names: Iterable[str]) -> dict[str, _Coded]:
    """The cost codes bound to items of these full names: as the item list has them, else as they were bound.

    An item that was written since the list was read is in no list yet.
    """
    keys = {text.same_name(name): name for name in names}
    bound = select(Item.procore_id, Binding.quickbooks_id, Binding.full_name)
    bound = bound.join(Binding, Binding.item_id == Item.id)
    bound = bound.where(Item.connection_id == connection_id, Item.kind == registry.refreshes()[JOB_COSTS].by)
    found: dict[str, _Coded] = {}
    codes: dict[str, str] = {}
    for row in session.execute(bound):
        codes[row.quickbooks_id] = row.procore_id
        if (key := text.same_name(row.full_name)) in keys:
            found[keys[key]] = _Coded(row.quickbooks_id, row.procore_id)
    staged = select(StagedRecord.full_key, StagedRecord.list_id).where(
        StagedRecord.connection_id == connection_id, StagedRecord.source == "items", StagedRecord.full_key.in_(keys)
    )
    for full_key, list_id in session.execute(staged):
        found[keys[full_key]] = _Coded(list_id, codes.get(list_id, ""))
    return found
