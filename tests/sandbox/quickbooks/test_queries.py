"""Queries: ids that are not there, filters, dates, iterators and counts."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from lxml import etree

from app.core import clock
from app.sandbox.quickbooks import CompanyFile
from tests.sandbox.quickbooks.asking import ask, order_add, status
from tests.sandbox.quickbooks.conftest import Contractor


def names(answer: etree._Element) -> list[str | None]:
    return [record.findtext("Name") for record in answer]


@pytest.fixture
def many() -> CompanyFile:
    file = CompanyFile(":memory:")
    for number in range(1, 8):
        file.add_vendor(f"Vendor {number}")
    return file


def page(
    file: CompanyFile, step: str, more: str = "<MaxReturned>3</MaxReturned>", iterator_id: str = ""
) -> etree._Element:
    written = f' iteratorID="{iterator_id}"' if iterator_id else ""
    return ask(file, f'<VendorQueryRq iterator="{step}"{written}>{more}</VendorQueryRq>')[0]


def started(file: CompanyFile) -> str:
    return str(page(file, "Start").get("iteratorID"))


def test_an_iterator_brings_every_record_once_and_counts_down(many: CompanyFile) -> None:
    first = page(many, "Start")
    iterator_id = str(first.get("iteratorID"))
    second, third = (page(many, "Continue", iterator_id=iterator_id) for _ in range(2))
    assert [answer.get("iteratorRemainingCount") for answer in (first, second, third)] == ["4", "1", "0"]
    assert names(first) + names(second) + names(third) == [f"Vendor {number}" for number in range(1, 8)]


def test_what_is_deleted_meanwhile_is_not_in_the_next_page(many: CompanyFile) -> None:
    iterator_id = started(many)
    many.delete(many.records("Vendor")[3]["ListID"])
    assert names(page(many, "Continue", iterator_id=iterator_id)) == ["Vendor 5", "Vendor 6"]


def test_an_iterator_does_not_survive_the_session(many: CompanyFile) -> None:
    iterator_id = started(many)
    many.begin_session()
    assert status(page(many, "Continue", iterator_id=iterator_id)) == 3000


def test_an_iterator_goes_on_only_with_its_own_criteria(many: CompanyFile) -> None:
    iterator_id = started(many)
    other = "<MaxReturned>3</MaxReturned><ActiveStatus>All</ActiveStatus>"
    assert status(page(many, "Continue", other, iterator_id)) == 3153


def test_a_stopped_iterator_is_gone(many: CompanyFile) -> None:
    iterator_id = started(many)
    page(many, "Stop", "", iterator_id)
    assert status(page(many, "Continue", iterator_id=iterator_id)) == 3000


def test_max_returned_cuts_without_an_iterator(many: CompanyFile) -> None:
    assert names(ask(many, "<VendorQueryRq><MaxReturned>2</MaxReturned></VendorQueryRq>")[0]) == [
        "Vendor 1",
        "Vendor 2",
    ]


def test_counting_brings_no_records(many: CompanyFile) -> None:
    answer = ask(many, '<VendorQueryRq metaData="MetaDataOnly"/>')[0]
    assert (answer.get("retCount"), len(answer)) == ("7", 0)


def test_nothing_found_is_status_1_and_a_part_found_is_a_warning(books: Contractor) -> None:
    nothing, part = ask(
        books.file,
        "<VendorQueryRq><FullName>Nobody</FullName></VendorQueryRq>",
        "<VendorQueryRq><FullName>delta concrete</FullName><FullName>Nobody</FullName></VendorQueryRq>",
    )
    assert (status(nothing), nothing.get("statusSeverity")) == (1, "Info")
    assert (status(part), part.get("statusSeverity"), names(part)) == (500, "Warn", ["Delta Concrete"])
    assert '("Nobody")' in part.attrib["statusMessage"]


def test_inactive_records_come_only_when_asked_for_or_named(books: Contractor) -> None:
    books.file.make_inactive(books.vendor)
    by_default, everything, by_id = ask(
        books.file,
        "<VendorQueryRq/>",
        "<VendorQueryRq><ActiveStatus>All</ActiveStatus></VendorQueryRq>",
        f"<VendorQueryRq><ListID>{books.vendor}</ListID></VendorQueryRq>",
    )
    assert [status(answer) for answer in (by_default, everything, by_id)] == [1, 0, 0]
    assert by_id.findtext("VendorRet/IsActive") == "false"


def test_modified_dates_without_an_offset_are_the_computers_own_time() -> None:
    file = CompanyFile(":memory:", utc_offset=-8)
    with clock.running(lambda: datetime(2026, 3, 1, 20, 0, tzinfo=UTC)):
        file.add_vendor("Noon in California")
    since = "<VendorQueryRq><FromModifiedDate>{}</FromModifiedDate></VendorQueryRq>"
    moments = ["2026-03-01T12:00:00", "2026-03-01T12:00:01", "2026-03-01T20:00:00+00:00", "2026-03-01", "2026-03-02"]
    found = ask(file, *(since.format(moment) for moment in moments))
    assert [status(answer) for answer in found] == [0, 1, 0, 0, 1]


def test_a_to_date_without_time_means_the_end_of_that_day() -> None:
    file = CompanyFile(":memory:", utc_offset=-8)
    with clock.running(lambda: datetime(2026, 3, 1, 20, 0, tzinfo=UTC)):
        file.add_vendor("Noon in California")
    until = "<VendorQueryRq><ToModifiedDate>{}</ToModifiedDate></VendorQueryRq>"
    found = ask(file, until.format("2026-03-01"), until.format("2026-02-28"))
    assert [status(answer) for answer in found] == [0, 1]


@pytest.mark.parametrize(
    ("criterion", "wanted", "expected"),
    [("StartsWith", "DELTA", 0), ("EndsWith", "crete", 0), ("Contains", "ta co", 0), ("StartsWith", "crete", 1)],
)
def test_a_name_filter_ignores_case(criterion: str, wanted: str, expected: int, books: Contractor) -> None:
    inner = f"<MatchCriterion>{criterion}</MatchCriterion><Name>{wanted}</Name>"
    assert status(ask(books.file, f"<VendorQueryRq><NameFilter>{inner}</NameFilter></VendorQueryRq>")[0]) == expected


def test_accounts_are_found_by_type(books: Contractor) -> None:
    answer = ask(books.file, "<AccountQueryRq><AccountType>Income</AccountType></AccountQueryRq>")[0]
    assert names(answer) == ["Construction Income"]


def test_entities_and_items_of_every_type_come_from_one_query(books: Contractor) -> None:
    books.file.add_employee("Pat Moss")
    books.file.add_item("ItemInventory", "Rebar")
    entities, items = ask(books.file, "<EntityQueryRq/>", "<ItemQueryRq/>")
    assert {str(record.tag) for record in entities} == {"CustomerRet", "VendorRet", "EmployeeRet"}
    assert [str(record.tag) for record in items] == ["ItemServiceRet", "ItemInventoryRet"]


def test_only_the_elements_asked_for_come(books: Contractor) -> None:
    answer = ask(books.file, "<VendorQueryRq><IncludeRetElement>Name</IncludeRetElement></VendorQueryRq>")[0]
    assert [str(child.tag) for child in answer[0]] == ["Name"]


def test_orders_are_found_by_number_vendor_and_day(books: Contractor) -> None:
    other = books.file.add_vendor("Other")
    day = "<TxnDate>2026-03-{}</TxnDate><RefNumber>{}</RefNumber>"
    ask(books.file, order_add(books.vendor, "<Desc>a</Desc>", header=day.format("01", "SC-1")))
    ask(books.file, order_add(other, "<Desc>a</Desc>", header=day.format("09", "SC-2")))
    queries = {
        "<RefNumber>sc-1</RefNumber>": ["SC-1"],
        "<RefNumberCaseSensitive>sc-1</RefNumberCaseSensitive>": [],
        "<RefNumberCaseSensitive>SC-1</RefNumberCaseSensitive>": ["SC-1"],
        f"<EntityFilter><ListID>{other}</ListID></EntityFilter>": ["SC-2"],
        "<EntityFilter><FullName>delta concrete</FullName></EntityFilter>": ["SC-1"],
        "<EntityFilter><FullName>Nobody</FullName></EntityFilter>": [],
        "<TxnDateRangeFilter><FromTxnDate>2026-03-02</FromTxnDate></TxnDateRangeFilter>": ["SC-2"],
        "<RefNumberFilter><MatchCriterion>EndsWith</MatchCriterion><RefNumber>-2</RefNumber></RefNumberFilter>": [
            "SC-2"
        ],
        "<RefNumberRangeFilter><ToRefNumber>SC-1</ToRefNumber></RefNumberRangeFilter>": ["SC-1"],
    }
    for query, expected in queries.items():
        answer = ask(books.file, f"<PurchaseOrderQueryRq>{query}</PurchaseOrderQueryRq>")[0]
        assert [order.findtext("RefNumber") for order in answer] == expected, query


def test_lines_come_only_when_asked_for(books: Contractor) -> None:
    ask(books.file, order_add(books.vendor, "<Desc>a</Desc>"))
    without, with_lines = ask(
        books.file,
        "<PurchaseOrderQueryRq/>",
        "<PurchaseOrderQueryRq><IncludeLineItems>true</IncludeLineItems></PurchaseOrderQueryRq>",
    )
    assert [len(answer[0].findall("PurchaseOrderLineRet")) for answer in (without, with_lines)] == [0, 1]
