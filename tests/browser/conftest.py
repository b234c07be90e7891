"""A real browser before the real demo."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from app.cli import demo
from tests.browser.living import Living, travel

CHROMIUM = shutil.which("chromium")
#: What a closed network and a root user need; nothing here changes what a page does.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's chromium."""
    if CHROMIUM is None:
        pytest.skip("chromium is not installed: nothing was looked at in a browser")
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@pytest.fixture(scope="session")
def running() -> Iterator[demo.Demo]:
    """The demo as a newcomer meets it, its Web Connector coming every few seconds."""
    folder = Path(tempfile.mkdtemp(prefix="tieout-demo-"))
    found = demo.start(folder, 0)
    yield found
    found.close()
    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _lived() -> Iterator[Living]:
    folder = Path(tempfile.mkdtemp(prefix="tieout-demo-"))
    found = demo.start(folder, 0, web_connector=False)
    yield travel(found)
    found.close()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def living() -> Iterator[Living]:
    """A demo somebody has worked with; its Web Connector comes when a test lets it."""
    with _lived() as found:
        yield found


@pytest.fixture
def fresh_living() -> Iterator[Living]:
    """The same, for a test that needs it untouched by the others."""
    with _lived() as found:
        yield found


def signed_in(page: Page, running: demo.Demo, login: str = "ana") -> Page:
    """Sign somebody in by hand."""
    password = next(who["password"] for who in running.account["logins"] if who["user"] == login)
    page.goto(f"{running.url}/log-in")
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in").click()
    return page


def picture(page: Page, folder: Path, name: str, *, whole: bool = True) -> None:
    """The page in the light and in the dark, for whoever wants to look."""
    for scheme, end in (("dark", "-dark"), ("light", "")):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        # With the caret as it is: hiding it leaves style attributes behind, which the page's own policy forbids.
        page.screenshot(path=folder / f"{name}{end}.png", full_page=whole, caret="initial")


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A fresh window; whatever a page complains of fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    found = context.new_page()
    complaints: list[str] = []
    found.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    found.on("pageerror", lambda error: complaints.append(str(error)))
    yield found
    context.close()
    assert complaints == []
