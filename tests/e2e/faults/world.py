"""One contractor's month while Procore misbehaves by a seed: time, wire and chance are all simulated.

The same seed plays the same faults at the same calls. Nobody sleeps: waiting moves the clock on.
"""

from __future__ import annotations

import random
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import httpx
from flask import Flask
from sqlalchemy import select

from app import settings as configuration
from app.cli import books, demo
from app.core import clock, ids
from app.core.errors import TieoutError
from app.db.engine import Database
from app.db.migrate import upgrade
from app.db.models import Errand, HookNotice, IssuedPayment, Item, JobCostReport, Reading, WriteBack
from app.hooks import procore as door
from app.procore import Client, Run
from app.procore.client import REPEATS
from app.sandbox.procore import Parts, Store, create_procore, parts
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.limits import DOCUMENTED_HOURLY, DOCUMENTED_SPIKE
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.wire import Wire
from app.services import connections, hook_repair, people, procore_access, rules_versions
from app.services.hooks import Receiver
from app.services.procore_stores import StoredGate, StoredTokens, cipher
from app.services.turns import TURNS
from app.settings import Settings
from app.worker.loop import Worker
from tests.by_hand import PASSWORD, USER
from tests.e2e.faults.reduced import MONTH
from tests.scenery import at_rest
from tests.support import House, Set, Stage

BASE = "http://procore.test"
MORNING = datetime(2026, 6, 1, 15, 0, tzinfo=UTC)
LATENCY = timedelta(milliseconds=80)
#: As long as an answer that drips may take, and sometimes longer.
SLOWEST = 90.0
PEOPLE = {"ana": "approver", "abe": "approver", "pat": "project_manager", "ike": "specialist"}
#: Everything a call can meet; the two windows are used up less often, as each costs up to an hour.
CALLS = ("drop_before", "drop_after", "error_500", "error_502", "error_503", "token_expired", "slow", "truncated")
WINDOWS = ("rate_limit_spike", "rate_limit_hour", "rate_limit_spike")
WEBHOOKS = ("duplicate", "missing", "late")


class Time:
    """The world's clock, which only moves when somebody waits."""

    def __init__(self) -> None:
        self.moment = MORNING

    def __call__(self) -> datetime:
        return self.moment

    def pass_(self, seconds: float) -> None:
        """Let time pass."""
        self.moment += timedelta(seconds=seconds)


class Line(httpx.BaseTransport):
    """The wire to Procore; every call takes time, and an answer that drips takes as long as it drips."""

    def __init__(self, app: Flask, time: Time, chance: random.Random) -> None:
        self._there, self._faults = Wire(app), parts(app).faults
        self._time, self._chance = time, chance
        self.calls: Counter[str] = Counter()  # by method; a sign-in counts by itself
        self.written: list[str] = []  # the paths of calls that change something

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        self._time.moment += LATENCY
        signs_in = request.url.path.startswith("/oauth/")
        self.calls["sign-in" if signs_in else request.method] += 1
        if request.method != "GET" and not signs_in:
            self.written.append(request.url.path)
        before = [len(one.played) for one in self._faults.planned]
        answer = self._there.handle_request(request)
        played = [
            one.played[-1] for one, many in zip(self._faults.planned, before, strict=True) if len(one.played) > many
        ]
        if played and ": slow " in played[0]:
            body, seconds = answer.read(), self._chance.uniform(1.0, SLOWEST)
            return httpx.Response(
                answer.status_code, headers=answer.headers, stream=_Dripping(body, seconds, self._time), request=request
            )
        return answer


