"""Puts the month together: every record of every resource, with ids that never change."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.sandbox.procore.month import directory
from app.sandbox.procore.month.billing import Billing
from app.sandbox.procore.month.budgeting import Budgeting
from app.sandbox.procore.month.change_orders import CHANGE_ORDERS
from app.sandbox.procore.month.codes import OTHER, CodeBook
from app.sandbox.procore.month.contracts import Builder
from app.sandbox.procore.month.forms import Company, Project
from app.sandbox.procore.month.invoices import INVOICES
from app.sandbox.procore.month.purchase_orders import PURCHASE_ORDERS
from app.sandbox.procore.month.subcontracts import SUBCONTRACTS

_BEFORE_THE_MONTH = "2026-02-20T17:00:00Z"
_UNLINKED: dict[str, Any] = {"origin_id": None, "origin_code": None, "origin_data": None}


@dataclass(frozen=True)
class Month:
    """The records of one Procore company, by resource."""

    company_id: int
    records: dict[str, list[dict[str, Any]]] = field(default_factory=dict)


def build() -> Month:
    """Halvorsen Builders in March 2026."""
    book = CodeBook()
    projects = [_project(n, form) for n, form in enumerate(directory.PROJECTS, start=1)]
    vendors = [_vendor(n, form) for n, form in enumerate(directory.COMPANIES, start=1)]
    own_codes = {form.name: form.own_codes for form in directory.PROJECTS}
    cost_codes = [code for project in projects for code in book.of_project(project, own_codes[project["name"]])]
    builder = Builder(projects, vendors, cost_codes)
    subcontracts = [builder.commitment(form, "work_order_contracts") for form in SUBCONTRACTS]
    purchase_orders = [builder.commitment(form, "purchase_order_contracts") for form in PURCHASE_ORDERS]
    packages = [builder.change_order(form) for form in CHANGE_ORDERS]
    billing = Billing(projects, subcontracts + purchase_orders, packages)
    return Month(
        company_id=directory.COMPANY["id"],
        records={
            "companies": [{**directory.COMPANY, "created_at": _BEFORE_THE_MONTH, "updated_at": _BEFORE_THE_MONTH}],
            "users": [_user(n, *row) for n, row in enumerate(directory.USERS, start=1)],
            "vendors": vendors,
            "standard_cost_code_lists": [book.list],
            "standard_cost_codes": book.standard,
            "projects": projects,
            "cost_codes": cost_codes,
            "work_order_contracts": subcontracts,
            "purchase_order_contracts": purchase_orders,
            "change_order_packages": packages,
            **Budgeting(projects, cost_codes).records,
            "billing_periods": billing.periods,
            "requisitions": [billing.requisition(form) for form in INVOICES],
            "line_item_types": [{**OTHER, "created_at": _BEFORE_THE_MONTH, "updated_at": _BEFORE_THE_MONTH}],
            "tax_codes": [_tax_code(*row) for row in directory.TAX_CODES],
            "tools": [_tool(n, *row) for n, row in enumerate(directory.TOOLS, start=1)],
        },
    )


def _project(n: int, form: Project) -> dict[str, Any]:
    return {
        "id": 86_400 + n,
        "name": form.name,
        "display_name": f"{form.number} - {form.name}",
        "project_number": form.number,
        "code": None,
        "active": True,
        "address": form.address,
        "city": form.city,
        "state_code": "WA",
        "country_code": "US",
        "zip": form.zip,
        "phone": "",
        "fax": "",
        "time_zone": "US/Pacific",
        "tz_name": "America/Los_Angeles",
        "total_value": form.value,
        "start_date": form.start,
        "completion_date": form.finish,
        "public_notes": None,
        "description": None,
        "is_demo": False,
        "is_erp_integrated": True,
        "standard_cost_code_list_id": CodeBook.LIST_ID,
        "parent_job_id": None,
        **_UNLINKED,
        "company": {"id": directory.COMPANY["id"], "name": directory.COMPANY["name"]},
        "custom_fields": {},
        "created_at": _BEFORE_THE_MONTH,
        "updated_at": _BEFORE_THE_MONTH,
    }


def _vendor(n: int, form: Company) -> dict[str, Any]:
    return {
        "id": 61_000 + n,
        "name": form.name,
        "company": form.name,
        "abbreviated_name": None,
        "legal_name": form.name,
        "trade_name": form.trade_name,
        "address": form.address,
        "city": form.city,
        "state_code": form.state,
        "country_code": "US",
        "zip": form.zip,
        "business_phone": form.phone,
        "fax_number": form.fax,
        "mobile_phone": None,
        "email_address": None,
        "website": None,
        "notes": None,
        "is_active": True,
        "synced_to_erp": False,
        **_UNLINKED,
        "parent": None,
        "primary_contact": None,
        "attachments": [],
        "project_ids": [],
        "created_at": _BEFORE_THE_MONTH,
        "updated_at": _BEFORE_THE_MONTH,
    }


def _user(n: int, first: str, last: str, title: str, level: str, accountant: bool) -> dict[str, Any]:
    return {
        "id": 7_300 + n,
        "name": f"{first} {last}",
        "first_name": first,
        "last_name": last,
        "initials": first[0] + last[0],
        "email_address": f"{first.lower()}.{last.lower()}@halvorsen.example",
        "job_title": title,
        "employee_id": f"H-{n:03}",
        "is_active": True,
        "is_employee": True,
        "erp_integrated_accountant": accountant,
        "permission_template": {
            "id": 900 + n,
            "name": f"Commitments {level}",
            "type": "global",
            "project_specific": False,
        },
        "company_permission_template": None,
        "vendor": None,
        "origin_id": None,
        "origin_data": None,
        "created_at": _BEFORE_THE_MONTH,
        "updated_at": _BEFORE_THE_MONTH,
    }


def _tax_code(code_id: int, code: str, description: str, rate: str) -> dict[str, Any]:
    fields = {"id": code_id, "code": code, "description": description, "rate1": rate, "archived": False}
    stamps = {"created_at": _BEFORE_THE_MONTH, "updated_at": _BEFORE_THE_MONTH}
    return {**fields, "origin_id": None, "origin_data": None, **stamps}


def _tool(n: int, scope: str, name: str, level: str) -> dict[str, Any]:
    return {
        "id": 8_100 + n,
        "scope": scope,
        "name": name.lower().replace(" ", "_"),
        "friendly_name": name,
        "domain_id": n,
        "user_access_level": {"id": directory.LEVELS.index(level) + 1, "name": level},
        "created_at": _BEFORE_THE_MONTH,
        "updated_at": _BEFORE_THE_MONTH,
    }


HALVORSEN = build()
