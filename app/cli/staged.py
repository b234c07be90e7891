"""What QuickBooks offers, from the command line: list, add, link, archive, restore; and reading the lists anew."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_person
from app.items import registry
from app.services import offers, refreshes
from app.services import staged as acts
from app.services.offers import TABS, Wanted
from app.services.staged import Results


@click.group("staged")
def staged() -> None:
    """What QuickBooks offers: list, add, link, archive, restore."""


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--as", "login", required=True, help="Who acts.")(function)
    function = click.option(
        "--kind", type=click.Choice(list(registry.offered())), default="company", show_default=True
    )(function)
    return connection_option(data_dir_option(function))


@staged.command("list")
@click.option("--tab", type=click.Choice(list(TABS)), default="staged", show_default=True)
@click.option("--matches", is_flag=True, help="Only those with the very name of something in Procore.")
@_options
def list_staged(
    tab: str, matches: bool, kind: str, login: str, connection_id: int | None, data_dir: Path | None
) -> None:
    """List records QuickBooks has shown, with who in Procore they may be, and why."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person, after = the_person(found, chosen, login), 0
    while True:
        page = offers.page(found.database, chosen, person, Wanted(kind, tab, "", matches, after))
        for row in page.rows:
            click.echo(f"{row.record.id:>6}  {row.record.full_name[:40]:<40}  {_said(row)}".rstrip())
        if not page.next_after:
            return
        after = page.next_after


def _said(row: offers.Row) -> str:
    if row.on_its_way and row.errand:
        return f"on its way to Procore, asked for by {row.errand.asked_by} {row.errand.problem}".rstrip()
    if row.errand:
        return f"Procore refused: {row.errand.problem}"
    if row.item:
        return f"is {row.item.name}"
    return "; ".join(f"{one.item.name} ({one.suggestion.reason})" for one in row.offers) or row.no_add


@staged.command("add")
@click.argument("records", nargs=-1, required=True)
@_options
def add(records: tuple[str, ...], kind: str, login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Ask for records (number, ListID or name) to be made in Procore; the worker makes each exactly once."""
    _act(acts.add, "asked for", records, kind, login, connection_id, data_dir)


@staged.command("archive")
@click.argument("records", nargs=-1, required=True)
@_options
def archive(records: tuple[str, ...], kind: str, login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Put records away."""
    _act(acts.archive, "archived", records, kind, login, connection_id, data_dir)


@staged.command("restore")
@click.argument("records", nargs=-1, required=True)
@_options
def restore(records: tuple[str, ...], kind: str, login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Bring archived records back."""
    _act(acts.restore, "restored", records, kind, login, connection_id, data_dir)


@staged.command("link")
@click.argument("record")
@click.argument("name")
@_options
def link(record: str, name: str, kind: str, login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Link a record with what Procore has under this name."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    pairs = {offers.named(found.database, chosen, kind, record): offers.candidate(found.database, chosen, kind, name)}
    _tell(acts.link(found.database, chosen, kind, person, pairs), "linked")


@click.command("refresh")
@click.argument("names", nargs=-1, type=click.Choice(list(registry.refreshes())))
@click.option("--as", "login", required=True, help="Who acts.")
@connection_option
@data_dir_option
def refresh(names: tuple[str, ...], login: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Ask QuickBooks for its lists at the next session; all of them when none is named."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    asked = refreshes.ask(found.database, chosen, the_person(found, chosen, login), names)
    click.echo(f"Queued, runs at the next session: {', '.join(asked)}." if asked else "Queued already.")


def _act(
    act: Callable[..., Results],
    verb: str,
    records: tuple[str, ...],
    kind: str,
    login: str,
    connection_id: int | None,
    data_dir: Path | None,
) -> None:
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    person = the_person(found, chosen, login)
    ids = [offers.named(found.database, chosen, kind, one) for one in records]
    _tell(act(found.database, chosen, kind, person, ids), verb)


def _tell(results: Results, verb: str) -> None:
    click.echo(f"{len(results.done)} of {len(results.each)} {verb}.")
    for one in results.refused:
        click.echo(f"  {one.name}: {one.problem}")


COMMANDS = (staged, refresh)
