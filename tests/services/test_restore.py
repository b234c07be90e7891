"""Our own database comes back from a copy: QuickBooks holds more than it knows, and nothing is written twice."""

from __future__ import annotations

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from app.core.tags import Tag
from app.db.models import Connection, Conversation, MessageSet
from app.services import restore
from app.services.restore import Newest
from app.services.sessions import Sessions
from tests import records
from tests.support import House, Stage

VENDORS = tuple(records.company(f"Trade Partner {number}", 900 + number) for number in range(3))


def copied(stage: Stage, name: str = "copy.db") -> Path:
    """A backup of the database, made the way SQLite itself does it."""
    target = stage.folder / name
    with closing(sqlite3.connect(stage.folder / "tieout.db")) as here, closing(sqlite3.connect(target)) as there:
        here.backup(there)
    return target


def put_back(stage: Stage, copy: Path) -> None:
    """The copy takes the database's place."""
    stage.database.dispose()
    for ending in ("-wal", "-shm"):
        (stage.folder / f"tieout.db{ending}").unlink(missing_ok=True)
    shutil.copy(copy, stage.folder / "tieout.db")


def declared(stage: Stage) -> int:
    return restore.declare(stage.database, stage.connection_id, "Ike")


def noticing(house: House, stage: Stage) -> None:
    """The service keeps its small file beside the database, as an installation does."""
    house.let(Sessions(stage.database, house.tools, house.hosts, Newest(stage.folder)))


def names(stage: Stage, family: str, field: str = "Name") -> Counter[str]:
    return Counter(record[field] for record in stage.company.records(family))


def everything(stage: Stage) -> tuple[Any, ...]:
    """One record of each way to write: names, an order, and lines on it."""
    return (*VENDORS, records.cost_code("05-120", 33), records.commitment(), records.change_order())


def test_what_was_written_after_the_copy_is_adopted_once_each(stage: Stage) -> None:
    stage.approve(*everything(stage))
    copy = copied(stage)
    stage.must_settle()
    put_back(stage, copy)
    assert "queued" in stage.states().values()
    assert declared(stage) == len(everything(stage))
    stage.must_settle()
    assert {names(stage, "Vendor")[record["name"]] for _, record in VENDORS} == {1}


def test_half_was_written_before_the_copy_and_the_rest_after_it(stage: Stage) -> None:
    stage.approve(*VENDORS[:1], records.commitment())
    stage.must_settle()
    stage.approve(*VENDORS[1:], records.change_order())
    copy = copied(stage)
    stage.must_settle()
    put_back(stage, copy)
    declared(stage)
    stage.must_settle()


def test_what_never_left_is_written_after_the_look(stage: Stage) -> None:
    stage.approve(*everything(stage))
    put_back(stage, copied(stage))
    declared(stage)
    stage.must_settle()


def test_a_copy_made_in_the_middle_of_a_session_gives_up_what_it_believes_to_be_out(stage: Stage) -> None:
    stage.approve(*VENDORS)
    hand = stage.by_hand()
    request = hand.begin_until("VendorAddRq")
    copy = copied(stage)
    hand.post(stage.company.process(request))
    hand.go_on_until_end()
    hand.close()
    stage.approve(records.company("Later Partner", 990))
    stage.must_settle()  # QuickBooks remembers another set by now: the old bytes would run once more
    put_back(stage, copy)
    declared(stage)
    assert {row.state for row in stage.rows(MessageSet)} & {"out", "lost"} == set()
    assert {row.state for row in stage.rows(Conversation)} & {"opened", "checked", "awaiting", "stopping"} == set()
    stage.must_settle()
    assert {names(stage, "Vendor")[record["name"]] for _, record in VENDORS} == {1}


def test_what_was_approved_after_the_copy_is_not_written_beside_itself(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    copy = copied(stage)
    stage.approve(records.change_order())
    stage.must_settle()
    before = stage.orders()
    put_back(stage, copy)
    declared(stage)
    stage.approve(records.change_order())
    stage.run()
    assert stage.orders() == before
    change = _sent(stage)
    assert [finding.rule for finding in stage.findings(change)] == ["written-before-the-restore"]
    assert "tie:" in stage.item(change).problem
    stage.accept()  # as often as one likes: while it stands there, nothing is added to it
    stage.run()
    assert stage.orders() == before


def test_what_a_person_typed_meanwhile_is_asked_about_once(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    stage.approve(records.change_order())
    put_back(stage, copied(stage))
    declared(stage)
    order = stage.orders()["SC-014"]
    typed = {"TxnLineID": "FFFF-1772000000", "Desc": "Typed by hand", "Amount": "1.00"}
    stage.company.edit(order["TxnID"], PurchaseOrderLineRet=[*order["PurchaseOrderLineRet"], typed])
    stage.run()
    assert list(stage.states().values()).count("sent") == 1
    assert "Somebody changed the purchase order" in stage.item(_sent(stage)).problem
    stage.accept()
    stage.must_settle()
    assert typed["TxnLineID"] in {line["TxnLineID"] for line in stage.orders()["SC-014"]["PurchaseOrderLineRet"]}


def _sent(stage: Stage) -> str:
    return next(name for name, state in stage.states().items() if state == "sent")


def test_a_restore_nobody_declared_is_noticed_before_anything_leaves(house: House, stage: Stage) -> None:
    noticing(house, stage)
    stage.approve(*VENDORS)
    copy = copied(stage)
    stage.must_settle()
    put_back(stage, copy)
    stage.must_settle()
    assert [event["operations"] for event in stage.events(Tag.DATABASE_RESTORED)] == [len(VENDORS)]


def test_a_database_that_went_on_by_itself_is_no_restore(house: House, stage: Stage) -> None:
    noticing(house, stage)
    for vendor in VENDORS:
        stage.approve(vendor)
        stage.must_settle()
    assert stage.events(Tag.DATABASE_RESTORED) == []


def test_a_copy_whose_trail_grew_past_the_original_is_noticed_too(house: House, stage: Stage) -> None:
    noticing(house, stage)
    stage.approve(*VENDORS[:1])
    copy = copied(stage)
    stage.must_settle()
    put_back(stage, copy)
    for number in range(40):
        stage.receive(records.company(f"New Partner {number}", 950 + number))
    stage.run()
    assert len(stage.events(Tag.DATABASE_RESTORED)) == 1
    assert names(stage, "Vendor")[VENDORS[0][1]["name"]] == 1


def test_the_moment_of_the_copy_is_kept(stage: Stage) -> None:
    copy = copied(stage)
    put_back(stage, copy)
    declared(stage)
    (row,) = stage.rows(Connection)
    (event,) = stage.events(Tag.DATABASE_RESTORED)
    assert event["copy_of"] == row.restored_from.isoformat()
    assert row.last_set_id == ""


@pytest.mark.parametrize("left", ["", "7"])
def test_a_damaged_memory_is_no_memory(house: House, stage: Stage, left: str) -> None:
    noticing(house, stage)
    (stage.folder / "newest-1.txt").write_text(left)
    stage.approve(*VENDORS[:1])
    stage.must_settle()
    assert stage.events(Tag.DATABASE_RESTORED) == []


def test_on_either_database_a_declared_restore_only_makes_it_look_first(any_stage: Stage) -> None:
    any_stage.approve(*VENDORS, records.commitment())
    assert declared(any_stage) == 4
    any_stage.must_settle()
    assert "EntityQueryRq" in "".join(one.body for one in any_stage.sets())
