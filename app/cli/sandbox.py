"""The demo, and the sandbox's Web Connector as a program of its own."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path
from typing import Any

import click

from app.cli import books, demo
from app.cli.shared import DEMO_DIR
from app.sandbox.web_connector import Died, SessionReport, WebConnector, parse_qwc
from app.web_connector.qwc import OWNER_ID


def _demo_dir(given: Path | None) -> Path:
    folder = given or Path(os.environ.get("TIEOUT_DATA_DIR", DEMO_DIR))
    folder.mkdir(parents=True, exist_ok=True)
    return folder.resolve()


@click.command("demo")
@click.option("--port", default=8080, show_default=True, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option("--no-web-connector", is_flag=True, help="Do not run the Web Connector every five seconds.")
@click.option("--data-dir", type=click.Path(path_type=Path, file_okay=False), help="Where the demo keeps its month.")
@click.option("--json", "as_json", is_flag=True, help="Print one line of JSON: addresses, users, passwords.")
def run_demo(port: int, no_web_connector: bool, data_dir: Path | None, as_json: bool) -> None:
    """Run the whole product with a sandbox Procore and QuickBooks on this machine."""
    say = (lambda _: None) if as_json else click.echo
    running = demo.start(_demo_dir(data_dir), port, web_connector=not no_web_connector, say=say)
    try:
        click.echo(json.dumps(running.told()) if as_json else _welcome(running.told()))
        _until_told()
    finally:
        running.close()


def _until_told() -> None:
    told = threading.Event()
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, lambda *_: told.set())
    while not told.wait(1):
        pass


def _welcome(told: dict[str, Any]) -> str:
    lines = [
        "",
        f"  Tieout is running:  {told['url']}",
        "",
        "  Log in as           with password",
        *(f"    {who['user']:<6} {who['role']:<18} {who['password']}" for who in told["logins"]),
        "",
        f"  Web Connector:      {told['soap_url']}  user {told['user']}  password {told['password']}",
        f"  Everything is kept in {told['data_dir']}",
        "  Stop with Ctrl+C.",
    ]
    return "\n".join(lines)


@click.group("web-connector")
def web_connector() -> None:
    """The sandbox's Web Connector, against any service."""


@web_connector.command("run")
@click.option("--url", help="The service's SOAP address, such as http://127.0.0.1:8080/qbwc.")
@click.option("--user", help="The Web Connector user.")
@click.option("--password", required=True, help="Its password.")
@click.option(
    "--qwc", type=click.Path(path_type=Path, exists=True), help="Take address, user and ids from a .qwc file."
)
@click.option("--company-file", type=click.Path(path_type=Path), help="The sandbox company file. Default: the demo's.")
@click.option("--json", "as_json", is_flag=True, help="Print the session as one line of JSON.")
def run_web_connector(
    url: str | None, user: str | None, password: str, qwc: Path | None, company_file: Path | None, as_json: bool
) -> None:
    """Run one session: ask for work, let the sandbox's QuickBooks do it, bring back the answers."""
    given = parse_qwc(qwc) if qwc else None
    url, user = url or (given.url if given else None), user or (given.user if given else None)
    if not url or not user:
        raise click.UsageError("Give --url and --user, or a .qwc file.")
    company = books.seeded(company_file or _demo_dir(None) / demo.COMPANY_FILE)
    connector = WebConnector(
        url,
        user,
        password,
        company,
        owner_id=given.owner_id if given else OWNER_ID,
        file_id=given.file_id if given else "",
        company_path=demo.COMPANY_PATH,
    )
    try:
        report = connector.run()
    except Died as died:
        report = died.report
    finally:
        company.close()
    click.echo(json.dumps(_plain(report)) if as_json else _told(report))
    if report.outcome not in {"done", "nothing"}:
        raise click.exceptions.Exit(1)


def _plain(report: SessionReport) -> dict[str, Any]:
    return {
        "outcome": report.outcome,
        "sentence": report.sentence,
        "round_trips": report.round_trips,
        "calls": [[call.name, round(call.seconds, 4)] for call in report.calls],
    }


def _told(report: SessionReport) -> str:
    calls = "\n".join(f"  {call.name:<20} {call.seconds:6.3f} s" for call in report.calls)
    return f"{calls}\n{report.outcome}: {report.sentence}\nRound trips with work: {report.round_trips}"


COMMANDS = (run_demo, web_connector)
