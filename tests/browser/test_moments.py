"""Ten moments that must feel great, each one test with its pictures; run them with `-k moment`.

Five, the pill, stands with the first day in test_setup.py; eight, the preview of rules, in test_rules.py.
"""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.cli.demo import Demo, ids_of
from app.sandbox.procore.project_manager import ProjectManager
from app.services import item_page, lifecycle, people, refreshes
from tests.browser import axe
from tests.browser.conftest import picture, signed_in
from tests.browser.living import LATER, Living, close_the_books

pytestmark = pytest.mark.browser
PATIENCE = 20_000
#: Longer than a session and the rows take to come by themselves.
LONG = 60_000


@pytest.fixture
def ana(page: Page, living: Living) -> Page:
    return signed_in(page, living.demo)


@pytest.mark.requirement("UI-01")
def test_moment_01_why_it_cannot_be_accepted_stands_on_the_row_with_a_link_to_each(
    page: Page, running: Demo, tmp_path: Path
) -> None:
    """Moment 1: "Why can't I accept this?" is answered on the row."""
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?q=SC-003")
    row = page.locator("#rows tr[data-id]")
    expect(row).to_contain_text("It will wait for")
    picture(page, tmp_path, "moment-01")
    row.get_by_role("link", name="Ironline Steel Erectors").click()
    expect(page.locator("h1")).to_contain_text("Ironline Steel Erectors")


# -- 2: the one vendor ---------------------------------------------------------------------------------------------

#: What Pat writes on the same job for the same vendor, beside what the month has.
WRITTEN = ("SC-031", "SC-032", "SC-033", "SC-034")
WAITING = {"SC-014", *WRITTEN}


def write_four_more(living: Living) -> None:
    """Pat writes and sends them, Ana accepts them: with SC-014 five wait for the one vendor."""
    running = living.demo
    manager = ProjectManager(running.procore)
    for number in WRITTEN:
        manager.duplicate("SC-014", number, title=f"Flatwork and curbs, stage {number[-1]}")

    def drafts() -> list[int]:
        return [one for number in WRITTEN for one in living.ids(kind="commitment", name=number, state="draft")]

    living.hear("Work Order Contracts", lambda: len(drafts()) == len(WRITTEN))
    lifecycle.send(running.services.database, running.connection_id, running.person("pat"), sent := drafts())
    living.accept(sent)


def test_moment_02_accepting_the_one_vendor_lets_five_waiting_rows_go_without_a_reload(
    browser: Browser, page: Page, fresh_living: Living, tmp_path: Path
) -> None:
    """Moment 2: five waiting rows turn queued before one's eyes."""
    living, address = fresh_living, f"{fresh_living.demo.url}/items/commitment"
    write_four_more(living)
    waiting, queued = signed_in(page, living.demo), page.context.new_page()
    waiting.goto(f"{address}?tab=accepted&q=flatwork")
    queued.goto(f"{address}?tab=queued&q=flatwork")
    for one in (waiting, queued):
        one.evaluate("window.stayed = true")
    rows, line = (one.locator("#rows tr[data-id]") for one in (waiting, queued))
    expect(rows).to_have_count(len(WAITING))
    for row in rows.all():
        expect(row).to_contain_text(f"{LATER} is not in QuickBooks yet.")
    picture(waiting, tmp_path, "moment-02-before")
    ben = signed_in(browser.new_page(), living.demo, "ben")
    ben.goto(f"{living.demo.url}/items/company")
    ben.get_by_role("button", name=f"Accept {LATER}", exact=True).click()
    expect(ben.get_by_role("status")).to_contain_text(f"{LATER} accepted")
    living.run(before_run=2)  # QuickBooks took the vendor; then somebody closed the Web Connector
    expect(rows).to_have_count(0, timeout=PATIENCE)
    expect(waiting.locator("#said")).to_contain_text("5 left this list")
    expect(waiting.locator("#tabs")).to_contain_text("Queued 5")
    expect(line).to_have_count(len(WAITING), timeout=PATIENCE)
    expect(queued.locator("#said")).to_contain_text("5 came")
    picture(waiting, tmp_path, "moment-02-left")
    picture(queued, tmp_path, "moment-02")
    living.run()
    expect(line).to_have_count(0, timeout=PATIENCE)
    assert [one.evaluate("window.stayed") for one in (waiting, queued)] == [True, True]
    orders = [one["RefNumber"] for one in living.demo.company.records("PurchaseOrder")]
    assert set(orders) >= WAITING
    ben.context.close()


