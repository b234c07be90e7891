"""A stage to play on: the real service over HTTP on this machine, with a company file and a Web Connector of its own."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import delete, func, select
from waitress.server import create_server

from app import settings as configuration
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import (
    Connection,
    Conversation,
    Event,
    EventPayload,
    Finding,
    Item,
    MessageSet,
    Operation,
    Request,
    Revision,
    StagedRecord,
    Transition,
)
from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector import Died, SessionReport, WebConnector
from app.services import (
    audit,
    connections,
    intake,
    item_page,
    lifecycle,
    people,
    refreshes,
    release,
    sessions,
    tallies,
)
from app.services.hosts import HostPolicy
from app.services.people import Person
from app.services.sessions import Sessions
from app.services.tools import Tools
from app.services.unit import work
from app.web_connector import endpoint
from app.web_connector.conversation import Conversation as Talk
from app.web_connector.qwc import OWNER_ID
from state_machines.conversation import LIVE
from tests.by_hand import COMPANY_PATH, PASSWORD, USER, ByHand


class House:
    """One HTTP server for the whole run: the Web Connector's door alone, to whichever stage was opened last."""

    def __init__(self) -> None:
        shipped = configuration.PACKAGE_ROOT
        self.tools = Tools(shipped / "qbxml_templates", shipped / "rules" / "quickbooks_status.yaml")
        self.hosts = HostPolicy(shipped / "rules" / "web_connector.yaml")
        self._talk: Talk | None = None
        app = Flask("stage", static_folder=None, template_folder=None)
        app.register_blueprint(endpoint.blueprint(self._conversation))
        self._server = create_server(app, host="127.0.0.1", port=0, threads=8, max_request_body_size=2**27)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.soap_url = f"http://127.0.0.1:{self._server.effective_port}/qbwc"

    def let(self, sessions: Sessions) -> None:
        """The stage whose service answers from now on."""
        self._talk = Talk(sessions)

    def close(self) -> None:
        """Stop serving."""
        self._server.close()

    def _conversation(self) -> Talk:
        assert self._talk is not None
        return self._talk


@dataclass(frozen=True)
class Set:
    """A folder with a database and a company file."""

    folder: Path

    @property
    def database(self) -> Path:
        return self.folder / "tieout.db"

    @property
    def company(self) -> Path:
        return self.folder / "company.qbw"


@cache
def _database(url: str) -> Database:
    """One engine for one address, so that SQLAlchemy compiles each statement once for many tests."""
    return Database(url)


