"""Unsyncable direct costs: what QuickBooks has spent on jobs and Procore is not told, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import select

from app.core import money
from app.db.engine import Database
from app.db.models import Item, JobCostReport
from app.services import job_costs, projects
from app.services.reports import Sheet

NO_CODE = "This QuickBooks item is no synced cost code. Link it to a cost code, then refresh the job costs."
#: What no report can name: QuickBooks' job reports go by item.
BEYOND = (
    "Amounts coded directly to accounts, such as journal entries, are not in QuickBooks' reports by item "
    "and are not listed here."
)


@dataclass(frozen=True)
class Line:
    """One item of one job that is not carried, or all that is kept back of a job."""

    project: Item
    item: str
    amount: Decimal
    why: str
    as_of: datetime


def report(database: Database, connection_id: int) -> list[Line]:
    """From what is stored, job by job."""
    query = select(JobCostReport).where(JobCostReport.connection_id == connection_id)
    with database.reading() as session:
        stored = {row.project_id: row for row in session.execute(query).scalars()}
        known = [one for one in projects.everyone(session, connection_id) if one.procore_id in stored]
        return [line for project in known for line in _of_job(project, stored[project.procore_id])]


def _of_job(project: Item, stored: JobCostReport) -> list[Line]:
    lines = []
    kept_back = job_costs.why_not_written(stored)
    for row in stored.rows:
        actual, invoiced = money.money(row["actual"]), money.money(row["invoiced"])
        if row["is_retainage"]:
            continue
        if not row["cost_code"] and actual:
            lines.append(Line(project, row["item"], actual, NO_CODE, stored.as_of))
        elif kept_back and actual != invoiced:
            lines.append(Line(project, row["item"], actual - invoiced, kept_back, stored.as_of))
    return lines


def sheet(lines: list[Line]) -> Sheet:
    """The same for a spreadsheet."""
    return Sheet(
        "unsyncable",
        "Unsyncable direct costs",
        ("Project", "QuickBooks item", "Amount", "Why", "As of"),
        [(line.project.name, line.item, line.amount, line.why, line.as_of) for line in lines],
        (BEYOND,),
    )
