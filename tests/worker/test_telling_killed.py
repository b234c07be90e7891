"""kill -9 while Procore is told: marks, added records, payments and job costs, each exactly once all the same."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from app.core import clock
from app.core.tags import Tag
from app.db.models import Errand, IssuedPayment, Item, JobCostReport, Reading, Revision, Task, WriteBack
from app.items import registry
from app.sandbox.procore.month import HALVORSEN
from app.services import audit, staged
from tests import paying, records
from tests.importing import ike, read_lists, shown
from tests.scenery import open_stage
from tests.support import House, Set
from tests.worker.test_processes import VENDORS, Site

#: The turns that tell Procore something, each killed so often at its work, in no more rounds than these.
TURNS, HITS, MOST_ROUNDS = {"errands", "write_back", "payments", "job_costs"}, 2, 40
#: Of the two bills, in parts.
PAID = {"1047": ("500.00", "250.01", "149.99"), "1048": ("100.00", "0.33")}
#: Cheques by code; Procore is told the sum of each.
SPENT = {"03-100": ("60.00", "15.25"), "03-200": ("7.99",)}
#: Where Procore keeps the mark of each kind in QuickBooks here, and the record it needs for that.
MARKED = {
    "company": "vendors",
    "project": "projects",
    "cost_code": "standard_cost_codes",
    "commitment": "work_order_contracts",
    "subcontractor_invoice": "requisitions",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgresql)])
def site(request: pytest.FixtureRequest, house: House, billed: Set, stage_folder: Path) -> Iterator[Site]:
    """Everything is in QuickBooks, paid there and spent there, and Procore knows of none of it."""
    url = request.getfixturevalue("postgresql")(billed) if request.param == "postgresql" else ""
    books = paying.Site(open_stage(house, billed, stage_folder, url))
    found = Site(books.stage, books.store)
    found.stage.approve(*(records.company(f"Many {one}", id=7000 + one) for one in range(5)))
    found.stage.run()
    _give_records(found)
    _spend(books)
    _read_all_later(found)
    yield found
    found.close()
    books.office.client.close()
    books.stage.close()


def test_a_worker_killed_while_it_tells_procore_tells_everything_once(site: Site) -> None:
    seed = int(os.environ.get("TIEOUT_KILL_SEED") or random.SystemRandom().randrange(10**6))
    print(f"TIEOUT_KILL_SEED={seed}")  # noqa: T201  # shown when it fails
    chance, killed = random.Random(seed), Counter[str]()
    site.procore.pause = 0.1
    for _ in range(MOST_ROUNDS):
        # Whichever comes first: while the lease of one that was killed runs out, a worker does the others.
        wanted = {turn for turn in left(site) if killed[turn] < HITS}
        if not wanted:
            break
        before = owners(site)
        worker = site.start(lease=0.3)
        site.wait(lambda wanted=wanted, before=before: at(site, before) in wanted or not wanted & left(site))  # type: ignore[misc]
        time.sleep(chance.uniform(0.0, 0.2))
        assert site.end(worker, signal.SIGKILL) == signal.SIGKILL
        killed[at(site, before)] += 1
    print(f"killed at {dict(killed)}")  # noqa: T201
    site.procore.pause = 0.0
    site.start(lease=0.3)
    site.wait(lambda: not left(site), seconds=120)
    assert killed.keys() >= TURNS, "not every turn was killed at its work"
    everything_told_once(site)


def owners(site: Site) -> set[str]:
    """Whoever holds a turn, or was killed while holding one that nobody has taken since."""
    return {row.owner for row in site.rows(Task)}


def at(site: Site, before: set[str]) -> str:
    """The turn that whoever came since then is at, or was at when killed: nobody gives its lease back then."""
    return next((row.name for row in site.rows(Task) if row.owner not in {"", *before}), "")


def left(site: Site) -> set[str]:
    """The turns that have something to tell."""
    found = {
        "errands": site.rows(Errand),
        "write_back": [row for row in site.rows(WriteBack) if row.written < row.counter],
        "payments": [row for row in site.rows(IssuedPayment) if row.item_id is None],
        "job_costs": [row for row in site.rows(JobCostReport) if row.written < row.counter],
    }
    return {name for name, rows in found.items() if rows}


def everything_told_once(site: Site) -> None:
    stage, store = site.stage, site.procore.store
    origins = Counter(row["origin_id"] for row in store.all("vendors"))
    assert [origins[stage.staged(name)] for name in VENDORS] == [1] * len(VENDORS)
    issued = sorted((row["invoice_number"], row["amount"]) for row in store.all("contract_payments"))
    parts = sorted((number, amount) for number, amounts in PAID.items() for amount in amounts)
    assert [(number, Decimal(amount)) for number, amount in issued] == [(one, Decimal(part)) for one, part in parts]
    lines = [(row["cost_code"]["full_code"], Decimal(row["amount"])) for row in store.all("direct_cost_line_items")]
    assert sorted(lines) == [(code, sum(map(Decimal, amounts), Decimal())) for code, amounts in SPENT.items()]
    assert len(store.all("direct_costs")) == len(SPENT)
    for item in _marked(site):
        record = store.get(MARKED[item.kind], int(item.procore_id))
        assert record is not None
        assert record["origin_id"], (item.kind, item.name)
    told = Counter(row["item"] for row in audit.lines(stage.database, audit.Filter(tag=Tag.WRITTEN_BACK.value)))
    assert set(told.values()) == {1}
    stage.must_be_sound()


def _marked(site: Site) -> list[Item]:
    return [item for item in site.rows(Item) if item.state == "synced" and item.kind in MARKED]


def _give_records(site: Site) -> None:
    """The records in Procore that the scenery's items came from."""
    store = site.procore.store
    for item in _marked(site):
        resource, key = MARKED[item.kind], int(item.procore_id)
        known = store.get(resource, key) or {"name": item.name}
        more: dict[str, Any] = {"standard_cost_code_list_id": _list_of(site, item)} if item.kind == "cost_code" else {}
        more |= {"entries": [], "number": key % 100} if resource == "requisitions" else {}
        store.put(resource, {**HALVORSEN.records[resource][0], **known, "id": key, "origin_id": None, **more})
        if item.kind == "cost_code":
            own = {"id": 900 + key, "project_id": paying.PROJECT, "standard_cost_code_id": key, "full_code": item.name}
            store.put("cost_codes", {**HALVORSEN.records["cost_codes"][0], **own})


