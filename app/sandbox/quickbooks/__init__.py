"""A QuickBooks Desktop company file that behaves as the real one is documented to: demo and test double."""

from __future__ import annotations

from app.sandbox.quickbooks.company import CompanyFile
from app.sandbox.quickbooks.errors import ProcessError, StatusError

__all__ = ["CompanyFile", "ProcessError", "StatusError"]
