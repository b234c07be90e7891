"""The report Job Costs: from what is stored, without asking QuickBooks."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as Answer

from app.admin import bars, files
from app.admin.access import connection_id, me, needs_person, services
from app.core.errors import Refusal
from app.services import job_costs, permissions, refreshes, refusals
from app.services.job_costs import JOB_COSTS, NOT_INCLUDED, Report

pages = Blueprint("job_costs", __name__, url_prefix="/job-costs")

#: Who may see the report of the company, and who that of a project: two rows of the permissions.
COMPANY, PROJECT = "job_costs", "project_job_costs"


def must_see() -> None:
    """Let nobody on who may see neither report; the attempt is on the trail."""
    if not me().may("report", COMPANY):
        permissions.must(services().database, connection_id(), me(), "report", PROJECT)


@pages.get("/")
@needs_person
def page() -> str:
    """The projects; their totals only for those who may see the company's report."""
    must_see()
    found = job_costs.reports(services().database, connection_id())
    return render_template("job_costs.html", reports=found, whole=me().may("report", COMPANY))


@pages.get("/<project_id>")
@needs_person
def one(project_id: str) -> str:
    found = _report(project_id)
    drawn = bars.job_costs(found.lines)
    words = {"not_included": NOT_INCLUDED, "spent": bars.spent_words}
    return render_template("job_cost.html", report=found, drawn=drawn, **words)


@pages.get("/<project_id>.csv")
@needs_person
def as_csv(project_id: str) -> Response:
    found = _report(project_id)
    return files.csv(f"job-costs-{found.project_id}.csv", lambda out: job_costs.write_csv(found, out))


@pages.get("/<project_id>/<code>")
@needs_person
def details(project_id: str, code: str) -> str:
    """Nobody opens a figure here: its transactions are in QuickBooks."""
    _report(project_id)
    refusals.refuse(services().database, connection_id(), me().name, "job-cost-details")
    return ""


@pages.post("/<project_id>/refresh")
@needs_person
def refresh(project_id: str) -> Answer:
    """Ask for the reports of one project now; they come in the next session."""
    found = job_costs.report(services().database, connection_id(), project_id)
    asked = refreshes.ask(services().database, connection_id(), me(), [JOB_COSTS], [project_id])
    if found.why_not:
        flash(found.why_not, "bad")
    else:
        flash(f"{'Queued' if asked else 'Queued already'}; it runs at the next session.", "good")
    return redirect(url_for("job_costs.one", project_id=project_id))


@pages.post("/<project_id>/write-beside")
@needs_person
def write_beside(project_id: str) -> Answer:
    try:
        job_costs.write_beside(services().database, connection_id(), me(), project_id)
        flash("Procore is told within seconds.", "good")
    except Refusal as problem:
        flash(str(problem), "bad")
    return redirect(url_for("job_costs.one", project_id=project_id))


def _report(project_id: str) -> Report:
    must_see()
    return job_costs.report(services().database, connection_id(), project_id)
