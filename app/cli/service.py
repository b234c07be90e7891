"""Run the service, its worker and its migrations, and look at its settings."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

import click

from app import settings as configuration
from app.cli import reference
from app.cli.shared import data_dir_option, services
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.migrate import upgrade
from app.procore import Client
from app.services import audit, connections, procore_access, restore, tallies
from app.services.notices_post import post_of
from app.worker.crew import Crew
from app.worker.postman import Postman


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True)
@click.option("--certificate", type=click.Path(path_type=Path, exists=True), help="TLS certificate (PEM).")
@click.option("--key", type=click.Path(path_type=Path, exists=True), help="Its private key (PEM).")
@data_dir_option
def serve(host: str, port: int, certificate: Path | None, key: Path | None, data_dir: Path | None) -> None:
    """Serve the screens and the Web Connector endpoint."""
    if data_dir:
        os.environ["TIEOUT_DATA_DIR"] = str(data_dir.resolve())
    upgrade(Database(configuration.load().database_url))
    try:
        from granian import Granian  # noqa: PLC0415  # compiled; where it is missing, waitress serves
        from granian.constants import Interfaces  # noqa: PLC0415
    except ImportError:
        _serve_plainly(host, port, certificate)
        return
    Granian(
        "wsgi:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=8,
        ssl_cert=certificate,
        ssl_key=key,
        log_access=False,
    ).serve()


def _serve_plainly(host: str, port: int, certificate: Path | None) -> None:
    import waitress  # noqa: PLC0415  # only where granian is missing

    from wsgi import app  # noqa: PLC0415

    if certificate:
        raise Refusal("This machine's server cannot do TLS by itself.", "Install granian, or put a proxy in front.")
    waitress.serve(app, host=host, port=port, threads=8, max_request_body_size=80 * 2**20)


@click.command("work")
@click.option("--connection", "connection_id", type=int, help="Serve this connection only. Default: all of them.")
@data_dir_option
def work(connection_id: int | None, data_dir: Path | None) -> None:
    """Read Procore, tell it what QuickBooks holds, and send mails, until stopped. Any number of workers may run."""
    found = services(data_dir)
    procore_access.must_know_app(found.settings)
    if connection_id is not None:
        connections.get(found.database, connection_id)
    stop, post = threading.Event(), post_of(found.settings)

    def client_of(connection_id: int) -> Client:
        connection = connections.get(found.database, connection_id)
        return procore_access.client(found.database, found.settings, connection, wait=stop.wait)

    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: stop.set())
    postman = threading.Thread(target=Postman(found.database, post, connection_id).run, args=(stop,), name="post")
    postman.start()
    Crew(found.database, client_of, connection_id).run(stop)
    postman.join()


@click.group("db")
def db() -> None:
    """The database."""


@db.command("upgrade")
@data_dir_option
def db_upgrade(data_dir: Path | None) -> None:
    """Bring the database to the newest shape."""
    services(data_dir)
    click.echo("The database is up to date.")


@db.command("restored")
@click.option("--yes", is_flag=True, help="Do not ask.")
@data_dir_option
def db_restored(yes: bool, data_dir: Path | None) -> None:
    """Declare that the database was put back from a backup: look in QuickBooks before anything is written again."""
    found = services(data_dir)
    if not yes:
        click.confirm("Is the database in place a copy from earlier, and is the service stopped?", abort=True)
    for connection in connections.everyone(found.database):
        count = restore.declare(found.database, connection.id, "command line")
        click.echo(
            f"{connection.name}: what was approved and not finished ({count}) is looked for in QuickBooks first; "
            "nothing is written twice."
        )


@click.command("doctor")
@data_dir_option
def doctor(data_dir: Path | None) -> None:
    """Print every setting (secrets masked) and check what can be checked."""
    found = services(data_dir)
    for name, value, help_text in found.settings.shown():
        click.echo(f"{name:<32} {value}\n{'':<32} {help_text}")
    click.echo()
    for verdict in audit.verify(found.database):
        click.echo(f"audit trail {verdict.chain}: {verdict.problem or f'{verdict.events} events, all in place'}")
    for connection in connections.everyone(found.database):
        host = connection.host
        seen = f"{host['product']} ({host['country']})" if host.get("product") else "no session yet"
        click.echo(f"connection {connection.id} {connection.name}: {seen}")
        wrong = tallies.wrong(found.database, connection.id)
        click.echo(f"kept counts {connection.name}: {'; '.join(wrong) if wrong else 'all as the items are'}")


@click.command("reference")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=Path("docs/reference"))
def write_reference(folder: Path) -> None:
    """Write the reference pages that are generated from the code."""
    for name in reference.write(folder):
        click.echo(name)


COMMANDS = (serve, work, db, doctor, write_reference)
