"""The page of one item: its timeline, the request it would become, three sides beside each other, unlinking."""

from __future__ import annotations

import pytest
from sqlalchemy import update

from app.db.models import Request
from tests import records
from tests.admin.conftest import Visit
from tests.admin.reading import look
from tests.admin.scenes import refused_by_quickbooks, waiting_for_its_vendor, without_an_answer
from tests.support import Stage


def address(stage: Stage, name: str) -> str:
    item = stage.item(name)
    return f"/items/{item.kind}/{item.id}"


def test_the_request_is_drawn_with_words_for_what_is_not_known_and_only_by_right(stage: Stage, visit: Visit) -> None:
    waiting_for_its_vendor(stage)
    [body] = look(visit("ana"), address(stage, "SC-014")).find("//pre[@aria-label='The request in qbXML']/text()")
    assert "<PurchaseOrderAddRq" in body
    assert "[id of Ironline Steel]" in body
    assert look(visit("pat"), address(stage, "SC-014")).find("//pre") == []


def test_requests_and_replies_are_for_those_who_decide_or_audit(stage: Stage, visit: Visit) -> None:
    refused_by_quickbooks(stage)
    shown = {
        login: "<PurchaseOrderAddRs" in look(visit(login), address(stage, "SC-014")).source.replace("&lt;", "<")
        for login in ("ana", "ike", "aud", "pat")
    }
    assert shown == {"ana": True, "ike": True, "aud": True, "pat": False}


def test_the_timeline_tells_decisions_moves_and_sessions_and_can_be_filtered(stage: Stage, visit: Visit) -> None:
    refused_by_quickbooks(stage)
    ana = visit("ana")
    whole = look(ana, address(stage, "SC-014")).find("//section[@id='timeline']/ol/li/@class")
    assert {"t-is-decision", "t-is-move", "t-is-notice", "t-is-session"} <= {str(one) for one in whole}
    part = look(ana, address(stage, "SC-014") + "?show=decision").find("//section[@id='timeline']/ol/li")
    words = [" ".join(row.text_content().split()) for row in part]
    assert [one.split(" by ")[0] for one in words] == ["Accepted", "Sent to accounting"]
    assert "To decide → Waiting" in words[0]


def test_only_what_differs_between_the_three_sides_is_marked(stage: Stage, visit: Visit) -> None:
    stage.approve(records.company("Ironline Steel", 62, business_phone="206-555-0100"))
    stage.run()
    page = look(visit("ana"), address(stage, "Ironline Steel"))
    assert "All three agree. QuickBooks as of" in page.text
    assert page.find("//mark") == []
    stage.receive(records.company("Ironline Steel", 62, business_phone="206-555-0199"))
    page = look(visit("ana"), address(stage, "Ironline Steel"))
    assert [mark.text_content() for mark in page.find("//mark")] == ["206-555-0199 (differs)"]


def test_an_item_in_doubt_is_calm_and_leads_to_nothing_to_do(stage: Stage, visit: Visit) -> None:
    without_an_answer(stage)
    page = look(visit("ana"), address(stage, "Ironline Steel"))
    [calm] = page.find("//div[@class='t-calm']")
    assert "nothing is sent twice" in calm.text_content()


def test_status_3171_says_that_the_books_are_closed(stage: Stage, visit: Visit) -> None:
    refused_by_quickbooks(stage)
    with stage.database.writing() as session:
        session.execute(update(Request).where(Request.outcome == "missing").values(status=3171))
    [said] = look(visit("ana"), address(stage, "SC-014")).find("//section[contains(@class, 't-problem')]")
    assert "The books are closed on the day it is dated." in said.text_content()


def test_unlinking_is_told_step_by_step(stage: Stage, visit: Visit) -> None:
    stage.approve(
        records.company("Ironline Steel", 62), records.commitment(vendor={"id": 62, "company": "Ironline Steel"})
    )
    stage.run()
    stage.run()
    ana = visit("ana")
    free = look(ana, address(stage, "Ironline Steel")).find("//ol[@class='t-steps']/li")
    assert "SC-014" in free[0].text_content()
    assert [step.get("class") for step in free] == ["t-now", "", ""]
    steps = look(ana, address(stage, "SC-014")).find("//ol[@class='t-steps']/li")
    assert [step.get("class") for step in steps] == ["t-done", "t-now", "t-now", ""]
    assert "Purchase Orders and delete it" in " ".join(steps[1].text_content().split())


@pytest.mark.requirement("UI-01")
def test_it_draws_what_it_needs_and_what_waits_for_it(stage: Stage, visit: Visit) -> None:
    waiting_for_its_vendor(stage)
    graph = look(visit("ana"), address(stage, "SC-014")).find("//ul[@class='t-graph']/li[@class='t-from']//a/text()")
    assert "Ironline Steel" in graph
    graph = look(visit("ana"), address(stage, "Ironline Steel")).find(
        "//ul[@class='t-graph']/li[@class='t-to']//a/text()"
    )
    assert graph == ["SC-014"]
