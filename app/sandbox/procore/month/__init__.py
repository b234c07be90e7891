"""One invented contractor's March 2026: Halvorsen Builders, three projects, forty commitments.

Budgets stand behind them, and the first subcontractor invoices reach into May.
"""

from __future__ import annotations

from app.sandbox.procore.month import awkward
from app.sandbox.procore.month.build import HALVORSEN, Month

__all__ = ["HALVORSEN", "Month", "awkward"]
