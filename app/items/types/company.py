"""A company of Procore's directory, exported as a QuickBooks vendor."""

from __future__ import annotations

from marshmallow import fields

from app.core import text
from app.items import named
from app.items.base import BOTH, Content, Field, Input, ItemType, Loose, Situation, Step, Surroundings

GRAMMAR = """
VendorAddRq: VendorAdd!, $Answer
VendorAdd: Name! name(41), IsActive bool, CompanyName str(41), Salutation str(15), FirstName str(25),
    MiddleName str(5), LastName str(25), JobTitle str(41) since 12.0, VendorAddress Address,
    ShipAddress Address since 11.0, Phone str(21), AltPhone str(21), Fax str(21), Email str(1023), Contact str(41),
    AltContact str(41), NameOnCheck str(41), AccountNumber str(99), Notes str(4095) since 3.0, TermsRef ref(31),
    CreditLimit amt, VendorTaxIdent str(15), IsVendorEligibleFor1099 bool not CA not UK,
    SalesTaxCodeRef ref(3) since 8.0 not US, SalesTaxCountry enum(Australia, Canada, UK, US) since 8.0 not US,
    TaxRegistrationNumber str(30) since 8.0 not US, CurrencyRef ref(64) since 8.0

EntityQueryRq iterates: $ListQuery
"""


#: Procore's fields that are written as they stand, beside the name.
WRITTEN = ("address", "city", "state_code", "zip", "business_phone", "fax_number")


class CompanySchema(Loose):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    address = fields.String(allow_none=True, load_default=None)
    city = fields.String(allow_none=True, load_default=None)
    state_code = fields.String(allow_none=True, load_default=None)
    zip = fields.String(allow_none=True, load_default=None)
    business_phone = fields.String(allow_none=True, load_default=None)
    fax_number = fields.String(allow_none=True, load_default=None)
    is_active = fields.Boolean(load_default=True)


class Company(ItemType):
    """Procore's company becomes a vendor; a change in Procore later never changes the vendor."""

    kind, label, plural, quickbooks = "company", "Company", "Companies", "Vendor"
    direction, order = BOTH, 20
    places = "Procore: Directory, Companies · QuickBooks: Vendor Center, Vendors"
    grammar = GRAMMAR
    schema = CompanySchema
    fields = (
        Field("Name", "name", "Vendor Name", "the full legal name goes to Notes when a shorter one is given"),
        Field("Address", "address", "Billed From, second line", "the first line is the name"),
        Field("City", "city", "Billed From, City"),
        Field("State", "state_code", "Billed From, State"),
        Field("ZIP", "zip", "Billed From, Zip"),
        Field("Business Phone", "business_phone", "Main Phone"),
        Field("Business Fax", "fax_number", "Fax"),
    )
    inputs = (
        Input(
            "quickbooks_name",
            "QuickBooks name",
            max_length=41,
            suggest="name",
            help="QuickBooks keeps 41 characters; both names are kept here.",
        ),
    )

    def name(self, content: Content) -> str:
        return text.squeeze(content["name"])

    def title(self, content: Content) -> str:
        return ", ".join(filter(None, (content.get("city"), content.get("state_code"))))

    def keys(self, content: Content, inputs: Content) -> set[str]:
        return {text.same_name(self._name(content, inputs))}

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        name = self._name(content, inputs)
        match = next(
            (
                s.name
                for s in around.of("Vendor")
                if text.same_name(s.name) == text.same_name(name) and s.bound_to != around.item_id
            ),
            "",
        )
        others = around.of("Customer", "Employee", "OtherName")
        return {
            "name": self.name(content),
            "quickbooks_name": name,
            "vendor_match": match,
            "name_taken_by": named.taken_by(name, others, around.item_id),
            "address": content["address"] or "",
            "city": content["city"] or "",
            "state": content["state_code"] or "",
            "zip": content["zip"] or "",
            "phone": content["business_phone"] or "",
            "fax": content["fax_number"] or "",
            "procore_status": "active" if content["is_active"] else "inactive",
            "not_in_quickbooks": text.not_in_quickbooks(
                self.name(content) + name + "".join(str(content[key] or "") for key in WRITTEN)
            ),
        }

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        name, legal = self._name(content, inputs), self.name(content)
        return {
            "name": name,
            "notes": None if legal == name else legal,
            "address": {
                "addr1": name,
                "addr2": content["address"] or None,
                "city": content["city"] or None,
                "state": content["state_code"] or None,
                "zip": content["zip"] or None,
            },
            "phone": content["business_phone"] or None,
            "fax": content["fax_number"] or None,
        }

    def next_step(self, now: Situation) -> Step:
        document = now.document
        same = [("Name", document["name"]), ("Phone", document["phone"] or ""), ("Fax", document["fax"] or "")]
        parts = (("City", "city"), ("State", "state"), ("PostalCode", "zip"), ("Addr2", "addr2"))
        same += [(f"VendorAddress/{path}", document["address"][key] or "") for path, key in parts]
        return named.next_step(now, ret="VendorRet", what="company", same=same, context={})

    def preview(self, document: Content) -> list[tuple[str, str]]:
        address = document["address"]
        lines = [address["addr1"], address["addr2"], " ".join(filter(None, (address["city"], address["state"])))]
        return [
            ("Vendor Name", document["name"]),
            ("Billed From", ", ".join(filter(None, [*lines, address["zip"]]))),
            ("Main Phone", document["phone"] or ""),
            ("Fax", document["fax"] or ""),
            ("Notes", document["notes"] or ""),
        ]

    def _name(self, content: Content, inputs: Content) -> str:
        return text.squeeze(inputs.get("quickbooks_name")) or self.name(content)
