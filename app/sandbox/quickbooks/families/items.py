"""Items: service items, which applications may add, and the other types a person has made."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.bodies import arrange, fields
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import add_element, list_query, query_shape, show_with
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

_SHAPES = f"""
ItemServiceAddRq ItemServiceAdd IncludeRetElement=s50*
ItemServiceAdd Name=s31 IsActive=bool? ClassRef=ref159? ParentRef=ref? UnitOfMeasureSetRef=ref31?\
 IsTaxIncluded=bool?@CA SalesTaxCodeRef=ref3? ( SalesOrPurchase | SalesAndPurchase ) ExternalGUID=guid?
SalesOrPurchase Desc=s4095? ( Price=price | PricePercent=qty )? AccountRef=ref159?
SalesAndPurchase SalesDesc=s4095? SalesPrice=price? IncomeAccountRef=ref159? PurchaseDesc=s4095? PurchaseCost=price?\
 PurchaseTaxCodeRef=ref3?@CA ExpenseAccountRef=ref159? PrefVendorRef=ref41?
{query_shape("ItemServiceQueryRq")}
{query_shape("ItemQueryRq")}
"""
_HEAD = "Name FullName IsActive ClassRef ParentRef Sublevel"
_SOLD = "UnitOfMeasureSetRef IsTaxIncluded SalesTaxCodeRef SalesOrPurchase SalesAndPurchase ExternalGUID"
_SERVICE = {"ItemService": show_with(_HEAD, _SOLD)}
_OTHERS = {
    "ItemNonInventory": show_with(_HEAD, _SOLD),
    "ItemOtherCharge": show_with(_HEAD, "SalesTaxCodeRef SalesOrPurchase SalesAndPurchase"),
    "ItemInventory": show_with(_HEAD, "SalesDesc IncomeAccountRef PurchaseDesc COGSAccountRef AssetAccountRef"),
    "ItemSubtotal": show_with("Name IsActive ItemDesc"),
    "ItemDiscount": show_with(_HEAD, "ItemDesc DiscountRate AccountRef"),
    "ItemSalesTax": show_with("Name IsActive ItemDesc TaxRate"),
}
_PRICES = {"SalesAndPurchase": ("SalesPrice", "PurchaseCost"), "SalesOrPurchase": ("Price",)}
_ACCOUNTS = {"SalesAndPurchase": ("IncomeAccountRef", "ExpenseAccountRef"), "SalesOrPurchase": ("AccountRef",)}
_DETAILS = {
    "SalesAndPurchase": """SalesDesc SalesPrice IncomeAccountRef PurchaseDesc PurchaseCost PurchaseTaxCodeRef
    ExpenseAccountRef PrefVendorRef""",
    "SalesOrPurchase": "Desc Price PricePercent AccountRef",
}


def add_item(books: Books, family: str, body: Body) -> Record:
    """Put an item of any type on the list; its name must be free beside its siblings of every type."""
    parent = body.pop("ParentRef", None)
    books.resolve(body, "Item")
    for part in _DETAILS:
        if part in body:
            details = body[part]
            body[part] = _completed(part, details if isinstance(details, dict) else {})
    if parent is not None:
        body["ParentRef"] = parent
    return add_element(books, family, body, space="item", plural="Items", parents=(family,), tiers=True)


def _completed(part: str, details: Body) -> Body:
    for tag in _ACCOUNTS[part]:
        if not details.get(tag):
            raise StatusError(3150, f'There is a missing element: "{tag}".')
    if "PricePercent" not in details:
        for tag in _PRICES[part]:
            details[tag] = str(details.get(tag) or "0.00")
    return arrange(details, _DETAILS[part])


def _add_service(books: Books, request: etree._Element) -> Answer:
    record = add_item(books, "ItemService", fields(request[0]))
    return Answer([("ItemServiceRet", _SERVICE["ItemService"](books, record))])


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "ItemServiceAddRq": _add_service,
        "ItemServiceQueryRq": list_query(_SERVICE),
        "ItemQueryRq": list_query(_SERVICE | _OTHERS),
    },
    shows=_SERVICE | _OTHERS,
    iterable=frozenset({"ItemServiceQueryRq", "ItemQueryRq"}),
)
