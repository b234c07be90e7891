"""One approver accepts a whole month of every kind; one session carries it to QuickBooks, to the cent.

What must be there is written down in ``us/``, by hand, from Procore's records and the documents.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.cli import demo
from app.db.models import Item
from app.sandbox.procore.month import HALVORSEN, awkward
from app.sandbox.web_connector import SessionReport
from app.services import audit, lifecycle
from tests.e2e.month import ledger
from tests.oracle import schema as oracle

HERE = Path(__file__).parent / "us"
FAMILIES = {
    "Vendor": "vendors", "Customer": "customers", "ItemService": "items", "PurchaseOrder": "purchase_orders",
    "Estimate": "estimates", "Bill": "bills",
}  # fmt: skip
#: What Ana types at accept: names and a number that fit QuickBooks, by Procore's own.
TYPED = {
    awkward.LONG_NAME: {"quickbooks_name": "Northern Cascade"},
    awkward.SAME_NAME_AS_A_CUSTOMER: {"quickbooks_name": "Lakeside Holdings (V)"},
    awkward.LONG_NUMBER: {"number": "PO-2026-07"},
    awkward.LONG_DESCRIPTION: {"message": "See the contract."},
}
#: What QuickBooks' vendor message must be: Procore's general description, which for one was too long.
MESSAGES = {"SC-008": "See the contract."}

# Round trips, counted by hand: a level is a step of the longest chain through parents and lock chains; each needs one
# set of reads at most, and one of writes, as no level has more than a hundred of either.
#   names in QuickBooks' lists, which have no parent                                   1 write
#   32 orders and 2 Estimates, after a look for each                                   1 read, 1 write
#   then turn by turn under the lock of each order; a change order's binding was answered in this session and needs no
#   read, a bill needs a look for its number and its order read, both in one set:
#   1st turn: 8 change orders; SC-002 and SC-009 bill                                  1 read, 1 write
#   2nd turn: SC-003 and SC-011 change; SC-001, 002, 009, 014 and PO-202 bill          1 read, 1 write
#   3rd turn: SC-003 and SC-011 change; SC-001, 002, 009 and 014 bill                  1 read, 1 write
#   4th turn: SC-014 bills                                                             1 read, 1 write
# Job costs of the two synced budgets are reads as well, and fit into those of the turns.
MOST_ROUND_TRIPS = 1 + 2 + 4 * 2


class Month:
    """The demo after everything acceptable was accepted and one session ran."""

    def __init__(self, running: demo.Demo) -> None:
        self.demo, self.company = running, running.company
        self.reasons: dict[str, str] = {}
        self._accept()
        self.first: SessionReport = running.web_connector().run()
        self.held = {family: ledger.held(self.company, family) for family in FAMILIES}
        self.second: SessionReport = running.web_connector().run()

    def items(self) -> list[Item]:
        with self.demo.services.database.reading() as session:
            return list(session.execute(select(Item)).scalars())

    def left(self) -> dict[tuple[str, str], Item]:
        """Every item that is not synced, by its kind and what people call it."""
        return {(item.kind, _called(item)): item for item in self.items() if item.state != "synced"}

    def _accept(self) -> None:
        database, connection_id = self.demo.services.database, self.demo.connection_id
        drafts = [item.id for item in self.items() if item.state == "draft" and item.name != demo.REJECTED[0]]
        sent = [item.id for item in self.items() if item.state == "sent"]
        typed: dict[int, dict[str, Any]] = {item.id: TYPED[item.name] for item in self.items() if item.name in TYPED}
        for outcomes in (
            lifecycle.send(database, connection_id, self.demo.person("pat"), drafts),
            lifecycle.accept(database, connection_id, self.demo.person("ana"), sent, typed),
        ):
            self.reasons |= {outcome.item_id: str(outcome.problem) for outcome in outcomes.refused}


def _called(item: Item) -> str:
    """An invoice by its commitment and its number there, anything else by its name."""
    if item.kind == "budget":
        return item.name.removeprefix("Budget of ")
    if item.kind != "subcontractor_invoice":
        return item.name
    records = HALVORSEN.records
    [invoice] = [one for one in records["requisitions"] if str(one["id"]) == item.procore_id]
    contracts = records["work_order_contracts"] + records["purchase_order_contracts"]
    [contract] = [one for one in contracts if one["id"] == invoice["contract_id"]]
    return f"{contract['number']} {invoice['number']}"


@pytest.fixture(scope="module")
def month(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Month]:
    running = demo.start(tmp_path_factory.mktemp("month"), 0, web_connector=False)
    yield Month(running)
    running.close()


@pytest.mark.parametrize("family", FAMILIES)
def test_quickbooks_holds_what_was_written_down_before(month: Month, family: str) -> None:
    expected = ledger.written(HERE / f"{FAMILIES[family]}.txt")
    assert set(month.held[family]) == set(expected)
    for name, entry in expected.items():
        assert month.held[family][name] == entry
