"""Payments of bills by cheque, which applications may enter too, and by credit card, which only a person does here."""

from __future__ import annotations

from decimal import Decimal

from lxml import etree

from app.sandbox.quickbooks.amounts import ZERO, number
from app.sandbox.quickbooks.bodies import fields
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.currencies import require_currencies
from app.sandbox.quickbooks.errors import StatusError
from app.sandbox.quickbooks.family import Family
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.payments import Application, pay, show_payment
from app.sandbox.quickbooks.transactions import TXN_SHAPES, saved, txn_query, txn_query_shape
from app.sandbox.quickbooks.writing import Answer, Body

_FAMILIES = ("BillPaymentCheck", "BillPaymentCreditCard")
_QUERIES = "\n".join(txn_query_shape(f"{family}QueryRq", linked="") for family in _FAMILIES)
_SHAPES = f"""
BillPaymentCheckAddRq BillPaymentCheckAdd^ IncludeRetElement=s50*
BillPaymentCheckAdd PayeeEntityRef=ref209 APAccountRef=ref159? TxnDate=date? BankAccountRef=ref159\
 ( IsToBePrinted=bool | RefNumber=s11 ) Memo=s4095? ExchangeRate=float? ExternalGUID=guid? AppliedToTxnAdd+
AppliedToTxnAdd TxnID=id^ PaymentAmount=amt? SetCredit* DiscountAmount=amt? DiscountAccountRef=ref159?
SetCredit CreditTxnID=id^ AppliedAmount=amt Override=bool?
{_QUERIES}
{TXN_SHAPES}
"""


def _add(books: Books, request: etree._Element) -> Answer:
    body = fields(request[0])
    applied = stored_lines(body.pop("AppliedToTxnAdd"))
    require_currencies(books, body)
    books.resolve(body, "BillPaymentCheck")
    for tag in ("PayeeEntityRef", "BankAccountRef"):
        if tag not in body:
            raise StatusError(3150, f'There is a missing element: "{tag}".')
    body.setdefault("IsToBePrinted", "false")
    record = pay(books, "BillPaymentCheck", body, [_application(books, entry) for entry in applied])
    return saved(books, record, show_payment)


def _application(books: Books, entry: Body) -> Application:
    books.resolve(entry, "BillPaymentCheck")
    credits = stored_lines(entry.get("SetCredit"))
    return Application(
        bill=str(entry["TxnID"]),
        amount=number(entry, "PaymentAmount"),
        discount=number(entry, "DiscountAmount") or ZERO,
        discount_account=list_id(entry.get("DiscountAccountRef")),
        credits=tuple((str(each["CreditTxnID"]), number(each, "AppliedAmount") or Decimal(0)) for each in credits),
    )


FAMILY = Family(
    shapes=_SHAPES,
    handlers={
        "BillPaymentCheckAddRq": _add,
        **{f"{family}QueryRq": txn_query(family, "AppliedToTxnRet", show=show_payment) for family in _FAMILIES},
    },
    shows=dict.fromkeys(_FAMILIES, show_payment),
    iterable=frozenset(f"{family}QueryRq" for family in _FAMILIES),
)
