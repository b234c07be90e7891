"""Takes the pictures of README and docs anew: `python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.cli import demo
from tests.browser.conftest import CHROMIUM, FLAGS, signed_in
from tests.browser.living import INVOICE, travel

FOLDER = Path("docs/pictures")
SHOTS = {
    "home": "/",
    "commitments": "/items/commitment?tab=accepted",
    "tie-out": "/reports/tie-out",
    "connection": "/connection/",
}


def main() -> None:
    """Start a fresh demo, let one project's month travel, and look at it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = demo.start(Path(folder), 0, web_connector=False)
        travel(running)
        [invoice] = demo.ids_of(running, kind="subcontractor_invoice", name=INVOICE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = signed_in(browser.new_page(viewport={"width": 1080, "height": 700}), running)
        for name, path in (SHOTS | {"invoice": f"/items/subcontractor_invoice/{invoice}"}).items():
            page.goto(running.url + path)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()
        running.close()


if __name__ == "__main__":
    main()
