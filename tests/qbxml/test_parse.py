"""QuickBooks' answers into records, and strangers' texts into sentences."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.qbxml import parse

ANSWERS = """<?xml version="1.0" ?>
<QBXML>
<QBXMLMsgsRs newMessageSetID="m7" messageSetStatusCode="0">
<VendorAddRs requestID="a.1" statusCode="0" statusSeverity="Info" statusMessage="Status OK">
<VendorRet>
<ListID>80000001-1700000001</ListID>
<Name>Caf&#233; Nord</Name>
<VendorAddress><Addr1>1 Kiln Road</Addr1><City>Reno</City></VendorAddress>
</VendorRet>
</VendorAddRs>
<PurchaseOrderQueryRs requestID="a.2" statusCode="1" statusSeverity="Info" statusMessage="No match" iteratorRemainingCount=" 12" iteratorID="{1-2}" />
<PurchaseOrderModRs requestID="a.3" statusCode="3200" statusSeverity="Error" statusMessage="out-of-date. " />
<PurchaseOrderAddRs requestID="a.4" statusCode="530" statusSeverity="Warn" statusMessage="">
<PurchaseOrderRet><TxnID>7-1</TxnID>
<PurchaseOrderLineRet><TxnLineID>8-1</TxnLineID><Desc>One
two</Desc></PurchaseOrderLineRet>
<PurchaseOrderLineRet><TxnLineID>9-1</TxnLineID></PurchaseOrderLineRet>
</PurchaseOrderRet>
</PurchaseOrderAddRs>
</QBXMLMsgsRs>
</QBXML>
"""

HOST = """<?xml version="1.0" ?><QBXML><QBXMLMsgsRs>
<HostQueryRs requestID="0" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><HostRet>
<ProductName>QuickBooks Enterprise Solutions 24.0</ProductName><MajorVersion>34</MajorVersion>
<MinorVersion>0</MinorVersion><Country>US</Country><SupportedQBXMLVersion>12.0</SupportedQBXMLVersion>
<SupportedQBXMLVersion>13.0</SupportedQBXMLVersion><QBFileMode>MultiUser</QBFileMode></HostRet></HostQueryRs>
<CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><CompanyRet>
<CompanyName>Harbor Builders</CompanyName><TaxForm>FormT2</TaxForm>
<DataExtRet><OwnerID>{AAAA0000-0000-0000-0000-00000000000A}</OwnerID><DataExtName>AppLock</DataExtName>
<DataExtValue>LOCKED:HOST:1</DataExtValue></DataExtRet>
<DataExtRet><OwnerID>{AAAA0000-0000-0000-0000-00000000000A}</OwnerID><DataExtName>FileID</DataExtName>
<DataExtValue>{BBBB0000-0000-0000-0000-00000000000B}</DataExtValue></DataExtRet></CompanyRet></CompanyQueryRs>
<PreferencesQueryRs requestID="2" statusCode="0" statusSeverity="Info" statusMessage="Status OK"><PreferencesRet>
<FinanceChargePreferences><AnnualInterestRate>0,0</AnnualInterestRate></FinanceChargePreferences>
<JobsAndEstimatesPreferences><IsUsingEstimates>true</IsUsingEstimates></JobsAndEstimatesPreferences>
<SalesTaxPreferences><DefaultTaxRef><FullName>Tax</FullName></DefaultTaxRef></SalesTaxPreferences>
</PreferencesRet></PreferencesQueryRs></QBXMLMsgsRs></QBXML>"""


def test_each_answer_is_told_apart_by_its_request() -> None:
    answers = parse.message_set(ANSWERS).answers
    assert [(a.request_id, a.name, a.status_code, a.severity) for a in answers] == [
        ("a.1", "VendorAddRs", 0, "Info"),
        ("a.2", "PurchaseOrderQueryRs", 1, "Info"),
        ("a.3", "PurchaseOrderModRs", 3200, "Error"),
        ("a.4", "PurchaseOrderAddRs", 530, "Warn"),
    ]


def test_the_set_says_which_it_is_and_how_its_recovery_went() -> None:
    answer = parse.message_set(ANSWERS)
    assert (answer.new_id, answer.status_code) == ("m7", 0)
    bare = parse.message_set("<QBXML><QBXMLMsgsRs/></QBXML>")
    assert (bare.new_id, bare.status_code, bare.answers) == ("", None, [])


def test_records_are_read_by_path_and_absent_fields_are_empty() -> None:
    (vendor,) = parse.message_set(ANSWERS).answers[0].records
    assert vendor.type == "VendorRet"
    assert vendor.text("Name") == "Café Nord"
    assert vendor.text("VendorAddress/City") == "Reno"
    assert vendor.text("Phone") == ""
    assert vendor.one("ShipAddress") is None
    address = vendor.one("VendorAddress")
    assert address is not None
    assert address.text("Addr1") == "1 Kiln Road"


def test_lines_come_in_order_with_their_line_ends() -> None:
    (order,) = parse.message_set(ANSWERS).answers[3].records
    lines = order.all("PurchaseOrderLineRet")
    assert [line.text("TxnLineID") for line in lines] == ["8-1", "9-1"]
    assert lines[0].text("Desc") == "One\ntwo"


def test_an_iterator_says_how_much_remains() -> None:
    first, second = parse.message_set(ANSWERS).answers[:2]
    assert (second.iterator_id, second.remaining) == ("{1-2}", 12)
    assert (first.iterator_id, first.remaining) == ("", None)


def test_the_own_text_of_an_answer_can_be_kept() -> None:
    xml = parse.message_set(ANSWERS).answers[2].xml
    assert xml.startswith('<PurchaseOrderModRs requestID="a.3"')
    assert xml.endswith("/>")


def test_quickbooks_introduces_itself() -> None:
    host = parse.host(HOST)
    assert (host.product, host.major, host.minor, host.country) == (
        "QuickBooks Enterprise Solutions 24.0", "34", "0", "US",
    )  # fmt: skip
    assert (host.versions, host.file_mode, host.company_name) == (("12.0", "13.0"), "MultiUser", "Harbor Builders")


def test_the_file_id_of_each_application_is_found_whatever_its_case() -> None:
    assert parse.host(HOST).file_ids == {
        "{aaaa0000-0000-0000-0000-00000000000a}": "{bbbb0000-0000-0000-0000-00000000000b}"
    }


def test_preferences_go_by_path_and_are_never_parsed_as_numbers() -> None:
    assert parse.host(HOST).preferences == {
        "FinanceChargePreferences/AnnualInterestRate": "0,0",
        "JobsAndEstimatesPreferences/IsUsingEstimates": "true",
        "SalesTaxPreferences/DefaultTaxRef/FullName": "Tax",
    }


def test_a_text_that_does_not_introduce_quickbooks_is_refused() -> None:
    with pytest.raises(parse.Unreadable, match="HostRet is missing"):
        parse.host("<QBXML><QBXMLMsgsRs/></QBXML>")


# -- what strangers send -------------------------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.requirement("SEC-02")
@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is empty"),
        (" \n", "is empty"),
        ("Internal Server Error", "damaged or cut off"),
        (ANSWERS[:700], "damaged or cut off"),
        ("<QBXML><QBXMLMsgsRs></QBXML>", "damaged or cut off"),
        ("<QBXML>\x0c</QBXML>", "damaged or cut off"),
        ("<QBXML>&nothing;</QBXML>", "damaged or cut off"),
        ("<html/>", "begins with <html>"),
        ("<QBXML><QBXMLMsgsRq/></QBXML>", "begins with <QBXML>"),
        ("\ud800", "not UTF-8"),
        (ANSWERS.encode("utf-16"), "not UTF-8"),
        (f'<!DOCTYPE q [<!ENTITY l0 "ha">{LAUGHS}]><QBXML>&l9;</QBXML>', "document type definition"),
        ('<!doctype q SYSTEM "file:///etc/passwd"><QBXML/>', "document type definition"),
        ("<QBXML>" + "<a>" * 10_000 + "</a>" * 10_000 + "</QBXML>", "damaged or cut off"),
        ("<QBXML>" + "<a>" * 150 + "</a>" * 150 + "</QBXML>", "more than 100 levels"),
        ('<QBXML><QBXMLMsgsRs><ARs statusCode="0x1"/></QBXMLMsgsRs></QBXML>', "statusCode of ARs “0x1”"),
        ("<QBXML><QBXMLMsgsRs><ARs/></QBXMLMsgsRs></QBXML>", "statusCode of ARs “”"),
        ('<QBXML><QBXMLMsgsRs messageSetStatusCode="x"/></QBXML>', "messageSetStatusCode “x”"),
    ],
    ids=lambda value: None if isinstance(value, bytes) or len(value) > 60 else value,
)
def test_what_is_no_answer_is_refused_with_a_sentence_at_once(text: str | bytes, sentence: str) -> None:
    began = time.perf_counter()
    with pytest.raises(parse.Unreadable, match=sentence):
        parse.message_set(text)
    assert time.perf_counter() - began < 2


@pytest.mark.requirement("SEC-02")
def test_an_answer_beyond_the_limit_is_not_even_parsed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.qbxml.reading.LARGEST_BYTES", 1000)
    with pytest.raises(parse.Unreadable, match="1,000 are not read"):
        parse.message_set("<QBXML>" + "x" * 1000)


@given(st.text() | st.binary())
def test_whatever_comes_is_read_or_refused_and_never_an_accident(text: str | bytes) -> None:
    with pytest.raises(parse.Unreadable):
        parse.message_set(text)


@given(st.integers(0, len(ANSWERS) - 10))
def test_an_answer_cut_off_anywhere_is_refused(length: int) -> None:
    with pytest.raises(parse.Unreadable):
        parse.message_set(ANSWERS[:length])


def test_a_byte_order_mark_and_blanks_in_front_do_no_harm() -> None:
    assert len(parse.message_set("\ufeff\n " + ANSWERS).answers) == 4


def test_remarks_and_instructions_are_no_records() -> None:
    text = '<QBXML><?x y?><QBXMLMsgsRs><!-- z --><ARs statusCode="0"><!-- a --><ARet/></ARs></QBXMLMsgsRs></QBXML>'
    (answer,) = parse.message_set(text).answers
    assert [record.type for record in answer.records] == ["ARet"]


def test_a_text_longer_than_lxml_likes_is_read() -> None:
    long = "x" * 11_000_000
    text = f'<QBXML><QBXMLMsgsRs><ARs statusCode="0"><ARet><Memo>{long}</Memo></ARet></ARs></QBXMLMsgsRs></QBXML>'
    assert len(parse.message_set(text).answers[0].records[0].text("Memo")) == 11_000_000
