"""The bills of our invoices, as QuickBooks has them by now."""

from __future__ import annotations

from app.items.look import Look

GRAMMAR = """
BillQueryRq iterates: $TxnQuery
"""


class Bills(Look):
    name, label = "bills", "Bills"
    grammar = GRAMMAR
    looks_at = "subcontractor_invoice"
