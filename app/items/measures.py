"""What the tie-out report puts side by side: each measure in Procore's words and in QuickBooks'."""

from __future__ import annotations

COMMITTED, INVOICED, RETAINED, PAID, BUDGETED = "committed", "invoiced", "retained", "paid", "budgeted"

WORDS = {
    COMMITTED: ("Revised commitment", "Purchase order"),
    INVOICED: ("Invoiced to date", "Bills"),
    RETAINED: ("Retainage held", "Retainage liability"),
    PAID: ("Payments issued", "Bill payments"),
    BUDGETED: ("Budget", "Estimate"),
}
