"""Job costs as QuickBooks told them last, shown without asking QuickBooks."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TextIO

from sqlalchemy.orm import Session

from app.core import money, text
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection, Item, JobCostReport
from app.items import registry
from app.items.base import Content
from app.services import asking, freshness, permissions, projects
from app.services import job_costs_parts as parts
from app.services.people import Person
from app.services.unit import work

JOB_COSTS = "job_costs"
#: Unpaid bills are costs only on this basis; on any other the figures would not fit what Procore says is invoiced.
ACCRUAL = "Accrual"
NOTHING = Decimal("0.00")
COLUMNS = (
    "Original budget",
    "Estimated cost",
    "Commitment invoiced",
    "Direct costs",
    "Job to date",
    "Left of the estimate",
    "Committed",
)

#: What stands below the report, in the words of "Things to Know › Job costs".
NOT_INCLUDED = (
    "Amounts coded to items that are not synced, or directly to accounts (such as journal entries), are not included."
)


# -- showing it ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Line:
    """One cost code, or one item that is none."""

    code: str
    name: str
    cost_code: str  # Procore's id
    original: Decimal  # as it was first exported
    estimated: Decimal
    invoiced: Decimal
    actual: Decimal
    committed: Decimal = NOTHING  # what the orders in QuickBooks come to

    @property
    def direct(self) -> Decimal:
        """What the job has cost beside the bills of its commitments."""
        return self.actual - self.invoiced

    @property
    def difference(self) -> Decimal:
        """What is left of the budget."""
        return self.estimated - self.actual


@dataclass(frozen=True)
class Report:
    """The job costs of one project."""

    project_id: str
    project: str
    job: str  # the full name in QuickBooks
    stored: JobCostReport | None
    lines: tuple[Line, ...] = ()
    unmatched: tuple[Line, ...] = ()  # items that are no synced cost code
    retainage: tuple[Line, ...] = ()  # left out by name
    under_way: bool = False
    why_not: str = ""  # why it cannot be asked for
    stale: str = ""  # that it is older than planned, in words

    @property
    def as_of(self) -> datetime | None:
        """When QuickBooks said so."""
        return self.stored.as_of if self.stored else None

    @property
    def basis(self) -> str:
        """The basis QuickBooks reported on."""
        return (self.stored.basis if self.stored else "") or "not stated"

    @property
    def total(self) -> Line:
        """All cost codes together."""
        return _total(self.lines)

    @property
    def not_written(self) -> str:
        """Why Procore is not told; empty when it is, or will be."""
        return why_not_written(self.stored) if self.stored else ""

    @property
    def overdrawn(self) -> tuple[Line, ...]:
        """Codes whose bills of commitments exceed what they cost in all."""
        return tuple(line for line in self.lines if line.direct < 0)


def why_not_written(stored: JobCostReport) -> str:
    """Why the direct costs of a report are kept from Procore."""
    if stored.basis != ACCRUAL:
        said = f"is on {stored.basis.lower()} basis" if stored.basis else "does not say its basis"
        return (
            f"QuickBooks' job report {said}, so unpaid bills may be missing in it and nothing was written to Procore. "
            "Choose the accrual basis under QuickBooks' Preferences, Reports & Graphs, then refresh."
        )
    return keyed_by_hand(stored.keyed_by_hand) if stored.keyed_by_hand and not stored.beside_them else ""


def keyed_by_hand(others: int) -> str:
    """The warning before the first write where people keyed direct costs of their own."""
    many = f"{others} direct costs" if others > 1 else "a direct cost"
    return (
        f"On this project Procore has {many} keyed by hand. Tieout's would count beside them, so nothing was written. "
        "Delete in Procore what QuickBooks has too; Tieout then writes by itself, or let it write beside them."
    )


def reports(database: Database, connection_id: int) -> list[Report]:
    """The report of every synced project, by name."""
    with database.reading() as session:
        return _reports(session, connection_id, projects.with_jobs(session, connection_id))


def costliest(database: Database, connection_id: int, most: int) -> list[Report]:
    """The projects that cost most, those over their budget first; of no more than so many, in full."""
    with database.reading() as session:
        jobs = projects.with_jobs(session, connection_id)
        read = [one for one in _reports(session, connection_id, jobs) if one.stored and one.lines]
        read.sort(key=lambda one: (one.total.actual <= one.total.estimated, -one.total.actual))
        shown = {one.project_id: place for place, one in enumerate(read[:most])}
        chosen = [found for found in jobs if found[0].procore_id in shown]
        in_full = _reports(session, connection_id, chosen, in_full=True)
        return sorted(in_full, key=lambda one: shown[one.project_id])


def report(database: Database, connection_id: int, project_id: str) -> Report:
    """The report of one project, from what is stored."""
    with database.reading() as session:
        jobs = projects.with_jobs(session, connection_id, project_id)
        for found in _reports(session, connection_id, jobs, in_full=True):
            return found
    raise NotFound("There is no synced project of this number.", "Choose one on the page Job costs.")


def _reports(
    session: Session, connection_id: int, jobs: Sequence[tuple[Item, str]], *, in_full: bool = False
) -> list[Report]:
    """The reports of these projects and jobs, in a constant number of statements."""
    if not jobs:
        return []
    connection, refresh = session.get_one(Connection, connection_id), registry.refreshes()[JOB_COSTS]
    ids = [project.procore_id for project, _ in jobs]
    stored = parts.stored(session, connection_id, ids)
    budgets = parts.budgets(session, connection_id, refresh.after, ids)
    originals = parts.originals(session, budgets.values())
    names = parts.names(session, connection_id, refresh.by, stored.values())
    orders = parts.committed(session, connection_id, ids) if in_full else {}
    asked = asking.scopes_under_way(session, connection_id, JOB_COSTS)
    found = []
    for project, job in jobs:
        own, budget = stored.get(project.procore_id), budgets.get(project.procore_id)
        first = originals.get(budget.written_document_id or 0, {}) if budget else {}
        ordered = orders.get(project.procore_id, {})
        rows = [(row, _line(row, names, first, ordered)) for row in (own.rows if own else ())]
        found.append(
            Report(
                project_id=project.procore_id,
                project=project.name,
                job=job,
                stored=own,
                lines=tuple(line for row, line in rows if row["cost_code"] and not row["is_retainage"]),
                unmatched=tuple(line for row, line in rows if not row["cost_code"] and not row["is_retainage"]),
                retainage=tuple(line for row, line in rows if row["is_retainage"]),
                under_way=project.procore_id in asked,
                why_not="" if budget and budget.bound else why_not_asked(project.name),
                stale=freshness.stale(connection, JOB_COSTS, own.as_of if own else None),
            )
        )
    return found


def why_not_asked(project: str) -> str:
    """Without a budget in QuickBooks there is nothing to compare with."""
    return f"The budget of {project} is not in QuickBooks yet; its job costs can be read once it is."


def _line(
    row: Content,
    names: Mapping[str, tuple[str, str]],
    originals: Mapping[str, Decimal],
    orders: Mapping[str, Decimal],
) -> Line:
    code, name = names.get(row["cost_code"], (row["item"], ""))
    amounts = {part: money.money(row[part]) for part in ("estimated", "invoiced", "actual")}
    committed = orders.get(row["cost_code"], NOTHING)
    return Line(code, name, row["cost_code"], originals.get(row["cost_code"], NOTHING), **amounts, committed=committed)


def _total(lines: Iterable[Line]) -> Line:
    found = list(lines)
    sums = {
        part: sum((getattr(line, part) for line in found), NOTHING)
        for part in ("original", "estimated", "invoiced", "actual", "committed")
    }
    return Line("", "Total", "", **sums)


def write_csv(found: Report, out: TextIO) -> None:
    """A report for a spreadsheet, with what is not in its figures below it."""
    writer = csv.writer(out)
    as_of = found.as_of.isoformat(timespec="seconds") if found.as_of else "never"
    writer.writerow(["Project", text.harmless_cell(found.project), "As of", as_of, "Basis", found.basis])
    writer.writerow(["Cost code", "Description", *COLUMNS])
    for line in (*found.lines, found.total):
        writer.writerow([text.harmless_cell(line.code or line.name), text.harmless_cell(line.name), *_cells(line)])
    for heading, others in (("Not matched", found.unmatched), ("Retainage, left out", found.retainage)):
        for line in others:
            writer.writerow([heading, text.harmless_cell(line.code), *_cells(line)])
    writer.writerow([NOT_INCLUDED])


def _cells(line: Line) -> list[str]:
    parts = (
        line.original, line.estimated, line.invoiced, line.direct, line.actual, line.difference, line.committed
    )  # fmt: skip
    return [money.plain(part) for part in parts]


# -- what a person may decide --------------------------------------------------------------------------------------


def write_beside(database: Database, connection_id: int, who: Person, project_id: str) -> None:
    """Write the direct costs although people keyed some of their own in Procore."""
    permissions.must(database, connection_id, who, "refresh", JOB_COSTS)
    with work(database, connection_id) as unit:
        stored = unit.session.get(JobCostReport, (connection_id, project_id))
        if stored is None or not stored.keyed_by_hand or stored.beside_them:
            raise Refusal("There is nothing to decide on this report.", "Look at the page Job costs again.")
        stored.beside_them, stored.next_try_at = who.name, unit.at
        unit.trail.add(Tag.JOB_COSTS_BESIDE, who.name, project=project_id, others=stored.keyed_by_hand)
