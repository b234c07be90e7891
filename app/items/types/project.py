"""A Procore project, exported as a QuickBooks customer or as a job under one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields

from app.core import text
from app.items import addresses, erp, named
from app.items.base import BOTH, Content, Field, Input, Loose, Situation, Staged, Step, Surroundings
from app.items.offered import Bar, NewRecord
from app.items.ports import Many, Place, Procore, Told

GRAMMAR = """
CustomerAddRq: CustomerAdd!, $Answer
CustomerAdd: Name! name(41), IsActive bool, ParentRef ref, CompanyName str(41), Salutation str(15), FirstName str(25),
    MiddleName str(5), LastName str(25), JobTitle str(41) since 12.0, BillAddress Address, ShipAddress Address,
    Phone str(21), AltPhone str(21), Fax str(21), Email str(1023), Contact str(41), AltContact str(41),
    TermsRef ref(31), SalesTaxCodeRef ref(3), ItemSalesTaxRef ref(31) not CA not UK, AccountNumber str(99),
    JobStatus enum(Awarded, Closed, InProgress, None, NotAwarded, Pending), JobStartDate date,
    JobProjectedEndDate date, JobEndDate date, JobDesc str(99), Notes str(4095) since 3.0,
    CurrencyRef ref(64) since 8.0

