"""People who sign in, and what each holds on a connection."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.core.errors import Refusal
from app.db.models import PersonAccess
from app.rulebook.access import LEVELS
from app.services import connections, people, permissions, tokens
from app.services.permissions import Change

LEVEL_NAMES = {label.lower(): level for level, label in LEVELS.items()} | {level: level for level in LEVELS}


@click.group("user")
def user() -> None:
    """People who sign in."""


@user.command("add")
@click.argument("login")
@click.option("--name", required=True, help="The person's full name.")
@click.option("--role", required=True, help="approver, project_manager, specialist, auditor, or one of your own.")
@click.option("--mail", default="", help="Where notices are mailed to, and by which Procore knows the person.")
@click.password_option(help="Asked for when not given.")
@connection_option
@data_dir_option
def add(
    login: str, name: str, role: str, mail: str, password: str, connection_id: int | None, data_dir: Path | None
) -> None:
    """Add a person with a role on a connection."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    roles = people.roles(found.database, chosen)
    if role not in roles:
        raise click.BadParameter(f"there is no role {role}; roles are {', '.join(roles)}.", param_hint="--role")
    people.add_user(found.database, login, name, password, actor="command line", mail=mail)
    people.give_role(found.database, login, chosen, role, actor="command line")
    click.echo(f"{name} may sign in as {login}, {roles[role]}.")


@user.command("level")
@click.argument("login")
@click.option("--as", "giver", required=True, help="Who gives or takes: needs the right of user administration.")
@click.option("--level", help="Of ERP Integrations: None, Read Only, Standard or Admin.")
@click.option("--push/--no-push", default=None, help="The privilege “Can Push to Accounting”.")
@click.option(
    "--tool", "tools", multiple=True, metavar="TOOL=LEVEL", help="Of one of Procore's tools, say commitments."
)
@click.option("--right", "rights", multiple=True, help="Give a right of its own: users, rules, activate, audit.")
@click.option("--no-right", "taken", multiple=True, help="Take such a right.")
@connection_option
@data_dir_option
def level(
    login: str,
    giver: str,
    level: str | None,
    push: bool | None,
    tools: tuple[str, ...],
    rights: tuple[str, ...],
    taken: tuple[str, ...],
    connection_id: int | None,
    data_dir: Path | None,
) -> None:
    """Change what a person holds on a connection; what is not said stays."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    change = Change(
        level=None if level is None else _level(level),
        privileges=None if push is None else {"push": push},
        tools=dict(_tool(text) for text in tools),
        rights=dict.fromkeys(rights, True) | dict.fromkeys(taken, False),
    )
    after = permissions.change_access(found.database, chosen, the_person(found, chosen, giver), login, change)
    click.echo(f"{login}: {LEVELS[after.level]}{', may push to accounting' if 'push' in after.privileges else ''}.")
    click.echo(f"Tools: {', '.join(f'{tool}={LEVELS[held]}' for tool, held in after.tools.items()) or 'none'}.")
    click.echo(f"Rights: {', '.join(sorted(after.rights)) or 'none'}.")


def _level(text: str) -> str:
    if text.lower() not in LEVEL_NAMES:
        raise Refusal(f"There is no level {text}.", f"Levels are {', '.join(LEVELS.values())}.")
    return LEVEL_NAMES[text.lower()]


def _tool(text: str) -> tuple[str, str]:
    tool, equals, level = text.partition("=")
    if not equals:
        raise click.UsageError(f"--tool wants TOOL=LEVEL, not {text}.")
    return tool, _level(level)


@user.command("password")
@click.argument("login")
@click.password_option(help="Asked for when not given.")
@data_dir_option
def password(login: str, password: str, data_dir: Path | None) -> None:
    """Give a person another password."""
    people.set_password(services(data_dir).database, login, password, actor="command line")
    click.echo(f"{login} signs in with the new password from now on.")


@user.command("list")
@data_dir_option
def list_users(data_dir: Path | None) -> None:
    """List people and what they are for each connection."""
    database = services(data_dir).database
    labels = {one.id: people.roles(database, one.id) for one in connections.everyone(database)}
    for one, held in people.everybody(database):
        said = "; ".join(_held(row, labels[row.connection_id]) for row in held)
        click.echo(f"{one.login:<12} {one.name:<24} {'' if one.active else '(inactive) '}{said}")


def _held(row: PersonAccess, labels: Mapping[str, str]) -> str:
    roles = " and ".join(labels.get(role, role) for role in row.roles) or "no role"
    push = ", may push to accounting" if "push" in row.privileges else ""
    return f"{roles} on {row.connection_id} ({LEVELS[row.level]}{push})"


@user.group("token")
def token() -> None:
    """Tokens by which programs use the JSON API in a person's name."""


@token.command("add")
@click.argument("login")
@click.option("--name", required=True, help="What it is for.")
@click.option("--days", default=tokens.DAYS, show_default=True, help=f"How long it works, at most {tokens.MOST_DAYS}.")
@connection_option
@data_dir_option
def add_token(login: str, name: str, days: int, connection_id: int | None, data_dir: Path | None) -> None:
    """Make a token for a person on a connection; it is printed this once and kept nowhere."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    made = tokens.make(found.database, chosen, person, name, days, actor="command line")
    click.echo(made.secret)


@token.command("list")
@click.argument("login")
@connection_option
@data_dir_option
def list_tokens(login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """List the tokens of a person on a connection."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    for one in tokens.of(found.database, chosen, the_person(found, chosen, login)):
        used = f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never"
        click.echo(
            f"{one.id:>6}  {one.name:<30} made {one.made_at:%Y-%m-%d}, used {used}, ends {one.expires_at:%Y-%m-%d}"
        )


@token.command("revoke")
@click.argument("login")
@click.argument("number", type=int)
@connection_option
@data_dir_option
def revoke_token(login: str, number: int, connection_id: int | None, data_dir: Path | None) -> None:
    """Revoke a token of a person by its number; it opens nothing any more."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    gone = tokens.revoke(found.database, chosen, the_person(found, chosen, login), number, actor="command line")
    click.echo(f"“{gone.name}” opens nothing any more.")


COMMANDS = (user,)