def _list_of(site: Site, item: Item) -> int:
    with site.stage.database.reading() as session:
        return int(session.get_one(Revision, item.seen_revision_id).content["standard_cost_code_list_id"])


def _spend(books: paying.Site) -> None:
    stage = books.stage
    for number, amounts in PAID.items():
        for amount in amounts:
            stage.company.pay_bill(books.bill_of(number), amount, bank=books.bank, day="2026-04-20")
    for code, amounts in SPENT.items():
        for amount in amounts:
            line = {"ItemRef": books.item(code), "Amount": amount, "CustomerRef": {"ListID": books.job()}}
            stage.company.enter_check(stage.staged("Delta Concrete"), line, bank=books.bank)
    for name in VENDORS:
        stage.company.add_vendor(name)
    read_lists(stage)
    stage.kill_connector()
    books.read("payments")
    books.read("job_costs")
    assert not staged.add(stage.database, 1, "company", ike(stage), shown(stage, *VENDORS)).refused


def _read_all_later(site: Site) -> None:
    """Nothing is to be read meanwhile: reading killed has a test of its own."""
    later = clock.now() + timedelta(days=1)
    with site.stage.database.writing() as session:
        for name in registry.kinds():
            session.merge(Reading(
                connection_id=1, kind=name, next_at=later, tries=0, passed=[], missing=[], unreadable=[]
            ))  # fmt: skip
