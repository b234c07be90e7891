"""QuickBooks' chart of accounts, from which the approver chooses for cost codes."""

from __future__ import annotations

from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
AccountQueryRq: (ListID+ id | FullName+ str | $ListFilter, AccountType* enum(AccountsPayable, AccountsReceivable, Bank,
    CostOfGoodsSold, CreditCard, Equity, Expense, FixedAsset, Income, LongTermLiability, NonPosting, OtherAsset,
    OtherCurrentAsset, OtherCurrentLiability, OtherExpense, OtherIncome)), $Answer
"""


class Accounts(Refresh):
    name, label = "accounts", "Chart of accounts"
    grammar = GRAMMAR
    iterates = False  # QuickBooks answers the whole chart at once

    def keep(self, record: Record) -> Content:
        return {"account_type": record.text("AccountType"), "number": record.text("AccountNumber")}
