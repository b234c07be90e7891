"""How an approved payment becomes QuickBooks' payment of a bill: look at payments and bill, then add, once."""

from __future__ import annotations

from decimal import Decimal

from app.core import money, text
from app.items.base import Again, Ask, Content, Done, Hold, Record, Refuse, Reply, Situation, Step

#: What QuickBooks loses three times is not sent a fourth.
MOST_TRIES = 3

GRAMMAR = """
BillPaymentCheckAddRq: BillPaymentCheckAdd!, $Answer
BillPaymentCheckAdd: PayeeEntityRef! ref(209), APAccountRef ref(159), TxnDate date, BankAccountRef! ref(159),
    (IsToBePrinted bool | RefNumber str(11))!, Memo str(4095), AppliedToTxnAdd+
AppliedToTxnAdd: TxnID! id, PaymentAmount amt

BillPaymentCheckQueryRq iterates: $PaymentQuery
$PaymentQuery: (TxnID+ id | RefNumber+ str | $TxnFilter), IncludeLineItems bool, $Answer

BillQueryRq iterates: $TxnQuery
"""


def next_step(now: Situation) -> Step:
    """What to do next for one payment."""
    last = now.last
    if last is None or last.outcome in {"unknown", "unrun", "stale"}:
        return _look(now)
    if last.outcome == "retry":
        return Again(last.sentence)
    if last.step in {"look", "bill"}:
        return _after_look(now)
    if last.outcome == "saved" and last.records:
        return _done(now, last.records[0])
    return Refuse(last.sentence, last.what_to_do)


def _look(now: Situation) -> Step:
    """Whether it is there already, or somebody typed it; and what is still owed on the bill."""
    bill = Ask("bill", writes=False, context={"refs": {"bill": _bill(now)}})
    return Ask("look", writes=False, context={"refs": {"vendor": _vendor(now)}}, also=(bill,))


def _after_look(now: Situation) -> Step:
    looked, read = (_newest(now, step) for step in ("look", "bill"))
    if looked is None or read is None:
        return _look(now)
    for reply in (looked, read):
        if reply.outcome == "retry":
            return Again(reply.sentence)
    if looked.outcome not in {"found", "empty"}:
        return Refuse(looked.sentence, looked.what_to_do)
    for record in looked.records:
        if record.text("Memo") == now.marker:
            return _done(now, record, adopted=True)
    if (typed := _typed_by_hand(now, looked)) is not None:
        return typed
    if sum(reply.step == "add" and reply.outcome == "unknown" for reply in now.replies) >= MOST_TRIES:
        return Refuse(
            "QuickBooks lost this payment three times without saying why.",
            "Ask whoever looks after QuickBooks to check the file (Verify Data), then retry.",
        )
    return _after_bill(now, read)


def _typed_by_hand(now: Situation, looked: Reply) -> Step | None:
    """A payment of this number that pays this bill; QuickBooks filters by "starts with": 10 also brings 104."""
    document, bill = now.document, _bill(now)
    for record in looked.records:
        if text.same_name(record.text("RefNumber")) != text.same_name(document["number"]):
            continue
        paid = [part for part in record.all("AppliedToTxnRet") if part.text("TxnID") == bill]
        if paid and not document["send_anyway"]:
            return Hold(
                rule="procore-pay-not-typed-by-hand",
                sentence=f"The bill of {document['invoice_name']} is already paid in QuickBooks by check "
                f"{record.text('RefNumber')}: {_shown(paid[0], 'Amount')}, dated {record.text('TxnDate')}.",
                what_to_do="If it is the same payment, reject this one or have it recorded as entered by hand. "
                "If it is another, give a reason to send it anyway.",
                field="send_anyway",
            )
    return None


