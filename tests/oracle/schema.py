"""QuickBooks' own schema as an oracle, where it lies beside the project."""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

ORACLE = Path(__file__).parents[3] / "shared" / "quickbooks" / "validate.py"
WHY_NOT = "validate.py is not at ../shared/quickbooks"


@cache
def _module() -> ModuleType:
    spec = importlib.util.spec_from_file_location("qbxml_validate", ORACLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def problems(request: str, edition: str = "US") -> list[str]:
    """What the schema of an edition has against one message set."""
    _, found = _module().validate_text(request.encode("ascii"), edition, "13.0", "strict")
    return [f"{label}: {problem}" for label, of_one in found for problem in of_one]
