"""Unlink: QuickBooks is asked first, and only what is gone there, or may stay there, is taken apart."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.core.errors import Forbidden
from app.core.tags import Tag
from app.db.models import Binding, Operation, StagedRecord, WriteBack
from app.items import registry
from app.services import exceptions, explain, refreshes, staged, unlinking, write_back
from app.services.lifecycle import Outcomes
from tests import records
from tests.importing import Office, ike, linked_vendor, office, page, read_lists, shown, vendor
from tests.sandbox.quickbooks import asking
from tests.support import Stage


@pytest.fixture
def place(stage: Stage) -> Iterator[Office]:
    with office(stage) as found:
        yield found


def unlink(stage: Stage, *names: str, who: str = "ana") -> Outcomes:
    return unlinking.unlink(stage.database, stage.connection_id, stage.person(who), stage.ids(names))


def refusal(outcomes: Outcomes) -> str:
    [one] = outcomes.refused
    return str(one.problem)


def ordered(stage: Stage, *more: records.Taken) -> str:
    """SC-014, and whatever more, are in QuickBooks; returns the order's TxnID."""
    stage.approve(records.commitment())
    if more:
        stage.approve(*more)
    stage.must_settle()
    return str(stage.orders()["SC-014"]["TxnID"])


def keep_lines(stage: Stage, txn_id: str, many: int) -> None:
    """Somebody opens the order in QuickBooks and deletes all lines behind the first ones."""
    request = f"<PurchaseOrderQueryRq><TxnID>{txn_id}</TxnID><IncludeLineItems>true</IncludeLineItems>"
    [answer] = asking.ask(stage.company, request + "</PurchaseOrderQueryRq>")
    order = answer[0]
    [changed] = asking.ask(stage.company, asking.order_mod(order, *asking.kept(order)[:many]))
    assert asking.status(changed) == 0


@pytest.mark.requirement("STM-05", "ACC-12")
def test_what_is_still_in_quickbooks_stays_synced_and_says_so(stage: Stage) -> None:
    ordered(stage)
    [outcome] = unlink(stage, "SC-014").each
    assert (outcome.ok, outcome.state) == (True, "synced")
    assert "asked to unlink it" in " ".join(explain.explain(stage.database, 1, outcome.item_id).notes)
    stage.run()
    item = stage.item("SC-014")
    assert item.state == "synced"
    assert (item.problem, item.remedy) == (
        "SC-014 was not unlinked: it is still in QuickBooks.",
        "Delete it there first, then unlink it again.",
    )
    assert len(stage.events(Tag.UNLINK_ASKED)) == len(stage.events(Tag.UNLINK_DENIED)) == 1
    assert stage.run().outcome == "nothing"
    stage.must_be_sound()


@pytest.mark.requirement("STM-05", "ACC-12")
def test_what_is_gone_from_quickbooks_becomes_a_draft_and_may_be_sent_again(any_stage: Stage) -> None:
    stage = any_stage
    txn_id = ordered(stage)
    stage.company.delete(txn_id)
    unlink(stage, "SC-014")
    stage.run()
    item = stage.item("SC-014")
    assert (item.state, item.problem) == ("draft", "")
    assert stage.rows(Binding, item_id=item.id) == []
    assert [(e["move"], e["reason"]) for e in stage.events(Tag.ITEM_MOVED)][-1] == (
        "unlink", "unlinked: QuickBooks no longer has it"
    )  # fmt: skip
    assert not stage.send("SC-014").refused
    assert not stage.accept("SC-014").refused
    stage.must_settle()
    assert stage.orders()["SC-014"]["TxnID"] != txn_id


def test_procore_is_told_that_the_mark_is_gone(stage: Stage) -> None:
    stage.company.delete(ordered(stage))
    unlink(stage, "SC-014")
    stage.run()
    item = stage.item("SC-014")
    [told] = [wanted.told for wanted in write_back.due(stage.database, 1) if wanted.item_id == item.id]
    assert told.origin == {"origin_id": None, "origin_code": None, "origin_data": None}
    assert stage.rows(WriteBack, item_id=item.id)[0].wanted == {"state": "draft"}


@pytest.mark.requirement("ACC-12")
def test_a_change_order_is_gone_when_none_of_its_lines_is_on_the_order(stage: Stage) -> None:
    txn_id = ordered(stage, records.change_order("001"))
    unlink(stage, "CO 001")
    stage.run()
    assert stage.item("CO 001").state == "synced"
    assert "still in QuickBooks" in stage.item("CO 001").problem
    keep_lines(stage, txn_id, 3)  # the order's own title and two lines
    unlink(stage, "CO 001")
    stage.run()
    assert stage.item("CO 001").state == "draft"
    assert stage.item("SC-014").state == "synced"


@pytest.mark.requirement("ACC-12")
def test_a_company_needs_no_deletion_but_nothing_synced_may_hang_on_it(stage: Stage) -> None:
    ordered(stage)
    outcomes = unlink(stage, "Delta Concrete")
    assert refusal(outcomes) == (
        "Delta Concrete cannot be unlinked: SC-014 in QuickBooks hangs on it. Unlink those first."
    )
    [problem] = [one.problem for one in outcomes.refused]
    assert problem is not None
    assert [(link.label, link.id) for link in problem.links] == [("SC-014", str(stage.item("SC-014").id))]
    assert stage.events(Tag.REFUSED)[-1]["what"] == "unlink"
    assert stage.item("Delta Concrete").state == "synced"
    stage.company.delete(str(stage.orders()["SC-014"]["TxnID"]))
    unlink(stage, "SC-014")
    stage.run()
    [outcome] = unlink(stage, "Delta Concrete").each
    assert outcome.state == "draft"
    assert len(stage.company.records("Vendor")) == 1  # QuickBooks keeps it