def _after_bill(now: Situation, read: Reply) -> Step:
    document = now.document
    if read.outcome in {"empty", "missing"}:
        return Hold(
            rule="procore-pay-bill-there",
            sentence=f"The bill of {document['invoice_name']} is no longer in QuickBooks.",
            what_to_do="Find out who deleted it. To have it made again, unlink the invoice and accept it anew.",
        )
    if read.outcome not in {"found", "saved"} or not read.records:
        return Refuse(read.sentence, read.what_to_do)
    bill = read.records[0]
    if bill.text("VendorRef/ListID") != _vendor(now):
        return Hold(
            rule="procore-pay-bill-of-vendor",
            sentence=f"The bill of {document['invoice_name']} is {bill.text('VendorRef/FullName')}'s in QuickBooks; "
            f"{document['company_name']} was paid.",
            what_to_do="Set the vendor of the bill right in QuickBooks, then accept the payment again.",
        )
    if money.money(document["amount"]) > _open(bill):
        return Hold(
            rule="procore-pay-within-open-amount",
            sentence=f"The bill of {document['invoice_name']} has {money.shown(_open(bill))} left to pay in "
            f"QuickBooks; this payment is {money.shown(money.money(document['amount']))}.",
            what_to_do="See in QuickBooks who paid or credited it. If the payment stands there already, have this one "
            "recorded as entered by hand; else set the bill right and accept it again.",
        )
    refs = {
        "vendor": _vendor(now),
        "bill": bill.text("TxnID"),
        "payable_account": bill.text("APAccountRef/ListID"),  # a bill is paid from the account it stands in
    }
    return Ask("add", writes=True, context={"refs": refs})


def _done(now: Situation, record: Record, *, adopted: bool = False) -> Done:
    return Done(
        record="BillPaymentCheck",
        quickbooks_id=record.text("TxnID"),
        edit_sequence=record.text("EditSequence"),
        full_name=record.text("RefNumber"),
        differences=tuple(beside(now, record)),
        adopted=adopted,
    )


def beside(now: Situation, record: Record) -> list[str]:
    """Where the payment as QuickBooks has it is not the payment as approved."""
    document = now.document
    on_bill = next((part for part in record.all("AppliedToTxnRet") if part.text("TxnID") == _bill(now)), None)
    pairs = [
        ("No.", record.text("RefNumber"), document["number"]),
        ("Date", record.text("TxnDate"), document["date"]),
        ("Amount", _shown(record, "Amount"), money.shown(money.money(document["amount"]))),
    ]
    found = [f"{what}: {there} in QuickBooks, {ours} approved" for what, there, ours in pairs if there != ours]
    if record.text("BankAccountRef/ListID") != document["bank_account"]:
        account = record.text("BankAccountRef/FullName")
        found.append(f"Bank account: {account} in QuickBooks, {document['bank_account_name']} approved")
    if on_bill is None:
        found.append(f"QuickBooks did not apply the payment to the bill of {document['invoice_name']}")
    return found


def preview(document: Content) -> list[tuple[str, str]]:
    """The payment in QuickBooks' words."""
    if document.get("by_hand"):
        return [("No.", document["number"]), ("Amount", document["amount"]), ("Entered", "by hand")]
    return [
        ("Pay to the order of", document["company_name"]),
        ("No.", document["number"]),
        ("Date", document["date"]),
        ("Paid in Procore on", document["paid_on"] if document["accounting_date"] else ""),
        ("Bank account", document["bank_account_name"]),
        ("Bill paid", document["invoice_name"]),
        ("Amount", money.shown(money.money(document["amount"]))),
    ]


def _open(bill: Record) -> Decimal:
    """What is left to pay of a bill; a file that does not tell it says at least whether it is paid."""
    if bill.text("OpenAmount"):
        return money.money(bill.text("OpenAmount"))
    return Decimal(0) if bill.text("IsPaid") == "true" else money.amount(bill.text("AmountDue"))


def _shown(record: Record, name: str) -> str:
    return money.shown(money.amount(record.text(name)))


def _newest(now: Situation, step: str) -> Reply | None:
    return next((reply for reply in reversed(now.replies) if reply.step == step), None)


def _vendor(now: Situation) -> str:
    return now.bound["company", now.document["company"]].quickbooks_id


def _bill(now: Situation) -> str:
    return now.bound["subcontractor_invoice", now.document["invoice"]].quickbooks_id
