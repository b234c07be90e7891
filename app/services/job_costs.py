"""Job costs as QuickBooks told them last: kept whole, matched with cost codes, shown without asking QuickBooks."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TextIO

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money, text
from app.core.errors import NotFound, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Document, Item, JobCostReport, Operation, StagedRecord
from app.items import registry
from app.items.base import Content
from app.items.measures import COMMITTED
from app.services import asking, permissions, projects
from app.services.people import Person
from app.services.unit import Work, work

JOB_COSTS = "job_costs"
QUICKBOOKS = "QuickBooks"
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


# -- taking it in --------------------------------------------------------------------------------------------------


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
    bound = bound.where(Item.connection_id == connection_id, Item.kind == "cost_code")
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
        return [_report(session, *found) for found in projects.with_jobs(session, connection_id)]


def report(database: Database, connection_id: int, project_id: str) -> Report:
    """The report of one project, from what is stored."""
    with database.reading() as session:
        for found in projects.with_jobs(session, connection_id, project_id):
            return _report(session, *found, in_full=True)
    raise NotFound("There is no synced project of this number.", "Choose one on the page Job costs.")


def _report(session: Session, project: Item, job: str, *, in_full: bool = False) -> Report:
    stored = session.get(JobCostReport, (project.connection_id, project.procore_id))
    budget = session.execute(
        select(Item, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(
            Item.connection_id == project.connection_id,
            Item.kind == "budget",
            Item.project_id == project.procore_id,
        )
    ).one_or_none()
    synced = budget is not None and budget.item_id is not None
    originals = _originals(session, budget.Item) if budget else {}
    names = _names(session, project.connection_id, stored) if stored else {}
    orders = _committed(session, project) if stored and in_full else {}
    rows = [(row, _line(row, names, originals, orders)) for row in (stored.rows if stored else ())]
    return Report(
        project_id=project.procore_id,
        project=project.name,
        job=job,
        stored=stored,
        lines=tuple(line for row, line in rows if row["cost_code"] and not row["is_retainage"]),
        unmatched=tuple(line for row, line in rows if not row["cost_code"] and not row["is_retainage"]),
        retainage=tuple(line for row, line in rows if row["is_retainage"]),
        under_way=asking.under_way(session, project.connection_id, JOB_COSTS, project.procore_id),
        why_not="" if synced else why_not_asked(project.name),
    )


def why_not_asked(project: str) -> str:
    """Without a budget in QuickBooks there is nothing to compare with."""
    return f"The budget of {project} is not in QuickBooks yet; its job costs can be read once it is."


def _originals(session: Session, budget: Item) -> dict[str, Decimal]:
    """The budget of each cost code as it was first exported: later exports only add lines."""
    document = session.get(Document, budget.written_document_id) if budget.written_document_id else None
    fields = json.loads(document.body)["fields"] if document else {}
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for line in [*fields.get("written", ()), *fields.get("lines", ())]:
        if line["original"]:
            sums[line["cost_code"]] += money.decimal(line["amount"])
    return sums


def _committed(session: Session, project: Item) -> dict[str, Decimal]:
    """What the commitments and change orders in QuickBooks come to, by cost code, as they were written."""
    kinds = [name for name, kind in registry.kinds().items() if kind.measure == COMMITTED]
    query = (
        select(Document.body)
        .join(Item, Item.written_document_id == Document.id)
        .join(Binding, Binding.item_id == Item.id)
        .where(
            Item.connection_id == project.connection_id,
            Item.project_id == project.procore_id,
            Item.kind.in_(kinds),
        )
    )
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for body in session.execute(query).scalars():
        for line in json.loads(body)["fields"].get("lines", ()):
            sums[line["cost_code"]] += money.decimal(line["amount"])
    return sums


def _names(session: Session, connection_id: int, stored: JobCostReport) -> dict[str, tuple[str, str]]:
    wanted = {row["cost_code"] for row in stored.rows}
    query = select(Item.procore_id, Item.name, Item.title).where(
        Item.connection_id == connection_id, Item.kind == "cost_code", Item.procore_id.in_(wanted)
    )
    return {row.procore_id: (row.name, row.title) for row in session.execute(query)}


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
