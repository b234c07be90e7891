"""Add to Procore, by a click: the row says what happens, and the result comes by itself."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from app.cli.demo import Demo
from tests.browser.conftest import signed_in

pytestmark = pytest.mark.browser
VENDOR = "Fairview Water & Power"


@pytest.mark.requirement("CMP-02")
def test_a_vendor_is_added_and_the_list_shows_it_without_a_reload(page: Page, running: Demo) -> None:
    signed_in(page, running, "ike")
    page.goto(f"{running.url}/to-import/company")
    page.get_by_role("row", name=VENDOR).get_by_role("button", name="Add to Procore").click()
    expect(page.get_by_text("asked for: Procore is given it")).to_be_visible()
    expect(page.locator("#tabs")).to_contain_text("Imported 1", timeout=15_000)
    page.get_by_role("link", name="Imported").click()
    expect(page.get_by_role("row", name=VENDOR).get_by_role("link", name=VENDOR)).to_be_visible()
    assert [one["name"] for one in running.procore.all("vendors")].count(VENDOR) == 1
