"""Rows of the data mapping that are only seen where both sides meet: headers kept, directions, addresses."""

from __future__ import annotations

from typing import Any

import pytest

from app.db.models import StagedRecord
from app.items import registry
from app.rulebook import decide
from app.services import gather, rules_versions
from app.services.gather import staged_of
from tests import budgets, records
from tests.admin.conftest import signing_in
from tests.admin.reading import look
from tests.support import Stage

HEADER = ("TxnID", "VendorRef", "TxnDate", "RefNumber", "Memo", "VendorMsg")


def order(stage: Stage) -> dict[str, Any]:
    return stage.orders()["SC-014"]


def with_change(stage: Stage, *lines: dict[str, Any], method: str = "unit", **more: Any) -> tuple[dict, dict]:
    """The order before and after a change order of these lines."""
    stage.approve(records.commitment(accounting_method=method, description="Site rules apply"))
    stage.must_settle()
    before = order(stage)
    stage.approve(records.change_order("001", 391, lines=list(lines), **more))
    stage.must_settle()
    after = order(stage)
    assert {name: after.get(name) for name in HEADER} == {name: before.get(name) for name in HEADER}
    return before, after


@pytest.mark.requirement("MAP-57")
def test_each_line_of_a_change_order_has_the_item_of_its_own_code(stage: Stage) -> None:
    _, after = with_change(stage, records.line("75.00", 32), records.line("25.00", 31, 2), method="amount")
    items = {one["Name"]: one["ListID"] for one in stage.company.records("ItemService")}
    added = [line["ItemRef"]["ListID"] for line in after["PurchaseOrderLineRet"][-2:]]
    assert added == [items["03-200"], items["03-100"]]


@pytest.mark.requirement("MAP-59", "MAP-60")
def test_a_change_orders_quantity_is_written_and_its_unit_cost_computed(stage: Stage) -> None:
    _, after = with_change(stage, records.unit_line("3", "10.25", "30.75"))
    added = after["PurchaseOrderLineRet"][-1]
    assert (added["Quantity"], added["Rate"], added["Amount"]) == ("3", "10.25", "30.75")
    assert not [one for one in stage.sets() if "<Rate>" in one.body]


@pytest.mark.requirement("MAP-61")
def test_a_change_orders_line_carries_the_job(stage: Stage) -> None:
    _, after = with_change(stage, records.line("75.00"))
    [job] = [one for one in stage.company.records("Customer") if one["Name"] == "Riverside Tower"]
    assert after["PurchaseOrderLineRet"][-1]["CustomerRef"]["ListID"] == job["ListID"]


@pytest.mark.requirement("MAP-62", "MAP-63")
@pytest.mark.parametrize("amount", ["500.00", "30.75"])
def test_a_change_orders_amount_is_exact(stage: Stage, amount: str) -> None:
    _, after = with_change(stage, records.line(amount), method="amount")
    assert after["PurchaseOrderLineRet"][-1]["Amount"] == amount


@pytest.mark.requirement("MAP-64")
def test_a_change_orders_description_leaves_the_vendor_message_as_first_exported(stage: Stage) -> None:
    before, after = with_change(stage, records.line("75.00"), description="Extra piles on the north side")
    assert before["VendorMsg"] == after["VendorMsg"] == "Site rules apply"


@pytest.mark.requirement("CMP-09")
def test_a_company_is_never_written_as_a_customer(empty_stage: Stage) -> None:
    stage = empty_stage
    before = stage.company.records("Customer")
    stage.approve(records.company())
    stage.must_settle()
    written = [one.body for one in stage.sets() if one.writes]
    assert ["VendorAddRq" in body and "Customer" not in body for body in written] == [True]
    assert stage.company.records("Customer") == before


@pytest.mark.requirement("ACC-20")
def test_quickbooks_holds_the_short_name_and_the_long_one_in_the_notes(empty_stage: Stage) -> None:
    stage, legal = empty_stage, "Delta Concrete Pumping and Structural Works West LLC"
    full = "Riverside Tower, Phase Two, Podium, Parking and Deck"
    stage.receive(records.company(legal), records.project(full))
    stage.send()
    assert not stage.accept(legal, quickbooks_name="Delta Concrete").refused
    assert not stage.accept(full, quickbooks_name="Riverside 2").refused
    assert stage.run().outcome == "done"
    [vendor] = stage.company.records("Vendor")
    assert (vendor["Name"], vendor["Notes"]) == ("Delta Concrete", legal)
    assert [vendor["VendorAddress"][line] for line in ("Addr1", "Addr2")] == ["Delta Concrete", "1 Quarry Road"]
    [job] = [one for one in stage.company.records("Customer") if one["Name"] == "Riverside 2"]
    assert job["Notes"] == full
    assert (stage.item(legal).name, stage.item(full).name) == (legal, full)


@pytest.mark.requirement("MAP-05", "MAP-06", "MAP-07")
def test_the_table_of_directions(stage: Stage) -> None:
    rows = look(signing_in(stage)("ana"), "/what-syncs/").find("(//table)[1]/tbody/tr")
    said = {"".join(row.xpath("./td[1]//text()")): "".join(row.xpath("./td[3]//text()")) for row in rows}
    assert said["Commitments"] == said["Change orders"] == "Procore to QuickBooks"
    assert said["Job costs"] == "QuickBooks to Procore"


@pytest.mark.requirement("MAP-21")
@pytest.mark.parametrize(
    ("addresses", "street"),
    [
        ({"BillAddress": {"Addr1": "9 Bill Street"}}, "9 Bill Street"),
        ({"BillAddress": {"Addr1": "9 Bill Street"}, "ShipAddress": {"Addr1": "4 Ship Road"}}, "4 Ship Road"),
        ({}, ""),
    ],
)
def test_where_no_ship_to_is_given_the_bill_to_address_is_the_jobs(
    stage: Stage, addresses: dict[str, Any], street: str
) -> None:
    stage.company.add_customer("Library", **addresses)
    stage.ask_for_lists()
    stage.run()
    [row] = stage.rows(StagedRecord, full_name="Library")
    made = registry.kind("project").new_record(staged_of(row), {})  # type: ignore[attr-defined]
    assert made.fields.get("address", "") == street


@pytest.mark.requirement("MAP-30")
def test_a_modification_that_adds_money_warns_and_is_allowed(stage: Stage) -> None:
    given = budgets.budget(modifications=[budgets.modification("500.00", None, 567)])
    stage.receive(given)
    with stage.database.reading() as session:
        connection, item = stage.connection, stage.item("Budget of Riverside Tower")
        facts = gather.gather(session, connection, [item])[item.id].facts(connection, "Ana")
        decision = decide.decide(rules_versions.pack(session, connection), facts, "accept")
    assert "budget-modifications-balance" in [finding.rule for finding in decision.warnings]
    assert decision.allowed
