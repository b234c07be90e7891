"""QuickBooks' items of every type: only service items may be linked, but every name counts."""

from __future__ import annotations

from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
ItemQueryRq iterates: $ListQuery
"""


class Items(Refresh):
    name, label = "items", "Items"
    grammar = GRAMMAR

    def keep(self, record: Record) -> Content:
        one_sided = record.text("SalesOrPurchase/AccountRef/FullName")
        purchases = record.text("SalesAndPurchase/ExpenseAccountRef/ListID")
        return {
            "one_sided_account": one_sided,
            "account": purchases or record.text("SalesOrPurchase/AccountRef/ListID"),  # where a bill posts it
            "parent": record.text("ParentRef/ListID"),
        }
