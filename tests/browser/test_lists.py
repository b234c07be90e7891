"""The lists by keyboard and by eye: moments that must feel right, each with a picture in the test's own folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.cli import demo
from app.cli.demo import Demo
from app.core import clock, text
from app.db.models import StagedRecord
from app.services import intake, people
from tests.browser.conftest import signed_in
from tests.records import company

pytestmark = pytest.mark.browser
#: Longer than a session and the rows take to come by themselves.
PATIENCE = 60_000
#: A commitment nobody has touched, whose vendor only waits to be decided.
WAITS = "SC-007"


def focused(page: Page) -> str:
    """What the keyboard stands on."""
    return str(page.evaluate("document.activeElement.textContent.trim()"))


def owner(running: Demo) -> str:
    """Somebody who may both link and unlink vendors; the demo's specialist may only link."""
    database = running.services.database
    people.add_user(database, "olga", "Olga Owner", "open sesame", actor="test")
    for role in ("specialist", "approver"):
        people.give_role(database, "olga", running.connection_id, role, actor="test")
    running.account["logins"].append({"user": "olga", "password": "open sesame"})
    return "olga"


def offered(connection_id: int, name: str) -> StagedRecord:
    """A vendor as QuickBooks has shown it."""
    key = text.same_name(name)
    return StagedRecord(
        connection_id=connection_id,
        source="vendors",
        type="Vendor",
        list_id=f"8000{name[-3:]}-1",
        name=name,
        full_name=name,
        leaf_key=key,
        full_key=key,
        code_key=key.split()[0],
        active=True,
        sublevel=0,
        data={},
        seen_at=clock.now(),
        seen_by=0,
    )


@pytest.mark.requirement("UI-01")
def test_a_keyboard_alone_accepts_rejects_and_searches(page: Page, running: Demo, tmp_path: Path) -> None:
    signed_in(page, running)
    expect(page.locator("#health")).to_be_visible()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/items/commitment")
    names = page.locator("#rows tr[data-id] td:nth-child(2) a").all_text_contents()
    page.keyboard.press("j")
    assert focused(page) == names[0]
    page.keyboard.press("a")
    expect(page.get_by_role("status")).to_contain_text(f"{names[0]} accepted")
    expect(page.locator("#said")).to_contain_text("left.")
    assert focused(page) == names[1]
    page.keyboard.press("r")
    page.keyboard.type("The schedule of values is missing")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{names[1]} rejected")
    assert focused(page) == names[2]
    page.screenshot(path=tmp_path / "next-row.png")
    page.keyboard.press("/")
    page.keyboard.type(names[3])
    page.keyboard.press("Enter")
    expect(page.locator("#rows tr[data-id]")).to_have_count(1)
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.locator("h1")).to_contain_text(names[3])


def test_the_undo_key_takes_back_what_was_just_accepted(page: Page, running: Demo) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/budget")
    page.keyboard.press("j")
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("accepted")
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("taken back")


def test_help_lists_the_keys_and_they_can_be_turned_off(page: Page, running: Demo, tmp_path: Path) -> None:
    signed_in(page, running, "ike")
    page.goto(f"{running.url}/items/commitment")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("next, previous row")
    page.screenshot(path=tmp_path / "keys.png")
    page.get_by_role("link", name="Turn single keys off").click()
    page.get_by_role("button", name="Turn them off").click()
    expect(page.get_by_role("status")).to_contain_text("are off for you")
    page.goto(f"{running.url}/items/commitment")
    page.keyboard.press("?")
    page.keyboard.press("j")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.locator("tr.t-here")).to_have_count(0)
    page.goto(f"{running.url}/preferences/keys")
    page.get_by_role("button", name="Turn them on").click()


@pytest.mark.requirement("UI-01")
def test_why_it_waits_stands_on_the_row_with_a_link_to_each(page: Page, running: Demo, tmp_path: Path) -> None:
    """Moment 1."""
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?q=SC-003")
    row = page.locator("#rows tr[data-id]")
    expect(row).to_contain_text("It will wait for")
    page.screenshot(path=tmp_path / "why.png")
    row.get_by_role("link", name="Ironline Steel Erectors").click()
    expect(page.locator("h1")).to_contain_text("Ironline Steel Erectors")


def test_what_it_waits_for_is_accepted_with_it_and_the_rows_leave_without_a_reload(
    browser: Browser, page: Page, running: Demo, tmp_path: Path
) -> None:
    """Moment 2."""
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?q={WAITS}")
    page.get_by_role("link", name="Accept these too").click()
    boxes = page.get_by_role("checkbox")
    vendor = boxes.first
    expect(vendor).not_to_be_checked()
    page.screenshot(path=tmp_path / "together.png")
    for box in boxes.all():
        if box.is_enabled() and box is not vendor:
            box.check()
    vendor.uncheck()
    name = page.locator("#together tr").first.locator("a").first.inner_text()
    page.get_by_role("button", name="Accept what is ticked").click()
    page.goto(f"{running.url}/items/commitment?tab=accepted&q={WAITS}")
    expect(page.get_by_role("link", name=WAITS, exact=True)).to_be_visible()
    page.evaluate("window.stayed = true")
    other = signed_in(browser.new_page(), running)
    other.goto(f"{running.url}/items/company")
    other.locator("tr", has_text=name).get_by_role("button", name="Accept").first.click()
    expect(page.get_by_role("link", name=WAITS, exact=True)).to_be_hidden(timeout=PATIENCE)
    expect(page.locator("#said")).to_contain_text("left this list")
    assert page.evaluate("window.stayed") is True
    page.screenshot(path=tmp_path / "left.png")
    other.close()


def test_a_project_managers_fix_comes_back_as_a_row_to_decide(page: Page, running: Demo, tmp_path: Path) -> None:
    """Moment 7, as the list shows it: the reason on the draft, and the corrected item again to be decided."""
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?tab=draft&q=SC-010")
    expect(page.locator("#rows")).to_contain_text("The schedule of values has no line for hoisting")
    page.screenshot(path=tmp_path / "rejected.png")


def test_180_exact_vendors_are_linked_at_once_and_undone_at_once(page: Page, running: Demo, tmp_path: Path) -> None:
    """Moment 6."""
    names = [f"Northfield Partner {number:03d}" for number in range(180)]
    with running.services.database.writing() as session:
        session.add_all(offered(running.connection_id, name) for name in names)
    intake.take(
        running.services.database,
        running.connection_id,
        [company(name.upper(), 900_000 + number) for number, name in enumerate(names)],
    )
    signed_in(page, running, owner(running))
    page.goto(f"{running.url}/to-import/company?suggested=yes")
    page.screenshot(path=tmp_path / "suggested.png")
    page.get_by_role("button", name="Link all of the same name").click()
    expect(page.get_by_role("status")).to_contain_text("more linked.", timeout=PATIENCE)
    linked = len(demo.ids_of(running, kind="company", state="synced"))
    page.screenshot(path=tmp_path / "linked.png")
    page.get_by_role("button", name="Undo: unlink them again").click()
    expect(page.get_by_role("status")).to_contain_text("unlinked", timeout=PATIENCE)
    assert len(demo.ids_of(running, kind="company", state="synced")) <= linked - 180
    page.screenshot(path=tmp_path / "undone.png")
