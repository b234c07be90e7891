"""Access to Procore from the command line: connect, look, disconnect, and say what was really deleted there."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click

from app.cli.procore_hooks import hooks
from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.services import deletions as doubted
from app.services import procore_access, working

ACTOR = "command line"


@click.group("procore")
def procore() -> None:
    """Access to Procore."""


@procore.command("connect")
@click.option("--service-account", is_flag=True, help="Sign in as the app's service account, not as a person.")
@connection_option
@data_dir_option
def connect(service_account: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """Connect a company: Procore shows a person a code, which is typed here."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    if service_account:
        procore_access.use_service_account(found.database, found.settings, chosen, actor=ACTOR)
        click.echo("Tieout signs in to Procore as the app's service account.")
        return
    click.echo("Open this page, log in to Procore and allow access. Procore then shows a code, good for ten minutes.")
    click.echo(procore_access.page(found.settings))
    code = click.prompt("Code", hide_input=True).strip()
    procore_access.connect(found.database, found.settings, chosen, code, actor=ACTOR)
    click.echo("Connected. The sign-in renews itself.")


@procore.command("status")
@click.option("--ask", is_flag=True, help="Ask Procore, too, whether the sign-in is good.")
@connection_option
@data_dir_option
def status(ask: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """Show how a connection stands with Procore, without any secret."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    now = procore_access.state(found.database, found.settings, chosen)
    rows = {
        "Signs in as": now.grant + (f", connected by {now.connected_by}" if now.connected_by else ""),
        "Connected": _when(now.connected_at, "never by hand"),
        "Token expires": _when(now.expires_at, "none yet"),
        "Must be connected again": now.lapsed or "no",
        "Renewal asked again": _when(now.retry_at, "no need"),
        "Paused by Procore until": _when(now.paused_until, "not paused"),
        "Calls left": "plenty" if now.calls_left is None else str(now.calls_left),
    }
    if ask:
        said = procore_access.asked(found.database, found.settings, chosen)
        rows["Procore says"] = f"good for {said['expires_in_seconds']} seconds" if said else "nothing: no token yet"
    for label, value in rows.items():
        click.echo(f"{label:<32} {value}")


@procore.command("disconnect")
@click.option("--yes", is_flag=True, help="Do not ask.")
@connection_option
@data_dir_option
def disconnect(yes: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """End the sign-in: nothing is read from Procore or written to it until it is connected again."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    if not yes:
        click.confirm("Stop all traffic with Procore for this connection?", abort=True)
    told = procore_access.disconnect(found.database, found.settings, chosen, actor=ACTOR)
    click.echo("Disconnected.")
    if not told:
        click.echo("Procore could not be told: revoke the app's access there as well.")


@procore.group("deletions")
def deletions() -> None:
    """What Procore no longer shows, and Tieout does not believe to be deleted."""


@deletions.command("confirm")
@click.argument("kind")
@click.option("--as", "login", required=True, help="Who confirms it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@connection_option
@data_dir_option
def confirm(kind: str, login: str, yes: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """Records of a KIND were really deleted in Procore: the next reading takes them so."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    waiting = working.look(found.database, chosen).doubts
    seen = next((one for one in waiting if one.kind == kind), None)
    if seen is not None and not yes:
        click.echo(seen.sentence)
        click.confirm("Were they deleted in Procore?", abort=True)
    confirmed = doubted.confirm(found.database, chosen, person, kind, seen.seen if seen else "")
    click.echo(f"Confirmed. {confirmed.plural} are read once more, and what is still gone is taken as deleted.")


def _when(moment: datetime | None, otherwise: str) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if moment else otherwise


procore.add_command(hooks)
COMMANDS = (procore,)
