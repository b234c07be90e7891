"""QuickBooks' vendors: partners for companies, and names that are taken."""

from __future__ import annotations

from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
VendorQueryRq iterates: $ListQuery
"""


class Vendors(Refresh):
    name, label = "vendors", "Vendors"
    grammar = GRAMMAR

    def keep(self, record: Record) -> Content:
        return {"phone": record.text("Phone"), "city": record.text("VendorAddress/City")}
