"""The retainage of an invoice: one line of its own, on the item the settings name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from app.core import money
from app.items.base import Content, Staged, Surroundings
from app.items.requisition import ZERO, Progress

#: As QuickBooks calls the account types an approver may see in a refusal.
SPOKEN = {
    "AccountsPayable": "Accounts Payable",
    "AccountsReceivable": "Accounts Receivable",
    "CostOfGoodsSold": "Cost of Goods Sold",
    "FixedAsset": "Fixed Asset",
    "LongTermLiability": "Long Term Liability",
    "OtherAsset": "Other Asset",
    "OtherCurrentAsset": "Other Current Asset",
    "OtherCurrentLiability": "Other Current Liability",
    "OtherExpense": "Other Expense",
    "OtherIncome": "Other Income",
}


def item(around: Surroundings) -> Staged | None:
    """The item of the settings, as QuickBooks has shown it."""
    return around.by_id(around.settings.get("retainage_item"))


def words(progress: Sequence[Progress], around: Surroundings) -> Content:
    """What rules may know of the retainage: what is held (positive) or released, and where it is booked."""
    chosen = item(around)
    account = around.by_id(chosen.data.get("account")) if chosen else None
    kind = account.data["account_type"] if account else ""
    return {
        "retained": sum((line.retained for line in progress), ZERO),
        "retainage_item": chosen.full_name if chosen else "",
        "retainage_account": account.full_name if account else "",
        "retainage_account_type": SPOKEN.get(kind, kind),
        "retainage_item_is_cost_code": bool(chosen and chosen.bound_to is not None),
    }


def lines(progress: Sequence[Progress], codes: Sequence[str], around: Surroundings) -> list[Content]:
    """The retainage lines of the bill: one, or in Canada one for each tax code of the work."""
    chosen = item(around)
    held: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for line, code in zip(progress, codes, strict=True):
        held[code] += line.retained
    return [
        {
            "item": chosen.list_id if chosen else None,
            "item_name": chosen.full_name if chosen else "",
            "description": "Retainage held" if amount > 0 else "Retainage released",
            "amount": money.plain(-amount),
            "tax_code": code or None,
        }
        for code, amount in held.items()
        if amount
    ]
