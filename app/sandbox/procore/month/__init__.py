"""One invented contractor's March 2026: Halvorsen Builders, three projects, forty commitments."""

from __future__ import annotations

from app.sandbox.procore.month import awkward
from app.sandbox.procore.month.build import HALVORSEN, Month

__all__ = ["HALVORSEN", "Month", "awkward"]
