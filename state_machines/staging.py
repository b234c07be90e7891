"""What QuickBooks offers: staged, then added to Procore, linked or archived."""

from __future__ import annotations

from state_machines.table import Table

STAGED = Table(
    "staged record",
    "staged",
    [
        ("add", "staged", "imported"),
        ("link", "staged", "linked"),
        ("archive", "staged", "archived"),
        ("restore", "archived", "staged"),
        ("unlink", "linked", "staged"),
        ("unlink", "imported", "staged"),
    ],
)
