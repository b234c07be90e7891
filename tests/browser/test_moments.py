"""Moments that must feel right: the preview, the crash, the auditor's export, closed books."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import signed_in
from tests.browser.living import LATER, Living, close_the_books

pytestmark = pytest.mark.browser
PATIENCE = 20_000


@pytest.fixture
def ana(page: Page, living: Living) -> Page:
    return signed_in(page, living.demo)


def shot(page: Page, folder: Path, name: str) -> None:
    """A picture of the page, for whoever wants to look."""
    page.screenshot(path=folder / f"{name}.png", full_page=True)


def test_what_will_be_written_is_seen_in_quickbooks_words_before_accepting(
    ana: Page, living: Living, tmp_path: Path
) -> None:
    ana.goto(living.page_of("commitment", "SC-001"))
    preview = ana.locator("section", has=ana.get_by_role("heading", name="What will be written"))
    for word in ("Vendor", "P.O. No.", "Customer:Job", "Line 1"):
        expect(preview.get_by_text(word, exact=True)).to_be_visible()
    request = ana.get_by_label("The request in qbXML")
    expect(request).to_be_hidden()
    preview.get_by_text("The same as a request in qbXML").click()
    expect(request).to_contain_text("<PurchaseOrderAddRq")
    expect(request).to_contain_text("[id of ")
    shot(ana, tmp_path, "preview")


def test_after_a_crash_the_page_is_calm_and_then_green_by_itself(ana: Page, living: Living, tmp_path: Path) -> None:
    living.accept(living.ids(kind="company", name=LATER), "ben")
    living.run(after_run=1)
    ana.goto(living.page_of("company", LATER))
    expect(ana.locator("#standing")).to_contain_text("Checking QuickBooks")
    expect(ana.locator(".t-calm")).to_contain_text("nothing is sent twice")
    shot(ana, tmp_path, "checking")
    living.run()
    expect(ana.locator("#standing")).to_contain_text("Synced", timeout=PATIENCE)
    shot(ana, tmp_path, "synced")
    assert len([one for one in living.demo.company.records("Vendor") if one["Name"] == LATER]) == 1


def test_closed_books_say_so_and_another_date_takes_the_bill_along(
    page: Page, fresh_living: Living, tmp_path: Path
) -> None:
    living, ana = fresh_living, signed_in(page, fresh_living.demo)
    close_the_books(living.demo)
    living.accept(living.ids(kind="company", name=LATER, state="sent"), "ben")  # the bill waits for nothing else
    living.run()
    living.run()
    [invoice] = living.ids(kind="subcontractor_invoice", name="Invoice DC-3302")
    ana.goto(f"{living.demo.url}/items/subcontractor_invoice/{invoice}")
    problem = ana.locator(".t-problem")
    expect(problem).to_contain_text("Books are closed through 31 Oct 2026.")
    expect(problem).to_contain_text("Pick a date in November 2026 or later")
    shot(ana, tmp_path, "closed")
    problem.get_by_role("button", name="Accept with this date").click()
    expect(ana.get_by_role("status")).to_contain_text("accepted with another date")
    living.run()
    expect(ana.locator("#standing")).to_contain_text("Synced", timeout=PATIENCE)


def test_the_auditor_takes_one_zip_and_it_verifies_without_tieout(
    browser: Browser, living: Living, tmp_path: Path
) -> None:
    context = browser.new_context(accept_downloads=True)
    aud = signed_in(context.new_page(), living.demo, "aud")
    aud.goto(f"{living.demo.url}/audit/")
    with aud.expect_download() as download:
        aud.get_by_role("button", name="Download the ZIP").click()
    shot(aud, tmp_path, "trail")
    download.value.save_as(tmp_path / "trail.zip")
    context.close()
    with zipfile.ZipFile(tmp_path / "trail.zip") as archive:
        archive.extractall(tmp_path / "trail")
    command = [sys.executable, "-I", str(tmp_path / "trail" / "verify.py")]
    said = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (said.returncode, said.stdout.count("OK  "), "BROKEN" in said.stdout) == (0, 2, False), said.stdout
