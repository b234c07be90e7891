"""What people do in QuickBooks while we write: edit, delete, rename, open; each is kept, named and never written over."""

from __future__ import annotations

import pytest

from app.core.tags import Tag
from tests import records
from tests.support import Stage

CHANGE_1 = records.change_order("001", 391)
CHANGE_2 = records.change_order("002", 392, lines=[records.line("30.00", 32)])


def _order(stage: Stage) -> dict:
    return stage.orders()["SC-014"]


def _amounts(stage: Stage) -> list[str]:
    return [line.get("Amount", "") for line in _order(stage)["PurchaseOrderLineRet"]]


@pytest.fixture
def synced(stage: Stage) -> Stage:
    """SC-014 is a purchase order in QuickBooks."""
    stage.approve(records.commitment())
    stage.must_settle()
    return stage


def _say(stage: Stage, name: str) -> str:
    item = stage.item(name)
    return f"{item.problem} {item.remedy}"


@pytest.mark.requirement("CMP-10")
def test_a_name_taken_meanwhile_is_held_for_a_person(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    stage.company.add_customer("Ironline Steel")
    stage.run()
    assert stage.states()["Ironline Steel"] == "sent"
    assert "already has a customer named Ironline Steel" in _say(stage, "Ironline Steel")
    assert [one.rule for one in stage.findings("Ironline Steel")] == ["company-name-free"]
    [outcome] = stage.accept("Ironline Steel", quickbooks_name="Ironline Steel (V)").each
    assert outcome.ok
    assert stage.run().outcome == "done"
    assert stage.states()["Ironline Steel"] == "synced"
    assert stage.company.name_holder("Ironline Steel (V)")["type"] == "Vendor"
    stage.must_be_sound()


def test_an_inactive_vendor_of_the_name_is_named_as_such(stage: Stage) -> None:
    stage.approve(records.company("Ironline Steel", 62))
    stage.company.make_inactive(stage.company.add_vendor("Ironline Steel"))
    stage.run()
    assert "a vendor named Ironline Steel (inactive)" in _say(stage, "Ironline Steel")


def test_an_item_of_the_name_made_meanwhile_is_held_for_a_person(stage: Stage) -> None:
    stage.approve(records.cost_code("05-120", 33))
    accounts = {one["Name"]: one["ListID"] for one in stage.company.records("Account")}
    stage.company.add_service_item("05-120", income=accounts["Construction Income"], expense=accounts["Job Costs"])
    stage.run()
    assert stage.states()["05-120"] == "sent"
    assert "already has an item named 05-120" in _say(stage, "05-120")


def test_an_order_edited_before_a_change_order_keeps_the_edit(synced: Stage) -> None:
    synced.company.edit_purchase_order_line(_order(synced)["TxnID"], 1, Amount="512.00", Desc="Edited by Joe")
    synced.approve(CHANGE_1)
    synced.must_settle()
    lines = _order(synced)["PurchaseOrderLineRet"]
    assert (lines[1]["Amount"], lines[1]["Desc"]) == ("512.00", "Edited by Joe")
    assert _amounts(synced) == ["", "512.00", "250.25", "", "75.00"]


def test_an_order_edited_between_two_change_orders_of_one_session_keeps_the_edit(synced: Stage) -> None:
    synced.approve(CHANGE_1, CHANGE_2)
    connector = synced.by_hand()
    first = connector.begin_until("PurchaseOrderModRq")
    connector.post(synced.company.process(first))
    synced.company.edit_purchase_order_line(_order(synced)["TxnID"], 1, Amount="512.00")
    synced.must_settle()
    assert _amounts(synced) == ["", "512.00", "250.25", "", "75.00", "", "30.00"]


def test_a_stale_edit_sequence_is_read_again_and_goes_through(synced: Stage) -> None:
    """3200: the order was edited between our read and our change; its lines are as we knew them."""
    synced.approve(CHANGE_1)
    connector = synced.by_hand()
    request = connector.begin_until("PurchaseOrderModRq")
    synced.company.edit(_order(synced)["TxnID"], FOB="Site")
    connector.post(synced.company.process(request))
    assert "PurchaseOrderQueryRq" in connector.send()
    synced.must_settle()
    assert _order(synced)["FOB"] == "Site"


def test_an_order_that_keeps_changing_is_not_chased_for_ever(synced: Stage) -> None:
    synced.approve(CHANGE_1)
    connector = synced.by_hand()
    connector.authenticate()
    tries = 0
    while request := connector.send():
        if "PurchaseOrderModRq" in request:
            tries += 1
            synced.company.edit(_order(synced)["TxnID"], FOB=f"Site {tries}")
        if not 0 <= connector.post(synced.company.process(request)) < 100:
            break
    assert tries == 3
    assert synced.states()["CO 001"] == "failed"
    assert "kept changing" in _say(synced, "CO 001")
    connector.close()
    assert synced.act("retry", "CO 001").done
    synced.must_settle()


def test_lines_added_while_a_change_order_was_in_doubt_are_shown_to_a_person(synced: Stage) -> None:
    synced.approve(CHANGE_1)
    connector = synced.by_hand()
    request = connector.begin_until("PurchaseOrderModRq")
    order = _order(synced)
    item = next(one["ListID"] for one in synced.company.records("ItemService"))
    _add_line(synced, order, item)
    connector.post(synced.company.process(request))
    connector.go_on_until_end()
    assert synced.states()["CO 001"] == "sent"
    assert "4 lines, 3 were expected" in _say(synced, "CO 001")
    assert synced.accept("CO 001").done
    connector.close()
    synced.must_settle()
    assert _amounts(synced) == ["", "500.00", "250.25", "9.00", "", "75.00"]


def _add_line(stage: Stage, order: dict, item: str) -> None:
    kept = "".join(
        f"<PurchaseOrderLineMod><TxnLineID>{line['TxnLineID']}</TxnLineID></PurchaseOrderLineMod>"
        for line in order["PurchaseOrderLineRet"]
    )
    answer = stage.company.process(
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        f"<PurchaseOrderModRq><PurchaseOrderMod><TxnID>{order['TxnID']}</TxnID>"
        f"<EditSequence>{order['EditSequence']}</EditSequence>{kept}"
        f"<PurchaseOrderLineMod><TxnLineID>-1</TxnLineID><ItemRef><ListID>{item}</ListID></ItemRef>"
        "<Quantity>1</Quantity><Amount>9.00</Amount></PurchaseOrderLineMod>"
        "</PurchaseOrderMod></PurchaseOrderModRq></QBXMLMsgsRq></QBXML>"
    )
    assert 'statusCode="0"' in answer, answer


def test_a_deleted_order_holds_its_change_order_in_words(synced: Stage) -> None:
    synced.company.delete(_order(synced)["TxnID"])
    synced.approve(CHANGE_1)
    synced.run()
    assert synced.states()["CO 001"] == "sent"
    assert "no longer in QuickBooks" in _say(synced, "CO 001")
    assert synced.company.records("PurchaseOrder") == []
    synced.must_be_sound()
    assert synced.run().outcome == "nothing"


def test_the_change_order_behind_one_that_was_held_is_decided_again(synced: Stage) -> None:
    synced.company.delete(_order(synced)["TxnID"])
    synced.approve(CHANGE_1, CHANGE_2)
    synced.run()
    synced.run()
    assert (synced.states()["CO 001"], synced.states()["CO 002"]) == ("sent", "sent")
    assert "no longer in QuickBooks" in _say(synced, "CO 002")


def test_an_order_deleted_in_the_very_session_fails_in_words(stage: Stage) -> None:
    """The binding is fresh, so no read comes before the change: QuickBooks says 3120."""
    stage.approve(records.commitment(), CHANGE_1)
    connector = stage.by_hand()
    request = connector.begin_until("PurchaseOrderModRq")
    stage.company.delete(_order(stage)["TxnID"])
    connector.post(stage.company.process(request))
    connector.go_on_until_end()
    assert stage.states()["CO 001"] in {"failed", "sent"}
    assert len(_say(stage, "CO 001")) > 40


def test_an_order_somebody_has_open_waits_for_the_next_session(synced: Stage) -> None:
    order = _order(synced)["TxnID"]
    synced.company.open_by_someone(order)
    synced.approve(CHANGE_1)
    assert synced.run().outcome == "done"
    assert synced.states()["CO 001"] == "queued"
    assert synced.run().outcome == "done"
    synced.company.open_by_someone(order, opened=False)
    synced.must_settle()
    assert synced.events(Tag.REFUSED) == []


def test_an_order_somebody_has_open_does_not_hold_up_others(synced: Stage) -> None:
    synced.company.open_by_someone(_order(synced)["TxnID"])
    synced.approve(CHANGE_1, records.commitment("SC-015", 311))
    synced.run()
    assert synced.states()["SC-015"] == "synced"


def test_an_amount_quickbooks_saved_otherwise_is_flagged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    process = type(stage.company).process

    def saves_otherwise(self: object, text: str) -> str:
        return str(process(self, text)).replace("<Amount>250.25</Amount>", "<Amount>250.26</Amount>")  # type: ignore[arg-type]

    monkeypatch.setattr(type(stage.company), "process", saves_otherwise)
    stage.approve(records.commitment())
    stage.run()
    assert stage.states()["SC-014"] == "synced"
    assert stage.item("SC-014").difference == "Line 2: QuickBooks saved 250.26, approved 250.25"
    [event] = stage.events(Tag.ITEM_DIFFERENCE)
    assert event["differences"] == ["Line 2: QuickBooks saved 250.26, approved 250.25"]


@pytest.mark.requirement("ACC-11")
@pytest.mark.parametrize("number", ["SC-014", "sc-014"])
def test_an_order_of_the_number_typed_by_hand_is_found_before_ours_is_written(stage: Stage, number: str) -> None:
    _type_order(stage, number)
    stage.approve(records.commitment())
    stage.run()
    assert stage.states()["SC-014"] == "sent"
    said = _say(stage, "SC-014")
    assert f"already has purchase order {number} in QuickBooks: 12,400.00, dated 2026-03-25" in said
    assert len(stage.company.records("PurchaseOrder")) == 1


def test_an_order_whose_number_only_begins_like_ours_is_no_duplicate(stage: Stage) -> None:
    _type_order(stage, "SC-0141")
    stage.approve(records.commitment())
    stage.run()
    assert stage.states()["SC-014"] == "synced"


def test_a_reason_sends_an_order_in_spite_of_its_double(stage: Stage) -> None:
    _type_order(stage, "SC-014")
    stage.approve(records.commitment())
    stage.run()
    assert stage.accept("SC-014", send_anyway="the other one is last year's").done
    stage.run()
    assert stage.states()["SC-014"] == "synced"
    assert len(stage.company.records("PurchaseOrder")) == 2


def _type_order(stage: Stage, number: str) -> None:
    vendor = stage.company.name_holder("Delta Concrete")["ListID"]
    item = next(one["ListID"] for one in stage.company.records("ItemService"))
    answer = stage.company.process(
        '<?xml version="1.0" encoding="utf-8"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError">'
        f"<PurchaseOrderAddRq><PurchaseOrderAdd><VendorRef><ListID>{vendor}</ListID></VendorRef>"
        f"<TxnDate>2026-03-25</TxnDate><RefNumber>{number}</RefNumber><PurchaseOrderLineAdd>"
        f"<ItemRef><ListID>{item}</ListID></ItemRef><Quantity>1</Quantity><Amount>12400.00</Amount>"
        "</PurchaseOrderLineAdd></PurchaseOrderAdd></PurchaseOrderAddRq></QBXMLMsgsRq></QBXML>"
    )
    assert 'statusCode="0"' in answer, answer
