"""The month's approved change orders: two chains of three, and six that stand alone."""

from __future__ import annotations

from app.sandbox.procore.month.forms import ChangeOrder, lump, unit

#: Commitments with three change orders each, which must reach QuickBooks one at a time.
CHAINS = ("SC-003", "SC-011")
#: The one that takes money back.
DEDUCTIVE = ("SC-006", "001")

CHANGE_ORDERS = (
    ChangeOrder(
        "SC-001", "001", 16, "Unsuitable soil at grid C",
        (lump("31-230", "Over-excavate and replace", "23870.00"),),
    ),
    ChangeOrder(
        "SC-003", "001", 17, "Added moment frame, line 4",
        (lump("05-120", "Frame material and erection", "68400.00"), lump("05-120", "Field welding", "7915.25")),
    ),
    ChangeOrder(
        "SC-003", "002", 19, "Deck openings for risers",
        (lump("05-310", "Cut and reinforce 14 openings", "12640.00"),),
    ),
    ChangeOrder(
        "SC-003", "003", 24, "Stair tower B, landing revision",
        (lump("05-510", "Landing and rails", "9285.50"),),
    ),
    ChangeOrder(
        "SC-006", "001", 20, "Credit: single instead of double silicone joint",
        (lump("07-920", "Sealant credit", "-6350.00"),),
    ),
    ChangeOrder(
        "SC-011", "001", 18, "Gymnasium hoist beams",
        (lump("05-120", "Hoist beams", "14730.00"),),
    ),
    ChangeOrder(
        "SC-011", "002", 20, "Canopy extended to the bus loop",
        (lump("05-120", "Canopy columns", "21460.00"), lump("05-310", "Canopy deck", "8120.40")),
    ),
    ChangeOrder(
        "SC-011", "003", 25, "Bleacher stair nosings",
        (lump("05-510", "Cast nosings", "3166.67"),),
    ),
    ChangeOrder(
        "SC-014", "001", 23, "Ramp at the main entry",
        (lump("03-300", "Accessible ramp", "4875.00"),),
    ),
    ChangeOrder(
        "SC-019", "001", 26, "Equipment pads",
        (lump("03-100", "Form pads", "1240.00"), lump("03-300", "Place pads", "5385.00")),
    ),
    ChangeOrder(
        "PO-202", "001", 25, "More ready-mix for the thickened mat",
        (
            unit("03-300", "Ready-mix delivered", "60", "cy", "168.40"),
            unit("03-300", "Pump hours", "6", "hr", "215.00"),
        ),
    ),
    ChangeOrder(
        "PO-205", "001", 27, "Two spare glulams",
        (unit("06-100", "Glulam 5-1/8 x 18", "48", "lf", "41.25"),),
    ),
)  # fmt: skip
