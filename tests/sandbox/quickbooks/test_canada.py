"""The Canadian edition: tax on purchases, and what only one of the two editions knows; several currencies."""

from __future__ import annotations

import pytest
from lxml import etree

from app.sandbox.quickbooks import CompanyFile, ProcessError
from tests.sandbox.quickbooks.asking import ask, bill_add, bill_mod, ids_of, link, order_add, query, status, vendor_add
from tests.sandbox.quickbooks.conftest import Contractor, furnish


@pytest.fixture
def canada() -> Contractor:
    """A Canadian contractor with GST at 5, HST at 13 per cent, and an exempt code."""
    books = furnish(CompanyFile(":memory:", edition="CA"))
    books.file.add_tax_code("G", rate="5", description="GST")
    books.file.add_tax_code("H", rate="13", description="HST Ontario")
    books.file.add_tax_code("E")
    return books


def code(name: str) -> str:
    return f"<SalesTaxCodeRef><FullName>{name}</FullName></SalesTaxCodeRef>"


def line(books: Contractor, amount: str, tax: str = "") -> str:
    return f"<ItemRef><ListID>{books.item}</ListID></ItemRef><Amount>{amount}</Amount>{code(tax) if tax else ''}"


def bill(books: Contractor, *lines: str, header: str = "") -> etree._Element:
    answer = ask(books.file, bill_add(books.vendor, *lines, header=header))[0]
    assert status(answer) == 0, answer.attrib["statusMessage"]
    return answer[0]


def test_the_host_says_which_edition_it_is(canada: Contractor) -> None:
    assert ask(canada.file, "<HostQueryRq/>")[0].findtext("HostRet/Country") == "CA"


@pytest.mark.parametrize(
    ("lines", "due"),
    [
        ([("1000.00", "G")], "1050.00"),
        ([("1000.00", "H")], "1130.00"),
        ([("1000.00", "E")], "1000.00"),
        ([("1000.00", "")], "1000.00"),
        ([("1000.00", "H"), ("-100.00", "H")], "1017.00"),
        ([("0.10", "G"), ("0.10", "G")], "0.21"),
        ([("100.00", "G"), ("100.00", "H")], "218.00"),
    ],
)
def test_tax_is_added_to_a_bill_code_by_code(lines: list[tuple[str, str]], due: str, canada: Contractor) -> None:
    saved = bill(canada, *(line(canada, amount, tax) for amount, tax in lines))
    assert (saved.findtext("AmountDue"), saved.findtext("OpenAmount")) == (due, due)


def test_a_line_without_a_code_takes_the_headers_or_the_vendors(canada: Contractor) -> None:
    assert bill(canada, line(canada, "100.00"), header=code("H")).findtext("AmountDue") == "113.00"
    canada.file.edit(canada.vendor, SalesTaxCodeRef={"ListID": canada.file.records("SalesTaxCode")[0]["ListID"]})
    saved = bill(canada, line(canada, "100.00"), line(canada, "100.00", "E"))
    assert saved.findtext("AmountDue") == "205.00"


def test_amounts_may_include_the_tax(canada: Contractor) -> None:
    saved = bill(canada, line(canada, "113.00", "H"), header="<IsTaxIncluded>true</IsTaxIncluded>")
    assert saved.findtext("AmountDue") == "113.00"


def test_orders_are_taxed_too_and_a_linked_line_keeps_their_code(canada: Contractor) -> None:
    order = ask(canada.file, order_add(canada.vendor, line(canada, "100.00", "H")))[0][0]
    assert order.findtext("TotalAmount") == "113.00"
    saved = bill(canada, "<Quantity>0.5</Quantity><Amount>50.00</Amount>" + link(order, 0))
    assert (saved.findtext("ItemLineRet/SalesTaxCodeRef/FullName"), saved.findtext("AmountDue")) == ("H", "56.50")


