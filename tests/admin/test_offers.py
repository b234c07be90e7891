"""The lists of what QuickBooks offers, and the Unlink button, as a person without JavaScript uses them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.core.tags import Tag
from app.db.models import Errand, StagedRecord
from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look, press
from tests.importing import office, read_lists, shown, vendor
from tests.support import Stage

Visit = Callable[[str], Visitor]


def act(visitor: Visitor, button: str, kind: str = "company", **form: str) -> Page:
    return Page(visitor.post(f"/to-import/{kind}/act", act=button, **form))


@pytest.mark.requirement("CMP-01")
def test_a_row_offers_all_that_can_be_done_and_who_it_may_be(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Granite Works, Inc.", 77))
    one = vendor(stage, "Granite Works", Phone="253-555-0100")
    found = look(visit("ike"), "/to-import/company")
    assert "253-555-0100" in found.said(one)
    assert "Granite Works, Inc. (100 % alike)" in found.said(one)
    buttons = {str(name) for name in found.row(one).xpath(".//button[not(@disabled)]/@value")}
    item = stage.item("Granite Works, Inc.").id
    assert buttons == {f"link:{one}:{item}", f"add:{one}", f"link:{one}", f"archive:{one}"}


@pytest.mark.requirement("WFL-03", "CMP-02")
def test_add_shows_what_becomes_of_it(visit: Visit, stage: Stage) -> None:
    one = vendor(stage, "Granite Works")
    ike = visit("ike")
    assert "Granite Works asked for" in act(ike, f"add:{one}").told[0]
    assert "Being added" in look(ike, "/to-import/company").said(one)
    with office(stage) as place:
        place.work()
    found = look(ike, "/to-import/company?tab=imported")
    assert "Granite Works" in found.said(one)
    assert found.row(one).xpath(f".//a/@href[contains(., '/items/company/{stage.item('Granite Works').id}')]")


@pytest.mark.parametrize("typed", ["", "by a button"])
def test_link_by_button_or_by_typing_a_name(visit: Visit, stage: Stage, typed: str) -> None:
    stage.receive(records.company("Pit Ltd", 77))
    one = vendor(stage, "Granite Works")
    ike, item = visit("ike"), stage.item("Pit Ltd").id
    if typed:
        act(ike, f"link:{one}:{item}")
    else:
        act(ike, f"link:{one}", **{f"with:{one}": " pit ltd "})
    assert stage.item("Pit Ltd").state == "synced"
    assert one in [row.id for row in stage.rows(StagedRecord, state="linked")]


def test_a_name_nobody_has_is_told_and_the_typed_text_is_kept(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Pit Ltd", 77))
    one = vendor(stage, "Granite Works")
    found = act(visit("ike"), f"link:{one}", **{f"with:{one}": "Pitt"})
    assert found.status == 404
    assert found.told[0].startswith("Procore has no company named Pitt.")
    assert found.row(one).xpath(".//input[@list]/@value") == ["Pitt"]


@pytest.mark.requirement("CMP-10")
def test_a_company_that_is_a_vendor_already_leads_to_that_vendor_and_its_match(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Granite Works", 77))
    one = vendor(stage, "GRANITE works")
    stage.send("Granite Works")
    [refused] = stage.accept("Granite Works").refused
    assert "QuickBooks already has the vendor GRANITE works" in str(refused.problem)
    ike = visit("ike")
    [address] = look(ike, "/items/company").row(stage.item("Granite Works").id).xpath(".//a[@class='t-btn mt-1']/@href")
    found = look(ike, address)
    assert [row.get("data-id") for row in found.find("//tr[@data-id]")] == [str(one)]
    assert "Granite Works (same name)" in found.said(one)


@pytest.mark.requirement("CMP-11")
def test_the_tick_lists_the_exact_matches_and_link_all_links_them(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("ALPHA", 101), records.company("bravo", 102))
    for name in ("Alpha", "Bravo", "Charlie"):
        stage.company.add_vendor(name)
    read_lists(stage)
    ike = visit("ike")
    assert "Link all" not in look(ike, "/to-import/company").text
    found = look(ike, "/to-import/company?suggested=yes")
    assert [row.get("data-id") for row in found.find("//tr[@data-id]")] == [
        str(n) for n in shown(stage, "Alpha", "Bravo")
    ]
    act(ike, "link_all", back_suggested="yes")
    assert [stage.item(name).state for name in ("ALPHA", "bravo")] == ["synced", "synced"]


@pytest.mark.requirement("PRM-30", "PRM-20")
def test_what_a_person_may_not_is_shown_disabled_with_the_reason(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Granite Works", 77))
    one = vendor(stage, "Granite Works")
    pat = visit("pat")
    found = look(pat, "/to-import/company")
    item = stage.item("Granite Works").id
    [button] = found.row(one).xpath(f".//button[@value='link:{one}:{item}']")
    assert button.get("disabled") is not None
    assert "Admin" in button.get("title")
    assert found.find(f"//*[@id='{button.get('aria-describedby')}']")
    refused = act(pat, f"link:{one}:{item}")
    assert refused.status == 403
    assert stage.item("Granite Works").state == "draft"


@pytest.mark.requirement("PRJ-08", "PRJ-09")
def test_crafted_requests_are_answered_422_with_the_sentence(visit: Visit, stage: Stage) -> None:
    job = stage.company.add_customer("Library", parent=stage.company.add_customer("City"))
    stage.company.add_customer("Annex", parent=job)
    stage.receive(records.project("City", 99))
    read_lists(stage)
    [city, third] = shown(stage, "City", "City:Library:Annex")
    ike = visit("ike")
    found = look(ike, "/to-import/project")
    assert "tier 3" in found.said(third)
    assert found.row(third).xpath(f".//button[@value='add:{third}']/@disabled")
    for button, words in ((f"add:{third}", "tier 3"), (f"link:{city}:{stage.item('City').id}", "cannot be linked")):
        answer = act(ike, button, "project")
        assert answer.status == 422
        assert words in " ".join(answer.told)
    assert stage.rows(Errand) == []
    assert len(stage.events(Tag.REFUSED)) == 2


@pytest.mark.requirement("PRM-22", "PRM-47")
def test_archive_and_restore(visit: Visit, stage: Stage) -> None:
    one, two = vendor(stage, "Granite Works"), vendor(stage, "Pit")
    ike = visit("ike")
    ike.post("/to-import/company/act", act="archive", item=str(one))
    assert look(ike, "/to-import/company").find(f"//tr[@data-id='{one}']") == []
    assert look(ike, "/to-import/company?tab=archived").said(one).startswith("Granite Works")
    assert look(visit("aud"), "/to-import/company?tab=archived").status == 403
    act(ike, f"restore:{one}", back_tab="archived")
    assert {row.state for row in stage.rows(StagedRecord) if row.id in {one, two}} == {"staged"}


@pytest.mark.requirement("CFG-19")
@pytest.mark.parametrize(("kind", "source"), [("company", "vendors"), ("project", "customers"), ("cost_code", "items")])
def test_refresh_is_queued_once_and_says_so(visit: Visit, stage: Stage, kind: str, source: str) -> None:
    ike = visit("ike")
    asked = len(stage.events(Tag.REFRESH_ASKED))
    for _ in range(2):
        found = Page(ike.post(f"/to-import/{kind}/refresh"))
        assert "Queued, runs at next session" in found.text
    assert [event["refreshes"] for event in stage.events(Tag.REFRESH_ASKED)[asked:]] == [[source]]
    stage.run()
    assert "Queued, runs at next session" not in look(ike, f"/to-import/{kind}").text


def test_nothing_happens_without_a_token_a_tick_or_a_button(visit: Visit, stage: Stage) -> None:
    one = vendor(stage, "Granite Works")
    ike = visit("ike")
    assert ike.post("/to-import/company/act", "wrong", act=f"archive:{one}").status_code == 403
    for button, words in (("archive", "Nothing was ticked"), ("", "The Enter key alone"), ("nonsense", "Enter key")):
        found = act(ike, button)
        assert found.status == 422
        assert words in " ".join(found.told)
    assert look(ike, "/to-import/nonsense").status == 404
    assert act(ike, "archive:999999").status == 404
    assert stage.rows(StagedRecord, id=one)[0].state == "staged"


def test_the_live_part_is_rows_and_tabs_alone(visit: Visit, stage: Stage) -> None:
    vendor(stage, "Granite Works")
    found = look(visit("ike"), "/to-import/company", headers={"HX-Target": "rows"})
    assert "<html" not in found.source
    assert "Granite Works" in found.text
    assert found.find("//nav[@id='tabs']/@hx-swap-oob") == ["true"]


def test_every_page_is_whole(visit: Visit, stage: Stage) -> None:
    vendor(stage, "Granite Works")
    ike = visit("ike")
    for kind in ("company", "project", "cost_code"):
        for tab in ("staged", "linked", "imported", "archived"):
            found = look(ike, f"/to-import/{kind}?tab={tab}")
            assert found.status == 200
            for field in found.find("//input[not(@type='hidden')] | //select"):
                assert field.get("aria-label") or field.xpath("ancestor::label"), (kind, tab, field.get("name"))
            ids = [str(one) for one in found.find("//@id")]
            assert len(ids) == len(set(ids)), (kind, tab)
            assert all(form.xpath(".//input[@name='csrf']") for form in found.find("//form[@method='post']"))
    assert look(ike, "/to-import/").path == "/to-import/project"


@pytest.mark.requirement("STM-05")
def test_the_unlink_button_and_its_answer(visit: Visit, stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    item = stage.item("SC-014").id
    ana = visit("ana")
    asked = press(ana, "commitment", f"unlink:{item}", from_item=str(item))
    assert "the next Web Connector session looks" in asked.told[0]
    stage.run()
    found = look(ana, f"/items/commitment/{item}")
    assert "SC-014 was not unlinked: it is still in QuickBooks. Delete it there first" in found.text
    stage.company.delete(str(stage.orders()["SC-014"]["TxnID"]))
    press(ana, "commitment", f"unlink:{item}", from_item=str(item))
    stage.run()
    assert "Draft" in look(ana, f"/items/commitment/{item}").text
    assert look(visit("aud"), f"/items/commitment/{item}").find("//button[@data-act='unlink'][not(@disabled)]") == []


@pytest.mark.requirement("ACC-12")
def test_an_unlink_that_is_refused_names_what_hangs_on_it(visit: Visit, stage: Stage) -> None:
    stage.approve(records.commitment())
    stage.must_settle()
    item = stage.item("Delta Concrete").id
    found = press(visit("ana"), "company", f"unlink:{item}", from_item=str(item))
    assert found.status == 422
    assert "SC-014 in QuickBooks hangs on it" in found.told[0]
