"""The chart of accounts: made by a person, only asked for by applications."""

from __future__ import annotations

from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.listing import list_query, query_shape, show_with

ACCOUNT_TYPES = (
    "AccountsPayable|AccountsReceivable|Bank|CostOfGoodsSold|CreditCard|Equity|Expense|FixedAsset|Income|"
    "LongTermLiability|NonPosting|OtherAsset|OtherCurrentAsset|OtherCurrentLiability|OtherExpense|OtherIncome"
)
SHOWS = {
    "Account": show_with(
        "Name FullName IsActive ParentRef Sublevel AccountType AccountNumber Desc Balance TotalBalance"
    )
}
FAMILY = Family(
    shapes=query_shape("AccountQueryRq", f"AccountType={ACCOUNT_TYPES}*"),
    handlers={"AccountQueryRq": list_query(SHOWS)},
    shows=SHOWS,
)
