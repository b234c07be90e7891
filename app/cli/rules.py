"""Rules: checked, tested, previewed, proposed, approved, activated, taken back, described."""

from __future__ import annotations

import json
from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.db.engine import Database
from app.rulebook import load, manual, verify
from app.rulebook.rule import Pack
from app.services import permissions, rules_activation, rules_drafts, rules_preview, rules_versions
from app.settings import PACKAGE_ROOT

FOLDER = click.argument(
    "folder", type=click.Path(path_type=Path, exists=True, file_okay=False), default=PACKAGE_ROOT / "rules"
)
DRAFT = click.argument("draft", type=click.IntRange(min=1))
REASON = click.option("--reason", required=True, help="Why; it stays in the trail.")


@click.group("rules")
def rules() -> None:
    """Rule files: check, test, preview, propose, approve, activate, roll back, manual."""


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


@rules.command("preview")
@FOLDER
@click.option("--json", "as_json", is_flag=True, help="One line of JSON.")
@connection_option
@data_dir_option
def preview(folder: Path, as_json: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """Show what these rule files would change for the open items of today. Nothing is written."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    told = rules_preview.preview(found.database, chosen, _with_own(found.database, chosen, folder))
    if as_json:
        click.echo(json.dumps(told.plain()))
        return
    click.echo(told.sentence)
    for name, listed in told.lists().items():
        if listed.count:
            kinds = ", ".join(f"{kind} {count}" for kind, count in listed.by_kind.items())
            click.echo(f"\n{HEADINGS[name]}: {listed.count} ({kinds})")
        for row in listed.rows:
            click.echo(f"- {row.kind} {row.name} ({row.state}): {row.sentence}\n    rule {row.rule}")
        if listed.left_out:
            click.echo(f"… and {listed.left_out} more.")


HEADINGS = {
    "newly_blocked": "Newly blocked",
    "newly_allowed": "Newly allowed; until now the rules said",
    "otherwise": "With another remark",
}


@rules.command("versions")
@connection_option
@data_dir_option
def versions(connection_id: int | None, data_dir: Path | None) -> None:
    """List the versions of a connection, the newest first, and the drafts that are open."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    for draft in rules_drafts.opened(found.database, chosen):
        approved = f", approved by {draft.approved_by}" if draft.approved_by else ""
        told = f"{draft.at:%Y-%m-%d %H:%M}  {draft.author}{approved}  {draft.reason}"
        click.echo(f"draft {draft.id:<4} {draft.version[:12]}  {told}")
    for row in rules_versions.history(found.database, chosen):
        again = f" (= {row.former})" if row.former else ""
        told = f"{row.at:%Y-%m-%d %H:%M}  {row.actor}  {row.reason}"
        click.echo(f"version {row.number}{again}  {row.version[:12]}  {told}")


@rules.command("propose")
@FOLDER
@click.option("--as", "login", required=True, help="Who wrote it.")
@REASON
@connection_option
@data_dir_option
def propose(folder: Path, login: str, reason: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Keep these rule files as a draft that somebody may approve and activate. Nothing changes yet."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    pack = _with_own(found.database, chosen, folder)
    draft = rules_drafts.keep(found.database, chosen, person, pack.files, reason)
    failing = len(rules_versions.report(pack).failures)
    examples = f" {failing} of its examples' problems must be mended before." if failing else ""
    click.echo(f"Draft {draft} is kept, and decides nothing yet.{examples}")


@rules.command("approve")
@DRAFT
@click.option("--as", "login", required=True, help="Who approves; not its author.")
@REASON
@connection_option
@data_dir_option
def approve(draft: int, login: str, reason: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Agree to a draft somebody else wrote."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    version = rules_drafts.one(found.database, chosen, draft).row.version
    rules_drafts.approve(found.database, chosen, person, draft, version, reason)
    click.echo(f"Draft {draft} ({version[:12]}) is approved by {person.name}.")


@rules.command("activate")
@FOLDER
@click.option("--draft", type=click.IntRange(min=1), help="A draft that was kept, instead of a folder.")
@click.option("--as", "login", required=True, help="Who activates.")
@REASON
@click.option("--although-examples-fail", "override", is_flag=True, help="With the approval of a second person.")
@connection_option
@data_dir_option
def activate(
    folder: Path,
    draft: int | None,
    login: str,
    reason: str,
    override: bool,
    connection_id: int | None,
    data_dir: Path | None,
) -> None:
    """Let these rule files, or a draft, decide from now on for a connection."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    permissions.must(found.database, chosen, person, rules_drafts.ACTIVATE)
    if draft is None:
        pack = _with_own(found.database, chosen, folder)
        draft = rules_drafts.same(found.database, chosen, person, pack.version)
        if not draft:
            draft = rules_drafts.keep(found.database, chosen, person, pack.files, reason)
            click.echo(f"Kept as draft {draft}.", err=True)
    version = rules_drafts.one(found.database, chosen, draft).row.version
    number = rules_activation.activate(found.database, chosen, person, draft, version, reason, override=override)
    click.echo(f"Version {version[:12]} decides now, as number {number}.")


@rules.command("rollback")
@click.argument("number", type=click.IntRange(min=1))
@click.option("--as", "login", required=True, help="Who goes back.")
@REASON
@connection_option
@data_dir_option
def rollback(number: int, login: str, reason: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Let the content of a former version decide again, as a new version."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    after = rules_activation.roll_back(found.database, chosen, person, number, reason)
    click.echo(f"Version {after} decides now; it is the content of version {number}.")


@rules.command("manual")
@FOLDER
def print_manual(folder: Path) -> None:
    """Print the manual: every word with its example, every rule with its source."""
    click.echo(manual.render(load.pack(folder)), nl=False)


def _with_own(database: Database, connection_id: int, folder: Path) -> Pack:
    """The rules of a folder; one without an overlay, as the shipped one is, leaves the connection's own in place."""
    pack = load.pack(folder)
    if any(name.startswith(load.OVERLAY) for name in pack.files):
        return pack
    before = rules_drafts.files(database, connection_id)
    own = {name: text for name, text in before.items() if name.startswith(load.OVERLAY)}
    return load.pack({**pack.files, **own})


COMMANDS = (rules,)
