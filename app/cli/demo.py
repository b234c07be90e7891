"""The demo: one invented contractor's month, with every real part running on this machine."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from app import settings as configuration
from app.cli import books
from app.cli.local_server import serve
from app.core import ids
from app.core.errors import Refusal
from app.db.models import Item, ItemNeed, StagedRecord
from app.factory import Services, build, create_app
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector import WebConnector
from app.services import connections, lifecycle, people, procore_access, rules_versions, sessions
from app.services.notices_post import MAILBOX, post_of
from app.services.people import Person
from app.web_connector.qwc import OWNER_ID
from app.worker.loop import Worker
from app.worker.postman import Postman

COMPANY_FILE = "contractor.qbw"
COMPANY_PATH = r"C:\Books\Halvorsen Builders.qbw"
WEB_CONNECTOR_USER = "halvorsen"
#: Projects older than this were there before the connection; the month begins after it.
CUT_OFF = datetime(2025, 12, 1, tzinfo=UTC)
EVERY_SECONDS = 5
#: How a session ends that asked all there was to ask.
WHOLE = ("done", "nothing")

PEOPLE = (
    ("ana", "Ana Ruiz", "approver"),
    ("ben", "Ben Cole", "approver"),  # whoever accepts a new vendor may not accept its first invoice
    ("ike", "Ike Sand", "specialist"),
    ("uma", "Uma Vance", "specialist"),  # whoever wrote a change of the rules does not let it decide alone
    ("aud", "Aud Lang", "auditor"),
    ("pat", "Pat Moreno", "project_manager"),
)
#: One project is in QuickBooks already, with all its codes; one commitment was sent back.
SYNCED_PROJECT = "Harbor School"
REJECTED = ("SC-010", "The schedule of values has no line for hoisting. Please add it and send again.")


@dataclass
class Demo:
    """Everything the demo runs, and how to stop it."""

    services: Services
    connection_id: int
    account: dict[str, Any] = field(repr=False)
    company: CompanyFile
    procore: Store
    worker: Worker
    stop: threading.Event = field(default_factory=threading.Event)
    closers: list[Callable[[], None]] = field(default_factory=list)
    url: str = ""

    @property
    def soap_url(self) -> str:
        return f"{self.url}/qbwc"

    def told(self) -> dict[str, Any]:
        """What `tieout demo --json` prints."""
        return {
            "url": self.url,
            "soap_url": self.soap_url,
            "procore_url": self.services.settings.procore_api_url,
            "user": self.account["user"],
            "password": self.account["password"],
            "data_dir": str(self.services.settings.data_dir),
            "company_file": str(self.services.settings.data_dir / COMPANY_FILE),
            "logins": self.account["logins"],
        }

    def person(self, login: str) -> Person:
        """One of the demo's people."""
        found = people.person(self.services.database, self.connection_id, login=login)
        assert found is not None  # noqa: S101  # made with the demo
        return found

    def web_connector(self, **more: Any) -> WebConnector:
        """The sandbox's Web Connector, set up for this connection."""
        connection = connections.get(self.services.database, self.connection_id)
        return WebConnector(
            self.soap_url,
            self.account["user"],
            self.account["password"],
            self.company,
            owner_id=OWNER_ID,
            file_id=connection.file_id,
            company_path=COMPANY_PATH,
            **more,
        )

    def close(self) -> None:
        """Stop every part, the newest first."""
        self.stop.set()
        for closer in reversed(self.closers):
            closer()


def start(
    data_dir: Path, port: int, *, web_connector: bool = True, say: Callable[[str], None] = lambda _: None
) -> Demo:
    """Start the demo; the first time, seed the month through the front door."""
    loaded = configuration.load(data_dir=data_dir)
    store = Store(data_dir / "procore.db")
    store.seed(HALVORSEN)
    procore_url, close_procore = serve(create_procore(store))
    settings = replace(
        loaded,
        smtp_url=MAILBOX,  # whatever is set: nobody is mailed
        procore_api_url=procore_url,
        procore_login_url=procore_url,
        procore_client_id=CLIENT_ID,
        procore_client_secret=CLIENT_SECRET,
        procore_sign_in=True,
    )
    services = build(settings)
    account = _account(data_dir)
    connection_id = _connection(services, account)
    client = procore_access.client(services.database, settings, connections.get(services.database, connection_id))
    worker = Worker(services.database, connection_id, client)
    demo = Demo(services, connection_id, account, books.seeded(data_dir / COMPANY_FILE), store, worker)
    demo.closers += [store.close, demo.company.close, close_procore, client.close]
    demo.url, close_service = serve(create_app(services=services), port)
    demo.closers.append(close_service)
    if not account.get("seeded"):
        try:
            _seed(demo, say)
        except BaseException:  # whatever cut it short: nothing of it stays behind to be in the way of the next start
            demo.close()
            raise
        _keep(data_dir, account | {"seeded": True})
    _in_background(demo, lambda: worker.run(demo.stop))
    postman = Postman(services.database, post_of(replace(settings, public_url=demo.url)))
    _in_background(demo, lambda: postman.run(demo.stop))
    if web_connector:
        _in_background(demo, lambda: _keep_connecting(demo))
    return demo


def store_company_id() -> int:
    """The sandbox's Procore company."""
    return int(HALVORSEN.records["companies"][0]["id"])


# -- the first start -----------------------------------------------------------------------------------------------


