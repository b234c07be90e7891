"""The lists by keyboard alone, with JavaScript and without."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.cli.demo import Demo
from tests.browser.conftest import signed_in

pytestmark = pytest.mark.browser


def focused(page: Page) -> str:
    """What the keyboard stands on."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the keyboard stands there, as often as a person might."""
    for _ in range(250):
        if wanted.evaluate("(one) => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("the keyboard never came there")


@pytest.mark.requirement("UI-01")
def test_a_keyboard_alone_accepts_rejects_and_searches(page: Page, running: Demo, tmp_path: Path) -> None:
    signed_in(page, running)
    expect(page.locator("#health")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/items/commitment")
    names = page.locator("#rows tr[data-id] td:nth-child(2) a").all_text_contents()
    page.keyboard.press("j")
    assert focused(page) == names[0]
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text(f"{names[0]} accepted")
    expect(page.locator("#said")).to_contain_text("left.")
    assert focused(page) == names[1]
    page.keyboard.press("r")
    page.keyboard.type("The schedule of values is missing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{names[1]} rejected")
    assert focused(page) == names[2]
    page.screenshot(path=tmp_path / "next-row.png")
    page.keyboard.press("/")
    page.keyboard.type(names[3])
    page.keyboard.press("Enter")
    page.wait_for_url("**q=**")
    page.wait_for_load_state()  # the keys are bound by then
    expect(page.locator("#rows tr[data-id]")).to_have_count(1)
    page.keyboard.press("j")
    assert focused(page) == names[3]
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text(names[3])


def test_the_same_by_tab_and_enter_without_javascript(browser: Browser, running: Demo) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = signed_in(context.new_page(), running)
    page.goto(f"{running.url}/items/commitment?q=PO")  # no other test decides these
    free = page.locator("#rows tr[data-id]").filter(has_not_text="Needs something")
    names = free.locator("td:nth-child(2) a").all_text_contents()
    search, told = page.get_by_role("searchbox", name="Search"), page.get_by_role("status")
    tab_to(page, page.get_by_role("button", name=f"Accept {names[0]}", exact=True))
    page.keyboard.press("Enter")
    expect(told).to_contain_text(f"{names[0]} accepted")
    row = page.locator("#rows tr", has=page.get_by_role("link", name=names[1], exact=True))
    tab_to(page, row.locator("summary", has_text="Reject…"))
    page.keyboard.press("Enter")
    tab_to(page, row.get_by_label("What should the project team change?"))
    page.keyboard.type("No delivery date yet")
    tab_to(page, row.get_by_role("button", name=f"Reject {names[1]}", exact=True))
    page.keyboard.press("Enter")
    expect(told).to_contain_text(f"{names[1]} rejected")
    tab_to(page, search)
    page.keyboard.press("Control+a")
    page.keyboard.type(names[2])
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr[data-id]")).to_have_count(1)
    expect(page.locator("#rows")).to_contain_text(names[2])
    context.close()


def test_the_undo_key_takes_back_what_was_just_accepted(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/budget")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("accepted")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("taken back")


def test_help_lists_the_keys_and_they_can_be_turned_off(page: Page, running: Demo, tmp_path: Path) -> None:
    signed_in(page, running, "ike")
    page.goto(f"{running.url}/items/commitment")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next, previous row")
    page.screenshot(path=tmp_path / "keys.png")
    page.get_by_role("link", name="Turn single keys off").click()
    page.get_by_role("button", name="Turn them off").click()
    expect(page.get_by_role("status")).to_contain_text("are off for you")
    page.goto(f"{running.url}/items/commitment")
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("tr.t-here")).to_have_count(0)
    page.goto(f"{running.url}/preferences/keys")
    page.get_by_role("button", name="Turn them on").click()
