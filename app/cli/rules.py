"""Rules: checked, tested, activated, described."""

from __future__ import annotations

from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.rulebook import load, manual, verify
from app.services import permissions, rules_versions
from app.settings import PACKAGE_ROOT

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=PACKAGE_ROOT / "rules"
)


@click.group("rules")
def rules() -> None:
    """Rule files: check, test, activate, manual."""


@rules.command("check")
@FOLDER
def check(folder: Path) -> None:
    """Read the rule files and name every mistake with file, line and column."""
    pack = load.pack(folder)
    click.echo(f"{len(pack.all_rules)} rules in {len(pack.files)} files are fine. Version {pack.version[:12]}.")


@rules.command("test")
@FOLDER
def test(folder: Path) -> None:
    """Run the rules' own examples; a rule no example fires is an error."""
    report = verify.verify(load.pack(folder))
    for problem in report.failures:
        click.echo(problem, err=True)
    click.echo(f"{report.total} examples, {len(report.failures)} problems.")
    if not report.passed:
        raise click.exceptions.Exit(1)


@rules.command("activate")
@FOLDER
@click.option("--as", "login", required=True, help="Who activates.")
@click.option("--reason", required=True, help="Why; it stays in the trail.")
@connection_option
@data_dir_option
def activate(folder: Path, login: str, reason: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Let these rule files decide from now on for a connection."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    permissions.must(found.database, chosen, person, "activate")
    version = rules_versions.store(found.database, folder, person.name)
    rules_versions.activate(found.database, chosen, version, person.name, reason)
    click.echo(f"Version {version[:12]} decides now.")


@rules.command("manual")
@FOLDER
def print_manual(folder: Path) -> None:
    """Print the manual: every word with its example, every rule with its source."""
    click.echo(manual.render(load.pack(folder)), nl=False)


COMMANDS = (rules,)