def test_what_it_waits_for_is_accepted_with_it_but_a_vendor_is_never_ticked_beforehand(
    page: Page, running: Demo, tmp_path: Path
) -> None:
    signed_in(page, running)
    page.goto(f"{running.url}/items/commitment?q=SC-007")
    page.get_by_role("link", name="Accept these too").click()
    boxes = page.get_by_role("checkbox")
    vendor = boxes.first
    expect(vendor).not_to_be_checked()
    picture(page, tmp_path, "together")
    for box in boxes.all():
        if box.is_enabled() and box is not vendor:
            box.check()
    vendor.uncheck()
    page.get_by_role("button", name="Accept what is ticked").click()
    page.goto(f"{running.url}/items/commitment?tab=accepted&q=SC-007")
    expect(page.get_by_role("link", name="SC-007", exact=True)).to_be_visible()


# -- 3, 4: before and after it leaves ------------------------------------------------------------------------------


def test_moment_03_what_will_be_written_is_seen_in_quickbooks_words_before_accepting(
    ana: Page, living: Living, tmp_path: Path
) -> None:
    """Moment 3: the preview, and the same as a request for those who want it."""
    ana.goto(living.page_of("commitment", "SC-001"))
    preview = ana.locator("section", has=ana.get_by_role("heading", name="What will be written"))
    for word in ("Vendor", "P.O. No.", "Customer:Job", "Line 1"):
        expect(preview.get_by_text(word, exact=True)).to_be_visible()
    request = ana.get_by_label("The request in qbXML")
    expect(request).to_be_hidden()
    picture(ana, tmp_path, "moment-03")
    preview.get_by_text("The same as a request in qbXML").click()
    expect(request).to_contain_text("<PurchaseOrderAddRq")
    expect(request).to_contain_text("[id of ")
    picture(ana, tmp_path, "moment-03-request")


def test_moment_04_after_a_crash_the_page_is_calm_and_then_green_by_itself(
    ana: Page, living: Living, tmp_path: Path
) -> None:
    """Moment 4: calm violet while nobody knows, then green; and QuickBooks has it once."""
    living.accept(living.ids(kind="company", name=LATER), "ben")
    living.run(after_run=1)
    ana.goto(living.page_of("company", LATER))
    expect(ana.locator("#standing")).to_contain_text("Checking QuickBooks")
    expect(ana.locator(".t-calm")).to_contain_text("nothing is sent twice")
    picture(ana, tmp_path, "moment-04")
    living.run()
    expect(ana.locator("#standing")).to_contain_text("Synced", timeout=PATIENCE)
    picture(ana, tmp_path, "moment-04-synced")
    assert len([one for one in living.demo.company.records("Vendor") if one["Name"] == LATER]) == 1


# -- 6: the first match of vendors ---------------------------------------------------------------------------------

PLACES = ("Aspen", "Boulder", "Canyon", "Dogwood", "Everglade", "Foxglove", "Granite", "Heron", "Juniper", "Kestrel",
          "Larkspur", "Meadow")  # fmt: skip
TRADES = ("Acoustics", "Blasting", "Carpentry", "Drilling", "Elevators", "Flooring", "Glazing", "Hauling",
          "Insulation", "Joinery", "Landscaping", "Masonry", "Painting", "Roofing", "Waterproofing")  # fmt: skip
VENDORS = [f"{place} {trade}" for place in PLACES for trade in TRADES]
#: Two minutes, however slow the machine; a person needs no more clicks than these.
TWO_MINUTES, CLICKS = 120, 12


def owner(running: Demo) -> str:
    """Somebody who may both link and unlink vendors; the demo's specialist may only link."""
    database = running.services.database
    people.add_user(database, "olga", "Olga Owner", "open sesame", actor="test")
    for role in ("specialist", "approver"):
        people.give_role(database, "olga", running.connection_id, role, actor="test")
    running.account["logins"].append({"user": "olga", "password": "open sesame"})
    return "olga"


