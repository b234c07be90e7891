"""The Estimates of our budgets, as QuickBooks has them by now."""

from __future__ import annotations

from app.items import estimate
from app.items.base import Done, Situation, Step
from app.items.look import Look

GRAMMAR = """
EstimateQueryRq iterates: $TxnQuery
"""


class BudgetEstimates(Look):
    name, label = "budget_estimates", "Estimates of our budgets"
    grammar = GRAMMAR
    looks_at = "budget"

    def next_step(self, now: Situation) -> Step:
        """A company file that does not use estimates is not asked: it would refuse."""
        if estimate.switched_off(now.host):
            return Done(record=self.name, quickbooks_id="")
        return super().next_step(now)
