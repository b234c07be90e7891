"""Procore's REST API as Tieout reads and writes it: plain records in, origin fields out."""

from __future__ import annotations

from app.procore.client import Client
from app.procore.errors import ProcoreError
from app.procore.port import Run

__all__ = ["Client", "ProcoreError", "Run"]
