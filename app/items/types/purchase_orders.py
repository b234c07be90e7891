"""The purchase orders of our commitments, as QuickBooks has them by now, and the bills others drew on them."""

from __future__ import annotations

from app.items.base import Content, Situation
from app.items.look import CHUNK, Look

GRAMMAR = """
PurchaseOrderQueryRq iterates: $TxnQuery
BillQueryRq iterates: $TxnQuery
"""


class PurchaseOrders(Look):
    name, label = "purchase_orders", "Purchase orders"
    grammar = GRAMMAR
    steps = ("chunk", "bills")
    needs = ("subcontractor_invoice",)
    looks_at = "commitment"

    def asks(self, now: Situation, step: str) -> Content | None:
        """The orders; then the bills linked to them that are not ours: somebody typed those."""
        if step == "chunk":
            return super().asks(now, step)
        answered = sum(1 for reply in now.replies if reply.step == step and reply.outcome != "unknown")
        chunk = _by_hand(now)[answered * CHUNK :][:CHUNK]
        return {"txn_ids": chunk} if chunk else None


def _by_hand(now: Situation) -> list[str]:
    """The bills that the orders name and that no invoice of ours became, each once."""
    ours = {view.quickbooks_id for view in now.bound.values()}
    orders = (record for reply in now.replies if reply.step == "chunk" for record in reply.records)
    links = (link for order in orders for link in order.all("LinkedTxn") if link.text("TxnType") == "Bill")
    return list(dict.fromkeys(link.text("TxnID") for link in links if link.text("TxnID") not in ours))
