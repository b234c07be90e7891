"""QuickBooks' customers and jobs: parents for projects, and names that are taken."""

from __future__ import annotations

from app.items import addresses
from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
CustomerQueryRq iterates: $ListQuery
"""


class Customers(Refresh):
    name, label = "customers", "Customers and jobs"
    grammar = GRAMMAR

    def keep(self, record: Record) -> Content:
        ship = addresses.kept(record, "ShipAddress")
        place = ship if any(ship.values()) else addresses.kept(record, "BillAddress")
        return {"parent": record.text("ParentRef/ListID"), "company": record.text("CompanyName"), **place}
