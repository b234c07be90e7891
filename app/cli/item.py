"""Items from the command line: the same services as the screens, acting as a named person."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from app.cli.shared import connection_option, data_dir_option, services, the_connection, the_item, the_person
from app.core import money
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Item
from app.factory import Services
from app.items import registry
from app.services import by_name, lifecycle, unlinking
from app.services import explain as explaining
from app.services.lifecycle import Outcomes
from app.services.people import Person
from state_machines.item import STATES


@click.group("item")
def item() -> None:
    """Items: list, send, accept, reject, retry, explain."""


def _options(function: Callable[..., Any]) -> Callable[..., Any]:
    return connection_option(data_dir_option(function))


def _acting(function: Callable[..., Any]) -> Callable[..., Any]:
    function = click.option("--as", "login", required=True, help="Who acts: nothing is approved without a person.")(
        function
    )
    return click.argument("items", nargs=-1)(_options(function))


@item.command("list")
@click.option("--kind", type=click.Choice(list(registry.kinds())))
@click.option("--state", type=click.Choice(STATES))
@click.option("--json", "as_json", is_flag=True, help="One JSON list.")
@_options
def list_items(
    kind: str | None, state: str | None, as_json: bool, connection_id: int | None, data_dir: Path | None
) -> None:
    """List items."""
    found = services(data_dir)
    rows = by_name.listed(found.database, the_connection(found, connection_id), kind, state)
    if as_json:
        click.echo(json.dumps([_plain(row) for row in rows]))
        return
    for row in rows:
        amount = "" if row.cents is None else money.shown(money.from_cents(row.cents))
        click.echo(f"{row.id:>6}  {row.kind:<24} {row.name[:30]:<30} {row.state:<9} {amount:>16}  {row.title[:40]}")


def _plain(row: Item) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "procore_id": row.procore_id,
        "name": row.name,
        "title": row.title,
        "state": row.state,
        "amount": None if row.cents is None else money.plain(money.from_cents(row.cents)),
        "problem": row.problem,
    }


@item.command("show")
@click.argument("wanted", metavar="ITEM")
@_options
def show(wanted: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Show one item and its history."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    for line in explaining.explain(found.database, chosen, the_item(found, chosen, wanted)).lines(history=True):
        click.echo(line)


@item.command("explain")
@click.argument("wanted", metavar="ITEM")
@_options
def explain(wanted: str, connection_id: int | None, data_dir: Path | None) -> None:
    """Say what an item waits for, and which rule (file, name) says so."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    for line in explaining.explain(found.database, chosen, the_item(found, chosen, wanted)).lines():
        click.echo(line)


@item.command("send")
@click.option("--all", "everything", is_flag=True, help="Every draft.")
@_acting
def send(
    items: tuple[str, ...], everything: bool, login: str, connection_id: int | None, data_dir: Path | None
) -> None:
    """Put drafts before the approvers."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    ids = _chosen(found, chosen, items, everything, None, "draft")
    _tell(lifecycle.send(found.database, chosen, the_person(found, chosen, login), ids), "sent")


@item.command("accept")
@click.option("--all", "everything", is_flag=True, help="Everything that waits for a decision.")
@click.option("--kind", type=click.Choice(list(registry.kinds())), help="With --all: only this kind.")
@click.option("--with-warnings", is_flag=True, help="With --all: also what a rule warns of; else it is left out.")
@click.option("--set", "inputs", multiple=True, metavar="NAME=VALUE", help="What an approver would type.")
@click.option("--override", default="", metavar="REASON", help="Why one person may do what two should; needs a right.")
@_acting
def accept(
    items: tuple[str, ...],
    everything: bool,
    kind: str | None,
    with_warnings: bool,
    inputs: tuple[str, ...],
    override: str,
    login: str,
    connection_id: int | None,
    data_dir: Path | None,
) -> None:
    """Approve items; they leave for QuickBooks as soon as the rules allow."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    ids = _chosen(found, chosen, items, everything, kind, "sent")
    typed = dict(_pair(text) for text in inputs)
    person = the_person(found, chosen, login)
    given = dict.fromkeys(ids, typed) if typed else None
    seen = with_warnings or not everything  # whoever takes all looks at none: as nothing of it is ticked
    outcomes = lifecycle.accept(found.database, chosen, person, ids, given, warned_seen=seen, override=override)
    warned = [one for one in outcomes.refused if one.problem is not None and one.problem.code == "warned"]
    _tell(Outcomes([one for one in outcomes.each if one not in warned]), "accepted", len(outcomes.each))
    if warned:
        click.echo(
            f"{len(warned)} left out, for a rule warns of {'it' if len(warned) == 1 else 'them'}. Look at each, then "
            "accept it by name; or accept all of them with --with-warnings."
        )
        for one in warned:
            click.echo(f"  {one.problem.sentence if one.problem else one.name}")


