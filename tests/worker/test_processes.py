"""Workers as processes of their own: killed at any moment, side by side, told to end."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

import pytest
from sqlalchemy import select
from waitress.server import create_server

from app.core.tags import Tag
from app.db.models import Errand, Event, Item, Reading, Revision, Task
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.month import HALVORSEN
from app.sandbox.procore.project_manager import ProjectManager
from app.services import audit, reading, staged
from tests.importing import ike, read_lists, shown
from tests.support import Stage

ROUNDS = 20
VENDORS = tuple(f"Kill Test {number}" for number in range(4))
MONTH = {"project": 3, "company": 12, "cost_code": 41, "commitment": 40, "commitment_change_order": 12}


class Procore:
    """The sandbox's Procore with the month, over HTTP, counting what it is asked."""

    def __init__(self, store: Store | None = None) -> None:
        self.store = store or Store(":memory:")
        self.store.seed(HALVORSEN)
        self.calls: Counter[tuple[str, str]] = Counter()
        self.pause = 0.0
        self._app = create_procore(self.store)
        self._server = create_server(self._count, host="127.0.0.1", port=0, threads=4)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.effective_port}"

    def _count(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.calls[environ["REQUEST_METHOD"], environ["PATH_INFO"]] += 1
        time.sleep(self.pause)
        return self._app(environ, start)

    def close(self) -> None:
        self._server.close()
        self._thread.join(timeout=5)
        self.store.close()


class Site:
    """A stage, Procore, and workers over both."""

    def __init__(self, stage: Stage, store: Store | None = None) -> None:
        self.stage, self.procore, self.running = stage, Procore(store), set[int]()
        self._log = (stage.folder / "workers.log").open("w+")
        command = [sys.executable, "-m", "tests.worker.process", stage.database.url, self.procore.url]
        self._nursery = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True
        )

    def start(self, lease: float) -> int:
        """A new worker; the number of its process."""
        worker = self._ask(f"start {lease}")
        self.running.add(worker)
        return worker

    def end(self, worker: int, by: signal.Signals) -> int:
        """Send a worker a signal. Returns how its process ended."""
        os.kill(worker, by)
        status = self._ask(f"wait {worker}")
        self.running.remove(worker)
        return status

    def said(self) -> str:
        """What the workers wrote to standard error."""
        self._log.seek(0)
        return self._log.read()

    def _ask(self, wish: str) -> int:
        assert self._nursery.stdin
        assert self._nursery.stdout
        self._nursery.stdin.write(wish + "\n")
        self._nursery.stdin.flush()
        return int(self._nursery.stdout.readline())

    def wait(self, done: Callable[[], bool], seconds: float = 30.0) -> None:
        until = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < until, self.state()
            time.sleep(0.05)

    def rows(self, model: Any) -> list[Any]:
        with self.stage.database.reading() as session:
            return list(session.execute(select(model).where(model.connection_id == 1)).scalars())

    def state(self) -> list[str]:
        said = [
            f"{row.kind}: next {row.next_at}, on its way {row.asked_at}, {row.problem}" for row in self.rows(Reading)
        ]
        return said + [f"{row.name}: {row.owner} until {row.lease_until}, {row.problem}" for row in self.rows(Task)]

    def settled(self) -> bool:
        """Everything is read, and nothing is left to do."""
        rows = self.rows(Reading)
        done = bool(rows) and all(row.ended_at and not row.asked_at and not row.hinted_at for row in rows)
        return done and not self.rows(Errand) and not reading.due(self.stage.database, 1)

    def known(self) -> dict[tuple[str, str], str]:
        """The title of everything that Procore has, as it is known here."""
        query = select(Item.kind, Item.procore_id, Item.title)
        with self.stage.database.reading() as session:
            return {(row.kind, row.procore_id): row.title for row in session.execute(query)}

    def close(self) -> None:
        for worker in list(self.running):
            self.end(worker, signal.SIGKILL)
        self._nursery.communicate()
        self._log.close()
        self.procore.close()


@pytest.fixture
def site(any_stage: Stage) -> Iterator[Site]:
    found = Site(any_stage)
    yield found
    found.close()