def test_a_tax_code_beside_a_link_is_refused_and_a_mod_sets_it(canada: Contractor) -> None:
    order = ask(canada.file, order_add(canada.vendor, line(canada, "100.00")))[0][0]
    beside = ask(canada.file, bill_add(canada.vendor, f"<Amount>50.00</Amount>{code('H')}{link(order, 0)}"))[0]
    assert status(beside) == 3210
    saved = bill(canada, "<Amount>50.00</Amount>" + link(order, 0))
    changed = ask(canada.file, bill_mod(saved, ids_of(saved, "ItemLineRet")[0] + code("H")))[0]
    assert changed.findtext("BillRet/AmountDue") == "56.50"


def test_codes_are_asked_for_with_what_they_lead_to(canada: Contractor) -> None:
    found = ask(canada.file, query("SalesTaxCode", "<FullName>H</FullName>"), query("SalesTaxCode", ""))
    tags = ("Name", "IsTaxable", "Desc", "ItemPurchaseTaxRef/FullName")
    assert [found[0][0].findtext(tag) for tag in tags] == ["H", "true", "HST Ontario", "H tax"]
    assert [each.findtext("Name") for each in found[1]] == ["G", "H", "E"]


def test_preferences_show_sales_tax_once_there_is_any(canada: Contractor, books: Contractor) -> None:
    path = "PreferencesRet/SalesTaxPreferences/DefaultTaxableSalesTaxCodeRef/FullName"
    assert ask(canada.file, "<PreferencesQueryRq/>")[0].findtext(path) == "G"
    assert ask(books.file, "<PreferencesQueryRq/>")[0].findtext(path) is None


CANADIAN = [
    vendor_add("Acme", code("H")),
    vendor_add("Acme", "<TaxRegistrationNumber>123456789RT0001</TaxRegistrationNumber>"),
    bill_add("1-1", header=code("H")),
    bill_add("1-1", header="<IsTaxIncluded>true</IsTaxIncluded>"),
    bill_add("1-1", f"<Amount>1.00</Amount>{code('H')}"),
    order_add("1-1", "<Desc>x</Desc>", footer=code("H")),
    order_add("1-1", f"<Desc>x</Desc>{code('H')}"),
]
AMERICAN = [vendor_add("Acme", "<IsVendorEligibleFor1099>false</IsVendorEligibleFor1099>")]


@pytest.mark.parametrize("request_text", CANADIAN)
def test_the_us_edition_does_not_know_purchase_tax(request_text: str, books: Contractor, canada: Contractor) -> None:
    with pytest.raises(ProcessError):
        ask(books.file, request_text)
    ask(canada.file, request_text)


@pytest.mark.parametrize("request_text", AMERICAN)
def test_the_canadian_edition_does_not_know_1099(request_text: str, books: Contractor, canada: Contractor) -> None:
    with pytest.raises(ProcessError):
        ask(canada.file, request_text)
    assert status(ask(books.file, request_text)[0]) == 0


def test_a_currency_is_refused_until_several_are_in_use(canada: Contractor) -> None:
    foreign = vendor_add("Acme", "<CurrencyRef><FullName>US Dollar</FullName></CurrencyRef>")
    home = canada.file.add_currency("Canadian Dollar", "CAD")
    canada.file.add_currency("US Dollar", "USD", "1.35")
    assert status(ask(canada.file, foreign)[0]) == 3250
    canada.file.set_preference("HomeCurrency", home)
    vendor, other = ask(canada.file, foreign, vendor_add("Beta", request_id="2"))
    assert [each.findtext("VendorRet/CurrencyRef/FullName") for each in (vendor, other)] == [
        "US Dollar",
        "Canadian Dollar",
    ]
    saved = ask(canada.file, bill_add(vendor.findtext("VendorRet/ListID") or "", line(canada, "100.00")))[0][0]
    tags = ("CurrencyRef/FullName", "ExchangeRate", "AmountDue", "AmountDueInHomeCurrency")
    assert [saved.findtext(tag) for tag in tags] == ["US Dollar", "1.35", "100.00", "135.00"]
    told = ask(canada.file, "<PreferencesQueryRq/>")[0]
    path = "PreferencesRet/MultiCurrencyPreferences"
    assert told.findtext(f"{path}/IsMultiCurrencyOn") == "true"
    assert told.findtext(f"{path}/HomeCurrencyRef/FullName") == "Canadian Dollar"
