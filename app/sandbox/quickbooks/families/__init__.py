"""One module per family of records; each is found by being here and offers ``FAMILY``."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache

from app.sandbox.quickbooks.family import Family


@cache
def families() -> tuple[Family, ...]:
    """Every family this company file keeps."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return tuple(importlib.import_module(f"{__name__}.{name}").FAMILY for name in names)
