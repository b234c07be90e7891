"""Procore's REST API as Tieout reads and writes it: plain records in, origin fields out."""

from __future__ import annotations

from app.procore.client import Client
from app.procore.endpoints import read_all
from app.procore.errors import ProcoreError
from app.procore.marks import mark_synced

__all__ = ["Client", "ProcoreError", "mark_synced", "read_all"]
