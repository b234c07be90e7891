"""The lines of a bill beside those QuickBooks has: room on the order before it is added, differences after."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from decimal import Decimal

from app.core import money, text
from app.items import measures
from app.items.base import Content, Record, Situation


def room(now: Situation, order: Record) -> tuple[list[str], list[str]]:
    """The order's own line for each line of the bill (nothing: no link), and why some cannot be linked as approved."""
    ids: list[str] = []
    problems: list[str] = []
    there = {line.text("TxnLineID"): line for line in order.all("PurchaseOrderLineRet")}
    closed = order.text("IsManuallyClosed") == "true"
    for line in now.document["lines"]:
        ids.append(_line_id(now, line) if line["linked"] else "")
        if line["linked"] and (problem := _problem(now, line, there.get(ids[-1]), closed)):
            problems.append(problem)
    return ids, problems


def _line_id(now: Situation, line: Content) -> str:
    lines = now.bound[line["order"], line["order_id"]].lines
    return lines[line["index"]] if line["index"] < len(lines) else ""


def _problem(now: Situation, line: Content, there: Record | None, closed: bool) -> str:
    if closed:
        return f"{line['order_line']} has nothing left: its purchase order is closed in QuickBooks."
    if there is None:
        return f"{line['order_line']} is no longer on its purchase order in QuickBooks."
    item = now.bound["cost_code", line["cost_code"]].quickbooks_id
    amount = money.number(there.text("Amount"))
    if there.text("ItemRef/ListID") != item or amount != money.decimal(line["order_amount"]):
        return (
            f"{line['order_line']} was changed in QuickBooks: it is {money.shown(amount)} for "
            f"{there.text('ItemRef/FullName') or 'no item'}, "
            f"{money.shown(money.decimal(line['order_amount']))} for {line['code']} was expected."
        )
    ordered = money.number(there.text("Quantity"))
    left = money.number(there.text("UnbilledQuantity")) if there.text("UnbilledQuantity") else ordered
    if there.text("IsManuallyClosed") == "true":
        left = Decimal(0)
    if left >= money.decimal(line["quantity"]):
        return ""
    rest = (amount * left / ordered).quantize(money.CENT) if ordered else Decimal(0)
    return (
        f"{line['order_line']} has {money.shown(rest)} left in QuickBooks; "
        f"this invoice bills {money.shown(money.decimal(line['amount']))}."
    )


def compare(now: Situation, record: Record, saved: Sequence[Record], order: str) -> list[str]:
    """What QuickBooks saved otherwise than approved, and what a person should know of it."""
    document = now.document
    differences = beside(now, record, saved)
    links = {one.text("TxnID") for one in record.all("LinkedTxn")}
    if order and links and order not in links:
        differences.append(f"QuickBooks did not link the bill to the purchase order of {document['commitment_number']}")
    differences += [
        f"{line['order_line'] or line['code']}: {text.shown(money.decimal(line['amount']))} billed without a link to "
        "the purchase order, "
        f"because: {document['unlinked']}"
        for line in document["lines"]
        if not line["linked"]
    ]
    return differences


def beside(now: Situation, record: Record, saved: Sequence[Record]) -> list[str]:
    """Where the bill as QuickBooks has it is not the bill as approved."""
    document = now.document
    approved = [*document["lines"], *document["retainage"]]
    if saved and not any(money.number(line.text("Amount")) for line in saved):
        return ["QuickBooks has it with amounts of nought: it was voided"]
    differences = [
        f"{what}: QuickBooks saved “{got}”, approved “{wanted}”"
        for what, got, wanted in (
            ("Number", record.text("RefNumber"), document["number"]),
            ("Date", record.text("TxnDate"), document["date"]),
            ("Bill Due", record.text("DueDate"), document["due_date"] or record.text("DueDate")),
            ("Vendor", record.text("VendorRef/ListID"), now.bound["company", document["company"]].quickbooks_id),
        )
        if got != wanted
    ]
    due, expected = money.number(record.text("AmountDue")), money.decimal(document["amount_due"])
    if due != expected:
        differences.append(f"Total: QuickBooks saved {text.shown(due)}, approved {text.shown(expected)}")
    if len(saved) != len(approved):
        return [*differences, f"QuickBooks saved {len(saved)} lines, approved {len(approved)}"]
    for number, (line, got) in enumerate(zip(approved, saved, strict=True), 1):
        differences += [f"Line {number}: {one}" for one in _of_line(now, line, got)]
    return differences


def _of_line(now: Situation, line: Content, got: Record) -> list[str]:
    item = line.get("item") or now.bound["cost_code", line["cost_code"]].quickbooks_id
    job = now.bound["project", now.document["project"]].quickbooks_id
    told = []
    amount, approved = money.number(got.text("Amount")), money.decimal(line["amount"])
    if amount != approved:
        told.append(f"QuickBooks saved {text.shown(amount)}, approved {text.shown(approved)}")
    if line.get("linked") and money.number(got.text("Quantity")) != money.decimal(line["quantity"]):
        told.append(f"QuickBooks saved quantity {got.text('Quantity')}, approved {line['quantity']}")
    if got.text("ItemRef/ListID") != item:
        told.append(f"QuickBooks saved item {got.text('ItemRef/FullName') or 'none'}")
    if got.text("CustomerRef/ListID") != job:
        told.append(f"QuickBooks saved job {got.text('CustomerRef/FullName') or 'none'}")
    if line["tax_code"] and got.text("SalesTaxCodeRef/FullName") != line["tax_code"]:
        told.append(f"QuickBooks saved tax code {got.text('SalesTaxCodeRef/FullName')}, approved {line['tax_code']}")
    if got.text("BillableStatus") == "Billable":
        told.append("QuickBooks marked it billable to the customer")
    return told


def comes_to(record: Record, retainage: Collection[str]) -> dict[str, Decimal]:
    """What a bill bills in all, and what of it is held back on lines of a retainage item."""
    held = -sum(
        (
            money.number(line.text("Amount"))
            for line in record.all("ItemLineRet")
            if line.text("ItemRef/ListID") in retainage
        ),
        Decimal("0.00"),
    )
    return {measures.INVOICED: money.number(record.text("AmountDue")) + held, measures.RETAINED: held}
