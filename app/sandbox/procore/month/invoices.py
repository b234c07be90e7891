"""The subcontractor invoices billed on the month's commitments, one a month from March on.

Four subcontracts have three invoices each; the others have one, awkward on purpose.
"""

from __future__ import annotations

from app.sandbox.procore.month.forms import Billed, Invoice

#: An invoice is named by its commitment and its number there.
WITH_MATERIALS = ("SC-002", 1)  # … and the next has them built in
BY_A_THIRD = "SC-014"  # 33.33 %, 33.33 % and the rest
WITH_RETAINAGE = ("SC-009", 1)
RELEASING_RETAINAGE = ("SC-009", 3)  # nothing but a release
BILLING_A_CHANGE_ORDER = ("SC-001", 2)
WITH_A_NEGATIVE_LINE = ("SC-018", 1)
WITHOUT_A_NUMBER = ("SC-019", 1)
UNDER_REVIEW = ("SC-013", 1)
BY_UNITS = ("PO-202", 1)

INVOICES = (
    Invoice(
        "SC-001", 1, "2026-03-31", "ACE-1047",
        (Billed(1, "18500.00"), Billed(2, "82091.79"), Billed(3, "62483.33")),
        payment_date="2026-04-30",
    ),
    Invoice(
        "SC-001", 2, "2026-04-30", "ACE-1062",
        (Billed(2, "98520.00"), Billed(3, "62483.33"), Billed(1, "14322.00", change_order="001")),
        status="approved_as_noted",
    ),
    Invoice(
        "SC-001", 3, "2026-05-31", "ACE-1080",
        (Billed(2, "65688.21"), Billed(1, "9548.00", change_order="001")),
        status="draft",
    ),
    Invoice(
        "SC-002", 1, "2026-03-31", "DC-3301",
        (Billed(1, "21397.86"), Billed(2, "27122.25", materials="18450.75"), Billed(3, "0.00")),
    ),
    Invoice(
        "SC-002", 2, "2026-04-30", "DC-3344",
        (Billed(1, "21397.86"), Billed(2, "36128.13"), Billed(3, "47988.53")),
        payment_date="2026-05-29",
    ),
    Invoice(
        "SC-002", 3, "2026-05-31", "DC-3390",
        (Billed(1, "21404.28"), Billed(3, "47988.53", materials="5210.40")),
        status="approved_as_noted",
    ),
    Invoice(
        "SC-009", 1, "2026-03-31", "ACE-1051",
        (Billed(1, "22140.00"), Billed(2, "41937.93")),
    ),
    Invoice("SC-009", 2, "2026-04-30", "ACE-1066", (Billed(2, "54867.07"),)),
    Invoice(
        "SC-009", 3, "2026-05-31", "ACE-1085",
        (Billed(1, released="2214.00"), Billed(2, released="9680.50")),
        final=True,
    ),
    Invoice("SC-014", 1, "2026-03-31", "DC-3302", (Billed(1, "716.60"), Billed(2, "3416.33")), retainage="5.0"),
    Invoice("SC-014", 2, "2026-04-30", "DC-3345", (Billed(1, "716.60"), Billed(2, "3416.33")), retainage="5.0"),
    Invoice(
        "SC-014", 3, "2026-05-31", "DC-3391",
        (Billed(1, "716.80"), Billed(2, "3417.34"), Billed(1, "4875.00", change_order="001")),
        retainage="5.0",
    ),
    Invoice(
        "SC-018", 1, "2026-03-31", "ACE-1053",
        (Billed(1, "19408.33"), Billed(2, "-1250.00")),
    ),
    Invoice("SC-019", 1, "2026-03-31", None, (Billed(1, "10593.33"),)),
    Invoice(
        "SC-013", 1, "2026-03-31", "NC-0771",
        (Billed(1, "9530.00"), Billed(2, "36921.25")),
        status="under_review",
    ),
    Invoice(
        "PO-202", 1, "2026-03-31", "DC-3303",
        (Billed(1, quantity="180.5"),),
        retainage="0.0",
    ),
)  # fmt: skip
