"""The rows of the month that are awkward on purpose, by the trouble they make."""

from __future__ import annotations

from app.sandbox.procore.month.budgets import (
    NOT_LOCKED,
    PRIME_CHANGE,
    PRIME_CHANGES_COLUMN,
    WITH_CHANGES,
    WITH_MODIFICATIONS,
)
from app.sandbox.procore.month.change_orders import CHAINS, DEDUCTIVE
from app.sandbox.procore.month.cost_codes import LONG_CODE
from app.sandbox.procore.month.directory import (
    LONG_NAME,
    NOT_IN_QUICKBOOKS,
    OWN_CODE,
    SAME_NAME_AS_A_CUSTOMER,
    WITH_AN_ACCENT,
)
from app.sandbox.procore.month.invoices import (
    BILLING_A_CHANGE_ORDER,
    BY_A_THIRD,
    BY_UNITS,
    RELEASING_RETAINAGE,
    UNDER_REVIEW,
    WITH_A_NEGATIVE_LINE,
    WITH_MATERIALS,
    WITH_RETAINAGE,
    WITHOUT_A_NUMBER,
)
from app.sandbox.procore.month.purchase_orders import LONG_NUMBER
from app.sandbox.procore.month.subcontracts import (
    LATE_IN_THE_EVENING,
    LONG_DESCRIPTION,
    NOT_APPROVED,
    VOID,
    WITH_A_PROJECT_COST_CODE,
    WITH_TAX,
)

__all__ = [
    "BILLING_A_CHANGE_ORDER",
    "BY_A_THIRD",
    "BY_UNITS",
    "CHAINS",
    "DEDUCTIVE",
    "LATE_IN_THE_EVENING",
    "LONG_CODE",
    "LONG_DESCRIPTION",
    "LONG_NAME",
    "LONG_NUMBER",
    "NOT_APPROVED",
    "NOT_IN_QUICKBOOKS",
    "NOT_LOCKED",
    "OWN_CODE",
    "PRIME_CHANGE",
    "PRIME_CHANGES_COLUMN",
    "RELEASING_RETAINAGE",
    "SAME_NAME_AS_A_CUSTOMER",
    "UNDER_REVIEW",
    "VOID",
    "WITHOUT_A_NUMBER",
    "WITH_AN_ACCENT",
    "WITH_A_NEGATIVE_LINE",
    "WITH_A_PROJECT_COST_CODE",
    "WITH_CHANGES",
    "WITH_MATERIALS",
    "WITH_MODIFICATIONS",
    "WITH_RETAINAGE",
    "WITH_TAX",
]
