"""A Procore that behaves like the real one, for the demo and for tests."""

from __future__ import annotations

from app.sandbox.procore.server import create_procore
from app.sandbox.procore.store import DuplicateOriginError, Store

__all__ = ["DuplicateOriginError", "Store", "create_procore"]
