"""How an approved invoice becomes a QuickBooks bill: look, read the order, add, and in Canada set the tax codes."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from app.core import money, text
from app.items import order
from app.items.base import Again, Ask, Content, Done, Hold, Record, Refuse, Reply, Situation, Step
from app.items.bill_lines import compare, room

#: A bill somebody keeps editing is not chased for ever.
MOST_TRIES = 3
#: QuickBooks' status for a bill that cannot be saved; with lines linked to an order: the order is closed.
NOT_SAVED = 3180

GRAMMAR = """
BillAddRq: BillAdd!, $Answer
BillAdd: VendorRef! ref(41), VendorAddress Address, APAccountRef ref(159), TxnDate date, DueDate date,
    RefNumber str(20), TermsRef ref(31), Memo str(4095), IsTaxIncluded bool since 6.0 not US,
    SalesTaxCodeRef ref(3) since 6.0 not US, ExchangeRate float since 8.0, ExpenseLineAdd*, ItemLineAdd*
ExpenseLineAdd: AccountRef ref(159), Amount amt, Memo str(4095), CustomerRef ref(209),
    SalesTaxCodeRef ref(3) since 6.0 not US, BillableStatus enum(Billable, NotBillable, HasBeenBilled) since 2.0
# A line linked to a purchase order has its item and job from there, and carries nothing else.
ItemLineAdd: (ItemRef! ref, Desc str(4095), Quantity quan, Cost price, Amount amt, CustomerRef ref(209),
    SalesTaxCodeRef ref(3) since 6.0 not US, BillableStatus enum(Billable, NotBillable, HasBeenBilled) since 2.0
    | Quantity quan, Amount amt, LinkToTxn! since 4.0)!
LinkToTxn: TxnID! id, TxnLineID! id

BillModRq: BillMod!, $Answer
BillMod: TxnID! id, EditSequence! id(16), VendorRef ref(41), VendorAddress Address, APAccountRef ref(159), TxnDate date,
    DueDate date, RefNumber str(20), TermsRef ref(31), Memo str(4095), IsTaxIncluded bool since 6.0 not US,
    SalesTaxCodeRef ref(3) since 6.0 not US, ExchangeRate float since 8.0, ItemLineMod*
ItemLineMod: TxnLineID! id, ItemRef ref, Desc str(4095), Quantity quan, Cost price, Amount amt, CustomerRef ref(209),
    SalesTaxCodeRef ref(3) since 6.0 not US, BillableStatus enum(Billable, NotBillable, HasBeenBilled) since 2.0

