"""QuickBooks' payments of bills, by cheque and by credit card, and what became of them since."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from app.core import money
from app.items.base import Content, Record, Situation, Staged
from app.items.refresh import Refresh

GRAMMAR = """
BillPaymentCheckQueryRq iterates: $PaymentQuery
BillPaymentCreditCardQueryRq iterates: $PaymentQuery
$PaymentQuery: (TxnID+ id | RefNumber+ str | $TxnFilter), IncludeLineItems bool, $Answer

# Deleted payments show nowhere else.
TxnDeletedQueryRq: TxnDelType+ enum(BillPaymentCheck, BillPaymentCreditCard), DeletedDateRangeFilter, $Answer
DeletedDateRangeFilter: FromDeletedDate datetime, ToDeletedDate datetime

BillQueryRq iterates: $TxnQuery
"""

#: So many bills are asked for at once.
CHUNK = 100
#: The payment window says how it was paid; Procore has these words for it.
METHODS = {"BillPaymentCheckRet": "check", "BillPaymentCreditCardRet": "credit_card"}
SPOKEN = {"check": "Check", "credit_card": "Credit card"}

#: The types of records it stages: a payment, its part on one bill, and the bill's due date.
PAYMENT, PART, BILL = "Payment", "BillPayment", "PaidBill"


class Payments(Refresh):
    """Each part of a payment is kept by itself, whosesoever bill it pays: a bill may become ours after it was paid."""

    name, label = "payments", "Payments"
    grammar = GRAMMAR
    every, cadence = None, "payments_cadence"
    incremental = True
    countries = ("US",)
    steps = ("checks", "cards", "deleted", "bills")
    needs = ("subcontractor_invoice",)

    def asks(self, now: Situation, step: str) -> Content | None:
        """The payments page by page; those deleted; then the due dates of the bills of ours that were paid."""
        if step in {"checks", "cards"}:
            return super().asks(now, step)
        answered = [reply for reply in now.replies if reply.step == step and reply.outcome != "unknown"]
        if step == "deleted":
            return None if answered else {"since": now.document.get("since", "")}
        chunk = _paid_bills(now)[len(answered) * CHUNK :][:CHUNK]
        return {"txn_ids": chunk} if chunk else None

    def _page(self, now: Situation, iterator_id: str) -> Content:
        return {**super()._page(now, iterator_id), "since": now.document.get("since", "")}

    def stage_all(self, record: Record, asked: Content) -> Iterator[Staged]:
        """A payment, then its part on each bill; a deleted payment as one without parts; a bill's due date."""
        if record.type == "BillRet":
            yield _staged(BILL, record.text("TxnID"), record.text("RefNumber"), {"due": record.text("DueDate")})
        elif record.type == "TxnDeletedRet":
            gone = {"parts": [], "deleted": record.text("TimeDeleted")}
            yield _staged(PAYMENT, record.text("TxnID"), record.text("RefNumber"), gone)
        else:
            parts = [part for part in record.all("AppliedToTxnRet") if part.text("TxnType") == "Bill"]
            bills = [part.text("TxnID") for part in parts]
            yield _staged(PAYMENT, record.text("TxnID"), record.text("RefNumber"), {"parts": bills, "deleted": ""})
            for part in parts:
                yield _part(record, part)


def _part(payment: Record, part: Record) -> Staged:
    txn_id, bill = payment.text("TxnID"), part.text("TxnID")
    credits = (
        money.amount(one.text("Amount")) for one in part.all("LinkedTxn") if one.text("TxnType") == "VendorCredit"
    )
    data = {
        "payment": txn_id,
        "bill": bill,
        "bill_number": part.text("RefNumber"),
        "method": METHODS[payment.type],
        "number": payment.text("RefNumber"),
        "date": payment.text("TxnDate"),
        "memo": payment.text("Memo"),
        "amount": money.plain(money.amount(part.text("Amount"))),
        "discount": money.plain(money.amount(part.text("DiscountAmount"))),
        "credit": money.plain(sum((abs(credit) for credit in credits), Decimal(0))),
    }
    spoken = f"{SPOKEN[data['method']]} {data['number']}".strip()
    return Staged(PART, f"{txn_id}|{bill}", bill, spoken, active=True, sublevel=0, data=data)


def _staged(type_: str, txn_id: str, number: str, data: Content) -> Staged:
    return Staged(type_, txn_id, txn_id, number or txn_id, active=True, sublevel=0, data=data)


def _paid_bills(now: Situation) -> list[str]:
    """Our bills among those paid, each once."""
    ours = {binding.quickbooks_id for binding in now.bound.values()}
    records = (one for reply in now.replies if reply.step in {"checks", "cards"} for one in reply.records)
    parts = (part.text("TxnID") for record in records for part in record.all("AppliedToTxnRet"))
    return list(dict.fromkeys(bill for bill in parts if bill in ours))