def _account(data_dir: Path) -> dict[str, Any]:
    file = data_dir / "demo.json"
    if file.exists():
        found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        return found
    logins = [{"user": login, "password": ids.short()[:8], "role": role, "name": name} for login, name, role in PEOPLE]
    account = {"user": WEB_CONNECTOR_USER, "password": ids.secret(9), "logins": logins}
    _keep(data_dir, account)
    return account


def _keep(data_dir: Path, account: dict[str, Any]) -> None:
    (data_dir / "demo.json").write_text(json.dumps(account, indent=1), encoding="utf-8")


def _connection(services: Services, account: dict[str, Any]) -> int:
    database = services.database
    if existing := connections.everyone(database):
        return existing[0].id
    version = rules_versions.store(database, services.settings.rules_dir, "demo")
    lists = HALVORSEN.records["standard_cost_code_lists"]
    added = connections.add(
        database,
        "Halvorsen Builders",
        str(store_company_id()),
        rules_version=version,
        actor="demo",
        user=account["user"],
        password=account["password"],
        cut_off=CUT_OFF,
        settings={
            "zone": "America/Los_Angeles",
            "cost_code_list_id": next(one["id"] for one in lists if one["is_erp_list"]),
        },
    )
    for person in account["logins"]:
        mail = f"{person['name'].lower().replace(' ', '.')}@halvorsen.example"  # as Procore's directory knows them
        people.add_user(database, person["user"], person["name"], person["password"], actor="demo", mail=mail)
        people.give_role(database, person["user"], added.id, person["role"], actor="demo")
    connections.go_live(database, added.id, actor="demo")
    return added.id


def _seed(demo: Demo, say: Callable[[str], None]) -> None:
    """Read Procore and QuickBooks' lists, set up what they are needed for, send what may be sent, sync one project."""
    database, connection_id = demo.services.database, demo.connection_id
    say("Reading the month from Procore …")
    demo.worker.read()
    say("First Web Connector session: reading QuickBooks' lists …")
    _session(demo)
    _set_up(demo)
    pat, ana = demo.person("pat"), demo.person("ana")
    lifecycle.send(database, connection_id, pat, ids_of(demo, state="draft"))
    say(f"Second session: {SYNCED_PROJECT} and its cost codes go to QuickBooks …")
    project = ids_of(demo, kind="project", name=SYNCED_PROJECT)
    lifecycle.accept(database, connection_id, ana, project + _codes_of(demo, project[0]))
    _session(demo)
    number, reason = REJECTED
    lifecycle.reject(database, connection_id, ana, ids_of(demo, kind="commitment", name=number), reason)


def _set_up(demo: Demo) -> None:
    """The accounts of new cost codes, and the export of invoices, which is off until its own settings are made."""
    chosen = {
        "income_account": _list_id(demo, "accounts", "Construction Income"),
        "expense_account": _list_id(demo, "accounts", "Job Costs"),
        "retainage_item": _list_id(demo, "items", "Retainage"),
        "payments_cadence": "Daily",
    }
    for values in (chosen, {"invoice_export": True}):
        connections.change_settings(demo.services.database, demo.connection_id, values, actor="demo")


def _session(demo: Demo) -> None:
    """One whole session; one that a start which was cut short left open is ended first."""
    report = demo.web_connector().run()
    if report.outcome == "busy":
        sessions.end_now(demo.services.database, demo.connection_id, demo.person("ike"))
        report = demo.web_connector().run()
    if report.outcome not in WHOLE:
        raise Refusal(
            f"The demo could not be filled: its Web Connector session ended early. {report.sentence}",
            "Start the demo again: it goes on where it stopped.",
            code="demo",
        )


def ids_of(demo: Demo, **where: str) -> list[int]:
    """The demo's items by kind, name or state."""
    query = select(Item.id).where(Item.connection_id == demo.connection_id)
    for column, value in where.items():
        query = query.where(getattr(Item, column) == value)
    with demo.services.database.reading() as session:
        return list(session.execute(query.order_by(Item.id)).scalars())


def _codes_of(demo: Demo, project: int) -> list[int]:
    """The cost codes that the project's commitments use."""
    with demo.services.database.reading() as session:
        procore_id = session.get_one(Item, project).procore_id
        orders = select(Item.id).where(Item.project_id == procore_id, Item.kind == "commitment")
        codes = select(ItemNeed.procore_id).where(ItemNeed.item_id.in_(orders), ItemNeed.kind == "cost_code")
        query = select(Item.id).where(Item.kind == "cost_code", Item.procore_id.in_(codes), Item.state == "sent")
        return list(session.execute(query).scalars())


def _list_id(demo: Demo, source: str, name: str) -> str:
    query = select(StagedRecord.list_id).where(
        StagedRecord.connection_id == demo.connection_id,
        StagedRecord.source == source,
        StagedRecord.full_name == name,
    )
    with demo.services.database.reading() as session:
        return str(session.execute(query).scalar_one())


# -- what keeps running --------------------------------------------------------------------------------------------


def _in_background(demo: Demo, run: Callable[[], None]) -> None:
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    demo.closers.append(lambda: thread.join(timeout=10))


def _keep_connecting(demo: Demo) -> None:
    connector = demo.web_connector()
    while not demo.stop.is_set():
        connector.run()
        demo.stop.wait(EVERY_SECONDS)
