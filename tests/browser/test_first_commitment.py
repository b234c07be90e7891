"""What a newcomer does first: accept a commitment and its company, and see both in QuickBooks."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli.demo import Demo
from tests.browser.conftest import signed_in

pytestmark = pytest.mark.browser

#: A commitment of the project that is in QuickBooks already, and its company.
COMMITMENT, COMPANY = "SC-014", "Delta Concrete"
PATIENCE = 60_000


def test_a_commitment_and_its_company_are_accepted_and_arrive(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.get_by_role("link", name="Commitments").first.click()
    page.get_by_role("button", name=f"Accept {COMMITMENT}").click()
    expect(page.get_by_role("status")).to_contain_text(f"{COMMITMENT} accepted")
    page.get_by_role("link", name="Waiting").click()
    expect(page.locator("tr", has_text=COMMITMENT)).to_contain_text(f"{COMPANY} is not in QuickBooks yet.")
    page.locator("tr", has_text=COMMITMENT).get_by_role("link", name=COMPANY).click()
    page.get_by_role("button", name="Accept").click()
    for kind, name in (("company", COMPANY), ("commitment", COMMITMENT)):
        page.goto(f"{running.url}/items/{kind}?tab=synced")
        # Without touching anything: the rows come by themselves.
        expect(page.get_by_role("link", name=name, exact=True)).to_be_visible(timeout=PATIENCE)
    orders = [order for order in running.company.records("PurchaseOrder") if order["RefNumber"] == COMMITMENT]
    assert len(orders) == 1


def test_the_keys_move_through_the_rows_and_never_act_while_typing(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("#total")).to_contain_text("1 ticked")
    page.keyboard.press("/")
    page.keyboard.type("jxa")
    expect(page.locator("#q")).to_have_value("jxa")
    expect(page.locator("#total")).to_contain_text("1 ticked")


def test_where_no_row_is_left_the_keyboard_stands_before_undo(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?q=SC-022")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Undo: take it back")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("taken back")


def test_the_menu_folds_on_a_narrow_screen_and_opens_by_keyboard(page: Page, running: Demo) -> None:
    signed_in(page, running)
    settings = page.get_by_role("link", name="Settings", exact=True)
    expect(settings).to_be_visible()
    page.set_viewport_size({"width": 390, "height": 800})
    expect(settings).to_be_hidden()
    page.get_by_text("Menu", exact=True).focus()
    page.keyboard.press("Enter")
    expect(settings).to_be_visible()
    page.set_viewport_size({"width": 1280, "height": 900})
    expect(settings).to_be_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_scrolls_sideways_on_a_narrow_screen(browser: Browser, running: Demo, scheme: str) -> None:
    context = browser.new_context(viewport={"width": 320, "height": 700}, color_scheme=scheme)  # type: ignore[arg-type]
    page = signed_in(context.new_page(), running)
    paths = ("/", "/items/commitment", "/items/cost_code", "/items/subcontractor_invoice", "/items/budget", "/to-import/company",
             "/connection/", "/rules/", "/audit/", "/permissions/", "/settings/", "/what-syncs/", "/about/")  # fmt: skip
    for path in paths:
        page.goto(running.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
    context.close()
