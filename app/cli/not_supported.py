"""What is not supported: listed, and answered when somebody tries it."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.services import refusals


@click.command("not-supported")
@click.argument("what", required=False)
@click.option("--as", "login", help="Who tries it.")
@connection_option
@data_dir_option
def not_supported(what: str | None, login: str | None, connection_id: int | None, data_dir: Path | None) -> None:
    """List what does not sync; with WHAT, try it: the answer, and one event in the audit trail."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    if what is None:
        for group, entries in refusals.listed(found.database, chosen).items():
            click.echo(group)
            for one in entries:
                click.echo(f"  {one.refused.id:<26} {'open here' if one.open else one.refused.sentence}")
        return
    if login is None:
        raise click.UsageError("Say who tries it with --as.")
    refusals.refuse(found.database, chosen, the_person(found, chosen, login).name, what)
    click.echo("This is open on this connection.")


COMMANDS = (not_supported,)
