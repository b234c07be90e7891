"""The limits people are told are those the grammar enforces."""

from __future__ import annotations

import pytest

from app.items import registry
from app.qbxml import limits
from app.qbxml.grammar import Grammar

GRAMMAR = Grammar.compile(registry.all_grammars())

VENDOR = "<VendorAddRq requestID='1'><VendorAdd>{}</VendorAdd></VendorAddRq>"
CUSTOMER = "<CustomerAddRq requestID='1'><CustomerAdd>{}</CustomerAdd></CustomerAddRq>"
ITEM = "<ItemServiceAddRq requestID='1'><ItemServiceAdd>{}</ItemServiceAdd></ItemServiceAddRq>"
ORDER = "<PurchaseOrderAddRq requestID='1'><PurchaseOrderAdd>{}</PurchaseOrderAdd></PurchaseOrderAddRq>"
CHANGE = "<PurchaseOrderModRq requestID='1'><PurchaseOrderMod>{}</PurchaseOrderMod></PurchaseOrderModRq>"
LINE = "<PurchaseOrderLineAdd/>"


@pytest.mark.requirement("MAP-19", "MAP-24", "MAP-39")
@pytest.mark.parametrize(
    ("template", "limit"),
    [
        (VENDOR.format("<Name>{}</Name>"), limits.VENDOR_NAME),
        (VENDOR.format("<Name>a</Name><Phone>{}</Phone>"), limits.PHONE),
        (VENDOR.format("<Name>a</Name><Notes>{}</Notes>"), limits.NOTES),
        (VENDOR.format("<Name>a</Name><VendorAddress><Addr1>{}</Addr1></VendorAddress>"), limits.ADDRESS_LINE),
        (VENDOR.format("<Name>a</Name><VendorAddress><City>{}</City></VendorAddress>"), limits.CITY),
        (VENDOR.format("<Name>a</Name><VendorAddress><State>{}</State></VendorAddress>"), limits.STATE),
        (VENDOR.format("<Name>a</Name><VendorAddress><PostalCode>{}</PostalCode></VendorAddress>"), limits.POSTAL_CODE),
        (CUSTOMER.format("<Name>{}</Name>"), limits.CUSTOMER_NAME),
        (ITEM.format("<Name>{}</Name><SalesAndPurchase/>"), limits.ITEM_NAME),
        (ITEM.format("<Name>a</Name><SalesAndPurchase><SalesDesc>{}</SalesDesc></SalesAndPurchase>"),
         limits.ITEM_DESCRIPTION),
        (ITEM.format("<Name>a</Name><SalesAndPurchase><IncomeAccountRef><FullName>{}</FullName></IncomeAccountRef>"
                     "</SalesAndPurchase>"), limits.ACCOUNT_FULL_NAME),
        (ORDER.format("<RefNumber>{}</RefNumber>" + LINE), limits.ORDER_NUMBER),
        (ORDER.format("<VendorMsg>{}</VendorMsg>" + LINE), limits.VENDOR_MESSAGE),
        (ORDER.format("<Memo>{}</Memo>" + LINE), limits.MEMO),
        (ORDER.format("<PurchaseOrderLineAdd><Desc>{}</Desc></PurchaseOrderLineAdd>"), limits.LINE_DESCRIPTION),
        (ORDER.format("<PurchaseOrderLineAdd><CustomerRef><FullName>{}</FullName></CustomerRef></PurchaseOrderLineAdd>"),
         limits.CUSTOMER_FULL_NAME),
        (CHANGE.format("<TxnID>1-1</TxnID><EditSequence>1</EditSequence><PurchaseOrderLineMod><TxnLineID>-1</TxnLineID>"
                       "<Other1>{}</Other1></PurchaseOrderLineMod>"), limits.LINE_OTHER),
        (VENDOR.format("<Name>a</Name>").replace("'1'", "'{}'"), limits.REQUEST_ID),
    ],
)  # fmt: skip
def test_the_last_character_fits_and_one_more_does_not(template: str, limit: int) -> None:
    assert GRAMMAR.problems(template.format("x" * limit)) == []
    (problem,) = GRAMMAR.problems(template.format("x" * (limit + 1)))
    assert str(limit + 1) in problem
    assert str(limit) in problem


def test_the_marker_fits_into_a_line() -> None:
    assert len("tie:" + "x" * 16) <= limits.LINE_OTHER
