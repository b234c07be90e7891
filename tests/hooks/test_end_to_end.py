"""Procore tells, the door notes, a worker reads: over HTTP on this machine, each part at its own pace."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from app.cli.local_server import serve
from app.core import clock
from app.db.engine import Database
from app.db.models import HookNotice, Item, ProcoreHook, Reading
from app.procore import Client, Run
from app.sandbox.procore import Store, create_procore
from app.sandbox.procore.access import CLIENT_ID, CLIENT_SECRET
from app.sandbox.procore.month import HALVORSEN
from app.services import hook_repair
from app.worker.loop import Worker
from tests.hooks.conftest import app_over
from tests.support import Stage

#: A worker looks for work once a second; the rest is for a busy machine.
SOON = 20.0
PAUSE = 0.2


class Site:
    """Procore and Tieout as two servers, and a worker between them."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database, self.store, self.stop = database, Store(":memory:"), threading.Event()
        self.store.seed(HALVORSEN)
        self.procore, close_procore = serve(create_procore(self.store))
        app = app_over(database, folder, self.procore)
        self.url, close_tieout = serve(app)
        self.client = Client(self.procore, self.procore, CLIENT_ID, CLIENT_SECRET, 5021)
        settings = app.extensions["tieout"].settings
        Worker(database, 1, self.client).read()
        hook_repair.repair(database, settings, 1, Run(self.client), url=self.url, actor="tests")
        worker = Worker(database, 1, self.client)
        self._thread = threading.Thread(target=lambda: worker.run(self.stop, PAUSE), daemon=True)
        self._thread.start()
        self.http = httpx.Client()
        self._closers = (self.http.close, self.client.close, close_tieout, close_procore, self.store.close)

    def close(self) -> None:
        self.stop.set()
        self._thread.join(timeout=20)
        for closer in self._closers:
            closer()

    def plan(self, fault: str, **more: Any) -> None:
        """What happens to webhooks from now on."""
        plan = {"fault": fault, "method": "WEBHOOK", "rate": 1.0, **more}
        assert self.http.post(f"{self.procore}/_sandbox/faults", json=plan).status_code == 201

    def rename(self, name: str) -> None:
        """Somebody gives Procore's first vendor another name, at Procore's own screens."""
        vendor = self.store.all("vendors")[0]
        path = f"{self.procore}/_sandbox/records/vendors/{vendor['id']}"
        assert self.http.patch(path, json={"name": name}).status_code == 200

    def add(self, name: str) -> None:
        """… or a new vendor."""
        fields = {key: value for key, value in self.store.all("vendors")[0].items() if key not in ("id", "origin_id")}
        new = {**fields, "name": name, "company": name, "origin_code": None, "origin_data": None}
        assert self.http.post(f"{self.procore}/_sandbox/records/vendors", json=new).status_code == 201

    def wait(self, done: Callable[[], bool], what: str) -> float:
        """The seconds it took."""
        began = time.monotonic()
        while not done():
            assert time.monotonic() < began + SOON, what
            time.sleep(0.02)
        return time.monotonic() - began

    def states(self, name: str) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Item.state).where(Item.kind == "company", Item.name == name)))

    def notices(self) -> list[HookNotice]:
        with self.database.reading() as session:
            return list(session.scalars(select(HookNotice)))

    def reading(self) -> Reading:
        with self.database.reading() as session:
            return session.get_one(Reading, (1, "company"))

    def companies(self) -> int:
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Item).where(Item.kind == "company")) or 0


@pytest.fixture
def site(empty_stage: Stage, tmp_path: Path) -> Iterator[Site]:
    found = Site(empty_stage.database, tmp_path / "data")
    yield found
    found.close()


def test_a_new_record_is_a_draft_a_moment_after_procore_tells_of_it(site: Site) -> None:
    assert site.reading().next_at > clock.now() + timedelta(minutes=5), "no schedule will bring it"
    site.add("Quick Glass")
    took = site.wait(lambda: site.states("Quick Glass") == ["draft"], "the draft is there")
    assert took < SOON
    (notice,) = site.notices()
    assert notice.resource == "Company Vendors"


def test_what_comes_twice_or_forged_makes_nothing_more(site: Site) -> None:
    before = site.companies()
    site.plan("duplicate")
    site.add("Twice Told")
    site.wait(lambda: site.states("Twice Told") == ["draft"], "the draft is there")
    site.wait(lambda: len(site.store.all("webhooks_attempts")) == 2, "both were sent")
    assert len(site.notices()) == 1
    assert [one["response_status"] for one in site.store.all("webhooks_attempts")] == [200, 200]
    with site.database.reading() as session:
        key = session.get_one(ProcoreHook, 1).key
    forged = {"ulid": "F", "resource_name": "Company Vendors", "company_id": 5021, "name": "Forged Inc."}
    answer = site.http.post(f"{site.url}/hooks/procore/{key}", json=forged, headers={"Authorization": "Bearer x"})
    assert answer.status_code == 401
    assert site.companies() == before + 1
    assert len(site.notices()) == 1


def test_what_comes_late_and_out_of_order_ends_with_what_procore_holds(site: Site) -> None:
    site.plan("late", seconds=0.6, rate=0.0, times=1)
    site.rename("The First Name")
    site.rename("The Last Name")
    site.wait(lambda: len(site.notices()) == 2, "both came")
    site.wait(lambda: all(one.taken_at for one in site.notices()), "both were taken")
    assert [one["event"]["id"] for one in site.store.all("webhooks_attempts")] == [2, 1]
    site.wait(lambda: site.states("The Last Name") == ["draft"], "the newest is what is known")
    assert site.states("The First Name") == []


def test_what_no_webhook_told_of_is_found_by_the_schedule(site: Site) -> None:
    site.plan("missing")
    site.add("Nobody Told")
    time.sleep(4 * PAUSE)
    assert (site.states("Nobody Told"), site.notices()) == ([], [])
    now = clock.now
    began: datetime = now()
    with clock.running(lambda: began + timedelta(minutes=11)):
        site.wait(lambda: site.states("Nobody Told") == ["draft"], "the schedule brought it")
    assert site.notices() == []
