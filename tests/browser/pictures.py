"""Takes the pictures of README and docs anew: `python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.cli import demo
from app.services import lifecycle
from tests.browser.conftest import CHROMIUM, FLAGS, signed_in

FOLDER = Path("docs/pictures")
SHOTS = {
    "home": "/",
    "commitments": "/items/commitment?tab=sent&project=",
    "waiting": "/items/commitment?tab=accepted",
    "connection": "/connection/",
}


def main() -> None:
    """Start a fresh demo, accept a few things, and look at it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        running = demo.start(Path(folder), 0, web_connector=False)
        ana, database = running.person("ana"), running.services.database
        for name in ("SC-009", "SC-012"):
            ids = demo.ids_of(running, kind="commitment", name=name, state="sent")
            lifecycle.accept(database, running.connection_id, ana, ids)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = signed_in(browser.new_page(viewport={"width": 1280, "height": 860}), running)
        for name, path in SHOTS.items():
            page.goto(running.url + path)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()
        running.close()


if __name__ == "__main__":
    main()
