"""The audit trail: exported and verified."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from app.cli.shared import data_dir_option, services
from app.services import audit, audit_export

#: Who the trail says it was: whoever may run commands on the machine.
ACTOR = "command line"


@click.group("audit")
def trail() -> None:
    """The audit trail: export, verify."""


@trail.command("export")
@click.option("--format", "form", type=click.Choice(list(audit_export.FORMS)), default="csv", show_default=True)
@click.option("--chain", default="", help="Only one chain, such as connection:1.")
@click.option("--item", "item_id", type=int, help="Only one item, by its number.")
@click.option("--actor", default="", help="Only what one person or system did.")
@click.option("--tag", default="", help="Only one kind of event.")
@click.option("--since", type=click.DateTime(), help="From this moment on (UTC).")
@click.option("--until", type=click.DateTime(), help="Before this moment (UTC).")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="File; standard output when not given.")
@data_dir_option
def export(
    form: str,
    chain: str,
    item_id: int | None,
    actor: str,
    tag: str,
    since: datetime | None,
    until: datetime | None,
    out: Path | None,
    data_dir: Path | None,
) -> None:
    """Write events, oldest first, as CSV or JSON Lines; that they were taken is an event of its own."""
    wanted = audit.Filter(chain, item_id, actor, tag, _utc(since), _utc(until))
    database = services(data_dir).database
    if out is None:
        audit_export.write(database, wanted, form, sys.stdout, actor=ACTOR)
        return
    with out.open("w", encoding="utf-8", newline="") as file:
        count = audit_export.write(database, wanted, form, file, actor=ACTOR)
    click.echo(f"{count} events in {out}.")


def _utc(moment: datetime | None) -> datetime | None:
    return moment.replace(tzinfo=UTC) if moment else None


@trail.command("verify")
@data_dir_option
def verify(data_dir: Path | None) -> None:
    """Recompute every chain; name the first event that does not fit."""
    verdicts = audit.verify(services(data_dir).database)
    for verdict in verdicts:
        redacted = f", {verdict.redacted} redacted" if verdict.redacted else ""
        told = (
            f"OK, {verdict.events} events{redacted}"
            if verdict.ok
            else f"BROKEN at {verdict.first_bad}: {verdict.problem}"
        )
        click.echo(f"{verdict.chain:<20} {told}")
    if not all(verdict.ok for verdict in verdicts):
        raise click.exceptions.Exit(1)


COMMANDS = (trail,)
