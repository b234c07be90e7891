"""QuickBooks' Estimates, by their job: an approver of a budget is told of those that are there already."""

from __future__ import annotations

from app.items import estimate
from app.items.base import Content, Done, Record, Situation, Staged, Step
from app.items.refresh import Refresh

GRAMMAR = """
EstimateQueryRq iterates: $TxnQuery
"""


class Estimates(Refresh):
    name, label = "estimates", "Estimates"
    grammar = GRAMMAR

    def next_step(self, now: Situation) -> Step:
        """A company file that does not use estimates has none, and is not asked."""
        if estimate.switched_off(now.host):
            return Done(record=self.name, quickbooks_id="")
        return super().next_step(now)

    def stage(self, record: Record) -> Staged:
        """One Estimate, under the ListID of its job: names change, and belong to other lists."""
        job = record.text("CustomerRef/ListID")
        return Staged(
            type="Estimate",
            list_id=record.text("TxnID"),
            name=job,
            full_name=job,
            active=record.text("IsActive") != "false",
            sublevel=0,
            data=self.keep(record),
        )

    def keep(self, record: Record) -> Content:
        return {"number": record.text("RefNumber"), "total": record.text("TotalAmount")}
