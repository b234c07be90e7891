"""What every connection reads of its Procore company, whatever kinds it carries."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

from app.procore.client import Record


class Reads(Protocol):
    """Lists of one Procore company."""

    @property
    def company_id(self) -> int: ...
    def pages(self, path: str, **params: Any) -> Iterator[Record]: ...


def companies(procore: Reads) -> Iterator[Record]:
    """The Procore companies this sign-in may see."""
    return procore.pages("/rest/v1.0/companies")


def users(procore: Reads) -> Iterator[Record]:
    """The people of the company; ``erp_integrated_accountant`` marks the approvers."""
    return procore.pages(f"/rest/v1.3/companies/{procore.company_id}/users")