@item.command("reject")
@click.option("--reason", required=True, help="What the project team should change.")
@_acting
def reject(reason: str, **acting: Any) -> None:
    """Send items back to the project team."""
    _tell(_acted(partial(lifecycle.reject, reason=reason), **acting), "rejected")


@item.command("retry")
@_acting
def retry(**acting: Any) -> None:
    """Let failed items try again."""
    _tell(_acted(lifecycle.retry, **acting), "put back in line")


@item.command("clear")
@click.option("--reason", required=True, help="Why it may stay as QuickBooks has it.")
@_acting
def clear(reason: str, **acting: Any) -> None:
    """Let what QuickBooks holds otherwise than approved stand; `tieout report exceptions` lists it."""
    _tell(_acted(partial(lifecycle.clear, reason=reason), **acting), "cleared")


@item.command("by-hand")
@click.option("--number", required=True, help="Its number in QuickBooks.")
@click.option("--amount", required=True, help="Its amount in QuickBooks.")
@click.option("--reason", required=True, help="Why it could not be exported.")
@_acting
def by_hand(
    items: tuple[str, ...],
    number: str,
    amount: str,
    reason: str,
    login: str,
    connection_id: int | None,
    data_dir: Path | None,
) -> None:
    """Note that one item was typed into QuickBooks by a person; it is never exported then."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    if len(items) != 1:
        raise click.UsageError("Name one item.")
    person, one = the_person(found, chosen, login), the_item(found, chosen, items[0])
    outcomes = lifecycle.record_by_hand(found.database, chosen, person, one, number, amount, reason)
    _tell(outcomes, "recorded as entered by hand")


@item.command("unlink")
@_acting
def unlink(**acting: Any) -> None:
    """Take items and their QuickBooks records apart; where the record must go first, the next session looks."""
    outcomes = _acted(unlinking.unlink, **acting)
    click.echo(f"{len(outcomes.done)} of {len(outcomes.each)} unlinked or asked for.")
    for outcome in outcomes.each:
        waits = unlinking.WAITS if outcome.state == "synced" else "unlinked."
        click.echo(f"  {outcome.name}: {outcome.problem or waits}")


def _chosen(
    found: Services, connection_id: int, items: tuple[str, ...], everything: bool, kind: str | None, state: str
) -> list[int]:
    if everything:
        return [row.id for row in by_name.listed(found.database, connection_id, kind, state)]
    if not items:
        raise Refusal("Nothing was named.", "Name items, or use --all.")
    return [the_item(found, connection_id, one) for one in items]


def _acted(
    act: Callable[[Database, int, Person, list[int]], Outcomes],
    items: tuple[str, ...],
    login: str,
    connection_id: int | None,
    data_dir: Path | None,
) -> Outcomes:
    """What became of the named items when a person acted on them."""
    found = services(data_dir)
    chosen = the_connection(found, connection_id)
    ids = [the_item(found, chosen, one) for one in items]
    return act(found.database, chosen, the_person(found, chosen, login), ids)


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set wants NAME=VALUE, not {text}.")
    return name, value


def _tell(outcomes: Outcomes, verb: str, asked: int | None = None) -> None:
    click.echo(f"{len(outcomes.done)} of {len(outcomes.each) if asked is None else asked} {verb}.")
    for outcome in outcomes.done:
        if outcome.note:
            click.echo(f"  {outcome.note}")
    for outcome in outcomes.refused:
        click.echo(f"  {outcome.name}: {outcome.problem}")


COMMANDS = (item,)
