"""Each resource Tieout reads from Procore, and all of them together, parents first."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app.procore.client import Client, Record

#: Procore's resource for each type of commitment.
CONTRACTS = {"subcontract": "work_order_contracts", "purchase_order": "purchase_order_contracts"}


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


def projects(client: Client) -> Iterator[Record]:
    """Every project, active or not, each read alone: lists leave out its cost code list."""
    params = {"company_id": client.company_id, "filters[by_status]": "All"}
    for row in client.pages("/rest/v1.0/projects", **params):
        yield client.get(f"/rest/v1.0/projects/{row['id']}", company_id=client.company_id)


def vendors(client: Client) -> Iterator[Record]:
    """Every company of the directory."""
    return client.pages("/rest/v1.0/vendors", company_id=client.company_id, view="extended")


def standard_cost_code_lists(client: Client) -> Iterator[Record]:
    """The company's cost code lists; at most one has ``is_erp_list``."""
    return client.pages("/rest/v1.0/standard_cost_code_lists", company_id=client.company_id)


def standard_cost_codes(client: Client) -> Iterator[Record]:
    """The codes of the list that belongs to accounting, divisions before their codes."""
    for row in standard_cost_code_lists(client):
        if row["is_erp_list"]:
            yield from client.pages(
                "/rest/v1.0/standard_cost_codes",
                company_id=client.company_id,
                standard_cost_code_list_id=row["id"],
                view="extended",
            )


def project_cost_codes(client: Client, project_id: int) -> Iterator[Record]:
    """A project's own copies of the codes; one without ``standard_cost_code_id`` exists on this project only."""
    return client.pages("/rest/v1.0/cost_codes", project_id=project_id)


def commitment(client: Client, commitment_type: str, project_id: int, contract_id: int) -> Record:
    """One commitment with its lines, its type and its project."""
    path = f"/rest/v1.0/{CONTRACTS[commitment_type]}/{contract_id}"
    record: Record = client.get(path, project_id=project_id)
    return {**record, "type": commitment_type, "project_id": project_id}


def commitments(client: Client, project_id: int) -> Iterator[Record]:
    """A project's subcontracts and purchase orders with their lines, deleted ones marked by ``deleted_at``."""
    for commitment_type, resource in CONTRACTS.items():
        params = {"project_id": project_id, "view": "extended", "filters[include_deleted]": "with"}
        for row in client.pages(f"/rest/v1.0/{resource}", **params):
            if row.get("deleted_at"):
                yield {**row, "line_items": [], "type": commitment_type, "project_id": project_id}
            else:
                yield commitment(client, commitment_type, project_id, row["id"])


def change_order(client: Client, project_id: int, contract_id: int, package_id: int) -> Record:
    """One change order with its lines, its commitment and its project."""
    path = f"/rest/v1.0/change_order_packages/{package_id}"
    record: Record = client.get(path, project_id=project_id, contract_id=contract_id)
    return {**record, "contract_id": contract_id, "project_id": project_id}


def change_orders(client: Client, project_id: int, contract_id: int | None = None) -> Iterator[Record]:
    """The change orders of a project, or of one commitment, deleted ones marked by ``deleted_at``."""
    params: dict[str, Any] = {"project_id": project_id, "filters[include_deleted]": "with"}
    if contract_id is not None:
        params["contract_id"] = contract_id
    for row in client.pages("/rest/v1.0/change_order_packages", **params):
        if row.get("deleted_at"):
            yield {**row, "line_items": [], "project_id": project_id}
        else:
            yield change_order(client, project_id, row["contract_id"], row["id"])


def read_all(client: Client) -> Iterator[tuple[str, Record]]:
    """Everything Tieout keeps books on, as (kind, record), every parent before what hangs on it."""
    yield from (("company", record) for record in vendors(client))
    yield from (("cost_code", record) for record in standard_cost_codes(client))
    sites = list(projects(client))
    yield from (("project", record) for record in sites)
    for site in sites:
        yield from _of_project(client, site["id"])


def _of_project(client: Client, project_id: int) -> Iterator[tuple[str, Record]]:
    codes = {code["id"]: code for code in project_cost_codes(client, project_id)}
    for code in codes.values():
        if code["standard_cost_code_id"] is None:
            yield "cost_code", {**code, "project_id": project_id}
    for record in commitments(client, project_id):
        yield "commitment", _with_standard_codes(record, codes)
    for record in change_orders(client, project_id):
        yield "commitment_change_order", _with_standard_codes(record, codes)


def _with_standard_codes(record: Record, codes: dict[int, Record]) -> Record:
    """The record with each line's cost code in full: Procore may tell only its id and name."""
    lines = [{**line, "cost_code": _in_full(line.get("cost_code"), codes)} for line in record["line_items"]]
    return {**record, "line_items": lines}


def _in_full(code: Record | None, codes: dict[int, Record]) -> Record | None:
    return {**codes.get(code["id"], {}), **code} if code else code