def both_know(living: Living) -> None:
    """QuickBooks and Procore have the same 180 vendors, one in capitals."""
    [like, *_] = living.demo.procore.all("vendors")
    blank = {key: value for key, value in like.items() if key not in {"id", "created_at", "updated_at"}}
    for name in VENDORS:
        living.demo.company.add_vendor(name)
        named = dict.fromkeys(("name", "company", "legal_name"), name.upper())
        living.demo.procore.put("vendors", {**blank, **named})
    first, last = (one.upper() for one in (VENDORS[0], VENDORS[-1]))
    living.hear("Company Vendors", lambda: bool(living.ids(name=first) and living.ids(name=last)))


class Clicks:
    """A hand on the mouse that is counted."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, what: Locator) -> None:
        what.click()
        self.count += 1


def linked(running: Demo) -> set[int]:
    return set(ids_of(running, kind="company", state="synced"))


def test_moment_06_180_exact_vendors_are_reviewed_linked_and_undone_within_two_minutes(
    page: Page, fresh_living: Living, tmp_path: Path
) -> None:
    """Moment 6: the first match of vendors, page by page and then by one press, with undo."""
    running, click = fresh_living.demo, Clicks()
    both_know(fresh_living)
    before, mine = linked(running), {one for name in VENDORS for one in fresh_living.ids(name=name.upper())}
    signed_in(page, running, owner(running))
    page.goto(f"{running.url}/to-import/company")
    click(page.get_by_role("button", name="Refresh"))
    fresh_living.run()
    assert len(mine) == 180
    begun = time.monotonic()
    click(page.get_by_label("Show suggested Procore matches"))
    click(page.get_by_role("button", name="Show", exact=True))
    picture(page, tmp_path, "moment-06-review", whole=False)
    seen: set[str] = set()
    while True:
        seen |= {row.split("\n")[0] for row in page.locator("#rows tr[data-id] td:nth-child(2)").all_inner_texts()}
        if not (further := page.get_by_role("link", name="Next page")).count():
            break
        click(further)
    assert set(VENDORS) <= seen
    click(page.get_by_role("button", name="Link all of the same name"))
    expect(page.get_by_role("status")).to_contain_text("more linked.", timeout=LONG)
    assert linked(running) - before >= mine
    picture(page, tmp_path, "moment-06", whole=False)
    click(page.get_by_role("button", name="Undo: unlink them again"))
    expect(page.get_by_role("status")).to_contain_text("unlinked", timeout=LONG)
    seconds = time.monotonic() - begun
    print(f"180 vendors reviewed, linked and unlinked: {click.count} clicks, {seconds:.1f} s")  # noqa: T201  # for whoever asks how long it takes
    assert linked(running) == before
    assert (seconds < TWO_MINUTES, click.count <= CLICKS) == (True, True)
    picture(page, tmp_path, "moment-06-undone", whole=False)


# -- 7: sent back, and back again ----------------------------------------------------------------------------------


def reject(page: Page, living: Living, number: str, reason: str) -> None:
    """Somebody sends it back from the list, by clicks."""
    page.goto(f"{living.demo.url}/items/commitment?q={number}")
    page.locator("#rows summary", has_text="Reject…").click()
    page.get_by_label("What should the project team change?").fill(reason)
    page.get_by_role("button", name=f"Reject {number}", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text(f"{number} rejected")


def test_moment_07_a_rejection_comes_back_as_a_small_diff_beside_its_reason(
    browser: Browser, page: Page, fresh_living: Living, tmp_path: Path
) -> None:
    """Moment 7: what Ana asked for and what Pat changed since, on the row and on the page."""
    living, number = fresh_living, "SC-005"
    ana, one = signed_in(page, living.demo), living.page_of("commitment", number)
    reject(ana, living, number, "Temporary power is missing from the title")
    pat = signed_in(browser.new_page(), living.demo, "pat")
    pat.goto(f"{living.demo.url}/notices/")
    notice = pat.locator("li", has_text=f"{number} was rejected")
    expect(notice).to_contain_text("“Temporary power is missing from the title”")
    notice.get_by_role("link", name="Look at it").click()
    send = pat.get_by_role("button", name="Send to accounting")
    send.click()
    row = ana.locator("#rows tr[data-id]")
    ana.goto(f"{living.demo.url}/items/commitment?q={number}")
    expect(row).to_contain_text("Nothing was changed since it was rejected.")
    picture(ana, tmp_path, "moment-07-unchanged")

    reason = "Temporary power is missing, and the feeders cost 1,000.00 too much"
    reject(ana, living, number, reason)
    manager = ProjectManager(living.demo.procore)
    manager.edit(number, title="Electrical with temporary power")
    manager.edit_line(number, 1, "406215.00")
    living.hear("Work Order Contracts", lambda: "temporary power" in title_of(living, number))
    pat.goto(one)
    expect(pat.locator(".t-changes")).to_contain_text("Electrical with temporary power")
    picture(pat, tmp_path, "moment-07-draft")
    send.click()
    ana.goto(f"{living.demo.url}/items/commitment?q={number}")
    changed = [row.locator(f".t-changes {part}").all_inner_texts() for part in ("del", "ins")]
    assert changed[1] == ["Electrical with temporary power", "406,215.00"]
    assert changed[0][0] == "Electrical, core and shell"
    expect(row).to_contain_text(f"“{reason}”")
    picture(ana, tmp_path, "moment-07")
    nothing_wrong(ana)
    ana.goto(one)
    expect(ana.locator(".t-changes ins")).to_have_count(2)
    expect(ana.locator("#timeline")).to_contain_text(f"To Pat Moreno: Ana Ruiz rejected {number}")
    picture(ana, tmp_path, "moment-07-page")
    nothing_wrong(ana)
    pat.context.close()


def nothing_wrong(page: Page) -> None:
    """Axe objects to nothing in either theme, and nothing scrolls sideways on the narrowest screen."""
    axe.load(page)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        assert axe.violations(page) == []
    page.set_viewport_size({"width": 320, "height": 700})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1280, "height": 900})


def title_of(living: Living, number: str) -> str:
    """What Tieout knows of a commitment's title."""
    running = living.demo
    [item_id] = living.ids(kind="commitment", name=number)
    return item_page.of_kind(running.services.database, running.connection_id, "commitment", item_id).title


