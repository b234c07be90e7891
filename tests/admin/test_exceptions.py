"""The exceptions: they stand on Home and on their page until they are gone or a named person clears them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests import records
from tests.admin.conftest import Visitor
from tests.admin.reading import Page, look
from tests.support import Stage

Visit = Callable[[str], Visitor]
FOUND = "Line 2: QuickBooks has 777.00, approved 500.00"


@pytest.fixture
def off(stage: Stage) -> Stage:
    """SC-014 was edited in QuickBooks."""
    stage.approve(records.commitment())
    stage.must_settle()
    stage.company.edit_purchase_order_line(stage.orders()["SC-014"]["TxnID"], 1, Amount="777.00")
    stage.ask_for_lists()
    stage.run()
    return stage


def clear(visitor: Visitor, stage: Stage, **form: str) -> Page:
    item = {"kind": "commitment", "item": str(stage.item("SC-014").id)}
    return Page(visitor.post("/exceptions/clear", **item, **form))


def test_where_all_is_as_approved_it_says_so(stage: Stage, visit: Visit) -> None:
    assert "QuickBooks holds everything as it was approved." in look(visit("ana"), "/exceptions/").text
    assert "otherwise than approved" not in look(visit("ana"), "/").text


@pytest.mark.requirement("ACC-10", "ACC-12")
def test_it_stands_on_home_in_the_menu_and_on_its_page(off: Stage, visit: Visit) -> None:
    home = look(visit("ana"), "/")
    assert "QuickBooks holds 1 record otherwise than approved." in home.text
    assert "Exceptions 1 to look at" in home.text
    page = look(visit("ana"), "/exceptions/")
    said = page.said(off.item("SC-014").id)
    assert FOUND in said
    assert "Put it right in QuickBooks, or clear it with a reason." in said


@pytest.mark.requirement("ACC-10")
def test_a_named_person_clears_it_with_a_reason(off: Stage, visit: Visit) -> None:
    ana = visit("ana")
    assert "needs a reason" in clear(ana, off, reason=" ").told[0]
    assert FOUND in look(ana, "/exceptions/").text
    assert clear(ana, off, reason="agreed with Delta").told == ["SC-014 cleared."]
    assert FOUND not in look(ana, "/exceptions/").text
    past = look(ana, "/exceptions/?tab=cleared")
    assert FOUND in past.text
    assert "“agreed with Delta”" in past.text
    assert "Ana, " in past.text
    assert "otherwise than approved." not in look(ana, "/").text
    assert "Somebody was faster" in clear(ana, off, reason="again").told[0]


@pytest.mark.requirement("ACC-10")
def test_it_is_cleared_on_the_page_of_the_item_too(off: Stage, visit: Visit) -> None:
    ana, path = visit("ana"), f"/items/commitment/{off.item('SC-014').id}"
    page = look(ana, path)
    assert FOUND in page.text
    assert page.find("//form[contains(@action,'/exceptions/clear')]")
    assert clear(ana, off, reason="agreed", back="item").path == path
    assert not look(ana, path).find("//form[contains(@action,'/exceptions/clear')]")


def test_whoever_may_not_accept_clears_nothing(off: Stage, visit: Visit) -> None:
    pat = visit("pat")
    button = look(pat, "/exceptions/").find("//form[contains(@action,'clear')]//button")[0]
    assert "disabled" in button.attrib
    assert clear(pat, off, reason="so").status == 403
    assert FOUND in look(pat, "/exceptions/").text


def test_the_csv_has_those_that_stand_and_those_that_were_cleared(off: Stage, visit: Visit) -> None:
    ana = visit("ana")
    text = ana.get("/reports/exceptions.csv").get_data(as_text=True)
    assert f'Commitment,SC-014,"{FOUND}",' in text
    clear(ana, off, reason="=agreed")
    text = ana.get("/reports/exceptions.csv").get_data(as_text=True)
    assert ",Ana,'=agreed" in text


def test_what_belongs_to_another_kind_or_nobody_is_not_found(off: Stage, visit: Visit) -> None:
    item = str(off.item("SC-014").id)
    assert Page(visit("ana").post("/exceptions/clear", kind="company", item=item, reason="so")).status == 404
    assert Page(visit("ana").post("/exceptions/clear", kind="commitment", item="99999", reason="so")).status == 404
