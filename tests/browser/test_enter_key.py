"""The Enter key in a field means the button beside it, never another row's."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.cli.demo import Demo
from tests.browser.conftest import signed_in

pytestmark = pytest.mark.browser

LONG = "PO-00000000231"


def test_enter_beside_a_typed_number_accepts_that_row_and_it_can_be_undone(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment")
    row = page.locator("tbody tr", has=page.get_by_role("link", name=LONG, exact=True))
    row.get_by_label("P.O. number").fill("PO-231")
    row.get_by_label("P.O. number").press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{LONG} accepted")
    page.get_by_role("button", name="Undo: take it back").click()
    expect(page.get_by_role("status")).to_contain_text(f"{LONG} taken back")


def test_enter_beside_a_reason_rejects_and_never_accepts(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/company")
    row = page.locator("tbody tr", has_text="Ironline Steel Erectors").first
    row.get_by_role("button", name="Reject… Ironline Steel Erectors").click()
    row.get_by_label("What should the project team change?").fill("No W-9 yet")
    row.get_by_label("What should the project team change?").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Ironline Steel Erectors rejected")
