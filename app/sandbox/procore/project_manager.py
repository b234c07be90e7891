"""What a project manager does in Procore's own screens, for tests and the demo to play."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from app.sandbox.procore.amounts import written
from app.sandbox.procore.store import Record, Store

_CONTRACTS = ("work_order_contracts", "purchase_order_contracts")


class ProjectManager:
    """Pat at the keyboard. Procore's API would refuse some of this; its screens do not."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def edit(self, number: str, **changes: Any) -> Record:
        """Change fields of the commitment with this number."""
        resource, record = self._commitment(number)
        return self._store.patch(resource, record["id"], changes)

    def edit_line(self, number: str, position: int, amount: str) -> Record:
        """Give one line of a subcontract another amount."""
        resource, record = self._commitment(number)
        line = record["line_items"][position - 1]
        tax = Decimal(line["total_amount"]) - Decimal(line["amount"])
        line["amount"] = line["extended_amount"] = written(Decimal(amount))
        line["total_amount"] = written(Decimal(amount) + tax)
        return self._store.patch(resource, record["id"], {"line_items": record["line_items"]})

    def void(self, number: str) -> Record:
        """Void a subcontract; purchase orders know no such status and are deleted instead."""
        resource, record = self._commitment(number)
        if resource != "work_order_contracts":
            raise ValueError(f"{number} is a purchase order: delete it")
        return self._store.patch(resource, record["id"], {"status": "Void"})

    def delete(self, number: str) -> Record:
        """Move a commitment to the recycle bin."""
        resource, record = self._commitment(number)
        return self._store.delete(resource, record["id"])

    def _commitment(self, number: str) -> tuple[str, Record]:
        for resource in _CONTRACTS:
            for record in self._store.all(resource):
                if record["number"] == number:
                    return resource, record
        raise KeyError(f"no commitment {number}")
