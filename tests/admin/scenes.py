"""Situations the screens are tried in."""

from __future__ import annotations

from tests import records
from tests.support import Stage

IRONLINE = {"id": 62, "company": "Ironline Steel"}
LONG = "PO-00000000231"


def waiting_for_its_vendor(stage: Stage) -> None:
    """SC-014 is accepted; its vendor, Ironline Steel, is only sent."""
    stage.receive(records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE))
    stage.send()
    assert not stage.accept("SC-014").refused


def with_a_long_number(stage: Stage) -> int:
    """A commitment whose number is longer than QuickBooks keeps is sent; returns the item."""
    stage.receive(records.commitment(LONG))
    stage.send()
    return stage.item(LONG).id


def refused_by_quickbooks(stage: Stage) -> int:
    """SC-014 failed: its vendor was deleted in QuickBooks meanwhile; returns the item."""
    stage.approve(records.commitment())
    [vendor] = stage.company.records("Vendor")
    stage.company.delete(vendor["ListID"])
    stage.run()
    assert stage.item("SC-014").state == "failed"
    return stage.item("SC-014").id


def without_an_answer(stage: Stage) -> int:
    """Ironline Steel went out and no answer ever came; returns the item."""
    stage.approve(records.company("Ironline Steel", 62))
    stage.run(after_run=1)
    stage.kill_connector()
    return stage.item("Ironline Steel").id
