"""Every page on the narrowest screen: it is read from top to bottom, never from side to side."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.everywhere import Site, nothing_yet, of_demo
from tests.browser.living import Living

pytestmark = pytest.mark.browser
NARROW = 320


def too_wide(browser: Browser, site: Site) -> list[str]:
    page, found = site.signed_in(browser, NARROW), []
    for path in site.paths():
        page.goto(site.url + path)
        if (width := page.evaluate("document.documentElement.scrollWidth")) > NARROW:
            found.append(f"{path}: {width}")
    page.context.close()
    return found


def test_no_page_with_data_scrolls_sideways(browser: Browser, living: Living) -> None:
    assert too_wide(browser, of_demo(living.demo)) == []


def test_no_page_of_the_first_day_scrolls_sideways(browser: Browser) -> None:
    with tempfile.TemporaryDirectory() as folder, nothing_yet(Path(folder)) as site:
        assert too_wide(browser, site) == []
