"""The workflows as people know them: sent in Procore, accepted by an approver, held by QuickBooks after one session."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from app.core import clock
from app.services import explain
from tests import budgets, records
from tests.admin.conftest import signing_in
from tests.admin.reading import look
from tests.support import Stage


def one(stage: Stage, family: str) -> dict[str, Any]:
    """The only record of a family that QuickBooks holds."""
    [found] = stage.company.records(family)
    return found


@pytest.mark.requirement("WFL-01")
def test_a_new_project_becomes_a_job(empty_stage: Stage) -> None:
    stage = empty_stage
    before = {customer["ListID"] for customer in stage.company.records("Customer")}
    stage.approve(records.project())
    stage.must_settle()
    assert stage.states()["Riverside Tower"] == "synced"
    [new] = [one for one in stage.company.records("Customer") if one["ListID"] not in before]
    assert new["Name"] == "Riverside Tower"


@pytest.mark.requirement("CMP-01", "CMP-04")
def test_an_accepted_company_becomes_one_vendor(empty_stage: Stage) -> None:
    stage = empty_stage
    assert stage.company.records("Vendor") == []
    stage.approve(records.company())
    stage.must_settle()
    assert one(stage, "Vendor")["Name"] == "Delta Concrete"
    assert stage.states()["Delta Concrete"] == "synced"


@pytest.mark.requirement("WFL-06", "CMT-01")
@pytest.mark.parametrize("kind", ["subcontract", "purchase_order"])
def test_either_type_of_commitment_becomes_one_purchase_order(stage: Stage, kind: str) -> None:
    stage.approve(records.commitment(type=kind))
    stage.must_settle()
    order = one(stage, "PurchaseOrder")
    assert (order["RefNumber"], order["VendorRef"]["FullName"]) == ("SC-014", "Delta Concrete")
    assert stage.states()["SC-014"] == "synced"


@pytest.mark.requirement("OVR-02")
def test_a_purchase_order_stands_in_quickbooks_with_every_line_and_nothing_typed_there(stage: Stage) -> None:
    lines = [records.line("500.00", 31), records.line("120.25", 32, 2), records.line("79.75", 31, 3)]
    for line, text in zip(lines, ("Forms", "Rebar", "Stripping"), strict=True):
        line["description"] = text
    stage.approve(records.commitment(lines=lines, title="Foundations", description="Site rules apply"))
    report = stage.run()
    assert (report.outcome, stage.states()["SC-014"]) == ("done", "synced")
    order = one(stage, "PurchaseOrder")
    title, *rest = order["PurchaseOrderLineRet"]
    names = {item["ListID"]: item["Name"] for item in stage.company.records("ItemService")}
    assert (order["RefNumber"], order["VendorRef"]["FullName"]) == ("SC-014", "Delta Concrete")
    assert order["VendorMsg"] == "Site rules apply"
    assert (title["Desc"], title.get("Amount", "0.00")) == ("Foundations", "0.00")
    assert [(names[line["ItemRef"]["ListID"]], line["Desc"], line["Amount"]) for line in rest] == [
        ("03-100", "Forms", "500.00"), ("03-200", "Rebar", "120.25"), ("03-100", "Stripping", "79.75"),
    ]  # fmt: skip
    assert {line["CustomerRef"]["FullName"] for line in rest} == {"Riverside Tower"}
    assert order["TotalAmount"] == "700.00"


@pytest.mark.requirement("WFL-10")
def test_a_change_order_is_appended_to_the_same_purchase_order(stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    before = one(stage, "PurchaseOrder")
    stage.approve(records.change_order("001", 391))
    stage.must_settle()
    after = one(stage, "PurchaseOrder")
    assert after["TxnID"] == before["TxnID"]
    kept, added = after["PurchaseOrderLineRet"][:3], after["PurchaseOrderLineRet"][3:]
    assert [line["TxnLineID"] for line in kept] == [line["TxnLineID"] for line in before["PurchaseOrderLineRet"]]
    assert [(line.get("Desc"), line.get("Amount")) for line in added] == [
        ("Change 001", None),
        ("Form footings", "75.00"),
    ]


@pytest.mark.requirement("CMP-07")
def test_a_company_renamed_in_procore_never_changes_the_vendor(stage: Stage) -> None:
    stage.receive(records.company("Delta Concrete LLC"))
    stage.run()
    assert one(stage, "Vendor")["Name"] == "Delta Concrete"
    [outcome] = stage.send("Delta Concrete LLC").refused
    assert outcome.problem is not None
    assert "a later change of a company is not written over it" in outcome.problem.sentence
    told = explain.explain(stage.database, stage.connection_id, stage.item("Delta Concrete LLC").id)
    assert "Differs in Procore by now: a later change of a company is not written to QuickBooks." in told.notes
    assert not [s for s in stage.sets() if "VendorMod" in s.body]


@pytest.mark.requirement("CMP-08", "CMT-02", "WBS-07")
def test_a_commitment_waits_for_its_company_and_codes_by_name_and_then_goes_by_itself(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.receive(*records.basics(), records.commitment())
    stage.send()
    stage.accept("SC-014")
    assert stage.states()["SC-014"] == "accepted"
    waits = {finding.rule: [link["label"] for link in finding.blocking] for finding in stage.findings("SC-014")}
    assert waits["commitment-company-synced"] == ["Delta Concrete"]
    assert [label.split()[0] for label in waits["commitment-cost-codes-synced"]] == ["03-100", "03-200"]
    stage.accept()
    stage.must_settle()
    assert stage.states()["SC-014"] == "synced"


@pytest.mark.requirement("CFG-18")
def test_what_was_accepted_waits_in_words_for_the_web_connector_and_leaves_in_order(empty_stage: Stage) -> None:
    stage = empty_stage
    stage.approve(*records.basics(), records.commitment())
    told = explain.explain(stage.database, stage.connection_id, stage.item("Delta Concrete").id)
    assert told.state == "Queued for the next Web Connector session."
    assert stage.company.records("Vendor") == []
    later = clock.now() + timedelta(days=1)
    with clock.running(lambda: later):
        stage.must_settle()
    assert one(stage, "Vendor")["TimeCreated"] <= one(stage, "PurchaseOrder")["TimeCreated"]
    assert set(stage.states().values()) == {"synced"}


@pytest.mark.requirement("WBS-14")
def test_a_cost_type_is_never_transferred(stage: Stage) -> None:
    labor = {"id": 47, "name": "Labor", "code": "L"}
    stage.approve(records.commitment(lines=[records.line("500.00", line_item_type=labor)]))
    stage.must_settle()
    assert one(stage, "PurchaseOrder")
    assert not [s for s in stage.sets() if "Labor" in s.body or "Other<" in s.body]


@pytest.mark.requirement("MAP-43", "MAP-45")
def test_a_line_keeps_its_description_and_quickbooks_computes_the_unit_cost(stage: Stage) -> None:
    lines = [records.unit_line("4", "10.25", "41.00"), records.line("9.00", 32, 2, description="Bar chairs")]
    stage.approve(records.commitment(lines=lines, accounting_method="unit"))
    stage.must_settle()
    _, unit, lump = one(stage, "PurchaseOrder")["PurchaseOrderLineRet"]
    assert (unit["Desc"], unit["Quantity"], unit["Rate"], unit["Amount"]) == ("Form footings", "4", "10.25", "41.00")
    assert lump["Desc"] == "Bar chairs"
    assert not [s for s in stage.sets() if "<Rate>" in s.body]


@pytest.mark.requirement("STM-03")
@pytest.mark.parametrize("act", ["reject", "retrieve"])
def test_what_came_back_is_a_draft_again_and_the_next_attempt_is_counted(stage: Stage, act: str) -> None:
    stage.receive(records.commitment())
    stage.send()
    who = "ana" if act == "reject" else "pat"
    assert not stage.act(act, "SC-014", who=who, reason="wrong cost code").refused
    item = stage.item("SC-014")
    assert item.state == "draft"
    if act == "reject":
        assert "wrong cost code" in item.problem
    stage.send()
    told = explain.explain(stage.database, stage.connection_id, item.id)
    assert told.item.state == "sent"
    assert "Attempt 2: it was sent 1 time before." in told.notes


@pytest.mark.requirement("STM-04")
def test_an_edit_after_sending_is_shown_and_accept_asks_which_version(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    stage.receive(records.commitment(title="Foundations and piles"))
    [outcome] = stage.accept("SC-014").refused
    assert outcome.problem is not None
    assert outcome.problem.code == "changed_in_procore"
    told = explain.explain(stage.database, stage.connection_id, stage.item("SC-014").id)
    assert "Procore changed it after it was sent: take the newer version, or reject it." in told.notes
    assert stage.states()["SC-014"] == "sent"


@pytest.mark.requirement("WBS-06")
def test_of_a_mixed_list_matches_are_linked_and_the_others_added_as_the_preview_says(empty_stage: Stage) -> None:
    stage = empty_stage
    income, expense = stage.staged("Construction Income"), stage.staged("Subcontractors")
    there = stage.company.add_service_item("03-200", income=income, expense=expense)
    stage.ask_for_lists()
    stage.run()
    stage.receive(records.cost_code(), records.cost_code("03-200", 32, "Concrete Reinforcing"))
    stage.send()
    said = {name: dict(stage.preview(name)) for name in stage.states()}
    assert ["is linked" in " ".join(said[name].values()) for name in sorted(said)] == [False, True]
    assert len(stage.accept().done) == 2
    stage.must_settle()
    items = {item["Name"]: item["ListID"] for item in stage.company.records("ItemService")}
    assert items.keys() == {"03-100", "03-200"}
    assert items["03-200"] == there
    assert set(stage.states().values()) == {"synced"}


@pytest.mark.requirement("BUD-04")
def test_a_changed_budget_can_be_sent_again_from_its_own_page(stage: Stage) -> None:
    stage.approve(budgets.budget())
    stage.must_settle()
    pat = signing_in(stage)("pat")
    item = stage.item("Budget of Riverside Tower")
    path = f"/items/budget/{item.id}"
    assert not look(pat, path).find("//button[@data-act='send']")
    stage.receive(budgets.budget(budgets.line("1250.00"), budgets.line("500.50", 32, 568)))
    assert look(pat, path).find("//button[@data-act='send']")
