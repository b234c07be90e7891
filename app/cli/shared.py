"""What several commands need: the services, the connection meant, the person acting, the item named."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from app import settings as configuration
from app.core.errors import NotFound, Refusal
from app.factory import Services, build
from app.services import by_name, connections, people, rights_again
from app.services.people import Person

#: The demo keeps to a folder of its own, so that it never meets a real installation's data.
DEMO_DIR = Path("data") / "demo"


def data_dir_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--data-dir: which installation is meant."""
    return click.option(
        "--data-dir",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the installation. Default: TIEOUT_DATA_DIR, else the demo's if there is one, else ./data.",
    )(function)


def connection_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--connection: which connection is meant."""
    return click.option(
        "--connection", "connection_id", type=int, help="Number of the connection, if not the only one."
    )(function)


def services(data_dir: Path | None) -> Services:
    """The services of the installation meant."""
    if data_dir is None and not os.environ.get("TIEOUT_DATA_DIR") and (DEMO_DIR / "demo.json").exists():
        data_dir = DEMO_DIR
    return build(configuration.load(data_dir=data_dir))


def the_connection(found: Services, connection_id: int | None) -> int:
    """The connection's number: the one given, or the only one."""
    if connection_id is not None:
        return connections.get(found.database, connection_id).id
    everyone = connections.everyone(found.database)
    if len(everyone) == 1:
        return everyone[0].id
    if not everyone:
        raise NotFound("There is no connection yet.", "Make one with `tieout connection add`, or run `tieout demo`.")
    raise Refusal("There are several connections.", "Say which with --connection; see `tieout connection list`.")


def the_person(found: Services, connection_id: int, login: str) -> Person:
    """The person named with --as: nothing is approved without one."""
    person = people.person(found.database, connection_id, login=login)
    if person is None:
        raise NotFound(f"There is no active user {login}.", "See `tieout user list`.")
    if sentence := rights_again.read_again(found.database, found.settings, connection_id, person.id):
        click.echo(sentence, err=True)
    return people.person(found.database, connection_id, user_id=person.id) or person


def the_item(found: Services, connection_id: int, wanted: str) -> int:
    """An item by its number, or by its name (`SC-014`, or `commitment:SC-014` where names clash)."""
    return by_name.number(found.database, connection_id, wanted)
