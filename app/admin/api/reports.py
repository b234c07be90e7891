"""The reports, and what people sign or ask for there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from app.admin import job_costs as screen
from app.admin.access import connection_id, me
from app.admin.api.connection import AskedShape
from app.admin.api.routes import Family, database
from app.admin.api.shapes import (
    Asked,
    Money,
    Shape,
    done,
    many,
    moment,
    one,
    reason,
    text,
    texts,
    words,
    yes_no,
)
from app.admin.reports import lists_of_the_tie_out
from app.core import money
from app.services import job_costs, month_end, refreshes, report_list
from app.services.job_costs import JOB_COSTS, NOT_INCLUDED, Report
from app.services.reports import Cell, Sheet

family = Family("reports", "What an accountant closes a month with: the same sheets as on the screens.")
MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
Body = Mapping[str, Any]


class ReportShape(Shape):
    """One report."""

    name = text("As paths name it.")
    title = text("What people call it.")
    about = text("What it is for.")
    why_not = text("Why this person may not see it; empty where they may.")

    def get_why_not(self, entry: Any) -> str:
        return str(entry.why_not(me()))


class ReportsShape(Shape):
    """All reports."""

    reports = many(ReportShape, "Each of them.")


class SheetShape(Shape):
    """A report as a spreadsheet has it."""

    name = text("Its name.")
    title = text("Its title.")
    notes = texts("What stands above it.")
    digest = text("What tells this list from another one, to be sent when it is signed; empty where nobody signs.")
    columns = texts("The heads of its columns.")
    rows = fields.List(
        fields.List(fields.String(allow_none=True)),
        metadata={"description": "Its rows: amounts as 1234.50, moments in ISO 8601, null for nothing."},
    )

    def get_rows(self, sheet: Sheet) -> list[list[str | None]]:
        return [_cells(row) for row in sheet.rows]


def _cells(row: Sequence[Cell]) -> list[str | None]:
    return [None if cell is None else _cell(cell) for cell in row]


def _cell(cell: str | int | Decimal | datetime) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    return money.plain(cell) if isinstance(cell, Decimal) else str(cell)


def _month(*, required: bool) -> fields.String:
    more: dict[str, Any] = {"required": True} if required else {"load_default": ""}
    check = validate.Regexp(MONTH, error="A month is written as 2026-03.")
    return fields.String(validate=check, metadata={"description": "A month, as 2026-03."}, **more)


class SheetQuery(Asked):
    month = _month(required=False)


class Signature(Asked):
    """A part of a month."""

    month = _month(required=True)
    part = fields.String(
        required=True,
        validate=validate.OneOf(month_end.PARTS),
        metadata={"description": "As what: who prepared it, or who reviewed it."},
    )


class Signed(Signature):
    """What is signed, and which list of it."""

    seen = words("The `digest` of the list that was read; if it is another one by now, nothing is signed.")


class Undone(Signature):
    """Which signature is undone."""

    reason = reason()


@family.get("/reports", "The reports", gives=ReportsShape)
def index() -> Any:
    """Every report, and whether this person may see it."""
    return {"reports": list(report_list.EVERY.values())}


@family.get("/reports/<name>", "One report", gives=SheetShape, asks=SheetQuery)
def report(name: str, query: Body) -> Sheet:
    """The whole report, with its notes; the month counts for the month-end alone."""
    found = report_list.entry(name)
    found.must_see(database(), connection_id(), me())
    return found.sheet(database(), connection_id(), query["month"])


@family.post("/reports/tie-out/refresh", "Read for the tie-out", gives=AskedShape)
def read_again() -> Any:
    """Ask for everything the report is made of at once, so that one session reads it."""
    names = lists_of_the_tie_out(database(), connection_id())
    return {"asked": refreshes.ask(database(), connection_id(), me(), names)}


@family.post("/reports/month-end/sign", "Sign a month", takes=Signed)
def sign(body: Body) -> dict[str, str]:
    """As its preparer or its reviewer, for the list that was seen, or as it is now."""
    month_end.sign(database(), connection_id(), me(), body["month"], body["part"], body["seen"])
    return done(f"{body['month']} is {body['part']}.")


@family.post("/reports/month-end/undo", "Undo a signature", takes=Undone)
def undo(body: Body) -> dict[str, str]:
    """The signature stays visible, with who undid it and why."""
    month_end.undo(database(), connection_id(), me(), body["month"], body["part"], body["reason"])
    return done("The signature is undone.")


# -- job costs -----------------------------------------------------------------------------------------------------


class CostShape(Shape):
    """The costs of one cost code, or of an item that is none."""

    code = text("The code.")
    name = text("Its name.")
    original = Money("The budget as it was first exported.")
    estimated = Money("The revised budget.")
    invoiced = Money("What the bills of commitments come to.")
    direct = Money("What it has cost beside them.")
    actual = Money("Job to date.")
    difference = Money("What is left of the budget.")
    committed = Money("What the orders come to.")


class JobShape(Shape):
    """The job costs of one project in short."""

    project_id = text("Procore's id of the project.")
    project = text("Its name.")
    job = text("What QuickBooks calls it.")
    as_of = moment("When QuickBooks said so.")
    under_way = yes_no("Whether it is being asked again.")
    why_not = text("Why it cannot be asked for; empty where it can.")


class JobCostShape(JobShape):
    """The job costs of one project."""

    basis = text("The basis QuickBooks reported on.")
    lines = many(CostShape, "By cost code.")
    unmatched = many(CostShape, "Items that are no synced cost code.")
    retainage = many(CostShape, "What is left out as retainage.")
    total = one(CostShape)
    not_written = text("Why Procore is not told; empty where it is, or will be.")
    note = text("What is not included.")

    def get_note(self, report: Report) -> str:
        return NOT_INCLUDED


class JobsShape(Shape):
    """The projects with job costs."""

    projects = many(JobShape, "By name.")


@family.get("/job-costs", "Projects with job costs", gives=JobsShape)
def jobs() -> Any:
    """Every synced project, and when its costs were read; for whoever may see a report of job costs."""
    screen.must_see()
    return {"projects": job_costs.reports(database(), connection_id())}


@family.get("/job-costs/<project_id>", "The job costs of a project", gives=JobCostShape)
def job_cost(project_id: str) -> Report:
    """From what QuickBooks said last, cost code by cost code."""
    screen.must_see()
    return job_costs.report(database(), connection_id(), project_id)


@family.post("/job-costs/<project_id>/refresh", "Ask for the costs of a project", gives=AskedShape)
def ask_for_costs(project_id: str) -> Any:
    """They are read in the next Web Connector session."""
    job_costs.report(database(), connection_id(), project_id)
    return {"asked": refreshes.ask(database(), connection_id(), me(), [JOB_COSTS], [project_id])}


@family.post("/job-costs/<project_id>/write-beside", "Write beside costs keyed by hand")
def write_beside(project_id: str) -> dict[str, str]:
    """Let Tieout's direct costs count beside those that people keyed in Procore."""
    job_costs.write_beside(database(), connection_id(), me(), project_id)
    return done("Procore is told within seconds.")