EntityQueryRq iterates: $ListQuery
"""


class ProjectSchema(Loose):
    id = fields.Integer(required=True)
    name = fields.String(required=True)
    address = fields.String(allow_none=True, load_default=None)
    city = fields.String(allow_none=True, load_default=None)
    state_code = fields.String(allow_none=True, load_default=None)
    zip = fields.String(allow_none=True, load_default=None)
    active = fields.Boolean(load_default=True)
    created_at = fields.String(required=True)
    standard_cost_code_list_id = fields.Integer(allow_none=True, load_default=None)


class Project(named.Named):
    """Procore's project becomes a job; whether jobs are customers is a setting of the connection."""

    kind, label, plural, quickbooks = "project", "Project", "Projects", "Job"
    direction, order = BOTH, 10
    letter = "p"
    source, types, adds, never_links = "customers", ("Customer",), True, "link-existing-project"
    places = "Procore: project, Admin tab · QuickBooks: Customer Center, Customers & Jobs"
    watched, tiered, staged_as = "customers", True, "project"
    lists_changes, resources = True, ("Projects",)
    erp_events = (
        erp.Event("create_or_update_job", at="job", project="id"),
        erp.Event("sync_jobs", erp.REFRESH, refresh="customers"),
        erp.Event("create_job_in_procore", erp.LINK, at="project"),
        erp.Event("reset_job", erp.UNLINK, at="project"),
        erp.Event("sync_single_job", erp.UPKEEP),
    )
    held = {"Job Name": "Name", "Customer Name": "Name", "Notes": "Notes"}
    grammar = GRAMMAR
    schema = ProjectSchema
    settings = ("customers_are_jobs",)
    fields = (
        Field("Project Name", "name", "Job Name (or Customer Name)"),
        Field("Address", "address", "Ship To"),
        Field("City", "city", "Ship To, City"),
        Field("State", "state_code", "Ship To, State"),
        Field("Zip", "zip", "Ship To, Zip"),
    )
    inputs = (
        Input("quickbooks_name", "QuickBooks name", max_length=41, suggest="name", help="At most 41 characters."),
        Input("customer", "Customer", form="customer", help="The job is made beneath this customer."),
    )

    def fetch(self, procore: Procore) -> Iterator[Content]:
        for row in procore.changed_projects():
            yield procore.project(row["id"])

    def place(self, procore: Procore, told: Told) -> Place:
        """The rows of its sync action have no place for the code people see."""
        parents = {"company_id": procore.company_id}
        many = Many("/rest/v1.0/projects", {**parents, "filters[by_status]": "All"})
        return Place(f"{many.path}/{told.procore_id}", parents, "project", many=many)

    def external(self, told: Told) -> list[erp.Mark]:
        return [erp.Mark("project", told.procore_id, told.origin)]

    def conclude(self, procore: Procore, told: Told, body: Content) -> None:
        """The project's own codes are marked with the job and the item, and their cost types told to be there."""
        codes = [code for code in body.get("all_cost_codes") or () if code.get("standard_cost_code_origin_id")]
        marks = [
            erp.Mark("cost_code", code["id"], {"origin_id": f"{told.origin_id}|{code['standard_cost_code_origin_id']}"})
            for code in codes
        ]
        company = f"/rest/v1.0/companies/{procore.company_id}"
        if marks:
            procore.patch(f"{company}/external_data/sync", {"updates": [mark.row for mark in marks]})
        types = [(code["id"], kind["id"]) for code in codes for kind in code.get("line_item_types") or ()]
        rows = [{"cost_code_id": code, "line_item_type_id": kind, "synced": True} for code, kind in types]
        if rows:
            body = {"project_id": told.procore_id, "updates": rows}
            procore.patch("/rest/v1.0/cost_code_line_item_types/sync", body)

    def why_not_add(self, staged: Staged, settings: Mapping[str, Any]) -> Bar | None:
        """Where customers are jobs, only customers become projects; else only jobs directly under a customer."""
        top = bool(settings.get("customers_are_jobs"))
        if staged.sublevel >= 2:
            return Bar(refusal="tier-3-jobs")
        if top and staged.sublevel:
            return Bar(
                f"Customers are jobs in this connection, so the job {staged.full_name} cannot become a project.",
                "Add its customer, or have the setting “Customers are jobs” changed.",
            )
        if not top and not staged.sublevel:
            return Bar(
                f"{staged.full_name} is a customer; only the jobs directly under customers become projects.",
                "Create a job under it in QuickBooks and press Refresh.",
            )
        return super().why_not_add(staged, settings)

    def new_record(self, staged: Staged, settings: Mapping[str, Any]) -> NewRecord:
        """For accounting, with copies of the codes of the list that belongs to accounting."""
        known = staged.data
        fields = {
            "address": known.get("street"),
            "city": known.get("city"),
            "state_code": addresses.state_code(known.get("state") or ""),
            "zip": known.get("zip"),
            "erp_integrated": True,
            "enable_copy_of_standard_cost_codes": True,
        }
        return named.made_from(staged, "/rest/v1.0/projects", "project", fields, **{"filters[by_status]": "All"})

    def title(self, content: Content) -> str:
        return ", ".join(filter(None, (content.get("address"), content.get("city"))))

    def project(self, content: Content) -> str | None:
        return str(content["id"])

    def words(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        name, customer = self.quickbooks_name(content, inputs), around.by_id(inputs.get("customer"))
        top = bool(around.settings.get("customers_are_jobs"))
        created = datetime.fromisoformat(content["created_at"])
        return {
            "name": self.name(content),
            "quickbooks_name": name,
            "customer": inputs.get("customer") or "",
            "customer_name": customer.full_name if customer else "",
            "cost_code_list": self._list(content, around),
            "before_connection": bool(around.connected_at and created < around.connected_at),
            "name_taken_by": self._taken(name, top, inputs, around),
            "address": content["address"] or "",
            "city": content["city"] or "",
            "state": content["state_code"] or "",
            "zip": content["zip"] or "",
            "procore_status": "active" if content["active"] else "inactive",
            "not_in_quickbooks": text.not_in_quickbooks(
                self.name(content)
                + name
                + "".join(str(content[k] or "") for k in ("address", "city", "state_code", "zip"))
            ),
        }

    def _list(self, content: Content, around: Surroundings) -> str:
        ours = around.settings.get("cost_code_list_id")
        if ours is None or content["standard_cost_code_list_id"] == ours:
            return "QuickBooks Standard Cost Codes"
        return "another list"

    def _taken(self, name: str, top: bool, inputs: Content, around: Surroundings) -> str:
        if top:
            everyone = around.of("Customer", "Vendor", "Employee", "OtherName")
            return named.taken_by(name, everyone, around.item_id)
        for other in around.of("Customer"):  # a job's name need only be free under its own customer
            mine = other.bound_to is not None and other.bound_to == around.item_id
            under = other.data.get("parent") == inputs.get("customer")
            if other.sublevel > 0 and under and not mine and text.same_name(other.name) == text.same_name(name):
                return f"job {other.full_name}" + ("" if other.active else " (inactive)")
        return ""

    def document(self, content: Content, inputs: Content, around: Surroundings) -> Content:
        top = bool(around.settings.get("customers_are_jobs"))
        customer = None if top else around.by_id(inputs.get("customer"))
        return {
            **self.names(content, inputs),
            "parent": customer.list_id if customer else None,
            "parent_name": customer.full_name if customer else None,
            "ship_to": {
                "addr1": content["address"] or None,
                "city": content["city"] or None,
                "state": content["state_code"] or None,
                "zip": content["zip"] or None,
            },
        }

    def list_ids(self, inputs: Content, settings: Mapping[str, Any]) -> set[str]:
        return {inputs["customer"]} if inputs.get("customer") else set()

    def next_step(self, now: Situation) -> Step:
        document = now.document
        same = [("Name", document["name"]), ("ParentRef/ListID", document["parent"] or "")]
        parts = (("Addr1", "addr1"), ("City", "city"), ("State", "state"), ("PostalCode", "zip"))
        same += [(f"ShipAddress/{path}", document["ship_to"][key] or "") for path, key in parts]
        return named.next_step(now, ret="CustomerRet", what="project", same=same, context={})

    def preview(self, document: Content) -> list[tuple[str, str]]:
        ship = document["ship_to"]
        return [
            ("Customer", document["parent_name"] or "(none: the project is a customer of its own)"),
            ("Job Name" if document["parent"] else "Customer Name", document["name"]),
            ("Ship To", ", ".join(filter(None, (ship["addr1"], ship["city"], ship["state"], ship["zip"])))),
            ("Notes", document["notes"] or ""),
        ]
