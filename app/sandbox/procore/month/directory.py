"""Halvorsen Builders' people, companies and projects."""

from __future__ import annotations

from typing import Any

from app.sandbox.procore.month.forms import Company, Project

COMPANY: dict[str, Any] = {
    "id": 5021,
    "name": "Halvorsen Builders",
    "is_active": True,
    "logo_url": None,
    "my_company": True,
    "pcn_business_experience": False,
}

#: first name, last name, title, level on Commitments, may push to accounting
USERS = (
    ("Ana", "Ruiz", "Accounts payable lead", "Standard", True),
    ("Pat", "Moreno", "Project manager", "Admin", False),
    ("Ike", "Sand", "Implementation specialist", "Admin", False),
    ("Aud", "Lang", "Internal auditor", "Read Only", False),
)

#: id, code, description, rate
TAX_CODES = ((31, "EVT-1", "Everett city tax on fixtures", "1.0"),)

#: Procore's levels, and the connector's own level on each tool it meets.
LEVELS = ("none", "read_only", "standard", "admin")
TOOLS = (
    ("company", "Directory", "admin"),
    ("company", "ERP Integrations", "admin"),
    ("company", "Admin", "read_only"),
    ("project", "Budget", "admin"),
    ("project", "Commitments", "admin"),
    ("project", "Change Orders", "admin"),
    ("project", "Direct Costs", "admin"),
    ("project", "Invoicing", "admin"),
    ("project", "Prime Contracts", "none"),
    ("project", "Reports", "read_only"),
)

SAME_NAME_AS_A_CUSTOMER = "Lakeside Holdings"
WITH_AN_ACCENT = "Béton Laurier Inc."
NOT_IN_QUICKBOOKS = "Łódź Stone Works"
LONG_NAME = "Northern Cascade Mechanical and Sheet Metal Partners"

COMPANIES = (
    Company("Delta Concrete", "1180 Quarry Road", "Everett", "WA", "98201", "425-555-0110", "425-555-0111"),
    Company(SAME_NAME_AS_A_CUSTOMER, "40 Shoreline Drive", "Kirkland", "WA", "98033", "425-555-0114"),
    Company(WITH_AN_ACCENT, "77 Harbour Street", "Bellingham", "WA", "98225", "360-555-0120", "360-555-0121"),
    Company(NOT_IN_QUICKBOOKS, "9 Granite Court", "Tacoma", "WA", "98402", "253-555-0131"),
    Company(LONG_NAME, "2200 Foundry Avenue", "Kent", "WA", "98032", "253-555-0142", trade_name="Northern Cascade"),
    Company("Brightwater Electric", "515 Canal Street", "Seattle", "WA", "98103", "206-555-0153", "206-555-0154"),
    Company("Ironline Steel Erectors", "3000 Harbor Way SW", "Seattle", "WA", "98126", "206-555-0160"),
    Company("Summit Roofing & Waterproofing", "88 Ridge Road", "Issaquah", "WA", "98027", "425-555-0166"),
    Company("Keystone Drywall & Paint", "620 Meridian Avenue N", "Shoreline", "WA", "98133", "206-555-0171"),
    Company("Pacific Glazing Contractors", "14 Industry Street", "Renton", "WA", "98057", "425-555-0177"),
    Company("Cedar Ridge Lumber Supply", "701 Mill Road", "Snohomish", "WA", "98290", "360-555-0183", "360-555-0184"),
    Company("Alder Creek Excavating", "5400 Valley Highway", "Auburn", "WA", "98001", "253-555-0190"),
)

#: A cost code that exists on one project only, which the integration must refuse.
OWN_CODE = "17-100"

PROJECTS = (
    Project(
        "26-01", "Riverside Tower", "410 River Street", "Seattle", "98104", "18450000.0", "2026-01-12", "2027-09-30"
    ),
    Project("26-02", "Harbor School", "25 Bayview Road", "Everett", "98201", "7320000.0", "2026-02-02", "2026-12-18"),
    Project(
        "26-03",
        "Mill Creek Clinic",
        "16100 Mill Creek Boulevard",
        "Mill Creek",
        "98012",
        "4185000.0",
        "2026-02-16",
        "2026-11-20",
        own_codes=((OWN_CODE, "Owner's Equipment Allowance"),),
    ),
)