BillQueryRq iterates: $TxnQuery
PurchaseOrderQueryRq iterates: $TxnQuery
"""


def next_step(now: Situation) -> Step:
    """What to do next for one bill."""
    last = now.last
    if last is None or last.outcome in {"unknown", "unrun", "stale"}:
        return _look(now)
    if last.outcome == "retry":
        return Again(last.sentence)
    if last.step in {"look", "order"}:
        return _after_look(now)
    if last.outcome == "saved" and last.records:
        return _saved(now, last.records[0])
    if last.step == "add" and last.status == NOT_SAVED and any(line["linked"] for line in now.document["lines"]):
        return Hold(
            rule="invoice-order-open",
            sentence=f"QuickBooks did not save the bill; the purchase order of {now.document['commitment_number']} "
            f"is closed, or has no room. {last.sentence}",
            what_to_do=AS_IT_IS,
            field="unlinked_lines",
        )
    return Refuse(last.sentence, last.what_to_do)


AS_IT_IS = (
    "Set the purchase order right in QuickBooks and accept the invoice again; "
    "or name the lines of the invoice that are to be billed without a link to it, and say why."
)


def _look(now: Situation) -> Step:
    """Whether somebody typed the bill already, and what is left on the order: people edit and bill orders by hand."""
    linked = any(line["linked"] for line in now.document["lines"])
    refs = {"vendor": _vendor(now)}
    return Ask("look", writes=False, context={"refs": refs}, also=(_read(now),) if linked else ())


def _read(now: Situation) -> Ask:
    return Ask("order", writes=False, context={"refs": {"txn_id": _order(now)}})


def _after_look(now: Situation) -> Step:
    looked = next(reply for reply in reversed(now.replies) if reply.step == "look")
    if looked.outcome == "retry":
        return Again(looked.sentence)
    if looked.outcome not in {"found", "empty"}:
        return Refuse(looked.sentence, looked.what_to_do)
    for record in looked.records:
        if record.text("Memo") == now.marker:
            return _saved(now, record, adopted=True)
    # QuickBooks filters by "starts with": 10 also brings 104.
    number = text.same_name(now.document["number"])
    others = [record for record in looked.records if text.same_name(record.text("RefNumber")) == number]
    if others and not now.document["send_anyway"]:
        total = money.shown(money.number(others[0].text("AmountDue")))
        return Hold(
            rule="invoice-not-typed-by-hand",
            sentence=f"{now.document['company_name']} already has bill {others[0].text('RefNumber')} in QuickBooks: "
            f"{total}, dated {others[0].text('TxnDate')}.",
            what_to_do="If it is the same invoice, reject this one or have it recorded as entered by hand. "
            "If it is another, give a reason to send it anyway.",
            field="send_anyway",
        )
    if _lost(now, "add") >= MOST_TRIES:
        return Refuse(
            "QuickBooks lost this bill three times without saying why.",
            "Ask whoever looks after QuickBooks to check the file (Verify Data), then retry.",
        )
    if not any(line["linked"] for line in now.document["lines"]):
        return _add(now, ["" for _ in now.document["lines"]])
    last = now.replies[-1]
    return _after_order(now, last) if last.step == "order" else _read(now)


def _after_order(now: Situation, read: Reply) -> Step:
    if read.outcome in {"empty", "missing"}:
        return order.gone(now, "invoice-order-there")
    if read.outcome not in {"found", "saved"} or not read.records:
        return Refuse(read.sentence, read.what_to_do)
    ids, problems = room(now, read.records[0])
    if problems:
        return Hold("invoice-room-in-quickbooks", " ".join(problems), AS_IT_IS, field="unlinked_lines")
    return _add(now, ids)


def _add(now: Situation, order_lines: Sequence[str]) -> Step:
    """``order_lines``: for each line of the document the line of the order it draws on, or nothing."""
    document = now.document
    refs = {
        "vendor": _vendor(now),
        "customer": now.bound["project", document["project"]].quickbooks_id,
        "order": _order(now),
        "order_lines": list(order_lines),
        "items": {code: view.quickbooks_id for (kind, code), view in now.bound.items() if kind == "cost_code"},
    }
    return Ask("add", writes=True, context={"refs": refs})


def _saved(now: Situation, record: Record, *, adopted: bool = False) -> Step:
    """It is there; in Canada lines drawn from the order still need their tax codes."""
    lines = list(record.all("ItemLineRet"))
    codes = _codes_to_set(now.document, lines)
    if not codes:
        return _done(now, record, lines, adopted=adopted)
    if now.tried("tax") >= MOST_TRIES:
        return Refuse(
            "The bill is in QuickBooks, but somebody kept changing it while its tax codes were to be set.",
            "Wait until nobody is working on the bill in QuickBooks, then retry.",
        )
    refs = {
        "txn_id": record.text("TxnID"),
        "edit_sequence": record.text("EditSequence"),
        "lines": [
            {"id": line.text("TxnLineID"), "tax_code": codes.get(number, "")} for number, line in enumerate(lines)
        ],
    }
    return Ask("tax", writes=True, context={"refs": refs})


def _codes_to_set(document: Content, lines: Sequence[Record]) -> dict[int, str]:
    """Beside a link QuickBooks takes no tax code: those it did not choose itself come in a second step."""
    if len(lines) != len(document["lines"]) + len(document["retainage"]):
        return {}  # QuickBooks left lines out: a difference for a person, not for guesses
    return {
        number: line["tax_code"]
        for number, (line, saved) in enumerate(zip(document["lines"], lines, strict=False))
        if line["tax_code"] and line["linked"] and saved.text("SalesTaxCodeRef/FullName") != line["tax_code"]
    }


def _done(now: Situation, record: Record, lines: Sequence[Record], *, adopted: bool) -> Done:
    document = now.document
    linked = any(line["linked"] for line in document["lines"])
    return Done(
        record="Bill",
        quickbooks_id=record.text("TxnID"),
        edit_sequence=record.text("EditSequence"),
        full_name=record.text("RefNumber"),
        lines=tuple(line.text("TxnLineID") for line in lines),
        differences=tuple(compare(now, record, lines, _order(now) if linked else "")),
        adopted=adopted,
        parent=("commitment", document["commitment"]) if linked else None,
    )


def _vendor(now: Situation) -> str:
    return now.bound["company", now.document["company"]].quickbooks_id


def _order(now: Situation) -> str:
    return now.bound["commitment", now.document["commitment"]].quickbooks_id


def _lost(now: Situation, step: str) -> int:
    return sum(reply.step == step and reply.outcome == "unknown" for reply in now.replies)


def total(document: Content) -> Decimal:
    """What the bill comes to, before tax."""
    parts = [*document["lines"], *document["retainage"]]
    return sum((money.money(part["amount"]) for part in parts), Decimal("0.00"))


def preview(document: Content) -> list[tuple[str, str]]:
    """The bill in QuickBooks' words."""
    if document.get("by_hand"):
        return [("Ref. No.", document["number"]), ("Amount Due", document["amount"]), ("Entered", "by hand")]

    def shown(line: Content) -> str:
        by = f"Qty {line['quantity']}, P.O. {line['order_line']}" if line["linked"] else "without a link"
        return f"{line['code']} · {line['description'] or ''} · {by} · {money.shown(money.decimal(line['amount']))}"

    head = [
        ("Vendor", document["company_name"]),
        ("Ref. No.", document["number"]),
        ("Date", document["date"]),
        ("Billing date in Procore", document["billing_date"] if document["accounting_date"] else ""),
        ("Bill Due", document["due_date"] or ""),
        ("P.O. No.", document["commitment_number"]),
        ("Customer:Job", document["project_name"]),
        ("Amount Due", money.shown(money.decimal(document["amount_due"]))),
    ]
    lines = [(f"Line {line['position']}", shown(line)) for line in document["lines"]]
    held = [
        (one["description"], f"{one['item_name']} · {money.shown(money.decimal(one['amount']))}")
        for one in document["retainage"]
    ]
    return head + lines + held
