"""Takes the pictures of README and docs anew: `python -m tests.browser.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from app.cli import demo
from app.db.models import Item
from app.services import lifecycle, refreshes, tie_out
from app.services.payments import PAYMENTS
from tests.browser.conftest import CHROMIUM, FLAGS, signed_in

FOLDER = Path("docs/pictures")
#: What is accepted before anything is looked at: one project's month, without one of its companies.
PROJECT, LATER, INVOICE = "Harbor School", "Delta Concrete", "Invoice ACE-1047"
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
        _travel(running)
        [invoice] = demo.ids_of(running, kind="subcontractor_invoice", name=INVOICE)
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = signed_in(browser.new_page(viewport={"width": 1080, "height": 700}), running)
        for name, path in (SHOTS | {"invoice": f"/items/subcontractor_invoice/{invoice}"}).items():
            page.goto(running.url + path)
            page.screenshot(path=FOLDER / f"{name}.png")
        browser.close()
        running.close()


def _travel(running: demo.Demo) -> None:
    database, connection_id, ana = running.services.database, running.connection_id, running.person("ana")
    [project] = demo.ids_of(running, kind="project", name=PROJECT)
    with database.reading() as session:
        procore_id = session.get_one(Item, project).procore_id
    later = demo.ids_of(running, kind="company", name=LATER)
    everywhere = [one for kind in ("cost_code", "company") for one in demo.ids_of(running, kind=kind, state="sent")]
    lifecycle.accept(database, connection_id, ana, [one for one in everywhere if one not in later])
    for kind in ("budget", "commitment", "commitment_change_order", "subcontractor_invoice"):
        of_project = demo.ids_of(running, kind=kind, project_id=procore_id, state="sent")
        if of_project:
            lifecycle.accept(database, connection_id, ana, of_project)
        running.web_connector().run()
    refreshes.ask(database, connection_id, running.person("ike"), [*tie_out.LISTS, PAYMENTS])
    running.web_connector().run()


if __name__ == "__main__":
    main()