def nothing_twice(site: Site) -> None:
    """Each item was seen once, no revision says what the one before it said, and the trail is whole."""
    with site.stage.database.reading() as session:
        seen = Counter(session.execute(select(Event.item_id).where(Event.tag == Tag.ITEM_SEEN.value)).scalars())
        revisions: dict[int, list[str]] = {}
        for row in session.execute(select(Revision.item_id, Revision.hash).order_by(Revision.id)):
            revisions.setdefault(row.item_id, []).append(row.hash)
    assert set(seen.values()) == {1}
    assert all(one != other for hashes in revisions.values() for one, other in pairwise(hashes))
    assert [verdict.problem for verdict in audit.verify(site.stage.database) if verdict.problem] == []


def everything_there(site: Site) -> None:
    """Everything Procore has is known, with its newest title."""
    known, store = site.known(), site.procore.store
    assert {kind: sum(one == kind for one, _ in known) for kind in MONTH}.items() >= {
        ("cost_code", MONTH["cost_code"] + 2),  # the stage came with two of its own
        ("commitment", MONTH["commitment"]),
        ("commitment_change_order", MONTH["commitment_change_order"]),
    }
    for resource in ("work_order_contracts", "purchase_order_contracts"):
        assert all(known["commitment", str(row["id"])] == row["title"] for row in store.all(resource))


def test_a_worker_killed_at_any_moment_loses_and_doubles_nothing(site: Site) -> None:
    seed = int(os.environ.get("TIEOUT_KILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"TIEOUT_KILL_SEED={seed}")  # noqa: T201  # shown when it fails
    chance = random.Random(seed)
    stage, pm = site.stage, ProjectManager(site.procore.store)
    for name in VENDORS:
        stage.company.add_vendor(name)
    read_lists(stage)
    numbers = sorted(row["number"] for row in site.procore.store.all("work_order_contracts"))
    for number in range(ROUNDS):
        pm.edit(chance.choice(numbers), title=f"Round {number}")
        reading.hint(stage.database, 1, "Work Order Contracts")
        if number % 5 == 0:
            name = VENDORS[number // 5]
            assert not staged.add(stage.database, 1, "company", ike(stage), shown(stage, name)).refused
        worker = site.start(lease=0.3)
        time.sleep(chance.uniform(0.0, 1.0))
        assert site.end(worker, signal.SIGKILL) == signal.SIGKILL
    site.start(lease=0.3)
    site.wait(site.settled)
    everything_there(site)
    nothing_twice(site)
    origins = Counter(row["origin_id"] for row in site.procore.store.all("vendors"))
    assert [origins[stage.staged(name)] for name in VENDORS] == [1] * len(VENDORS)


def test_two_workers_side_by_side_do_each_thing_once(site: Site) -> None:
    for name in VENDORS:
        site.stage.company.add_vendor(name)
    read_lists(site.stage)
    staged.add(site.stage.database, 1, "company", ike(site.stage), shown(site.stage, *VENDORS))
    for _ in range(2):
        site.start(lease=20)
    site.wait(site.settled)
    calls = site.procore.calls
    assert calls["POST", "/rest/v1.0/vendors"] == len(VENDORS)
    assert calls["GET", "/rest/v1.0/standard_cost_codes"] == 1
    assert calls["GET", "/rest/v1.0/change_order_packages"] == MONTH["project"]
    assert calls["GET", "/rest/v1.3/companies/5021/users"] == 1
    everything_there(site)
    nothing_twice(site)


def test_a_worker_told_to_end_finishes_what_it_holds_and_leaves(site: Site) -> None:
    site.procore.pause = 0.02
    worker = site.start(lease=20)
    site.wait(lambda: any(row.kind == "commitment" and row.asked_at for row in site.rows(Reading)))
    assert site.end(worker, signal.SIGTERM) == 0
    assert "Traceback" not in site.said()
    assert {row.owner for row in site.rows(Task)} == {""}, "another need not wait for its lease to run out"
    [row] = [row for row in site.rows(Reading) if row.kind == "commitment"]
    assert row.asked_at is not None, "it did not read to the end first"
    assert row.problem == ""
    site.procore.pause = 0.0
    site.start(lease=20)
    site.wait(site.settled)
    everything_there(site)
    nothing_twice(site)
