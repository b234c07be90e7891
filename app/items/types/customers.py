"""QuickBooks' customers and jobs: parents for projects, and names that are taken."""

from __future__ import annotations

from app.items.base import Content, Record
from app.items.refresh import Refresh

GRAMMAR = """
CustomerQueryRq iterates: $ListQuery
"""


class Customers(Refresh):
    name, label = "customers", "Customers and jobs"
    grammar = GRAMMAR

    def keep(self, record: Record) -> Content:
        return {"parent": record.text("ParentRef/ListID"), "company": record.text("CompanyName")}
