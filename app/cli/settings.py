"""The settings of a connection, listed and changed."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.services import connections, permissions
from app.services import settings as declared


@click.group("settings")
def settings() -> None:
    """The settings of a connection."""


@settings.command("list")
@connection_option
@data_dir_option
def list_settings(connection_id: int | None, data_dir: Path | None) -> None:
    """List every setting with its value."""
    found = services(data_dir)
    for group, shown in connections.settings_page(found.database, the_connection(found, connection_id)).items():
        click.echo(group)
        for one in shown:
            click.echo(f"  {one.setting.name:<40} {one.said or 'not chosen':<24} {one.setting.label}")
            if one.trouble:
                click.echo(f"    {one.trouble}")


@settings.command("set")
@click.argument("name")
@click.argument("value")
@click.option("--as", "login", required=True, help="Who changes it.")
@click.option("--reason", default="", help="Why: needed where a choice was made for good.")
@connection_option
@data_dir_option
def set_setting(
    name: str, value: str, login: str, reason: str, connection_id: int | None, data_dir: Path | None
) -> None:
    """Change one setting (an empty VALUE: not chosen); what was approved under another value is held."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    before = permissions.matrix(found.database, chosen, person)
    changed = connections.change_settings_as(found.database, chosen, person, {name: value}, reason=reason)
    label = declared.find(name).label
    click.echo(f"{label}: {value or 'not chosen'} now." if changed else f"{label} is {value or 'not chosen'} already.")
    for one in before.differences:
        if one.profile == changed.get("permission_profile"):
            click.echo(one.sentence)
