"""A Procore that behaves like the real one, for the demo and for tests."""

from __future__ import annotations

from app.sandbox.procore.server import Parts, create_procore, parts
from app.sandbox.procore.store import DuplicateOriginError, Store

__all__ = ["DuplicateOriginError", "Parts", "Store", "create_procore", "parts"]