@pytest.mark.requirement("ACC-12")
def test_an_item_that_was_linked_may_stay_one_that_was_made_goes_first(stage: Stage) -> None:
    income, costs = stage.staged("Construction Income"), stage.staged("Job Costs")
    stage.company.add_service_item("09-900", income=income, expense=costs)
    read_lists(stage)
    stage.approve(records.cost_code("09-900", 55, "Painting"))  # the very same name is linked
    stage.must_settle()
    assert unlink(stage, "09-900").each[0].state == "draft"
    assert unlink(stage, "03-100").each[0].state == "synced"
    stage.run()
    assert "still in QuickBooks" in stage.item("03-100").problem
    [made] = [one["ListID"] for one in stage.company.records("ItemService") if one["Name"] == "03-100"]
    stage.company.delete(made)
    unlink(stage, "03-100")
    stage.run()
    assert stage.item("03-100").state == "draft"


@pytest.mark.requirement("CMP-03")
def test_unlinking_undoes_adding_and_linking(place: Office) -> None:
    stage = place.stage
    _, added = linked_vendor(place)
    stage.receive(records.company("Pit Ltd", 77))
    linked = vendor(stage, "Pit & Quarry")
    staged.link(stage.database, 1, "company", ike(stage), {linked: stage.item("Pit Ltd").id})
    for name in ("Granite Works", "Pit Ltd"):
        assert unlink(stage, name).each[0].state == "draft"
    assert {stage.rows(StagedRecord, id=one)[0].state for one in (added, linked)} == {"staged"}
    assert {row.record.id for row in page(stage).rows} == {added, linked}
    again = staged.link(stage.database, 1, "company", ike(stage), {added: stage.item("Granite Works").id})
    assert not again.refused
    assert len(place.named("vendors", "Granite Works")) == 1


def test_it_is_asked_once_and_only_for_what_is_synced(stage: Stage) -> None:
    ordered(stage)
    unlink(stage, "SC-014")
    assert refusal(unlink(stage, "SC-014")).startswith("Ana has asked already to unlink SC-014.")
    assert len(stage.rows(Operation, kind="unlink")) == 1
    stage.receive(records.company("Ironline Steel", 62))
    assert refusal(unlink(stage, "Ironline Steel")).startswith("Ironline Steel cannot be unlinked: it is draft now.")


def test_an_answer_that_is_lost_is_asked_for_again(stage: Stage) -> None:
    stage.company.delete(ordered(stage))
    unlink(stage, "SC-014")
    stage.run(after_run=1)
    stage.kill_connector()
    assert stage.item("SC-014").state == "synced"
    stage.run()
    assert stage.item("SC-014").state == "draft"


@pytest.mark.requirement("PRM-36", "PRM-37", "PRM-41")
@pytest.mark.parametrize("name", ["SC-014", "CO 001", "Delta Concrete"])
def test_who_may_unlink_is_what_the_matrix_says(stage: Stage, name: str) -> None:
    ordered(stage, records.change_order("001"))
    with pytest.raises(Forbidden, match="Standard or Admin"):
        unlink(stage, name, who="aud")
    assert stage.rows(Operation, kind="unlink") == []
    assert stage.item(name).state == "synced"
    unlink(stage, name)
    assert stage.events(Tag.REFUSED)[0]["code"] == "forbidden"


def test_every_kind_can_be_looked_for_by_the_id_of_its_record() -> None:
    asked = {
        record: (found["query"], found["by"])
        for record in ("Vendor", "Customer", "ItemService", "PurchaseOrder", "PurchaseOrder lines", "Bill", "Estimate")
        for found in [unlinking.check.asked(record, "80-1", ())]
    }
    assert asked == {
        "Vendor": ("VendorQueryRq", "ListID"),
        "Customer": ("CustomerQueryRq", "ListID"),
        "ItemService": ("ItemServiceQueryRq", "ListID"),
        "PurchaseOrder": ("PurchaseOrderQueryRq", "TxnID"),
        "PurchaseOrder lines": ("PurchaseOrderQueryRq", "TxnID"),
        "Bill": ("BillQueryRq", "TxnID"),
        "Estimate": ("EstimateQueryRq", "TxnID"),
    }
    assert [name for name, kind in registry.kinds().items() if kind.part_of_another] == ["commitment_change_order"]


@pytest.mark.requirement("ACC-25")
def test_a_vendor_tieout_made_lists_what_to_complete(stage: Stage) -> None:
    told = " ".join(explain.explain(stage.database, 1, stage.item("Delta Concrete").id).notes)
    assert "complete it in QuickBooks: terms, tax ID, 1099 eligibility" in told
    stage.receive(records.company("Pit Ltd", 77))
    staged.link(stage.database, 1, "company", ike(stage), {vendor(stage, "Pit"): stage.item("Pit Ltd").id})
    linked = " ".join(explain.explain(stage.database, 1, stage.item("Pit Ltd").id).notes)
    assert "complete it" not in linked
    assert shown(stage, "Pit")


@pytest.mark.requirement("ACC-12")
def test_what_stood_against_a_record_goes_with_it(stage: Stage) -> None:
    stage.company.delete(ordered(stage))
    refreshes.ask(stage.database, 1, ike(stage), ["purchase_orders"])
    stage.run()
    assert [one.item.name for one in exceptions.standing(stage.database, 1)] == ["SC-014"]
    unlink(stage, "SC-014")
    stage.run()
    assert stage.states()["SC-014"] == "draft"
    assert exceptions.standing(stage.database, 1) == []
