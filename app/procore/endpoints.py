"""What every connection reads of its Procore company, whatever kinds it carries."""

from __future__ import annotations

from collections.abc import Iterator

from app.procore.client import Client, Record


def me(client: Client) -> Record:
    """Whose sign-in this is: the cheapest proof that the connection works."""
    record: Record = client.get("/rest/v1.0/me", company_id=client.company_id)
    return record


def companies(client: Client) -> Iterator[Record]:
    """The Procore companies this sign-in may see."""
    return client.pages("/rest/v1.0/companies")


def users(client: Client) -> Iterator[Record]:
    """The people of the company; ``erp_integrated_accountant`` marks the approvers."""
    return client.pages(f"/rest/v1.3/companies/{client.company_id}/users")
