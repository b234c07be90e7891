"""Change orders of Procore's newer list: read as what changed, one item each whatever becomes of them, to QuickBooks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.tags import Tag
from app.db.models import Binding, Item, ItemNeed, WriteBack
from app.procore import Run
from app.sandbox.procore import Store
from app.sandbox.procore.month import HALVORSEN
from app.services import lifecycle, write_back
from tests import records
from tests.services.test_reading import MONTH, Office
from tests.support import Stage

KIND = "commitment_change_order"
BOLLARDS = ("03-300", "Six bollards", "1830.00")


class Site(Office):
    """The office, with people and a Web Connector."""

    def change_order(self, title: str) -> Item:
        """The item of this title; there must be one."""
        with self.stage.database.reading() as session:
            return session.execute(select(Item).where(Item.kind == KIND, Item.title == title)).scalar_one()

    def accept(self, *titles: str) -> list[str]:
        """Pat sends these change orders and all they need, Ana accepts them. Returns what was refused."""
        ids = sorted(self._with_needs([self.change_order(title).id for title in titles]))
        database = self.stage.database
        outcomes = [lifecycle.send(database, 1, self.stage.person("pat"), self._in("draft", ids))]
        ana, sent = self.stage.person("ana"), self._in("sent", ids)
        outcomes.append(lifecycle.accept(database, 1, ana, sent, warned_seen=True))
        return [str(one.problem) for each in outcomes for one in each.refused]

    def _in(self, state: str, ids: list[int]) -> list[int]:
        with self.stage.database.reading() as session:
            return list(session.scalars(select(Item.id).where(Item.id.in_(ids), Item.state == state)))

    def _with_needs(self, ids: list[int]) -> set[int]:
        found = set(ids)
        with self.stage.database.reading() as session:
            while ids:
                needs = session.execute(select(ItemNeed).where(ItemNeed.item_id.in_(ids))).scalars()
                keys = {(need.kind, need.procore_id) for need in needs}
                ids = [
                    item.id
                    for item in session.execute(select(Item)).scalars()
                    if (item.kind, item.procore_id) in keys and item.id not in found
                ]
                found.update(ids)
        return found

    def session(self) -> None:
        """One Web Connector session."""
        assert self.stage.run().outcome == "done"
        self.stage.kill_connector()

    def lines(self, number: str) -> list[tuple[str, str]]:
        """The lines of a purchase order in QuickBooks: what they say and what they come to."""
        order = self.stage.orders()[number]["PurchaseOrderLineRet"]
        return [(line["Desc"], line.get("Amount", "")) for line in order]

    def tell(self) -> int:
        """What Procore does not know yet is told."""
        return write_back.run(self.stage.database, 1, Run(self.client))

    def mark(self, package: int) -> Any:
        return (self.store.get("change_order_packages", package) or {})["origin_id"]


@pytest.fixture
def site(empty_stage: Stage) -> Iterator[Site]:
    store = Store(":memory:")
    store.seed(HALVORSEN)
    found = Site(empty_stage, store)
    with clock.running(lambda: found.now):
        yield found
    store.close()


def test_a_new_one_is_read_with_the_changes_and_its_lines_once(site: Site) -> None:
    earlier = site.pm.change("SC-014", "002", "Bollards", BOLLARDS)
    site.now += timedelta(minutes=10)
    site.pm.change("SC-003", "004", "Columns", ("05-120", "Two columns", "1200.00"))
    site.read()
    made = site.pm.change("SC-014", "003", "Handrail", ("05-120", "Handrail", "412.75"))
    project = made["project_id"]
    done = site.read()
    assert (done.taken.new, done.problems) == (1, {})
    asked = site.wire.to(f"/rest/v1.0/projects/{project}/commitment_change_orders")
    assert [("filters[updated_at]" in url.params) for url in asked] == [True]
    lines = f"/rest/v2.0/companies/5021/projects/{project}/commitment_change_orders/{{}}/line_items"
    assert [len(site.wire.to(lines.format(one["id"]))) for one in (earlier, made)] == [0, 1]
    assert site.counts() == {**MONTH, KIND: 15}


def test_one_that_was_deleted_is_noticed_by_the_days_whole_reading(site: Site) -> None:
    made = site.pm.change("SC-014", "002", "Bollards", BOLLARDS)
    site.read()
    site.pm.delete_change(made["id"])
    site.read(timedelta(days=1))
    item = site.change_order("Bollards")
    assert [event["procore_id"] for event in site.stage.events(Tag.ITEM_NOT_SHOWN)] == [f"newer-{made['id']}"]
    assert "deleted in Procore" in " ".join(site.accept("Bollards"))
    assert site.change_order("Bollards").state == item.state == "draft"


def test_one_that_gets_a_package_stays_the_item_it_was(site: Site) -> None:
    made = site.pm.change("SC-014", "002", "Bollards", BOLLARDS)
    site.read()
    before = site.change_order("Bollards")
    package = site.pm.package(made["id"])
    site.read()
    after = site.change_order("Bollards")
    assert (before.procore_id, after.procore_id) == (f"newer-{made['id']}", str(package["id"]))
    assert (after.id, site.counts()[KIND]) == (before.id, 13)
    [event] = site.stage.events(Tag.ITEM_OTHER_ID)
    assert (event["formerly"], event["procore_id"]) == (before.procore_id, after.procore_id)
    site.read(timedelta(days=1))
    assert site.stage.events(Tag.ITEM_NOT_SHOWN) == []


def test_two_that_are_known_already_stay_two(stage: Stage) -> None:
    """Whatever QuickBooks holds of either, neither loses it."""
    stage.receive(records.change_order(title="Alone", id="newer-7"), records.change_order(title="Package"))
    stage.receive(records.change_order(title="Both", formerly=["newer-7"]))
    assert {item.procore_id: item.title for item in stage.rows(Item, kind=KIND)} == {"newer-7": "Alone", "390": "Both"}
    assert stage.events(Tag.ITEM_OTHER_ID) == []


def test_a_potential_change_order_is_shown_and_held(site: Site) -> None:
    made = site.pm.change("SC-014", "002", "Bollards", BOLLARDS)
    site.pm.edit_change(made["id"], legacy_request_id=17)
    site.read()
    [refused] = site.accept("Bollards")
    assert "Procore shows no change order package with it yet" in refused
    assert "Add it to a commitment change order in Procore" in refused


@pytest.mark.requirement("CCO-01", "CCO-03", "WFL-10")
def test_the_whole_way_to_the_purchase_order_after_the_package_before_it(site: Site) -> None:
    made = site.pm.change("SC-014", "002", "Bollards", BOLLARDS)
    site.read()
    assert site.accept("Ramp at the main entry", "Bollards") == []
    site.session()
    assert site.lines("SC-014")[-4:] == [
        ("Ramp at the main entry", ""),
        ("Accessible ramp", "4875.00"),
        ("Bollards", ""),
        ("Six bollards", "1830.00"),
    ]
    # Procore has a place for the mark of a package; that QuickBooks holds the other is known here alone.
    ramp, bollards = site.change_order("Ramp at the main entry"), site.change_order("Bollards")
    assert (ramp.state, bollards.state) == ("synced", "synced")
    assert site.tell() > 0
    assert site.mark(int(ramp.procore_id)).startswith(site.stage.orders()["SC-014"]["TxnID"])
    binding = site.stage.rows(Binding, item_id=bollards.id)[0]
    assert len(binding.lines) == 2
    assert site.stage.rows(WriteBack, item_id=bollards.id) == []
    assert site.store.get("commitment_change_orders", made["id"]) == made
    # Put in a package, it is not sent again, and can be marked now.
    package = site.pm.package(made["id"])
    assert site.read().problems == {}
    assert site.change_order("Bollards").state == "synced"
    assert site.tell() == 1
    assert site.mark(package["id"]) == f"{binding.quickbooks_id}|{binding.lines[0]}"
    assert site.stage.run().outcome == "nothing"
    assert len([line for line in site.lines("SC-014") if line[0] == "Six bollards"]) == 1
    site.stage.must_be_sound()
