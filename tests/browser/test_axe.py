"""Every page, with data and without, in both themes: no objection of axe, and nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Request

from tests.browser import axe
from tests.browser.everywhere import Site, nothing_yet, of_demo
from tests.browser.living import Living

pytestmark = pytest.mark.browser

#: As `npm view axe-core@4.11.1` and the package's own file have it.
PUBLISHED = "wb3zgvLcZeMFSec08dk7g8K8yDFFAX2uNKVwOUuowwc/wIfE2t6XVUjTEgPrOJCS"


@pytest.fixture(scope="module")
def empty() -> Iterator[Site]:
    with tempfile.TemporaryDirectory() as folder, nothing_yet(Path(folder)) as site:
        yield site


def objections(browser: Browser, site: Site) -> list[str]:
    """What is wrong with each page: in the light all rules, in the dark those of colour."""
    page = site.signed_in(browser)
    elsewhere: list[str] = []

    def asked(request: Request) -> None:
        if not request.url.startswith((site.url, "data:")):
            elsewhere.append(request.url)

    page.on("request", asked)
    page.on("console", lambda message: elsewhere.append(message.text) if "Content Security" in message.text else None)
    said = []
    for path in site.paths():
        page.emulate_media(color_scheme="light")
        answer = page.goto(site.url + path)
        assert answer is not None
        if answer.status >= 400 and answer.status != 403 and path not in site.missing:  # a refusal is a page, too
            said.append(f"{path} answers {answer.status}")
        assert "unsafe" not in answer.headers["content-security-policy"]
        axe.load(page)
        said += [f"{path} {one}" for one in axe.violations(page)]
        page.emulate_media(color_scheme="dark")
        said += [f"{path} (dark) {one}" for one in axe.violations(page, axe.COLOURS)]
    page.context.close()
    assert elsewhere == []
    return said


@pytest.mark.requirement("UI-02", "UI-03")
def test_axe_objects_to_nothing_on_any_page_with_data(browser: Browser, living: Living) -> None:
    said = objections(browser, of_demo(living.demo))
    assert not said, "\n".join(said)


@pytest.mark.requirement("UI-02")
def test_axe_objects_to_nothing_on_any_page_of_the_first_day(browser: Browser, empty: Site) -> None:
    said = objections(browser, empty)
    assert not said, "\n".join(said)


def test_axe_is_the_one_its_makers_published() -> None:
    found = base64.b64encode(hashlib.sha384(axe.SCRIPT.read_bytes()).digest()).decode()
    assert found == PUBLISHED
