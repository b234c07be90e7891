"""The month's subcontracts: lump sums against cost codes."""

from __future__ import annotations

from app.sandbox.procore.month.cost_codes import LONG_CODE
from app.sandbox.procore.month.directory import (
    LONG_NAME,
    NOT_IN_QUICKBOOKS,
    OWN_CODE,
    SAME_NAME_AS_A_CUSTOMER,
    WITH_AN_ACCENT,
)
from app.sandbox.procore.month.forms import Commitment, lump

TOWER, SCHOOL, CLINIC = "Riverside Tower", "Harbor School", "Mill Creek Clinic"

#: Awkward on purpose; the names say how.
LATE_IN_THE_EVENING = "SC-005"
LONG_DESCRIPTION = "SC-008"
WITH_TAX = "SC-017"
WITH_A_PROJECT_COST_CODE = "SC-022"
NOT_APPROVED = "SC-023"
VOID = "SC-024"

SUBCONTRACTS = (
    Commitment(
        "SC-001", TOWER, "Alder Creek Excavating", 2, "Mass excavation and shoring",
        (
            lump("31-100", "Clear and grub", "18500.00"),
            lump("31-230", "Excavate to subgrade, haul off", "246300.00"),
            lump("31-500", "Soldier piles and lagging", "187450.00"),
        ),
    ),
    Commitment(
        "SC-002", TOWER, "Delta Concrete", 2, "Foundations and grade beams",
        (
            lump("03-100", "Form footings", "64200.00"),
            lump("03-200", "Reinforcing, footings", "81375.00"),
            lump("03-300", "Place and finish footings", "143980.00"),
        ),
    ),
    Commitment(
        "SC-003", TOWER, "Ironline Steel Erectors", 3, "Structural steel, levels 1 to 6",
        (
            lump("05-120", "Columns and beams", "1284600.00"),
            lump("05-310", "Composite deck", "216940.00"),
            lump("05-510", "Stair towers A and B", "98350.50"),
        ),
    ),
    Commitment(
        "SC-004", TOWER, LONG_NAME, 4, "HVAC rough-in, core and shell",
        (
            lump("23-050", "Mobilization and hangers", "42800.00"),
            lump("23-310", "Main duct risers", "318660.00"),
            lump("23-740", "Rooftop units, set and start", "275900.00"),
        ),
    ),
    Commitment(
        "SC-005", TOWER, "Brightwater Electric", 5, "Electrical, core and shell",
        (
            lump("26-050", "Conduit and feeders", "407215.00"),
            lump("26-240", "Switchgear and distribution boards", "288400.00"),
        ),
        created_at="2026-03-06T07:30:00Z",
    ),
    Commitment(
        "SC-006", TOWER, "Pacific Glazing Contractors", 5, "Unitized curtain wall",
        (
            lump("08-440", "Curtain wall, north and west", "962480.00"),
            lump("08-440", "Curtain wall, south and east", "938115.00"),
            lump("07-920", "Perimeter sealants", "47206.75"),
        ),
    ),
    Commitment(
        "SC-007", TOWER, "Summit Roofing & Waterproofing", 6, "Roofing and plaza waterproofing",
        (lump("07-500", "Main roof membrane", "211480.00"), lump("07-210", "Tapered insulation", "58630.25")),
    ),
    Commitment(
        "SC-008", TOWER, "Keystone Drywall & Paint", 9, "Framing, drywall and paint, levels 1 to 3",
        (
            lump("09-290", "Metal framing", "174320.00"),
            lump("09-290", "Board, tape and finish", "226890.00"),
            lump("09-910", "Prime and paint", "91475.00"),
        ),
        description=(
            "Work in sequence with the curtain wall: no board may be hung on a level before its perimeter is closed "
            "in, inspected and released in writing by the superintendent."
        ),
    ),
    Commitment(
        "SC-009", SCHOOL, "Alder Creek Excavating", 9, "Site preparation and building pad",
        (lump("31-100", "Strip topsoil", "22140.00"), lump("31-230", "Cut, fill and compact", "96805.00")),
    ),
    Commitment(
        "SC-010", SCHOOL, WITH_AN_ACCENT, 10, "Slab on grade and tilt-up panels",
        (
            lump("03-100", "Panel casting beds", "73650.00"),
            lump("03-200", "Reinforcing, slab and panels", "88216.40"),
            lump("03-300", "Place slab, cast and erect panels", "264900.00"),
        ),
    ),
    Commitment(
        "SC-011", SCHOOL, "Ironline Steel Erectors", 10, "Gymnasium and canopy steel",
        (
            lump("05-120", "Joists and girders", "184275.00"),
            lump("05-310", "Roof deck", "61480.00"),
            lump("05-510", "Bleacher stairs", "27333.33"),
        ),
    ),
    Commitment(
        "SC-012", SCHOOL, "Brightwater Electric", 11, "Electrical, fire alarm and temporary power",
        (
            lump("26-050", "Branch wiring", "198440.00"),
            lump("26-240", "Panelboards", "54310.00"),
            lump(LONG_CODE, "Temporary power and site lighting", "18990.00"),
        ),
    ),
    Commitment(
        "SC-013", SCHOOL, LONG_NAME, 11, "Classroom ventilation",
        (lump("23-050", "Controls and balancing", "38120.00"), lump("23-310", "Ductwork, wings A and B", "147685.00")),
    ),
    Commitment(
        "SC-014", SCHOOL, "Delta Concrete", 12, "Flatwork and curbs",
        (lump("03-100", "Edge forms", "2150.00"), lump("03-300", "Sidewalks and curbs", "10250.00")),
        retainage_percent="5.0",
    ),
    Commitment(
        "SC-015", SCHOOL, "Summit Roofing & Waterproofing", 13, "Low-slope roofing",
        (lump("07-500", "Membrane roof, 42 squares", "134820.00"), lump("07-210", "Roof insulation", "46110.00")),
    ),
    Commitment(
        "SC-016", SCHOOL, "Keystone Drywall & Paint", 16, "Interior partitions and finishes",
        (lump("09-290", "Partitions", "118730.00"), lump("09-910", "Paint, two coats", "52964.60")),
    ),
    Commitment(
        "SC-017", SCHOOL, "Pacific Glazing Contractors", 16, "Storefronts and classroom windows",
        (
            lump("08-440", "Storefront entries", "88400.00"),
            lump("08-110", "Hollow metal frames", "4500.00", tax="45.00"),
        ),
    ),
    Commitment(
        "SC-018", CLINIC, "Alder Creek Excavating", 17, "Earthwork and utilities trenching",
        (lump("31-230", "Building excavation", "58225.00"), lump("31-500", "Trench safety", "9640.00")),
    ),
    Commitment(
        "SC-019", CLINIC, WITH_AN_ACCENT, 18, "Cast-in-place concrete, clinic",
        (
            lump("03-100", "Formwork", "31780.00"),
            lump("03-200", "Reinforcing", "29415.00"),
            lump("03-300", "Footings, walls and slab", "92860.80"),
        ),
    ),
    Commitment(
        "SC-020", CLINIC, NOT_IN_QUICKBOOKS, 19, "Lobby stone and wall tile",
        (lump("09-300", "Limestone lobby floor", "64700.00"), lump("09-300", "Exam room wall tile", "38255.00")),
    ),
    Commitment(
        "SC-021", CLINIC, SAME_NAME_AS_A_CUSTOMER, 20, "Site office and storage yard lease",
        (lump("01-520", "Office trailer, nine months", "16200.00"), lump("01-520", "Storage yard", "7425.00")),
        retainage_percent="0.0",
    ),
    Commitment(
        "SC-022", CLINIC, "Brightwater Electric", 23, "Electrical and imaging suite power",
        (
            lump("26-050", "Power and lighting", "142380.00"),
            lump("26-240", "Imaging suite panel", "36950.00"),
            lump(OWN_CODE, "Owner's X-ray hook-up allowance", "12000.00"),
        ),
    ),
    Commitment(
        "SC-023", CLINIC, "Keystone Drywall & Paint", 24, "Clinic interiors",
        (lump("09-290", "Partitions and ceilings", "97315.00"), lump("09-910", "Washable paint", "28440.00")),
        status="Out For Signature",
    ),
    Commitment(
        "SC-024", CLINIC, "Summit Roofing & Waterproofing", 25, "Green roof, withdrawn by the owner",
        (lump("07-500", "Membrane and root barrier", "74900.00"), lump("07-210", "Insulation", "21350.00")),
        status="Void",
    ),
)  # fmt: skip
