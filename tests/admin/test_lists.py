"""The lists: the reason on every row that does not move, and everything needed to decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import look
from tests.admin.scenes import (
    IRONLINE,
    refused_by_quickbooks,
    waiting_for_its_vendor,
    with_a_long_number,
    without_an_answer,
)
from tests.support import Stage

Visit = Callable[[str], Visitor]

#: The list's own (tests/services/test_listing.py) and what every page carries: person, connection, health.
MOST_STATEMENTS = 24
ROWS = "//tr[@data-id]/@data-id"


@pytest.mark.requirement("UI-01", "CMT-02")
def test_a_waiting_row_names_its_blocker_with_a_link_and_the_rule(visit: Visit, stage: Stage) -> None:
    waiting_for_its_vendor(stage)
    item, vendor = stage.item("SC-014"), stage.item("Ironline Steel")
    page = look(visit("ana"), "/items/commitment?tab=accepted")
    said = page.said(item.id)
    assert "Ironline Steel is not in QuickBooks yet." in said
    assert "Rule commitment.yaml:commitment-company-synced" in said
    assert f"/items/company/{vendor.id}" in page.row(item.id).xpath(".//a/@href")


@pytest.mark.requirement("UI-01")
def test_a_row_that_cannot_be_accepted_asks_for_what_would_help(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    page = look(visit("ana"), "/items/commitment")
    assert "has 14 characters; QuickBooks keeps 11" in page.said(item_id)
    [field] = page.row(item_id).xpath(f".//input[@name='number:{item_id}']")
    assert field.get("maxlength") == "11"
    assert not field.xpath("ancestor::details")


def test_nobody_is_warned_of_an_acceptance_that_is_not_theirs_to_give(visit: Visit, stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.act("send", "SC-014", who="pat")
    item_id = stage.item("SC-014").id
    for path in ("/items/commitment", f"/items/commitment/{item_id}"):
        assert "accepts it as well" not in look(visit("pat"), path).text


@pytest.mark.parametrize(("tab", "boxes"), [("sent", 2), ("accepted", 0)])
def test_there_are_boxes_to_tick_only_where_a_button_takes_them(
    visit: Visit, stage: Stage, tab: str, boxes: int
) -> None:
    stage.receive(records.company("Ironline Steel", 62), records.commitment(vendor=IRONLINE))
    stage.send()
    if tab == "accepted":
        stage.accept("SC-014")
    page = look(visit("ana"), f"/items/commitment?tab={tab}")
    assert page.find(ROWS) == [str(stage.item("SC-014").id)]
    assert len(page.find("//table//input[@type='checkbox']")) == boxes


def test_a_row_offers_the_accounts_quickbooks_has(visit: Visit, stage: Stage) -> None:
    stage.receive(records.cost_code("05-120", 33))
    stage.send()
    item_id = stage.item("05-120").id
    row = look(visit("ana"), "/items/cost_code").row(item_id)
    names = row.xpath(f".//select[@name='expense_account:{item_id}']/option/text()")
    assert {"Job Costs", "Subcontractors"} <= set(names)
    assert "Construction Income" not in names


def test_a_failed_row_says_why_and_offers_another_try(visit: Visit, stage: Stage) -> None:
    item_id = refused_by_quickbooks(stage)
    page = look(visit("ana"), "/items/commitment?tab=failed")
    said = page.said(item_id)
    assert "is not in QuickBooks" in said
    assert "link it again and retry" in said
    assert page.row(item_id).xpath(f".//button[@value='retry:{item_id}']")


@pytest.mark.requirement("STM-02")
def test_a_row_whose_answer_never_came_is_calm_and_offers_nothing(visit: Visit, stage: Stage) -> None:
    item_id = without_an_answer(stage)
    page = look(visit("ana"), "/items/company?tab=checking")
    said = page.said(item_id)
    assert "Checking QuickBooks" in said
    assert "Nothing is sent again" in said
    assert not page.row(item_id).xpath(".//button")


def test_an_empty_list_says_what_would_appear(visit: Visit) -> None:
    assert "What the project team sends appears here." in look(visit("ana"), "/items/commitment").text
    assert "until the next Web Connector session" in look(visit("ana"), "/items/commitment?tab=queued").text


def test_an_empty_search_says_that_it_hides_others(visit: Visit, stage: Stage) -> None:
    with_a_long_number(stage)
    assert "may hide some" in look(visit("ana"), "/items/commitment?q=nothing+like+it").text


def test_search_project_and_tab_stay_in_the_address(visit: Visit, stage: Stage) -> None:
    with_a_long_number(stage)
    page = look(visit("ana"), "/items/commitment?tab=sent&q=PO&project=86")
    [draft] = [link for link in page.find("//nav[@aria-label='States']//a/@href") if "tab=draft" in link]
    assert "q=PO" in draft
    assert "project=86" in draft
    assert page.find("//select[@name='project']/option[@selected]/@value") == ["86"]


def test_a_long_list_goes_on_and_leads_back(visit: Visit, stage: Stage) -> None:
    stage.receive(*(records.company(f"Vendor {n}", n) for n in range(100, 160)))
    ana = visit("ana")
    first = look(ana, "/items/company?tab=draft")
    [further] = first.find("//a[normalize-space()='Next page']/@href")
    second = look(ana, further)
    assert (len(first.find(ROWS)), len(second.find(ROWS))) == (50, 10)
    [back] = second.find("//a[normalize-space()='First page']/@href")
    assert look(ana, back).find(ROWS) == first.find(ROWS)


def test_whoever_may_not_decide_sees_the_button_and_why(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    page = look(visit("pat"), "/items/commitment?tab=sent")
    [button] = page.row(item_id).xpath(f".//button[@value='accept:{item_id}']")
    assert button.get("disabled") is not None
    assert "Pat may not accept commitments: it needs the privilege “Can Push to Accounting”." in page.text


def test_the_csv_is_the_list_as_filtered(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("=cmd", 62), records.company("Summit Roofing", 63))
    answer = visit("ana").get("/items/company.csv?tab=draft")
    assert answer.mimetype == "text/csv"
    text = answer.get_data(as_text=True)
    assert "'=cmd" in text
    assert "Summit Roofing" in text
    assert "Delta Concrete" not in text


def test_the_live_part_is_rows_alone(visit: Visit, stage: Stage) -> None:
    item_id = with_a_long_number(stage)
    asked = {"HX-Request": "true", "HX-Target": "rows"}
    text = visit("ana").get("/items/commitment?tab=sent", headers=asked).get_data(as_text=True)
    assert f'data-id="{item_id}"' in text
    assert "<html" not in text


def test_an_unknown_list_is_not_found(visit: Visit) -> None:
    assert visit("ana").get("/items/invoice_of_the_future").status_code == 404


@contextmanager
def statements(stage: Stage) -> Iterator[list[str]]:
    """Every SELECT that runs inside the block."""
    seen: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(stage.database.engine, "before_cursor_execute", note)
    yield seen
    event.remove(stage.database.engine, "before_cursor_execute", note)


def test_a_page_costs_the_same_for_two_rows_as_for_fifty(visit: Visit, stage: Stage) -> None:
    ana = visit("ana")
    stage.receive(*(records.commitment(f"SC-{n}", id=n) for n in range(1000, 1002)))
    with statements(stage) as few:
        ana.get("/items/commitment?tab=draft")
    stage.receive(*(records.commitment(f"SC-{n}", id=n) for n in range(1002, 1090)))
    with statements(stage) as many:
        ana.get("/items/commitment?tab=draft")
    assert len(many) == len(few) <= MOST_STATEMENTS
