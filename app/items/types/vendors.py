"""QuickBooks' vendors: partners for companies, and names that are taken."""

from __future__ import annotations

from app.items import addresses
from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
VendorQueryRq iterates: $ListQuery
"""


class Vendors(Refresh):
    name, label = "vendors", "Vendors"
    grammar = GRAMMAR

    def keep(self, record: Record) -> Content:
        return {
            "phone": record.text("Phone"),
            "fax": record.text("Fax"),
            **addresses.kept(record, "VendorAddress"),
            "tax_code": record.text("SalesTaxCodeRef/FullName"),
            "currency": record.text("CurrencyRef/FullName"),
        }
