"""Procore's webhooks from the command line: how they stand, and making them so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection
from app.factory import Services
from app.procore import Run
from app.services import connections, hook_repair, procore_access
from app.services.hook_repair import Shown

ACTOR = "command line"
MOST_FAILURES = 10


@click.group("hooks")
def hooks() -> None:
    """Procore's webhooks: hints that something changed."""


@hooks.command("show")
@connection_option
@data_dir_option
def show(connection_id: int | None, data_dir: Path | None) -> None:
    """Show what Procore holds of the webhooks, and which deliveries failed."""
    with _opened(data_dir, connection_id) as (found, chosen, procore):
        shown = hook_repair.show(found.database, found.settings, chosen, procore)
    there = shown.found
    rows = {
        "Address": shown.address or "none yet: run `tieout procore hooks repair --url …`",
        "In Procore": f"hook {there.hook['id']}" if there.hook else "no hook",
        "As it should be": "yes" if shown.right else "no: run `tieout procore hooks repair`",
        "Old secret let in until": shown.overlap_until or "not",
        "Told of": _named({str(row["resource_name"]) for row in there.triggers}),
        "To be asked for": _named({name for name, _ in there.missing}),
        "Not known to Procore": _named(set(there.unknown)),
        "Hooks too many": _named({str(row["id"]) for row in there.strays}),
        "Hooks of other installations": _named({f"{row['id']} to {row['destination_url']}" for row in there.others}),
    }
    for label, value in rows.items():
        click.echo(f"{label:<32} {value}")
    for line in _failures(shown):
        click.echo(line)


@hooks.command("repair")
@click.option("--url", default="", help="This service's address as Procore reaches it: https://tieout.example.com.")
@click.option("--rotate", is_flag=True, help="Make a new secret; the old one is let in for one more day.")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
@connection_option
@data_dir_option
def repair(url: str, rotate: bool, dry_run: bool, connection_id: int | None, data_dir: Path | None) -> None:
    """Make one hook in Procore, with triggers for what Tieout reads; done again, it does nothing."""
    with _opened(data_dir, connection_id) as (found, chosen, procore):
        said = hook_repair.repair(
            found.database, found.settings, chosen, procore, url=url, rotate=rotate, dry_run=dry_run, actor=ACTOR
        )
        unknown = hook_repair.show(found.database, found.settings, chosen, procore).found.unknown
    if dry_run and said:
        click.echo("Nothing was changed. This would be done:")
    for sentence in said or ["Everything is as it should be; nothing was changed."]:
        click.echo(sentence)
    for name in unknown:
        click.echo(f"Procore tells nothing of {name}: what changes there is found by the regular reading.")


@contextmanager
def _opened(data_dir: Path | None, connection_id: int | None) -> Iterator[tuple[Services, int, Run]]:
    found = services(data_dir)
    chosen = connections.get(found.database, the_connection(found, connection_id))
    with procore_access.client(found.database, found.settings, chosen) as client:
        yield found, chosen.id, Run(client)


def _failures(shown: Shown) -> Iterator[str]:
    """The newest deliveries that failed, in lines."""
    if not shown.failures:
        yield f"{'Failed deliveries':<32} none"
        return
    yield f"Failed deliveries: {len(shown.failures)}, the newest first"
    for one in sorted(shown.failures, key=lambda failure: failure.at, reverse=True)[:MOST_FAILURES]:
        yield f"  {one.at}  {one.event}: {one.why}; {'given up' if one.given_up else 'tried again'}"


def _named(names: set[str]) -> str:
    return ", ".join(sorted(names)) or "none"
