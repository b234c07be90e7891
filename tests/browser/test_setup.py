"""The first day by clicks: from a connection that was only added to the first record in QuickBooks; and silence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from app import settings as configuration
from app.cli import demo
from app.cli.local_server import serve
from app.core import clock
from app.db.models import Item
from app.factory import Services, build, create_app
from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector import SessionReport, WebConnector, parse_qwc
from app.services import connections, intake, lifecycle, people, rules_versions
from tests import records
from tests.browser import axe

pytestmark = pytest.mark.browser
PASSWORD = "open sesame"


@dataclass
class Day:
    """A service with one connection that was only added, its company file, and where pictures go."""

    services: Services
    connection_id: int
    company: CompanyFile
    url: str
    pictures: Path

    def web_connector(self, file: Path, password: str) -> SessionReport:
        """One run of the Web Connector with the .qwc file that was downloaded and the password that was told."""
        given = parse_qwc(file)
        path = r"C:\Books\Cedar.qbw"
        ids = {"owner_id": given.owner_id, "file_id": given.file_id}
        return WebConnector(given.url, given.user, password, self.company, company_path=path, **ids).run()

    def picture(self, page: Page, name: str) -> None:
        """Light and dark, wide and 390 pixels; axe objects to nothing."""
        axe.load(page)
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme=theme)
            assert axe.violations(page) == [], (name, theme)
            for width in (1280, 390):
                page.set_viewport_size({"width": width, "height": 900})
                assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (name, width)
                page.screenshot(path=self.pictures / f"{name}-{theme}-{width}.png", full_page=True)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture
def day(tmp_path: Path) -> Iterator[Day]:
    services = build(configuration.load({"TIEOUT_SECRET_KEY": "not a secret"}, data_dir=tmp_path / "data"))
    database = services.database
    version = rules_versions.store(database, services.settings.rules_dir, "tests")
    lists = {"cost_code_list_id": records.COST_CODE_LIST}
    added = connections.add(database, "Cedar Ridge", "5021", rules_version=version, actor="tests", settings=lists)
    for login, role in (("ike", "specialist"), ("ana", "approver"), ("pat", "project_manager")):
        people.add_user(database, login, login.title(), PASSWORD, actor="tests")
        people.give_role(database, login, added.id, role, actor="tests")
    company = CompanyFile(tmp_path / "company.qbw", company_name="Cedar Ridge Contractors")
    for name, kind in (("Construction Income", "Income"), ("Job Costs", "CostOfGoodsSold")):
        company.add_account(name, kind)
    for vendor in ("Ironline Steel", "Delta Concrete"):
        company.add_vendor(vendor)
    url, close = serve(create_app(services=services))
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    yield Day(services, added.id, company, url.replace("127.0.0.1", "localhost"), pictures)
    close()
    company.close()


def sign_in(page: Page, day: Day, login: str) -> None:
    page.goto(f"{day.url}/log-in")
    page.get_by_label("Name").fill(login)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile(r"/$"))


def heading(page: Page, step: str) -> None:
    expect(page.locator("#step h2").first).to_contain_text(step)


@pytest.mark.requirement("ACC-19", "CFG-02", "CFG-06")
def test_from_nothing_to_go_live_by_clicks(page: Page, day: Day) -> None:
    database, chosen = day.services.database, day.connection_id
    keep = page.get_by_role("button", name="Keep and go on")
    sign_in(page, day, "ike")
    page.get_by_role("link", name="Set-up", exact=True).click()
    heading(page, "1. Country and edition")
    day.picture(page, "1-edition")
    page.get_by_label("United States").check()
    page.get_by_label("QuickBooks Desktop for Windows").check()
    keep.click()
    heading(page, "2. The machine")
    page.get_by_label("A workstation with QuickBooks Desktop").check()
    keep.click()
    heading(page, "3. Install the Web Connector")
    expect(page.locator("#step")).to_contain_text("nothing to install")
    page.get_by_role("link", name="Next: A user for Tieout").click()
    page.get_by_label("Tieout has a QuickBooks user of its own").check()
    keep.click()
    heading(page, "5. The .qwc file")
    page.get_by_role("button", name="Make the password").click()
    password = page.locator(".t-secret code").inner_text()
    day.picture(page, "5-file")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download .qwc").click()
    file = day.pictures / "tieout.qwc"
    download.value.save_as(file)
    page.goto(f"{day.url}/setup/authorise")
    page.get_by_label("I am logged in to QuickBooks as Admin").check()
    page.get_by_label("The company file is in Single User mode").check()
    keep.click()
    heading(page, "7. The first session")
    expect(page.locator("#progress")).to_contain_text("No session yet")
    assert day.web_connector(file, password).outcome == "done"
    expect(page.locator("#progress")).to_contain_text("QuickBooks has told all that set-up needs", timeout=10_000)
    day.picture(page, "7-first-session")
    page.goto(f"{day.url}/setup/readiness")
    day.picture(page, "8-readiness")
    keep.click()
    heading(page, "9. Projects")
    page.get_by_label("Projects made in Procore from this day on").fill("2025-12-01")
    keep.click()
    heading(page, "10. Cost codes")
    page.get_by_label("Income account").select_option(label="Construction Income")
    page.get_by_label("Expense account").select_option(label="Job Costs")
    page.get_by_label("No retainage is kept on any commitment").check()
    day.picture(page, "10-accounts")
    keep.click()
    heading(page, "11. Match vendors")
    expect(page.locator("#step")).to_contain_text("2 vendors")
    page.get_by_label("The vendors are matched").check()
    keep.click()
    heading(page, "12. One test job")
    _approve_the_test_job(day)
    page.reload()
    expect(page.locator("#step")).to_contain_text("Approved: Riverside Tower")
    page.get_by_role("link", name="Go on", exact=True).click()
    page.get_by_label("A backup of the company file was made today").check()
    keep.click()
    heading(page, "14. Go live")
    expect(page.locator("#step")).to_contain_text("1 approved record waits")
    day.picture(page, "14-go-live")
    assert day.web_connector(file, password).outcome == "nothing"
    assert day.company.records("Customer") == []
    page.get_by_role("button", name="Go live").click()
    expect(page.locator("#told")).to_contain_text("Live.")
    assert connections.get(database, chosen).live
    assert day.web_connector(file, password).outcome == "done"
    assert [one["Name"] for one in day.company.records("Customer")] == ["Riverside Tower"]
    page.goto(f"{day.url}/connection/")
    day.picture(page, "connection")


def _approve_the_test_job(day: Day) -> None:
    """Pat sends the project and Ana accepts it, each on their own screen; another test does that by clicks."""
    database, chosen = day.services.database, day.connection_id
    pat, ana = (people.person(database, chosen, login=login) for login in ("pat", "ana"))
    assert pat is not None
    assert ana is not None
    intake.take(database, chosen, (records.project(),))
    with database.reading() as session:
        [item] = session.execute(select(Item.id).where(Item.kind == "project")).scalars()
    assert not lifecycle.send(database, chosen, pat, [item]).refused
    assert not lifecycle.accept(database, chosen, ana, [item]).refused


@pytest.mark.requirement("CFG-05", "UI-05")
def test_moment_05_the_pill_tells_machine_last_contact_and_next_run_and_silence(page: Page, day: Day) -> None:
    """Moment 5: how QuickBooks is reached stands on every page."""
    database, chosen = day.services.database, day.connection_id
    password = connections.new_password(database, chosen, actor="tests")
    one = connections.get(database, chosen)
    given = {"owner_id": demo.OWNER_ID, "file_id": one.file_id, "company_path": r"C:\Books\Cedar.qbw"}
    soap = f"{day.url}/qbwc"
    assert WebConnector(soap, one.web_connector_user, password, day.company, **given).run().outcome == "done"
    sign_in(page, day, "ana")
    expect(page.locator("#health")).to_contain_text("Web Connector was here just now")
    expect(page.locator("#health")).to_contain_text(re.compile(r"From 127\.0\.0\.1, next about \d\d:\d\d"))
    day.picture(page, "moment-05")
    seen = connections.get(database, chosen).contact_at
    assert seen is not None
    with clock.running(lambda: seen + timedelta(minutes=11)):
        for path in ("/", "/items/commitment", "/settings/"):
            page.goto(day.url + path)
            expect(page.locator("#health")).to_contain_text("Web Connector silent since")
            page.get_by_text("What to look at").click()
            expect(page.locator("#health li")).to_have_count(5)
            expect(page.locator("#health li").first).to_contain_text("machine")
        day.picture(page, "moment-05-silent")
        page.goto(f"{day.url}/connection/")
        expect(page.get_by_role("heading", name="The Web Connector is silent")).to_be_visible()
        day.picture(page, "silent-connection")
    page.goto(f"{day.url}/errors/")
    day.picture(page, "errors")
