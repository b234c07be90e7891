"""A malformed request refuses the whole message set, and nothing of it is executed."""

from __future__ import annotations

import pytest

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import ask, message_set, order_add, status, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor

GOOD = vendor_add("Good Vendor", request_id="good")
MALFORMED = {
    "an unknown request": "<PigeonAddRq><PigeonAdd/></PigeonAddRq>",
    "a missing name": "<VendorAddRq><VendorAdd><Phone>1</Phone></VendorAdd></VendorAddRq>",
    "fields out of order": "<VendorAddRq><VendorAdd><Phone>1</Phone><Name>A</Name></VendorAdd></VendorAddRq>",
    "an unknown field": vendor_add("A", "<Pigeon>1</Pigeon>"),
    "a field given twice": vendor_add("A", "<Phone>1</Phone><Phone>2</Phone>"),
    "a name of 42 characters": vendor_add("A" * 42),
    "a phone of 22 characters": vendor_add("A", f"<Phone>{'1' * 22}</Phone>"),
    "a tax code in the US edition": vendor_add("A", "<SalesTaxCodeRef><FullName>H</FullName></SalesTaxCodeRef>"),
    "text between elements": "<VendorAddRq>hello<VendorAdd><Name>A</Name></VendorAdd></VendorAddRq>",
    "an amount with one decimal": order_add("1", "<Amount>12.5</Amount>"),
    "an amount with thousands separators": order_add("1", "<Amount>1,250.00</Amount>"),
    "a quantity with six decimals": order_add("1", "<Quantity>1.123456</Quantity>"),
    "a number of 12 characters": order_add("1", "<Desc>x</Desc>", header="<RefNumber>SC-123456789</RefNumber>"),
    "a day that does not exist": order_add("1", "<Desc>x</Desc>", header="<TxnDate>2026-02-30</TxnDate>"),
    "a day after 2038": order_add("1", "<Desc>x</Desc>", header="<TxnDate>2040-01-01</TxnDate>"),
    "an order without lines": order_add("1"),
    "amount before quantity": order_add("1", "<Amount>1.00</Amount><Quantity>1</Quantity>"),
    "an iterator on accounts": '<AccountQueryRq iterator="Start"><MaxReturned>5</MaxReturned></AccountQueryRq>',
    "an iterator without MaxReturned": '<VendorQueryRq iterator="Start"/>',
    "a continuation without its id": '<VendorQueryRq iterator="Continue"/>',
    "a page of no records": "<VendorQueryRq><MaxReturned>0</MaxReturned></VendorQueryRq>",
    "a filter beside an id": "<VendorQueryRq><ListID>1</ListID><ActiveStatus>All</ActiveStatus></VendorQueryRq>",
    "an unknown status word": "<VendorQueryRq><ActiveStatus>all</ActiveStatus></VendorQueryRq>",
    "the same requestID twice": vendor_add("A", request_id="good"),
    "a raw character beyond Windows-1252": vendor_add("Dvo\N{LATIN SMALL LETTER R WITH CARON}ák"),
    "markup that is not closed": "<VendorAddRq>",
}


@pytest.mark.parametrize("request_text", MALFORMED.values(), ids=MALFORMED.keys())
def test_it_refuses_the_whole_set_for(request_text: str, books: Contractor) -> None:
    with pytest.raises(ProcessError) as refusal:
        books.file.process(message_set(GOOD, request_text, newMessageSetID="set-1"))
    assert refusal.value.hresult == "0x80040400"
    assert [vendor["Name"] for vendor in books.file.records("Vendor")] == ["Delta Concrete"]


@pytest.mark.parametrize(
    "text",
    [
        message_set(GOOD).removeprefix('<?xml version="1.0" encoding="utf-8"?>'),
        "\ufeff" + message_set(GOOD),
        "\n" + message_set(GOOD),
        message_set(GOOD).replace('<?qbxml version="13.0"?>', ""),
        message_set(GOOD).replace("<QBXML>", "<!DOCTYPE QBXML><QBXML>"),
        message_set(GOOD, onError="rollbackOnError"),
        message_set(GOOD, onError="carryOn"),
        message_set(GOOD, pigeon="1"),
        message_set(GOOD).replace("QBXMLMsgsRq", "QBXMLMsgs"),
        "",
    ],
)
def test_it_refuses_an_envelope_that_is_not_as_quickbooks_wants_it(text: str, books: Contractor) -> None:
    with pytest.raises(ProcessError) as refusal:
        books.file.process(text)
    assert refusal.value.hresult == "0x80040400"


def test_it_refuses_a_version_of_qbxml_it_does_not_support() -> None:
    old = CompanyFile(":memory:", versions=("12.0", "13.0"))
    with pytest.raises(ProcessError) as refusal:
        old.process(message_set(GOOD, version="14.0"))
    assert refusal.value.hresult == "0x80040423"


def test_a_canadian_file_knows_tax_codes_and_not_the_1099() -> None:
    canadian = CompanyFile(":memory:", edition="CA")
    canadian.add_tax_code("H")
    taxed = vendor_add("Nord", "<SalesTaxCodeRef><FullName>H</FullName></SalesTaxCodeRef>")
    assert status(ask(canadian, taxed)[0]) == 0
    eligible = "<IsVendorEligibleFor1099>false</IsVendorEligibleFor1099>"
    with pytest.raises(ProcessError):
        ask(canadian, vendor_add("Sud", eligible))


def test_an_entity_beyond_windows_1252_is_silently_stored_as_a_question_mark(books: Contractor) -> None:
    answer = ask(books.file, vendor_add("Caf&#233; Dvo&#345;&#225;k"))[0]
    assert answer.findtext("VendorRet/Name") == "Café Dvo?ák"


def test_its_answers_are_plain_ascii(books: Contractor) -> None:
    text = books.file.process(message_set(vendor_add("Caf&#233; &amp; &#8220;Nord&#8221;")))
    assert "<Name>Caf&#233; &amp; &#8220;Nord&#8221;</Name>" in text


def test_a_request_id_over_fifty_characters_fails_that_request_alone(books: Contractor) -> None:
    first, second = ask(books.file, vendor_add("A", request_id="x" * 51), vendor_add("B", request_id="2"))
    assert (status(first), status(second)) == (1060, 0)
