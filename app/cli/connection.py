"""Connections, and the .qwc file of one."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.settings import settings
from app.cli.shared import connection_option, data_dir_option, services, the_connection
from app.services import connections, rules_versions
from app.web_connector import qwc


@click.group("connection")
def connection() -> None:
    """Connections: one Procore company with one QuickBooks company file."""


@connection.command("add")
@click.argument("name")
@click.option("--procore-company", required=True, help="Procore's company id.")
@data_dir_option
def add(name: str, procore_company: str, data_dir: Path | None) -> None:
    """Make a connection and print its Web Connector user and password (told once)."""
    found = services(data_dir)
    version = rules_versions.store(found.database, found.settings.rules_dir, "command line")
    added = connections.add(found.database, name, procore_company, rules_version=version, actor="command line")
    click.echo(f"Connection {added.id}\nWeb Connector user      {added.web_connector_user}")
    click.echo(f"Web Connector password  {added.password}   (kept nowhere: write it down)")


@connection.command("list")
@data_dir_option
def list_all(data_dir: Path | None) -> None:
    """List connections."""
    for one in connections.everyone(services(data_dir).database):
        click.echo(f"{one.id:>3}  {one.name:<40} {'live' if one.live else 'not live'}")


@connection.command("show")
@connection_option
@data_dir_option
def show(connection_id: int | None, data_dir: Path | None) -> None:
    """Show one connection: file, host, rules."""
    found = services(data_dir)
    one = connections.get(found.database, the_connection(found, connection_id))
    rows = {
        "Name": one.name,
        "Procore company": one.procore_company_id,
        "Web Connector user": one.web_connector_user,
        "Company file": one.company_file or "not seen yet",
        "QuickBooks": one.host.get("product") or "not seen yet",
        "Live": "yes" if one.live else "no: only queries leave",
        "Paused": "yes" if one.paused else "no",
        "Rules version": (one.rules_version or "")[:12],
    }
    for label, value in rows.items():
        click.echo(f"{label:<32} {value}")


@connection.command("company-file")
@click.argument("path")
@connection_option
@data_dir_option
def company_file(path: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Confirm that the company file was moved to PATH on purpose."""
    found = services(data_dir)
    connections.confirm_file(found.database, the_connection(found, connection_id), path, actor="command line")
    click.echo(f"The company file is expected at {path} now.")


@connection.command("password")
@click.option("--at-once", is_flag=True, help="The old password stops now, not once the new one was used.")
@connection_option
@data_dir_option
def new_password(connection_id: int | None, data_dir: Path | None, at_once: bool) -> None:
    """Make another Web Connector password (told once); type it into the Web Connector."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    password = connections.new_password(found.database, chosen, actor="command line", at_once=at_once)
    click.echo(f"Web Connector password  {password}   (kept nowhere: write it down)")


@connection.command("go-live")
@connection_option
@data_dir_option
def go_live(connection_id: int | None, data_dir: Path | None) -> None:
    """From now on write approved items to QuickBooks."""
    found = services(data_dir)
    connections.go_live(found.database, the_connection(found, connection_id), actor="command line")
    click.echo("Live.")


@click.command("qwc")
@click.option(
    "--url", required=True, help="The service's address as QuickBooks' machine sees it, such as https://host/qbwc."
)
@connection_option
@data_dir_option
def print_qwc(url: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Print a connection's .qwc file, to be added to the Web Connector."""
    found = services(data_dir)
    one = connections.get(found.database, the_connection(found, connection_id))
    click.echo(
        qwc.render(
            app_name=f"Tieout {one.name}",
            url=url,
            support_url=url.rstrip("/") + "/support",
            user=one.web_connector_user,
            file_id=one.file_id,
            minutes=int(one.settings.get("every_minutes") or 5),
        )
    )


connection.add_command(settings)

COMMANDS = (connection, print_qwc)
