"""What the buttons do, and what they must never do."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.tags import Tag
from app.services.audit import Filter, lines
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look, press
from tests.admin.scenes import IRONLINE, LONG, refused_by_quickbooks, with_a_long_number, without_an_answer
from tests.support import Stage

Visit = Callable[[str], Visitor]
TOO_LONG = "A name far too long for QuickBooks to keep as it is"


def sent(stage: Stage, *names: str) -> list[int]:
    """Companies of these names wait for a decision."""
    stage.receive(*(records.company(name, 700 + place) for place, name in enumerate(names)))
    stage.send()
    return [stage.item(name).id for name in names]


@pytest.mark.parametrize("tab", ["sent", "accepted", "failed"])
def test_the_enter_key_alone_decides_nothing(visit: Visit, stage: Stage, tab: str) -> None:
    if tab == "failed":
        refused_by_quickbooks(stage)
    else:
        stage.receive(records.commitment(vendor={"id": 62, "company": "Ironline Steel"}))
        stage.send()
    if tab == "accepted":
        stage.accept("SC-014")
    ana, before = visit("ana"), stage.states()
    page = look(ana, f"/items/commitment?tab={tab}")
    [form] = page.find("//form[@method='post' and .//tbody]")
    first = form.xpath(".//button")[0]  # the one a browser presses for Enter
    ends = press(ana, "commitment", first.get("value"), item=str(stage.item("SC-014").id), back_tab=tab)
    assert stage.states() == before
    assert "decides nothing" in ends.told[0]


def test_the_enter_key_on_an_items_page_decides_nothing(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    page = look(visit("ana"), f"/items/commitment/{item_id}")
    [form] = page.find("//form[.//input[@name='from_item']]")
    assert form.xpath(".//button")[0].get("value") == ""


def test_what_was_typed_and_ticked_is_still_there_after_a_refusal(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    form = {f"number:{item_id}": "PO-2313", f"message:{item_id}": "x" * 100, "item": str(item_id)}
    page = press(visit("ana"), "commitment", "accept", **form)
    assert stage.item(LONG).state == "sent"
    assert page.status == 422
    row = page.row(item_id)
    assert row.xpath(f".//input[@name='number:{item_id}']/@value") == ["PO-2313"]
    assert row.xpath(".//input[@name='item' and @checked]")


def test_a_page_shown_again_leads_only_to_pages_that_can_be_opened(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    ana = visit("ana")
    page = press(ana, "commitment", f"accept:{item_id}", back_tab="sent", back_q="PO")
    [live] = page.find("//tbody/@hx-get")
    theme = page.find("//input[@name='next']/@value")
    for address in {live, *theme, *page.find("//form[@method='get']/@action")}:
        assert look(ana, address).status == 200, address
    assert "q=PO" in live


def test_a_refused_accept_on_the_items_page_stays_on_it(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    page = press(visit("ana"), "commitment", f"accept:{item_id}", from_item=str(item_id))
    assert page.find("//h1")[0].text_content().startswith(LONG)
    assert "14 characters" in page.told[0]


def test_it_counts_what_was_done_and_names_what_was_not(visit: Visit, stage: Stage) -> None:
    ids = sent(stage, "Summit Paving", "Alpine Doors", TOO_LONG)
    page = press(visit("ana"), "company", "accept", item=[str(one) for one in ids])
    assert page.told[0] == "2 of 3: Summit Paving, Alpine Doors accepted. 2 queued for QuickBooks. 1 left."
    assert page.told[1].startswith(f"{TOO_LONG}: ")
    assert [stage.item(name).state for name in ("Summit Paving", TOO_LONG)] == ["queued", "sent"]


def test_values_typed_beside_ticked_rows_travel_with_them(visit: Visit, stage: Stage) -> None:
    [one] = sent(stage, TOO_LONG)
    press(visit("ana"), "company", "accept", **{"item": str(one), f"quickbooks_name:{one}": "A shorter name"})
    assert stage.item(TOO_LONG).state == "queued"
    assert stage.item(TOO_LONG).inputs["quickbooks_name"] == "A shorter name"


def test_a_field_that_was_emptied_is_empty(visit: Visit, stage: Stage) -> None:
    [one] = sent(stage, "Summit Paving")
    ana = visit("ana")
    press(ana, "company", f"accept:{one}", **{f"quickbooks_name:{one}": "Summit"})
    stage.act("take_back", "Summit Paving", reason="another name")
    press(ana, "company", f"accept:{one}", **{f"quickbooks_name:{one}": ""})
    preview = look(ana, f"/items/company/{one}").find("//dt[.='Vendor Name']/following-sibling::dd[1]/text()")
    assert preview == ["Summit Paving"]


@pytest.mark.requirement("OVR-03")
def test_what_became_of_an_action_is_where_the_keyboard_goes_on(visit: Visit, stage: Stage) -> None:
    [item_id] = sent(stage, "Summit Paving")
    ana = visit("ana")
    assert look(ana, "/items/company").find("//*[@role='status' and (@autofocus or @tabindex)]") == []
    page = Page(ana.post("/items/company/act", act=f"accept:{item_id}", follow_redirects=True))
    [told] = page.find("//*[@role='status']")
    assert told.get("autofocus") is not None
    assert told.get("tabindex") == "-1"
    assert "Summit Paving accepted. 1 queued for QuickBooks. None left here." in page.told


def test_what_was_accepted_and_must_wait_says_where_it_is(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE))
    stage.send()
    item_id = stage.item("SC-014").id
    page = Page(visit("ana").post("/items/commitment/act", act=f"accept:{item_id}", follow_redirects=True))
    assert "SC-014 accepted. 1 under Waiting until what it needs is in QuickBooks. None left here." in page.told


def test_a_rejection_without_a_reason_leaves_its_field_open(visit: Visit, stage: Stage) -> None:
    _, second = sent(stage, "Summit Paving", "Cedar Hauling")
    page = press(visit("ana"), "company", f"reject:{second}")
    assert page.status == 422
    opened = page.find("//details[@data-act='reject' and @open]//input/@name")
    assert opened == [f"reason:{second}"]


def test_an_accept_can_be_undone_where_it_is_told(visit: Visit, stage: Stage) -> None:
    ids = sent(stage, "Summit Paving", "Alpine Doors")
    ana = visit("ana")
    page = press(ana, "company", "accept", item=[str(one) for one in ids])
    [undo] = page.find("//form[.//button[@value='take_back']]")
    fields = {name: undo.xpath(f".//input[@name='{name}']/@value") for name in ("item", "reason", "csrf")}
    Page(ana.post(undo.get("action"), act="take_back", item=fields["item"], reason=fields["reason"][0]))
    assert {stage.item(name).state for name in ("Summit Paving", "Alpine Doors")} == {"sent"}


def test_nothing_out_can_be_taken_back(visit: Visit, stage: Stage) -> None:
    item_id = without_an_answer(stage)
    page = press(visit("ana"), "company", f"take_back:{item_id}", **{f"reason:{item_id}": "too late"})
    assert "is on its way" in page.told[0]
    assert stage.item("Ironline Steel").state == "queued"


def test_a_rejection_without_a_reason_says_so_and_changes_nothing(visit: Visit, stage: Stage) -> None:
    [one] = sent(stage, "Summit Paving")
    page = press(visit("ana"), "company", f"reject:{one}", **{f"reason:{one}": "  "})
    assert page.told == ["A rejection needs a reason. Say what the project team should change."]
    assert stage.item("Summit Paving").state == "sent"


def test_a_failed_item_tries_again_on_request(visit: Visit, stage: Stage) -> None:
    item_id = refused_by_quickbooks(stage)
    page = press(visit("ana"), "commitment", f"retry:{item_id}")
    assert page.told[0].startswith("SC-014 put back in line.")
    assert stage.item("SC-014").state == "queued"


def test_the_sender_sends_and_retrieves(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    item_id, pat = stage.item("SC-014").id, visit("pat")
    press(pat, "commitment", f"send:{item_id}")
    assert stage.item("SC-014").state == "sent"
    press(pat, "commitment", f"retrieve:{item_id}")
    assert stage.item("SC-014").state == "draft"


def test_a_change_in_procore_is_shown_and_taken_on_purpose(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    stage.receive(records.commitment(title="Foundations and piles"))
    item_id, ana = stage.item("SC-014").id, visit("ana")
    refused = press(ana, "commitment", f"accept:{item_id}")
    assert "was changed in Procore after it was sent" in refused.told[0]
    page = look(ana, f"/items/commitment/{item_id}")
    changed = [" ".join(one.text_content().split()) for one in page.find("//ul[@class='t-changes']/li")]
    assert changed == ["Title Foundations → became Foundations and piles"]
    taken = Page(ana.post(f"/items/commitment/{item_id}/newer"))
    assert "Foundations and piles" in taken.text
    press(ana, "commitment", f"accept:{item_id}")
    assert stage.item("SC-014").state == "queued"


@pytest.mark.parametrize("button", ["accept:1", "accept:²", "accept:" + "9" * 30, "approve:1", "accept:", ":"])
def test_a_button_nobody_made_does_nothing(visit: Visit, stage: Stage, button: str) -> None:
    before = stage.states()
    assert press(visit("ana"), "company", button).status in {404, 422}
    assert stage.states() == before


@pytest.mark.parametrize("path", ["/items/company/" + "9" * 30, "/items/company?after=" + "9" * 30, "/audit/?before=²"])
def test_a_number_beyond_all_counting_breaks_nothing(visit: Visit, path: str) -> None:
    assert look(visit("ana"), path).status in {200, 404}


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize(("login", "path"), [("ana", "/connection/pause"), ("pat", "/connection/refresh")])
def test_who_may_not_is_told_who_may_and_it_is_on_the_trail(visit: Visit, stage: Stage, login: str, path: str) -> None:
    page = Page(visit(login).post(path, paused="yes"))
    assert page.status == 403
    assert "implementation specialist" in page.text
    refused = [row["actor"] for row in lines(stage.database, Filter(tag=Tag.REFUSED.value))]
    assert refused == [login.title()]
    assert not stage.connection.paused
