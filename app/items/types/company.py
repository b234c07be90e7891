"""A company of Procore's directory, exported as a QuickBooks vendor."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from marshmallow import fields

from app.core import text
from app.items import addresses, erp, named
from app.items.base import BOTH, Content, Field, Input, Loose, Situation, Staged, Step, Surroundings
from app.items.offered import Difference, Features, NewRecord
from app.items.ports import Many, Place, Procore, Told

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


class Company(named.Named):
    """Procore's company becomes a vendor; a change in Procore later never changes the vendor."""

    kind, label, plural, quickbooks = "company", "Company", "Companies", "Vendor"
    direction, order = BOTH, 20
    letter = "v"
    looked_at = True
    source, types, adds, follows = "vendors", ("Vendor",), True, "vendor_auto_update"
    archived_report, staged_as = "archived_companies", "vendor"
    to_complete = ("terms", "tax ID", "1099 eligibility")
    places = "Procore: Directory, Companies · QuickBooks: Vendor Center, Vendors"
    watched = "vendors"
    lists_changes, resources = True, ("Company Vendors",)
    erp_events = (
        erp.Event("create_vendor", at="vendor"),
        erp.Event("sync_vendors", erp.REFRESH, refresh="vendors"),
        erp.Event("create_vendor_in_procore", erp.LINK, at="vendor"),
        erp.Event("link_vendor", erp.LINK, at="vendor"),
        erp.Event("link_all_vendors", erp.LINK, at="vendors"),
        erp.Event("unlink_vendor", erp.UNLINK, at="vendor"),
        erp.Event("merge_vendors", erp.UPKEEP),
    )
    named_as = "VendorRef"
    held = {"Vendor Name": "Name", "Main Phone": "Phone", "Fax": "Fax", "Notes": "Notes"}
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

    def fetch(self, procore: Procore) -> Iterator[Content]:
        return procore.pages("/rest/v1.0/vendors", company_id=procore.company_id, view="extended", **procore.changed)

    def place(self, procore: Procore, told: Told) -> Place:
        parents, view = {"company_id": procore.company_id}, {"view": "extended"}
        many = Many("/rest/v1.0/vendors", {**parents, **view}, by_id="filters[id][]", syncs=True)
        return Place(f"{many.path}/{told.procore_id}", parents, "vendor", view=view, many=many)

    def of_event(self, record: Content, body: Content) -> Content:
        return record

    def external(self, told: Told) -> list[erp.Mark]:
        return [erp.Mark("vendor", told.procore_id, told.origin)]

    def new_record(self, staged: Staged, settings: Mapping[str, Any]) -> NewRecord:
        return named.made_from(staged, "/rest/v1.0/vendors", "vendor", _as_procore(staged))

    def features(self, content: Content) -> Features:
        return Features(self.name(content), _phone(content["business_phone"]))

    def features_of(self, staged: Staged) -> Features:
        return Features(staged.name, _phone(staged.data.get("phone")))

    def differences(self, staged: Staged, content: Content) -> Sequence[Difference]:
        """What QuickBooks says of name, address, phone and fax; what it leaves empty says nothing."""
        said = {"name": text.squeeze(staged.name), **_as_procore(staged)}
        labels = {field.procore: field.label for field in self.fields}
        return [
            Difference(labels[name], name, value, content[name] or "", is_name=name == "name")
            for name, value in said.items()
            if value and text.squeeze(value) != text.squeeze(content[name])
        ]

    def unlinks_freely(self, written: Content) -> bool:
        """A vendor that others use cannot be deleted, and need not be."""
        return True

    def title(self, content: Content) -> str:
        return ", ".join(filter(None, (content.get("city"), content.get("state_code"))))

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        name = self.quickbooks_name(content, inputs)
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
        names = self.names(content, inputs)
        return {
            **names,
            "address": {
                "addr1": names["name"],
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


def _as_procore(staged: Staged) -> Content:
    """What QuickBooks knows of a vendor beside its name, under Procore's names."""
    known = staged.data
    return {
        "address": known.get("street") or "",
        "city": known.get("city") or "",
        "state_code": addresses.state_code(known.get("state") or "") or "",
        "zip": known.get("zip") or "",
        "business_phone": known.get("phone") or "",
        "fax_number": known.get("fax") or "",
    }


def _phone(number: str | None) -> dict[str, str]:
    """A telephone number by its last ten digits: people write the rest in many ways."""
    digits = "".join(character for character in number or "" if character.isdigit())
    return {"phone": digits[-10:]} if len(digits) >= 7 else {}
