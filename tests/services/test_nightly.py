"""What people did in QuickBooks meanwhile is noticed at the next look, shown in words, and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from app.core.tags import Tag
from app.db.models import Binding, Discrepancy, Operation
from app.items import registry
from app.items.base import Ask, BindingView, Reply, Situation
from app.services import lifecycle, refreshes, staged, unlinking
from tests import records
from tests.importing import shown
from tests.invoices import billed, invoice
from tests.support import Stage


@pytest.fixture
def synced(stage: Stage) -> Stage:
    """SC-014 is a purchase order in QuickBooks."""
    stage.approve(records.commitment())
    stage.must_settle()
    return stage


def look(stage: Stage) -> None:
    """Everything is looked at; whatever the look finds, it writes nothing."""
    before = {family: stage.company.records(family) for family in ("Vendor", "PurchaseOrder", "Customer")}
    refreshes.ask(stage.database, stage.connection_id, stage.person("ike"))
    assert stage.run().outcome in {"done", "idle"}
    assert {family: stage.company.records(family) for family in before} == before


def standing(stage: Stage, name: str) -> list[str]:
    """What stands against an item."""
    rows = stage.rows(Discrepancy, item_id=stage.item(name).id)
    return [row.sentence for row in rows if row.gone_at is None and row.cleared_at is None]


def order(stage: Stage) -> dict[str, Any]:
    return stage.orders()["SC-014"]


def vendor_of(stage: Stage) -> str:
    """The ListID of Delta Concrete."""
    return str(stage.company.name_holder("Delta Concrete")["ListID"])


@pytest.mark.requirement("ACC-12")
def test_nothing_is_found_where_nobody_did_anything(synced: Stage) -> None:
    look(synced)
    assert synced.rows(Discrepancy) == []


@pytest.mark.requirement("ACC-12")
def test_a_deleted_order_is_missing_and_what_hangs_on_it_waits(synced: Stage) -> None:
    stage = synced
    stage.company.delete(order(stage)["TxnID"])
    look(stage)
    assert standing(stage, "SC-014") == ["SC-014 is missing in QuickBooks: its purchase order was deleted."]
    assert stage.states()["SC-014"] == "synced"
    stage.approve(records.change_order("001", 391))
    stage.run()
    assert stage.states()["CO 001"] == "accepted"
    [finding] = stage.findings("CO 001")
    assert finding.rule == "change-order-commitment-synced"
    assert stage.orders() == {}


@pytest.mark.requirement("ACC-12")
def test_an_inactive_vendor_is_shown_until_it_is_active_again(synced: Stage) -> None:
    stage = synced
    vendor = vendor_of(stage)
    stage.company.make_inactive(vendor)
    look(stage)
    assert standing(stage, "Delta Concrete") == ["Delta Concrete is inactive in QuickBooks."]
    assert stage.item("Delta Concrete").difference == "Delta Concrete is inactive in QuickBooks."
    stage.company.make_inactive(vendor, active=True)
    look(stage)
    assert standing(stage, "Delta Concrete") == []
    assert stage.item("Delta Concrete").difference == ""


@pytest.mark.requirement("ACC-12")
def test_a_renamed_vendor_keeps_its_binding_under_the_new_name(synced: Stage) -> None:
    stage = synced
    vendor = vendor_of(stage)
    stage.company.rename(vendor, "Delta Concrete & Sons")
    look(stage)
    [binding] = stage.rows(Binding, item_id=stage.item("Delta Concrete").id)
    assert (binding.quickbooks_id, binding.full_name) == (vendor, "Delta Concrete & Sons")
    assert standing(stage, "Delta Concrete") == []
    assert stage.events(Tag.ITEM_RENAMED)[-1] == {"before": "Delta Concrete", "after": "Delta Concrete & Sons"}


@pytest.mark.requirement("ACC-12")
def test_an_edited_order_line_is_shown_with_both_amounts(synced: Stage) -> None:
    stage = synced
    lines = order(stage)["PurchaseOrderLineRet"]
    number, line = next((n, one) for n, one in enumerate(lines, 1) if one.get("Amount"))
    edit_line(stage, number - 1, "777.00")
    look(stage)
    assert standing(stage, "SC-014") == [f"Line {number}: QuickBooks has 777.00, approved {line['Amount']}"]


def edit_line(stage: Stage, index: int, amount: str) -> None:
    """Somebody types another amount into a line of the order."""
    found = order(stage)
    lines = [dict(line) for line in found["PurchaseOrderLineRet"]]
    lines[index]["Amount"] = amount
    stage.company.edit(found["TxnID"], PurchaseOrderLineRet=lines)


@pytest.mark.requirement("ACC-10", "ACC-12")
def test_a_named_person_clears_a_discrepancy_with_a_reason(synced: Stage) -> None:
    stage = synced
    lines = order(stage)["PurchaseOrderLineRet"]
    edit_line(stage, next(n for n, one in enumerate(lines) if one.get("Amount")), "777.00")
    look(stage)
    item = stage.item("SC-014")
    ana = stage.person("ana")
    outcomes = lifecycle.clear(stage.database, stage.connection_id, ana, [item.id], "agreed with Delta")
    assert not outcomes.refused
    assert standing(stage, "SC-014") == []
    assert stage.item("SC-014").difference == ""
    [row] = stage.rows(Discrepancy, item_id=item.id)
    assert (row.cleared_by, row.reason) == ("Ana", "agreed with Delta")
    look(stage)
    assert standing(stage, "SC-014") == [], "the same finding comes back although it was cleared"


@pytest.mark.requirement("ACC-12")
def test_a_merged_vendor_is_named_with_the_one_it_became(synced: Stage) -> None:
    stage = synced
    gone = vendor_of(stage)
    kept = stage.company.add_vendor("Delta Concrete Inc")
    stage.company.merge_vendors(gone, kept)
    look(stage)
    look(stage)
    [said] = standing(stage, "Delta Concrete")
    assert said == (
        "Delta Concrete is missing in QuickBooks: its records now belong to Delta Concrete Inc, so it was merged."
    )


@pytest.mark.requirement("ACC-03")
def test_what_procore_voids_after_quickbooks_took_it_is_an_exception(synced: Stage) -> None:
    stage = synced
    kind, record = records.commitment()
    stage.receive((kind, {**record, "status": "Void"}))
    assert standing(stage, "SC-014") == ["SC-014 is void in Procore, and still in QuickBooks."]
    assert stage.states()["SC-014"] == "synced"
    stage.receive((kind, record))
    assert standing(stage, "SC-014") == []


@pytest.mark.requirement("ACC-12")
def test_a_merged_vendor_is_unlinked_and_linked_with_what_it_became(billing: Stage) -> None:
    """Meanwhile its bills cannot be compared, and all others still are."""
    stage = billing
    order_of_ironline = records.commitment("SC-015", 311, vendor={"id": 62, "company": "Ironline Steel"})
    stage.approve(records.commitment(), invoice(1, billed("100.00")))
    stage.approve(records.company("Ironline Steel", 62), order_of_ironline, who="abe")
    stage.approve(invoice(2, billed("200.00"), id=902, commitment_id=311, vendor_id=62, vendor_name="Ironline Steel"))
    stage.run()
    assert set(stage.states().values()) == {"synced"}
    stage.company.merge_vendors(vendor_of(stage), stage.company.add_vendor("Delta Concrete Inc"))
    look(stage)
    [outcome] = unlinking.unlink(stage.database, 1, stage.person("ana"), stage.ids(["Delta Concrete"])).each
    assert outcome.ok, str(outcome.problem)
    stage.run()
    assert stage.states()["Delta Concrete"] == "draft"
    [bill] = [one for one in stage.company.records("Bill") if one["RefNumber"] == "1048"]
    stage.company.edit(bill["TxnID"], TxnDate="2026-03-01")
    look(stage)
    assert standing(stage, "Invoice 1047") == [
        "Invoice 1047 was not compared with QuickBooks: something it points at is no longer linked."
    ]
    assert standing(stage, "Invoice 1048") == ["Date: QuickBooks saved “2026-03-01”, approved “2026-03-25”"]
    pairs = {shown(stage, "Delta Concrete Inc")[0]: stage.item("Delta Concrete").id}
    assert not staged.link(stage.database, 1, "company", stage.person("ike"), pairs).refused
    look(stage)
    assert (standing(stage, "Delta Concrete"), standing(stage, "Invoice 1047")) == ([], [])


@pytest.mark.requirement("ACC-12")
def test_what_a_look_asks_for_is_settled_when_it_is_asked(synced: Stage) -> None:
    """An unlink in the middle moves nobody out of its hundred, and so makes nobody look missing."""
    orders = registry.refreshes()["purchase_orders"]
    ids = [f"{n:X}-1" for n in range(250)]
    fewer = {("commitment", str(n)): BindingView(ids[n]) for n in range(1, 250)}
    asked: list[str] = []
    replies: list[Reply] = []
    for _ in range(3):
        found = orders.next_step(Situation({"txn_ids": ids}, "", replies, fewer))
        assert isinstance(found, Ask)
        asked += found.context["txn_ids"]
        replies.append(Reply("chunk", "found"))
    assert asked == ids
    refreshes.ask(synced.database, synced.connection_id, synced.person("ike"), ["purchase_orders"])
    [operation] = [one for one in synced.rows(Operation, kind="purchase_orders") if one.state == "ready"]
    assert operation.params == {"txn_ids": [order(synced)["TxnID"]]}
