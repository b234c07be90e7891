"""The file itself: what it hands over at the start of a session, and what a person may do to it."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import ask, order_add, status, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor

OWNER = "{11111111-2222-4333-8444-555555555555}"
FILE_ID = "{AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE}"


def extensions(hcp: str) -> dict[str | None, str | None]:
    found = etree.fromstring(hcp).iterfind(".//DataExtRet")
    return {each.findtext("DataExtName"): each.findtext("DataExtValue") for each in found}


def test_it_introduces_host_company_and_preferences(books: Contractor) -> None:
    hcp = etree.fromstring(books.file.hcp(OWNER, FILE_ID))[0]
    assert [(str(answer.tag), answer.get("requestID")) for answer in hcp] == [
        ("HostQueryRs", "0"),
        ("CompanyQueryRs", "1"),
        ("PreferencesQueryRs", "2"),
    ]
    assert hcp.findtext(".//Country") == "US"
    assert "13.0" in [each.text for each in hcp.iterfind(".//SupportedQBXMLVersion")]


def test_a_file_is_marked_once_and_keeps_its_mark(books: Contractor) -> None:
    assert extensions(books.file.hcp(OWNER, FILE_ID))["FileID"] == FILE_ID
    other = FILE_ID.replace("A", "B")
    assert extensions(books.file.hcp(OWNER, other))["FileID"] == FILE_ID
    assert books.file.records("Vendor")


def test_the_lock_names_the_machine(books: Contractor) -> None:
    assert (extensions(books.file.hcp(OWNER, FILE_ID, "FRONT-DESK"))["AppLock"] or "").startswith("LOCKED:FRONT-DESK:")


def test_a_closing_date_shows_in_the_preferences(books: Contractor) -> None:
    books.file.set_preference("ClosingDate", "2025-12-31")
    answer = ask(books.file, "<PreferencesQueryRq/>")[0]
    assert answer.findtext("PreferencesRet/AccountingPreferences/ClosingDate") == "2025-12-31"


def test_host_and_company_answer_queries_of_their_own(books: Contractor) -> None:
    books.file.register_application(OWNER, FILE_ID)
    host, company = ask(books.file, "<HostQueryRq/>", f"<CompanyQueryRq><OwnerID>{OWNER}</OwnerID></CompanyQueryRq>")
    assert host.findtext("HostRet/MajorVersion") == "34"
    assert company.findtext("CompanyRet/DataExtRet/DataExtValue") == FILE_ID


def test_an_existing_file_keeps_the_host_it_was_made_with(tmp_path: Path) -> None:
    CompanyFile(tmp_path / "books.db", edition="CA").close()
    reopened = CompanyFile(tmp_path / "books.db")
    assert reopened.edition == "CA"
    reopened.change_host(edition="US")
    assert reopened.edition == "US"


def test_the_newest_version_is_compared_as_numbers() -> None:
    assert CompanyFile(":memory:", versions=("9.0", "13.0", "12.0")).newest_version == ("13", "0")


def test_a_file_that_cannot_be_opened_says_why_until_it_can(books: Contractor) -> None:
    books.file.cannot_open("0x80040414", "A modal dialog box is showing in the QuickBooks user interface.")
    with pytest.raises(ProcessError) as refusal:
        books.file.begin_session()
    assert refusal.value.hresult == "0x80040414"
    books.file.cannot_open("", "")
    books.file.begin_session()


def test_a_renamed_vendor_is_found_by_the_new_name_and_frees_the_old(books: Contractor) -> None:
    books.file.rename(books.vendor, "Delta Structures")
    assert books.file.name_holder("delta structures") == {"type": "Vendor", "ListID": books.vendor}
    assert status(ask(books.file, vendor_add("Delta Concrete"))[0]) == 0


def test_a_renamed_job_keeps_its_customer(books: Contractor) -> None:
    books.file.rename(books.job, "Sports Hall")
    answer = ask(books.file, "<CustomerQueryRq><FullName>School District 9:sports hall</FullName></CustomerQueryRq>")[0]
    assert answer.findtext("CustomerRet/ListID") == books.job


def test_an_edited_field_shows_and_changes_the_edit_sequence(books: Contractor) -> None:
    before = books.file.records("Vendor")[0]
    books.file.edit(books.vendor, Phone="805-555-0199")
    after = books.file.records("Vendor")[0]
    assert after["Phone"] == "805-555-0199"
    assert after["EditSequence"] != before["EditSequence"]


def test_a_vendor_with_orders_cannot_be_deleted(books: Contractor) -> None:
    ask(books.file, order_add(books.vendor, "<Desc>x</Desc>"))
    with pytest.raises(ValueError, match="in use"):
        books.file.delete(books.vendor)
    with pytest.raises(LookupError):
        books.file.delete("80009999-1")


def test_two_connections_to_one_file_see_each_others_work(tmp_path: Path) -> None:
    first, second = CompanyFile(tmp_path / "books.db"), CompanyFile(tmp_path / "books.db")
    assert status(ask(first, vendor_add("Acme"))[0]) == 0
    assert status(ask(second, vendor_add("acme"))[0]) == 3100
    assert status(ask(second, vendor_add("Beta"))[0]) == 0
    assert len({vendor["ListID"] for vendor in first.records("Vendor")}) == 2
