"""What job costs are put together from: each part of all reports asked for by one statement."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money
from app.core.batches import in_batches
from app.db.models import Binding, Document, Item, JobCostReport
from app.items import registry
from app.items.measures import COMMITTED

#: So many cost codes are named by one statement.
BATCH = 10_000


def stored(session: Session, connection_id: int, project_ids: Sequence[str]) -> dict[str, JobCostReport]:
    """What was kept, by project."""
    mine = (JobCostReport.connection_id == connection_id, JobCostReport.project_id.in_(project_ids))
    return {row.project_id: row for row in session.execute(select(JobCostReport).where(*mine)).scalars()}


@dataclass(frozen=True)
class Budget:
    """The budget of a project."""

    written_document_id: int | None
    bound: bool  # QuickBooks holds it


def budgets(session: Session, connection_id: int, kind: str, project_ids: Sequence[str]) -> dict[str, Budget]:
    """What must be in QuickBooks first, by project."""
    query = (
        select(Item.project_id, Item.written_document_id, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(
            Item.connection_id == connection_id,
            Item.kind == kind,
            Item.project_id.in_(project_ids),
        )
    )
    return {
        str(row.project_id): Budget(row.written_document_id, row.item_id is not None) for row in session.execute(query)
    }


def originals(session: Session, budgets: Iterable[Budget]) -> dict[int, dict[str, Decimal]]:
    """By document the budget of each cost code as it was first exported: later exports only add lines."""
    wanted = [one.written_document_id for one in budgets if one.written_document_id]
    query = select(Document.id, Document.body).where(Document.id.in_(wanted))
    found: dict[int, dict[str, Decimal]] = {}
    for row in session.execute(query):
        fields = json.loads(row.body)["fields"]
        sums = found[row.id] = defaultdict(Decimal)
        for line in [*fields.get("written", ()), *fields.get("lines", ())]:
            if line["original"]:
                sums[line["cost_code"]] += money.decimal(line["amount"])
    return found


def committed(session: Session, connection_id: int, project_ids: Sequence[str]) -> dict[str, dict[str, Decimal]]:
    """By project and cost code what the commitments and change orders in QuickBooks come to, as they were written."""
    kinds = [name for name, kind in registry.kinds().items() if kind.measure == COMMITTED]
    query = (
        select(Item.project_id, Document.body)
        .join(Document, Item.written_document_id == Document.id)
        .join(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == connection_id, Item.project_id.in_(project_ids), Item.kind.in_(kinds))
    )
    found: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in session.execute(query):
        for line in json.loads(row.body)["fields"].get("lines", ()):
            found[str(row.project_id)][line["cost_code"]] += money.decimal(line["amount"])
    return found


def names(
    session: Session, connection_id: int, kind: str, stored: Iterable[JobCostReport]
) -> dict[str, tuple[str, str]]:
    """The cost codes in these reports: Procore's id, and code and name."""
    wanted = sorted({row["cost_code"] for one in stored for row in one.rows if row["cost_code"]})
    named = select(Item.procore_id, Item.name, Item.title).where(Item.connection_id == connection_id, Item.kind == kind)
    found: dict[str, tuple[str, str]] = {}
    for batch in in_batches(wanted, BATCH):
        rows = session.execute(named.where(Item.procore_id.in_(batch)))
        found.update((row.procore_id, (row.name, row.title)) for row in rows)
    return found