class Stage:
    """A service with a fresh database, people, a company file, and whatever a test does to them."""

    def __init__(self, house: House, folder: Path, database_url: str = "") -> None:
        self.folder, self.tools, self.soap_url = folder, house.tools, house.soap_url
        self.database = _database(database_url or f"sqlite:///{folder / 'tieout.db'}")
        self.company = CompanyFile(folder / "company.qbw", company_name="Cedar Ridge Contractors")
        self.sessions = Sessions(self.database, house.tools, house.hosts)
        house.let(self.sessions)
        self.connection_id = 1

    def close(self) -> None:
        """Give database and company file back."""
        self.company.close()
        self.database.dispose()

    # -- people ----------------------------------------------------------------------------------------------------

    def person(self, login: str) -> Person:
        """One of the people, as they are now."""
        found = people.person(self.database, self.connection_id, login=login)
        assert found is not None
        return found

    def receive(self, *taken: tuple[str, dict[str, Any]]) -> intake.Intake:
        """Procore says these."""
        return intake.take(self.database, self.connection_id, taken)

    def send(self, *names: str) -> lifecycle.Outcomes:
        """Pat sends items by name; all drafts when none is named."""
        return lifecycle.send(self.database, self.connection_id, self.person("pat"), self.ids(names, "draft"))

    def accept(self, *names: str, who: str = "ana", **inputs: Any) -> lifecycle.Outcomes:
        """Somebody looks at items by name, all sent ones when none is named, and accepts. ``inputs`` go to each."""
        ids = self.ids(names, "sent")
        given, person = dict.fromkeys(ids, inputs), self.person(who)
        return lifecycle.accept(self.database, self.connection_id, person, ids, given, warned_seen=True)

    def approve(self, *taken: tuple[str, dict[str, Any]], who: str = "ana") -> None:
        """Procore says these, Pat sends them, Ana accepts them; nobody may object."""
        self.receive(*taken)
        for outcomes in (self.send(), self.accept(who=who)):
            assert not outcomes.refused, [str(one.problem) for one in outcomes.refused]

    def act(self, what: str, *names: str, who: str = "ana", reason: str = "") -> lifecycle.Outcomes:
        """``reject``, ``take_back``, ``retry`` or ``retrieve`` by name."""
        more = (reason,) if what in {"reject", "take_back"} else ()
        act = getattr(lifecycle, what)
        found: lifecycle.Outcomes = act(self.database, self.connection_id, self.person(who), self.ids(names), *more)
        return found

    def forget_host(self) -> None:
        """No session has said yet which QuickBooks this is, and none has sent anything."""
        with self.database.writing() as session:
            session.get_one(Connection, self.connection_id).host = {}
            for table in (Request, MessageSet):
                session.execute(delete(table))

    def rule_again(self, name: str) -> None:
        """Whatever an item waited for has moved: it is decided once more."""
        with work(self.database, self.connection_id) as unit:
            release.release(unit, [unit.session.get_one(Item, self.item(name).id)])

    def ask_for_lists(self) -> None:
        """Ike asks QuickBooks for its lists anew."""
        refreshes.ask(self.database, self.connection_id, self.person("ike"))

    # -- what is so ------------------------------------------------------------------------------------------------

    def ids(self, names: Sequence[str], state: str = "") -> list[int]:
        """The items of these names; all in a state when none is named."""
        query = select(Item.id).where(Item.connection_id == self.connection_id)
        query = query.where(Item.name.in_(names)) if names else query.where(Item.state == state)
        with self.database.reading() as session:
            found = list(session.execute(query.order_by(Item.id)).scalars())
        assert not names or len(found) == len(names), f"{names}: {len(found)} found"
        return found

    def item(self, name: str) -> Item:
        """One item by name."""
        with self.database.reading() as session:
            return session.get_one(Item, self.ids((name,))[0])

    def states(self) -> dict[str, str]:
        """The state of every item, by name."""
        with self.database.reading() as session:
            return {item.name: item.state for item in session.execute(select(Item)).scalars()}

    def preview(self, name: str) -> tuple[tuple[str, str], ...]:
        """What the item's page says will be written."""
        return item_page.load(self.database, self.connection_id, self.item(name).id, "Ana").preview

    def findings(self, name: str) -> list[Finding]:
        """What the rules say of an item."""
        with self.database.reading() as session:
            return list(session.execute(select(Finding).where(Finding.item_id == self.item(name).id)).scalars())

    def rows(self, table: type[Any], **where: Any) -> list[Any]:
        """Rows of a table."""
        with self.database.reading() as session:
            return list(session.execute(select(table).filter_by(**where)).scalars())

    def sets(self) -> list[MessageSet]:
        """All message sets, the oldest first."""
        with self.database.reading() as session:
            return list(session.execute(select(MessageSet).order_by(MessageSet.made_at)).scalars())

    def operation(self, name: str) -> Operation:
        """The newest operation of an item."""
        query = select(Operation).where(Operation.item_id == self.item(name).id).order_by(Operation.seq.desc())
        with self.database.reading() as session:
            return session.execute(query).scalars().first()  # type: ignore[return-value]

    def events(self, tag: Tag) -> list[dict[str, Any]]:
        """The payloads of all events of a tag, the oldest first."""
        return [row["payload"] for row in audit.lines(self.database, audit.Filter(tag=tag.value))]

    def staged(self, name: str) -> str:
        """The ListID of a record QuickBooks has shown."""
        with self.database.reading() as session:
            query = select(StagedRecord.list_id).where(StagedRecord.full_name == name)
            return session.execute(query).scalar_one()

    def orders(self) -> dict[str, dict[str, Any]]:
        """The purchase orders of the company file by number; a number twice is a failure."""
        found = self.company.records("PurchaseOrder")
        numbers = Counter(order["RefNumber"] for order in found)
        assert not [number for number, times in numbers.items() if times > 1], numbers
        return {order["RefNumber"]: order for order in found}

    # -- the Web Connector -----------------------------------------------------------------------------------------

    def connector(self, **more: Any) -> WebConnector:
        """A Web Connector for this connection and company file."""
        given = {"owner_id": OWNER_ID, "file_id": self.connection.file_id, "company_path": COMPANY_PATH, **more}
        return WebConnector(self.soap_url, USER, given.pop("password", PASSWORD), self.company, **given)

    @property
    def connection(self) -> Any:
        """The connection's row."""
        return connections.get(self.database, self.connection_id)

    def run(self, **faults: Any) -> SessionReport:
        """One session; a Web Connector that was killed on the way reports so."""
        try:
            return self.connector(faults=faults).run()
        except Died as death:
            death.report.outcome = "died"
            return death.report

    def by_hand(self, machine: str = "ACCOUNTING") -> ByHand:
        """A Web Connector whose every call the test makes itself."""
        return ByHand(self.soap_url, self.company, self.connection.file_id, machine)

    def kill_connector(self) -> None:
        """The session that was running is forgotten, as after half an hour of silence."""
        with work(self.database, self.connection_id) as unit:
            live = select(Conversation).where(Conversation.state.in_(LIVE))
            for conversation in unit.session.execute(live).scalars():
                sessions.end(unit, conversation, "silent for too long")

    # -- what must hold after everything ---------------------------------------------------------------------------

    def must_be_sound(self) -> None:
        """The chain verifies, every move has its one event, and the kept counts are the true ones."""
        assert tallies.wrong(self.database, self.connection_id) == []
        assert [verdict.problem for verdict in audit.verify(self.database) if not verdict.ok] == []
        with self.database.reading() as session:
            moves = session.execute(select(func.count()).select_from(Transition)).scalar_one()
            query = select(Event.item_id, EventPayload.payload).join(
                EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq)
            )
            events = session.execute(query.where(Event.tag == Tag.ITEM_MOVED.value)).all()
        assert len(events) == moves

    def must_settle(self, *, runs: int = 3) -> list[SessionReport]:
        """Sessions run until nothing waits; every order and vendor is in QuickBooks exactly once."""
        reports = []
        for _ in range(runs):
            self.kill_connector()
            reports.append(self.run())
            if reports[-1].outcome == "nothing":
                break
        self.must_be_sound()
        assert reports[-1].outcome == "nothing", [report.sentence for report in reports]
        assert set(self.states().values()) == {"synced"}
        self.must_be_there_once()
        return reports

    def must_be_there_once(self) -> None:
        """One record in QuickBooks for each synced item, and no other of ours."""
        with self.database.reading() as session:
            items = list(session.execute(select(Item).where(Item.state == "synced")).scalars())
        kinds = {"company": "Vendor", "project": "Customer", "cost_code": "ItemService"}
        for kind, family in kinds.items():
            held = Counter(record["Name"] for record in self.company.records(family))
            for item in items:
                if item.kind == kind:
                    assert held[item.name] == 1, f"{item.name}: {held[item.name]} in QuickBooks"
        orders = self.orders()
        assert sorted(orders) == sorted(item.name for item in items if item.kind == "commitment")
        marks = Counter(
            line["Other1"] for order in orders.values() for line in order["PurchaseOrderLineRet"] if line.get("Other1")
        )
        changes = [item for item in items if item.kind == "commitment_change_order"]
        assert len(marks) == len(changes), marks
        for item in changes:
            lines = len(self.rows_of(item)) + 1
            assert marks[f"tie:{self._operation_id(item)}"] == lines, (item.name, marks)

    def rows_of(self, item: Item) -> list[Any]:
        """The lines of an item's newest revision."""

        with self.database.reading() as session:
            return list(session.get_one(Revision, item.seen_revision_id).content["line_items"])

    def _operation_id(self, item: Item) -> str:
        query = select(Operation.id).where(Operation.item_id == item.id, Operation.state == "done")
        with self.database.reading() as session:
            return session.execute(query).scalar_one()
