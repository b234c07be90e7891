"""What a person enters beside bills: cheques, credit-card charges, vendor credits and journal entries.

Applications do not ask for these here; they count in the reports and, the credits, against bills.
"""

from __future__ import annotations

from functools import partial

from app.sandbox.quickbooks.amounts import money
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.payables import unused_credit
from app.sandbox.quickbooks.storage import Record
from app.sandbox.quickbooks.transactions import show_transaction
from app.sandbox.quickbooks.writing import Body

_SPENT = """TxnNumber AccountRef PayeeEntityRef RefNumber TxnDate Amount CurrencyRef ExchangeRate AmountInHomeCurrency
Memo ExpenseLineRet ItemLineRet"""
_CREDIT = """TxnNumber VendorRef TxnDate CreditAmount CurrencyRef ExchangeRate CreditAmountInHomeCurrency RefNumber
Memo ExpenseLineRet ItemLineRet OpenAmount"""
_ENTRY = "TxnNumber TxnDate RefNumber Memo JournalDebitLine JournalCreditLine"


def _show_credit(books: Books, record: Record) -> Body:
    return show_transaction(books, record, _CREDIT, {"OpenAmount": money(unused_credit(books, record))})


FAMILY = Family(
    shapes="",
    handlers={},
    shows={
        "Check": partial(show_transaction, order=_SPENT),
        "CreditCardCharge": partial(show_transaction, order=_SPENT),
        "VendorCredit": _show_credit,
        "JournalEntry": partial(show_transaction, order=_ENTRY),
    },
)
