"""The month's purchase orders: quantities at unit costs."""

from __future__ import annotations

from app.sandbox.procore.month.directory import LONG_NAME, NOT_IN_QUICKBOOKS, SAME_NAME_AS_A_CUSTOMER
from app.sandbox.procore.month.forms import Commitment, unit
from app.sandbox.procore.month.subcontracts import CLINIC, SCHOOL, TOWER

#: 14 characters: QuickBooks keeps eleven.
LONG_NUMBER = "PO-00000000231"

PURCHASE_ORDERS = (
    Commitment(
        "PO-201", TOWER, "Cedar Ridge Lumber Supply", 3, "Forming lumber and plywood",
        (
            unit("03-100", "2x4 x 16 ft, #2", "1200", "ea", "9.85"),
            unit("03-100", "3/4 in. form plywood", "340", "sht", "61.40"),
            unit("06-100", "2x10 x 20 ft", "180", "ea", "28.15"),
        ),
    ),
    Commitment(
        "PO-202", TOWER, "Delta Concrete", 4, "Ready-mix, 4,000 psi",
        (
            unit("03-300", "Ready-mix delivered", "412.5", "cy", "168.40"),
            unit("03-300", "Pump hours", "36", "hr", "215.00"),
        ),
    ),
    Commitment(
        "PO-203", TOWER, "Pacific Glazing Contractors", 6, "Door hardware, levels 1 to 6",
        (
            unit("08-710", "Mortise locksets", "146", "ea", "312.75"),
            unit("08-710", "Closers", "146", "ea", "188.20"),
            unit("08-110", "Frames, 3-0 x 7-0", "146", "ea", "241.00"),
        ),
    ),
    Commitment(
        "PO-204", TOWER, "Brightwater Electric", 9, "Light fixtures, lobby and cores",
        (
            unit("26-050", "Recessed downlights", "320", "ea", "84.60"),
            unit("26-050", "Linear pendants", "48", "ea", "415.00"),
        ),
    ),
    Commitment(
        "PO-205", SCHOOL, "Cedar Ridge Lumber Supply", 10, "Glulam beams and blocking",
        (
            unit("06-100", "Glulam 5-1/8 x 18", "1460", "lf", "41.25"),
            unit("06-100", "Blocking", "2600", "lf", "1.85"),
            unit("06-200", "Cedar fascia", "780", "lf", "6.40"),
        ),
    ),
    Commitment(
        "PO-206", SCHOOL, LONG_NAME, 11, "Packaged rooftop units",
        (
            unit("23-740", "10-ton unit", "4", "ea", "14875.00"),
            unit("23-740", "Roof curbs", "4", "ea", "1240.00"),
        ),
    ),
    Commitment(
        "PO-207", SCHOOL, "Keystone Drywall & Paint", 12, "Acoustic panels for the gymnasium",
        (unit("09-290", "2 in. wall panel", "1850", "sf", "11.35"), unit("09-290", "Clips", "925", "ea", "2.10")),
    ),
    Commitment(
        "PO-208", SCHOOL, "Summit Roofing & Waterproofing", 13, "Spare membrane and sealant",
        (unit("07-500", "Membrane roll", "6", "rl", "864.50"), unit("07-920", "Sealant, case", "14", "cs", "132.80")),
    ),
    Commitment(
        "PO-209", SCHOOL, NOT_IN_QUICKBOOKS, 16, "Entry plaza pavers",
        (
            unit("09-300", "Granite paver 24 x 24", "640", "ea", "38.90"),
            unit("09-300", "Setting bed", "18", "cy", "96.00"),
        ),
    ),
    Commitment(
        "PO-210", CLINIC, "Cedar Ridge Lumber Supply", 17, "Casework and trim",
        (
            unit("06-410", "Base cabinets, exam rooms", "24", "ea", "685.00"),
            unit("06-410", "Wall cabinets", "24", "ea", "412.50"),
            unit("06-200", "Base trim", "1120", "lf", "3.45"),
        ),
    ),
    Commitment(
        "PO-211", CLINIC, "Delta Concrete", 18, "Ready-mix, clinic footings",
        (
            unit("03-300", "Ready-mix delivered", "186.25", "cy", "171.20"),
            unit("03-300", "Hot water", "186.25", "cy", "4.00"),
        ),
    ),
    Commitment(
        "PO-212", CLINIC, "Ironline Steel Erectors", 19, "Anchor bolts and embeds",
        (
            unit("05-120", "Anchor bolt 3/4 x 18", "220", "ea", "17.35"),
            unit("05-120", "Embed plate", "64", "ea", "58.75"),
            unit("05-510", "Stair stringers", "2", "ea", "3480.00"),
            unit("05-310", "Edge angle", "460", "lf", "8.65"),
        ),
    ),
    Commitment(
        "PO-213", CLINIC, "Brightwater Electric", 20, "Generator and transfer switch",
        (
            unit("26-240", "150 kW generator", "1", "ea", "68400.00"),
            unit("26-240", "Automatic transfer switch", "1", "ea", "11850.00"),
        ),
    ),
    Commitment(
        "PO-214", TOWER, SAME_NAME_AS_A_CUSTOMER, 23, "Hoist and fence rental",
        (
            unit("01-520", "Material hoist", "3", "mo", "6250.00"),
            unit("01-520", "Fence panels", "210", "ea", "12.40"),
            unit("01-740", "Dumpster pulls", "22", "ea", "385.00"),
        ),
    ),
    Commitment(
        LONG_NUMBER, TOWER, "Ironline Steel Erectors", 24, "Miscellaneous metals, numbered by the old system",
        (
            unit("05-510", "Ladder, galvanized", "6", "ea", "1325.00"),
            unit("05-510", "Guardrail", "412", "lf", "96.30"),
            unit("05-510", "Bollards", "18", "ea", "274.00"),
            unit("05-120", "Lintels", "85", "ea", "63.25"),
            unit("05-120", "Touch-up paint", "12", "gal", "58.00"),
            unit("01-310", "Shop drawings", "40", "hr", "92.00"),
        ),
    ),
    Commitment(
        "PO-232", CLINIC, "Pacific Glazing Contractors", 26, "Lead-lined door and view window",
        (unit("08-110", "Lead-lined door", "2", "ea", "7340.00"), unit("08-440", "View window", "1", "ea", "4915.00")),
    ),
)  # fmt: skip
