"""Vendors: subcontractors and suppliers."""

from __future__ import annotations

from lxml import etree

from app.sandbox.quickbooks.bodies import address_block, arrange, fields
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.currencies import give_currency
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import LIST_SHAPES, add_element, list_query, query_shape, show_with
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.writing import Answer, Body

_ADDRESS = (
    "Addr1=s41? Addr2=s41? Addr3=s41? Addr4=s41? Addr5=s41? City=s31? State=s21? PostalCode=s13? Country=s31? Note=s41?"
)
_SHAPES = f"""
VendorAddRq VendorAdd IncludeRetElement=s50*
VendorAdd Name=s41 IsActive=bool? ClassRef=ref159? CompanyName=s41? Salutation=s15? FirstName=s25? MiddleName=s5?\
 LastName=s25? JobTitle=s41? VendorAddress=Address? ShipAddress=Address? Phone=s21? AltPhone=s21? Fax=s21?\
 Email=s1023? Cc=s1023? Contact=s41? AltContact=s41? AdditionalContactRef=ContactDetail* NameOnCheck=s41?\
 AccountNumber=s99? Notes=s4095? VendorTypeRef=ref159? TermsRef=ref31? CreditLimit=amt? VendorTaxIdent=s15?\
 IsVendorEligibleFor1099=bool?@US ExternalGUID=guid? SalesTaxCodeRef=ref3?@CA\
 SalesTaxCountry=Australia|Canada|UK|US?@CA TaxRegistrationNumber=s30?@CA CurrencyRef=ref64?
Address {_ADDRESS}
ContactDetail ContactName=s40 ContactValue=s255
{LIST_SHAPES}
{query_shape("VendorQueryRq")}
"""
_ORDER = """Name IsActive ClassRef CompanyName Salutation FirstName MiddleName LastName JobTitle VendorAddress
VendorAddressBlock ShipAddress Phone AltPhone Fax Email Cc Contact AltContact AdditionalContactRef NameOnCheck
AccountNumber Notes VendorTypeRef TermsRef CreditLimit VendorTaxIdent IsVendorEligibleFor1099 Balance ExternalGUID
SalesTaxCodeRef SalesTaxCountry TaxRegistrationNumber CurrencyRef"""
SHOWS = {"Vendor": show_with(_ORDER)}


def add_vendor(books: Books, body: Body) -> Record:
    """Put a vendor on the list; its name must be free among all names."""
    if body.get("IsVendorEligibleFor1099") == "true" and not (body.get("VendorTaxIdent") and body.get("VendorAddress")):
        raise StatusError(3150, "A vendor eligible for 1099 needs VendorTaxIdent and VendorAddress.")
    body["VendorAddressBlock"] = address_block(body.get("VendorAddress"))
    body["Balance"] = "0.00"
    if books.edition == "US":
        body.setdefault("IsVendorEligibleFor1099", "false")
    give_currency(books, body)
    books.resolve(body, "Vendor")
    return add_element(books, "Vendor", arrange(body, _ORDER), space="names", plural="Vendors")


def _add(books: Books, request: etree._Element) -> Answer:
    record = add_vendor(books, fields(request[0]))
    return Answer([("VendorRet", SHOWS["Vendor"](books, record))])


FAMILY = Family(
    shapes=_SHAPES,
    handlers={"VendorAddRq": _add, "VendorQueryRq": list_query(SHOWS)},
    shows=SHOWS,
    iterable=frozenset({"VendorQueryRq"}),
)
