"""Job costs as QuickBooks told them last: shown and exported."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection
from app.core import money
from app.core.errors import NotFound, Refusal
from app.services import job_costs
from app.services.job_costs import NOT_INCLUDED, Line, Report


@click.group("job-costs")
def group() -> None:
    """Job costs: show, export."""


@group.command("show")
@click.argument("project", default="")
@connection_option
@data_dir_option
def show(project: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Print the report of one PROJECT (its name, or Procore's number), or how each project stands."""
    found = services(data_dir)
    reports = job_costs.reports(found.database, the_connection(found, connection_id))
    if project:
        _print(_named(reports, project))
        return
    for report in reports:
        as_of = f"as of {report.as_of:%Y-%m-%d %H:%M} UTC" if report.as_of else "never read"
        click.echo(f"{report.project_id:>10}  {report.project:<32} {money.shown(report.total.actual):>16}  {as_of}")
        if report.why_not:
            click.echo(f"{'':>12}{report.why_not}")


@group.command("export")
@click.argument("project")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File; standard output when not given.")
@connection_option
@data_dir_option
def export(project: str, out: Path | None, connection_id: int | None, data_dir: Path | None) -> None:
    """Write the report of one PROJECT as CSV."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    named = _named(job_costs.reports(found.database, chosen), project)
    report = job_costs.report(found.database, chosen, named.project_id)  # with what is committed, as on its page
    if out is None:
        job_costs.write_csv(report, sys.stdout)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        job_costs.write_csv(report, file)
    click.echo(f"{len(report.lines)} cost codes in {out}.")


def _named(reports: list[Report], project: str) -> Report:
    hits = [one for one in reports if project.casefold() in {one.project_id, one.project.casefold()}]
    if not hits:
        raise NotFound(f"There is no synced project {project}.", "See `tieout job-costs show`.")
    if len(hits) > 1:
        raise Refusal(f"Several projects are called {project}.", "Say Procore's number instead.")
    return hits[0]


def _print(report: Report) -> None:
    as_of = f"{report.as_of:%Y-%m-%d %H:%M} UTC" if report.as_of else "never read"
    click.echo(f"Job costs of {report.project}, as of {as_of}, basis {report.basis.lower()}")
    for sentence in (report.why_not, report.not_written):
        if sentence:
            click.echo(sentence)
    click.echo(_row("Cost code", "Estimated", "Invoiced", "Direct", "Job to date", "Left"))
    for line in (*report.lines, report.total):
        click.echo(_line(line))
    for heading, others in (("Not matched:", report.unmatched), ("Retainage, left out:", report.retainage)):
        for line in others:
            click.echo(f"{heading} {line.code} {money.shown(line.actual)}")
    click.echo(NOT_INCLUDED)


def _line(line: Line) -> str:
    amounts = (line.estimated, line.invoiced, line.direct, line.actual, line.difference)
    return _row(line.code or line.name, *(money.shown(amount) for amount in amounts))


def _row(name: str, *cells: str) -> str:
    return f"{name:<20.20}" + "".join(f"{cell:>16}" for cell in cells)


COMMANDS = (group,)
