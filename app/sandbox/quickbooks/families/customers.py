"""Customers and, as customers under a customer, jobs."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.bodies import address_block, arrange, fields
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.currencies import give_currency
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import add_element, list_query, query_shape, show_with
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

_SHAPES = f"""
CustomerAddRq CustomerAdd IncludeRetElement=s50*
CustomerAdd Name=s41 IsActive=bool? ClassRef=ref159? ParentRef=ref? CompanyName=s41? Salutation=s15? FirstName=s25?\
 MiddleName=s5? LastName=s25? JobTitle=s41? BillAddress=Address? ShipAddress=Address? ShipToAddress*\
 Phone=s21? AltPhone=s21? Fax=s21? Email=s1023? Cc=s1023? Contact=s41? AltContact=s41?\
 AdditionalContactRef=ContactDetail* CustomerTypeRef=ref159? TermsRef=ref31? SalesRepRef=ref5? SalesTaxCodeRef=ref3?\
 ItemSalesTaxRef=ref31?@US ResaleNumber=s15? AccountNumber=s99? CreditLimit=amt?\
 JobStatus=Awarded|Closed|InProgress|None|NotAwarded|Pending? JobStartDate=date? JobProjectedEndDate=date?\
 JobEndDate=date? JobDesc=s99? JobTypeRef=ref159? Notes=s4095? ExternalGUID=guid? TaxRegistrationNumber=s30?@CA\
 CurrencyRef=ref64?
ShipToAddress Name=s41 Addr1=s41? Addr2=s41? Addr3=s41? Addr4=s41? Addr5=s41? City=s31? State=s21? PostalCode=s13?\
 Country=s31? Note=s41? DefaultShipTo=bool?
{query_shape("CustomerQueryRq")}
"""
_ORDER = """Name FullName IsActive ClassRef ParentRef Sublevel CompanyName Salutation FirstName MiddleName LastName
JobTitle BillAddress BillAddressBlock ShipAddress ShipAddressBlock ShipToAddress Phone AltPhone Fax Email Cc Contact
AltContact AdditionalContactRef CustomerTypeRef TermsRef SalesRepRef Balance TotalBalance SalesTaxCodeRef
ItemSalesTaxRef ResaleNumber AccountNumber CreditLimit JobStatus JobStartDate JobProjectedEndDate JobEndDate JobDesc
JobTypeRef Notes ExternalGUID TaxRegistrationNumber CurrencyRef"""
SHOWS = {"Customer": show_with(_ORDER)}


def add_customer(books: Books, body: Body) -> Record:
    """Put a customer, or a job under its parent, on the list."""
    body["BillAddressBlock"] = address_block(body.get("BillAddress"))
    body["ShipAddressBlock"] = address_block(body.get("ShipAddress"))
    body["Balance"] = body["TotalBalance"] = "0.00"
    body.setdefault("JobStatus", "None")
    parent = body.pop("ParentRef", None)
    give_currency(books, body)
    books.resolve(body, "Customer")
    body = arrange(body, _ORDER)
    if parent is not None:
        body["ParentRef"] = parent
    return add_element(books, "Customer", body, space="names", plural="Customers", parents=("Customer",), tiers=True)


def _add(books: Books, request: etree._Element) -> Answer:
    record = add_customer(books, fields(request[0]))
    return Answer([("CustomerRet", SHOWS["Customer"](books, record))])


FAMILY = Family(
    shapes=_SHAPES,
    handlers={"CustomerAddRq": _add, "CustomerQueryRq": list_query(SHOWS)},
    shows=SHOWS,
    iterable=frozenset({"CustomerQueryRq"}),
)
