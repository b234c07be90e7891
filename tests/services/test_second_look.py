"""An accept does not hold for ever: too old, a parent linked elsewhere, or the approver's right gone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.db.models import Binding, Item, User
from app.services.unit import work
from tests import records
from tests.support import Stage

#: QuickBooks' answer to a query it has no time for.
BUSY = r'<QBXML><QBXMLMsgsRs><\1Rs requestID="\2" statusCode="1010" statusSeverity="Error"/></QBXMLMsgsRs></QBXML>'


@contextmanager
def days_later(days: int) -> Iterator[None]:
    """The same world, so many days on."""
    later = clock.now() + timedelta(days=days)
    with clock.running(lambda: later):
        yield


def link_by_hand(stage: Stage, name: str, quickbooks_name: str) -> None:
    """Lou links a company to a vendor of QuickBooks."""
    with work(stage.database, stage.connection_id) as unit:
        item = unit.session.get_one(Item, stage.item(name).id)
        unit.session.add(
            Binding(
                item_id=item.id,
                connection_id=item.connection_id,
                record="Vendor",
                quickbooks_id="80-900",
                full_name=quickbooks_name,
                lines=[],
                linked_by="Lou",
                bound_at=unit.at,
            )
        )
        item.state = "synced"


@pytest.mark.requirement("ACC-08")
def test_what_waited_longer_than_thirty_days_goes_back_to_its_approver(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.approve(*records.basics()[1:], records.commitment())
    stage.run()
    assert stage.states()["SC-014"] == "accepted"
    with days_later(31):
        stage.approve(records.company())
        stage.run()
        commitment = stage.item("SC-014")
        assert commitment.state == "sent"
        assert "accepted 31 days ago" in commitment.problem
        assert "SC-014" not in stage.orders()
        stage.accept("SC-014")
        stage.must_settle()
    assert list(stage.orders()) == ["SC-014"]


@pytest.mark.requirement("ACC-08")
def test_what_waited_thirty_days_still_goes(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.approve(*records.basics()[1:], records.commitment())
    stage.run()
    with days_later(29):
        stage.approve(records.company())
        stage.must_settle()
    assert list(stage.orders()) == ["SC-014"]


@pytest.mark.requirement("ACC-08")
def test_what_was_queued_too_long_is_not_handed_out(stage: Stage) -> None:
    stage.approve(records.commitment())
    assert stage.states()["SC-014"] == "queued"
    with days_later(31):
        stage.run()
        assert stage.states()["SC-014"] == "sent"
        assert stage.orders() == {}


@pytest.mark.requirement("ACC-08")
def test_a_parent_linked_to_another_name_asks_again(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.receive(records.company())
    stage.receive(*records.basics()[1:], records.commitment())
    stage.send("SC-014")
    stage.accept("SC-014")
    link_by_hand(stage, "Delta Concrete", "Delta Electric")
    stage.rule_again("SC-014")
    commitment = stage.item("SC-014")
    assert commitment.state == "sent"
    assert "“Delta Concrete”" in commitment.problem
    assert "Lou has linked it to “Delta Electric”" in commitment.problem


@pytest.mark.requirement("ACC-08")
def test_a_parent_linked_to_the_name_that_was_shown_asks_nothing(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.receive(records.company())
    stage.receive(*records.basics()[1:], records.commitment())
    stage.send("SC-014")
    stage.accept("SC-014")
    link_by_hand(stage, "Delta Concrete", "DELTA  concrete")
    stage.rule_again("SC-014")
    assert stage.states()["SC-014"] == "accepted"


@pytest.mark.requirement("ACC-08")
def test_the_accept_of_somebody_who_left_does_not_hold(stage: Stage) -> None:
    stage.approve(records.commitment())
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "ana").values(active=False))
    stage.run()
    commitment = stage.item("SC-014")
    assert commitment.state == "sent"
    assert "may no longer accept it" in commitment.problem
    assert stage.orders() == {}


@pytest.mark.requirement("ACC-08")
def test_what_quickbooks_may_hold_is_looked_for_however_old_its_accept(stage: Stage) -> None:
    """The add was lost, and QuickBooks too busy to be looked into."""
    stage.approve(records.commitment())
    connector = stage.by_hand()
    stage.company.process(connector.begin_until("PurchaseOrderAddRq"))
    connector.post('<QBXML><QBXMLMsgsRs messageSetStatusCode="9002"></QBXMLMsgsRs></QBXML>')
    look = connector.send()
    busy = re.sub(r".*<(PurchaseOrderQuery)Rq requestID=\"([^\"]+)\".*", BUSY, look, flags=re.DOTALL)
    connector.post(busy)
    connector.close()
    assert stage.operation("SC-014").state == "ready"
    with days_later(31):
        stage.must_settle()
    assert list(stage.orders()) == ["SC-014"]
