"""Reports from the command line: printed, or as CSV."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection
from app.services import report_list, reports


@click.command("report")
@click.argument("name", type=click.Choice(list(report_list.EVERY)))
@click.option("--month", default="", help="Of the month-end list: 2026-03. Default: this month.")
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File; standard output when not given.")
@connection_option
@data_dir_option
def report(
    name: str, month: str, as_csv: bool, out: Path | None, connection_id: int | None, data_dir: Path | None
) -> None:
    """Print a report, or write it as CSV."""
    found = services(data_dir)
    sheet = report_list.entry(name).sheet(found.database, the_connection(found, connection_id), month)
    if out is None:
        if as_csv:
            reports.write_csv(sheet, sys.stdout)
        else:
            click.echo("\n".join(reports.lines(sheet)))
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        if as_csv:
            click.echo(f"{reports.write_csv(sheet, file)} rows in {out}.")
        else:
            file.writelines(f"{line}\n" for line in reports.lines(sheet))


COMMANDS = (report,)
