"""What makes a list pleasant: live rows, accept these too, columns of one's own, and words for every state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.db.models import Item
from app.services import connections, people
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look, press
from tests.admin.scenes import IRONLINE, waiting_for_its_vendor
from tests.support import Stage

Visit = Callable[[str], Visitor]
LIVE = {"HX-Request": "true", "HX-Target": "rows"}


def sent(stage: Stage, *numbers: str) -> list[int]:
    stage.receive(*(records.commitment(number, 700 + place) for place, number in enumerate(numbers)))
    stage.send()
    return stage.ids(numbers)


@pytest.mark.requirement("UI-01")
def test_the_live_part_is_empty_until_anything_changed(visit: Visit, stage: Stage) -> None:
    sent(stage, "SC-1", "SC-2")
    ana = visit("ana")
    [mark] = look(ana, "/items/commitment").find("//input[@id='mark']/@value")
    path = f"/items/commitment?mark={mark}"
    assert ana.get(path, headers=LIVE).status_code == 204
    stage.accept("SC-1")
    changed = ana.get(path, headers=LIVE)
    assert changed.status_code == 200
    assert "SC-1<" not in changed.get_data(as_text=True)
    [fresh] = Page(changed).find("//input[@id='mark']/@value")
    assert fresh != mark


def test_a_queued_row_says_its_place_in_line(visit: Visit, stage: Stage) -> None:
    stage.approve(records.company("Alpine Doors", 62), records.company("Summit Paving", 63))
    page = look(visit("ana"), "/items/company?tab=queued")
    assert "1 in line" in page.said(stage.item("Alpine Doors").id)
    assert "2 in line" in page.said(stage.item("Summit Paving").id)


@pytest.mark.requirement("ACC-18")
def test_the_list_of_what_it_waits_for_leaves_the_vendor_unticked(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE))
    stage.send()
    ana, order, vendor = visit("ana"), stage.item("SC-014").id, stage.item("Ironline Steel").id
    page = press(ana, "commitment", "accept_too", item=str(order))
    assert page.path == f"/items/commitment/together?item={order}"
    assert page.find("//input[@name='item']/@value") == [str(vendor), str(order)]
    assert page.find("//input[@name='item' and @checked]/@value") == [str(order)]
    assert "Vendor Name" in page.text
    done = Page(ana.post("/items/commitment/together", item=[str(vendor), str(order)]))
    assert "Ironline Steel, SC-014 accepted." in done.told[0]
    assert stage.item("Ironline Steel").state == "queued"


def test_a_waiting_row_leads_to_what_it_waits_for(visit: Visit, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    order = stage.item("SC-014").id
    page = look(visit("ana"), "/items/commitment?tab=accepted")
    [further] = [one for one in page.row(order).xpath(".//a/@href") if "together" in one]
    assert "Ironline Steel" in look(visit("ana"), further).text
    assert not [
        one
        for one in look(visit("pat"), "/items/commitment?tab=accepted").row(order).xpath(".//a/@href")
        if "together" in one
    ]


@pytest.mark.requirement("ACC-18")
def test_accepting_many_leaves_out_those_with_a_remark_and_says_so(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment("SC-1", 701), records.commitment("SC-2", 702), records.company("Alpine Doors", 62))
    stage.send("SC-1")
    ids = stage.ids(["SC-1", "SC-2"])
    with stage.database.writing() as session:  # what Ana sent herself, a rule warns her of
        session.get_one(Item, ids[0]).sent_by = "Ana"
    stage.send("SC-2")
    page = press(visit("ana"), "commitment", "accept", item=[str(one) for one in ids])
    assert "1 has a remark, look at it by itself: SC-1." in page.told
    assert [stage.item(name).state for name in ("SC-1", "SC-2")] == ["sent", "queued"]
    assert page.find("//input[@name='item' and @checked]/@value") == [str(ids[0])]


def test_what_changed_meanwhile_stays_ticked_and_is_told(visit: Visit, stage: Stage) -> None:
    ids = sent(stage, "SC-1", "SC-2", "SC-3")
    seen = {f"version:{one}": "1" for one in ids} | {f"version:{ids[2]}": "0"}
    page = press(visit("ana"), "commitment", "accept", item=[str(one) for one in ids], **seen)
    assert page.told[0].startswith("2 of 3: SC-1, SC-2 accepted.")
    assert "1 changed while you looked, look at it again: SC-3." in page.told
    assert page.find("//input[@name='item' and @checked]/@value") == [str(ids[2])]


def test_columns_are_kept_for_one_person(visit: Visit, stage: Stage) -> None:
    sent(stage, "SC-1")
    ana = visit("ana")
    ana.post("/preferences/columns/commitment", column=["project", "sent_by"])
    assert look(ana, "/items/commitment").find("//thead//th/text()")[1:3] == ["Project", "Sent by"]
    assert "Riverside Tower" in look(ana, "/items/commitment").said(stage.item("SC-1").id)
    assert "Title" in look(visit("ike"), "/items/commitment").find("//thead//th/text()")


def test_nobody_is_led_to_another_site_by_the_columns(visit: Visit) -> None:
    answer = visit("ana").post("/preferences/columns/commitment", next="https://example.com/")
    assert answer.request.path == "/items/commitment"


def test_single_keys_can_be_turned_off_for_oneself(visit: Visit) -> None:
    ana = visit("ana")
    ana.post("/preferences/keys", keys="off")
    assert look(ana, "/items/commitment").find("//body/@data-keys") == ["off"]
    assert look(visit("ike"), "/items/commitment").find("//body/@data-keys") == ["on"]


def test_an_empty_list_says_who_accepted_last_and_when_the_next_session_is(visit: Visit, stage: Stage) -> None:
    stage.approve(records.company("Alpine Doors", 62))
    ana = visit("ana")
    said = look(ana, "/items/commitment").text
    assert "Last item accepted today" in said
    assert "by you." in said
    assert "Next session about today" in said


def test_before_anything_came_a_list_says_how_to_begin(visit: Visit, stage: Stage) -> None:
    version = connections.get(stage.database, stage.connection_id).rules_version
    other = connections.add(stage.database, "Other", "2", rules_version=version, actor="test")
    people.add_user(stage.database, "new", "Nell", "open sesame", actor="test")
    people.give_role(stage.database, "new", other.id, "approver", actor="test")
    assert "Three steps to begin" in look(visit("new"), "/items/commitment").text


def test_a_change_order_names_its_commitment_in_the_list(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment(), records.change_order("001", 900), records.change_order("002", 901))
    stage.send()
    page = look(visit("ana"), "/items/commitment_change_order")
    assert "on SC-014" in page.said(stage.item("CO 001").id)


def test_the_order_and_the_project_travel_with_the_pages_and_the_csv(visit: Visit, stage: Stage) -> None:
    stage.receive(*(records.commitment(f"SC-{n}", n) for n in range(1000, 1060)))
    ana = visit("ana")
    first = look(ana, "/items/commitment?tab=draft&sort=name&project=86")
    [further] = first.find("//a[@rel='next']/@href")
    second = look(ana, further)
    assert "sort=name" in further
    assert "project=86" in further
    assert len(second.find("//tr[@data-id]")) == 10
    [back] = second.find("//a[@rel='prev']/@href")
    assert look(ana, back).find("//tr[@data-id]/@data-id") == first.find("//tr[@data-id]/@data-id")
    [csv] = second.find("//a[starts-with(normalize-space(), 'CSV')]/@href")
    assert len(ana.get(csv).get_data(as_text=True).strip().splitlines()) == 61