class _Dripping(httpx.SyncByteStream):
    def __init__(self, body: bytes, seconds: float, time: Time) -> None:
        self._body, self._seconds, self._time = body, seconds, time

    def __iter__(self) -> Iterator[bytes]:
        size = -(-len(self._body) // 10) or 1
        for start in range(0, len(self._body), size):
            self._time.pass_(self._seconds / 10)
            yield self._body[start : start + size]


def build(house: House, folder: Path) -> Set:
    """A live connection of Halvorsen Builders whose QuickBooks lists were read; nothing is known of Procore yet."""
    upgrade(Database(f"sqlite:///{folder / 'tieout.db'}"))
    books.seeded(folder / "company.qbw").close()
    with clock.running(Time()):
        stage = Stage(house, folder)
        rules = rules_versions.store(stage.database, configuration.PACKAGE_ROOT / "rules", "tests")
        lists = [one["id"] for one in HALVORSEN.records["standard_cost_code_lists"] if one["is_erp_list"]]
        added = connections.add(
            stage.database, "Halvorsen Builders", str(HALVORSEN.company_id), rules_version=rules, actor="tests",
            user=USER, password=PASSWORD, cut_off=demo.CUT_OFF,
            settings={"zone": "America/Los_Angeles", "cost_code_list_id": lists[0]},
        )  # fmt: skip
        for login, role in PEOPLE.items():
            people.add_user(stage.database, login, login.title(), PASSWORD, actor="tests")
            people.give_role(stage.database, login, added.id, role, actor="tests")
        connections.go_live(stage.database, added.id, actor="tests")
        assert stage.run().outcome == "done"
        chosen = {
            "income_account": stage.staged("Construction Income"),
            "expense_account": stage.staged("Job Costs"),
            "retainage_item": stage.staged("Retainage"),
            "payments_cadence": "Daily",
        }
        for values in (chosen, {"invoice_export": True}):
            connections.change_settings(stage.database, added.id, values, actor="tests")
        stage.close()
    return at_rest(Set(folder))


@dataclass
class World:
    """The connector, its QuickBooks, and a Procore that misbehaves; without a seed nothing goes wrong."""

    seed: int | None
    stage: Stage
    store: Store
    time: Time
    app: Flask
    chance: random.Random = field(init=False)
    line: Line = field(init=False)
    worker: Worker = field(init=False)
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self.settings = replace(
            configuration.load(data_dir=self.stage.folder),
            procore_api_url=BASE,
            procore_login_url=BASE,
            procore_client_id=CLIENT_ID,
            procore_client_secret=CLIENT_SECRET,
            secret_key="the key of the simulation",
        )
        self.chance = random.Random(self.seed)
        self.line = Line(self.app, self.time, self.chance)
        database = self.stage.database
        procore_access.state(database, self.settings, 1)  # makes the rows everybody else only changes
        client = Client(
            BASE, BASE, CLIENT_ID, CLIENT_SECRET, HALVORSEN.company_id,
            tokens=StoredTokens(database, 1, cipher(self.settings.secret_key)),
            gate=StoredGate(database, str(HALVORSEN.company_id)),
            repeats=REPEATS, wait=self.time.pass_, transport=self.line,
        )  # fmt: skip
        self.worker = Worker(database, 1, client)
        hooks = Flask("hooks")
        hooks.extensions[door.RECEIVER] = Receiver(database, self.settings)
        door.add(hooks)  # type: ignore[arg-type]  # a Flask app takes routes as a blueprint does
        self.procore.sender._transport = httpx.WSGITransport(hooks)

    @property
    def procore(self) -> Parts:
        """What the sandbox is made of."""
        return parts(self.app)

    def misbehave(self) -> None:
        """From now on, by the seed."""
        if self.seed is None:
            return
        add, seed = self.procore.faults.add, self.seed
        add(*CALLS, rate=self.chance.uniform(0.03, 0.15), seed=seed)
        add(*WINDOWS, rate=self.chance.uniform(0.0, 0.006), seed=seed + 1)
        add("drop_after", "drop_before", method="POST", rate=0.4, seed=seed + 2)
        add("drop_after", "truncated", method="PATCH", rate=0.2, seed=seed + 3)
        add("drop_after", "drop_before", "error_503", path="/oauth/", rate=0.2, seed=seed + 4)
        add(*WEBHOOKS, method="WEBHOOK", rate=0.5, seed=seed + 5)

    def work(self, only: str = "", rounds: int = 400) -> None:
        """The worker's turns, or one of them, over and over, until nothing is left to do."""
        pause = 1.0
        for _ in range(rounds):
            before = sum(self.line.calls.values())
            for turn in TURNS:
                if only in ("", turn.name):
                    self.worker.take(turn, Event())
            self.procore.sender.turn()
            if not self.waiting(only):
                return
            pause = 1.0 if sum(self.line.calls.values()) > before else min(pause * 2, 600.0)
            self.time.pass_(pause)
        raise AssertionError(f"still to be done: {self.waiting()}")

    def waiting(self, only: str = "") -> list[str]:
        """What is left to do, in words."""
        marks = [
            f"mark of {row.item_id}: {row.problem}"
            for row in self._rows(WriteBack)
            if row.written < row.counter and "another accounting system" not in row.problem
        ]
        if only:
            return marks
        said = [f"{row.kind} to be read: {row.problem}" for row in self._rows(Reading) if not _is_read(row)]
        said += [f"errand {row.staged_id}: {row.problem}" for row in self._rows(Errand)]
        said += [f"payment {row.key}: {row.problem}" for row in self._rows(IssuedPayment) if row.item_id is None]
        said += [
            f"job costs {row.project_id}: {row.problem}"
            for row in self._rows(JobCostReport)
            if row.written < row.counter
        ]
        said += [f"notice {row.event_id}" for row in self._rows(HookNotice) if row.taken_at is None]
        said += [f"webhook {row['id']}" for row in self.store.all("webhooks_queue")]
        return [*said, *marks] if self._rows(Reading) else ["nothing was read yet"]

    def session(self) -> list[str]:
        """One Web Connector session; what crossed."""
        report = self.stage.run()
        assert report.outcome in {"done", "nothing"}, report.sentence
        return list(report.requests_seen)

    def set_up_webhooks(self) -> None:
        """As `tieout procore hooks repair`, until Procore has taken all of it: a used-up hour ends only with the hour."""
        for _ in range(90):
            try:
                hook_repair.repair(
                    self.stage.database, self.settings, 1, Run(self.worker.client), url="http://127.0.0.1", actor="ike"
                )
            except TieoutError:
                self.time.pass_(60.0)
            else:
                return
        raise AssertionError("webhooks could not be set up")

    def items(self) -> list[Item]:
        """Every item."""
        with self.stage.database.reading() as session:
            return list(session.execute(select(Item)).scalars())

    def close(self) -> None:
        """Let go of everything."""
        self.worker.client.close()
        self.store.close()
        self.stage.close()

    def _rows(self, table: type[Any]) -> list[Any]:
        with self.stage.database.reading() as session:
            return list(session.execute(select(table)).scalars())


def _is_read(row: Reading) -> bool:
    return bool(row.ended_at) and row.asked_at is None and row.hinted_at is None and not row.tries


@contextmanager
def opened(house: House, base: Set, folder: Path, seed: int | None, days: int = 0) -> Iterator[World]:
    """A world over a copy of the scenery, so many days later, with its own clock and its own chance."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(base.folder, folder)
    time = Time()
    with ExitStack() as stack:
        stack.enter_context(clock.running(time))
        stack.enter_context(ids.drawn_from(random.Random(f"ids {seed}").randbytes))
        store = Store(folder / "procore.db")
        store.seed(MONTH)
        app = create_procore(store, hourly_limit=DOCUMENTED_HOURLY, spike_limit=DOCUMENTED_SPIKE, sending=False)
        world = World(seed, Stage(house, folder), store, time, app)
        stack.callback(world.close)
        time.pass_(3600.0 + days * 86_400.0)
        yield world
