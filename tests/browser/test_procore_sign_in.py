"""Sign in with Procore, by hand: Procore says who it is, and only who is known here gets in."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli.demo import Demo

pytestmark = pytest.mark.browser


@pytest.fixture
def window(browser: Browser) -> Iterator[Page]:
    """A fresh window that leaves Tieout; what Procore's page lacks is no complaint about ours."""
    context = browser.new_context()
    yield context.new_page()
    context.close()


def to_procore(page: Page, running: Demo, who: str, answer: str = "Allow") -> None:
    """From the log-in to Procore's page, as somebody who works in the company."""
    page.goto(f"{running.url}/log-in?next=/permissions/")
    page.get_by_role("link", name="Sign in with Procore").click()
    page.get_by_label("You are").select_option(label=who)
    page.get_by_role("button", name=answer).click()


@pytest.mark.requirement("ACC-17")
def test_who_is_known_here_gets_in_with_procore_and_to_the_page_asked_for(window: Page, running: Demo) -> None:
    to_procore(window, running, "Ana Ruiz, Accounts payable lead")
    window.wait_for_url(f"{running.url}/permissions/")
    expect(window.get_by_role("link", name="Ana Ruiz")).to_be_visible()


def test_who_does_not_allow_it_stays_outside(window: Page, running: Demo) -> None:
    to_procore(window, running, "Ana Ruiz, Accounts payable lead", "Deny")
    expect(window.get_by_role("alert")).to_contain_text("Procore did not let Tieout know who you are")
    window.goto(f"{running.url}/permissions/")
    expect(window.get_by_role("button", name="Sign in")).to_be_visible()
