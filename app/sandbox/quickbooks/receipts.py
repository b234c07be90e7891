"""What bills have received of a purchase order: quantities on its lines, and whether it is closed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, number
from app.sandbox.quickbooks.books import Books
from app.sandbox.quickbooks.lines import stored_lines
from app.sandbox.quickbooks.order_lines import is_full, receive
from app.sandbox.quickbooks.storage import Record

ORDER_LINES = "PurchaseOrderLineRet"


def receive_order(books: Books, order: Record) -> bool:
    """Bring an order in line with the bills linked to it, without saving it; says whether anything changed."""
    before = dict(order.body)
    lines = receive(stored_lines(order.body[ORDER_LINES]), _billed(books, order))
    order.body[ORDER_LINES] = list(lines)
    items = [line for line in lines if "ItemRef" in line]
    order.body["IsFullyReceived"] = "true" if items and all(map(is_full, items)) else "false"
    return order.body != before


def receive_orders(books: Books, order_ids: Iterable[str]) -> None:
    """Save each order that bills have changed; its edit sequence is a new one then."""
    for order_id in dict.fromkeys(order_ids):
        order = books.storage.by_id(order_id)
        if order is not None and receive_order(books, order):
            books.change(order)


def is_closed(order: Record) -> bool:
    """Whether nothing more can be billed on an order."""
    return "true" in (order.body.get("IsFullyReceived"), order.body.get("IsManuallyClosed"))


def billed_amounts(books: Books, order: Record) -> dict[str, Decimal]:
    """What bills have taken of each line of an order, in money."""
    return _sums(books, order, "Amount", ZERO)


def _billed(books: Books, order: Record) -> dict[str, Decimal]:
    return _sums(books, order, "Quantity", Decimal(1))


def _sums(books: Books, order: Record, tag: str, missing: Decimal) -> dict[str, Decimal]:
    sums: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for link in books.storage.links(target=order.id):
        bill = books.storage.by_id(link.source)
        for line in stored_lines(bill.body.get("ItemLineRet")) if bill else ():
            if line["TxnLineID"] == link.source_line:
                value = number(line, tag)
                sums[link.target_line] += missing if value is None else value
    return sums
