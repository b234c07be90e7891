"""The month's three budgets: two locked, one with modifications and one with changes; the third still open."""

from __future__ import annotations

from app.sandbox.procore.month.directory import OWN_CODE
from app.sandbox.procore.month.forms import Adjustment, Budget, BudgetChange, Modification
from app.sandbox.procore.month.subcontracts import CLINIC, SCHOOL, TOWER

#: Awkward on purpose; the names say how.
WITH_MODIFICATIONS = TOWER
WITH_CHANGES = SCHOOL
NOT_LOCKED = CLINIC

#: The columns of the company's budget view: the name it chose, and where the money comes from.
VIEW_NAME = "Halvorsen Standard Budget"
PRIME_CHANGES_COLUMN = "Approved PCCOs"
COLUMNS = (
    ("Approved Budget Changes", "changes"),
    (PRIME_CHANGES_COLUMN, "prime_changes"),
    ("Revised Budget", "revised"),
    ("Committed Costs", "commitments"),
    ("Direct Costs", "direct_costs"),
    ("Job to Date Costs", "job_to_date"),
)
#: What a prime contract change order adds to the school's budget, which never goes to QuickBooks.
PRIME_CHANGE = (SCHOOL, "05-120", "25000.00")

BUDGETS = (
    Budget(
        TOWER,
        (
            ("01-310", "184000.00"),
            ("01-520", "96500.00"),
            ("03-100", "171200.00"),
            ("03-200", "266450.50"),
            ("03-300", "498333.33"),
            ("05-120", "1361000.00"),
            ("05-310", "231400.00"),
            ("05-510", "107636.00"),
            ("07-500", "268000.00"),
            ("08-440", "1952480.25"),
            ("09-290", "401210.00"),
            ("23-310", "637360.00"),
            ("26-050", "407215.00"),
            ("31-230", "270170.00"),
        ),
        modifications=(
            Modification("09-290", "05-510", "4500.00", "Stair towers need more steel than framing."),
            Modification("01-310", "31-230", "23870.33", "Unsuitable soil at grid C"),
        ),
    ),
    Budget(
        SCHOOL,
        (
            ("01-310", "58800.00"),
            ("03-100", "77950.00"),
            ("03-200", "88216.40"),
            ("03-300", "281400.00"),
            ("05-120", "221333.33"),
            ("05-310", "70100.00"),
            ("05-510", "31000.00"),
            ("07-500", "134820.00"),
            ("08-440", "88400.00"),
            ("09-290", "118730.00"),
            ("09-910", "53966.67"),
            ("31-230", "96805.00"),
        ),
        changes=(
            BudgetChange(
                "Canopy extended to the bus loop",
                (Adjustment("09-290", "-12333.33", "budget_change"), Adjustment("05-310", "12333.33", "change_event")),
            ),
            BudgetChange(
                "Bleacher allowance, not decided",
                (Adjustment("01-310", "-3000.00", "budget_change"), Adjustment("05-510", "3000.00", "change_event")),
                status="draft",
            ),
        ),
    ),
    Budget(
        CLINIC,
        (
            ("01-520", "23625.00"),
            ("03-100", "33020.00"),
            ("03-200", "29415.00"),
            ("03-300", "98245.80"),
            ("09-290", "97315.00"),
            ("09-300", "102955.00"),
            ("09-910", "28440.00"),
            (OWN_CODE, "12000.00"),
            ("26-050", "142380.00"),
            ("31-230", "58225.00"),
        ),
        locked=False,
    ),
)