# -- 9, 10: the auditor, and closed books --------------------------------------------------------------------------


def test_moment_09_the_auditor_takes_one_zip_and_it_verifies_without_tieout(
    browser: Browser, living: Living, tmp_path: Path
) -> None:
    """Moment 9: one ZIP; its own verify says OK for both chains."""
    context = browser.new_context(accept_downloads=True)
    aud = signed_in(context.new_page(), living.demo, "aud")
    aud.goto(f"{living.demo.url}/audit/")
    with aud.expect_download() as download:
        aud.get_by_role("button", name="Download the ZIP").click()
    picture(aud, tmp_path, "moment-09", whole=False)
    download.value.save_as(tmp_path / "trail.zip")
    context.close()
    with zipfile.ZipFile(tmp_path / "trail.zip") as archive:
        archive.extractall(tmp_path / "trail")
    command = [sys.executable, "-I", str(tmp_path / "trail" / "verify.py")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.count("OK  "), "BROKEN" in said.stdout) == (0, 2, False), said.stdout


def test_moment_10_closed_books_say_so_and_another_date_takes_the_bill_along(
    page: Page, fresh_living: Living, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Moment 10: error 3171 in an accountant's words, with Retry and the way out beside it."""
    living, ana = fresh_living, signed_in(page, fresh_living.demo)
    company = living.demo.company
    run = company.process

    def closing(request: str) -> str:
        if "<BillAddRq" in request:  # somebody closes the books after Tieout looked whether they are open
            close_the_books(living.demo)
        return run(request)

    monkeypatch.setattr(company, "process", closing)
    living.accept(living.ids(kind="company", name=LATER, state="sent"), "ben")  # the bill waits for nothing else
    living.run()
    monkeypatch.undo()
    refreshes.ask(living.demo.services.database, living.demo.connection_id, living.demo.person("ike"))
    living.run()  # the next session that has anything to do learns through which day
    [invoice] = living.ids(kind="subcontractor_invoice", name="Invoice DC-3302")
    ana.goto(f"{living.demo.url}/items/subcontractor_invoice/{invoice}")
    problem = ana.locator(".t-problem")
    expect(problem).to_contain_text("Books are closed through 31 Oct 2026.")
    expect(problem).to_contain_text("Pick a date in November 2026 or later")
    expect(ana.locator("#timeline")).to_contain_text("3171")
    expect(ana.get_by_role("button", name="Retry Invoice DC-3302")).to_be_enabled()
    picture(ana, tmp_path, "moment-10")
    problem.get_by_role("button", name="Accept with this date").click()
    expect(ana.get_by_role("status")).to_contain_text("accepted with another date")
    living.run()
    expect(ana.locator("#standing")).to_contain_text("Synced", timeout=PATIENCE)
