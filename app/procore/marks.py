"""Writing back to Procore: the origin fields by which a record is marked as held in QuickBooks."""

from __future__ import annotations

from typing import Any

from app.procore.client import Client, Record
from app.procore.endpoints import CONTRACTS
from app.procore.errors import ProcoreError, reason


def mark_synced(
    client: Client,
    kind: str,
    procore_id: int,
    *,
    origin_id: str | None,
    origin_code: str | None = None,
    origin_data: str | None = None,
    project_id: int | None = None,
    contract_id: int | None = None,
    commitment_type: str = "",
    standard_cost_code_list_id: int | None = None,
) -> Record:
    """Mark one record as synced, in one call; with ``origin_id=None`` the mark is taken away.

    The call may be repeated: it always leaves the same record. Needed beside the id:
    a cost code its list, a commitment its project and type, a change order its project and commitment.
    """
    fields: Record = {"origin_id": origin_id, "origin_code": origin_code, "origin_data": origin_data}
    if origin_id is not None:
        fields = {name: value for name, value in fields.items() if value is not None}
    company = {"company_id": client.company_id}
    if kind == "company":
        return _patch(client, f"vendors/{procore_id}", {**company, "vendor": fields})
    if kind == "project":
        return _patch(client, f"projects/{procore_id}", {**company, "project": fields})
    if kind == "cost_code":
        fields.pop("origin_code", None)
        return _sync_cost_code(client, procore_id, standard_cost_code_list_id, fields)
    if kind == "commitment":
        resource = CONTRACTS[commitment_type]
        body = {"project_id": project_id, resource.removesuffix("s"): fields}
        return _patch(client, f"{resource}/{procore_id}", body)
    if kind == "commitment_change_order":
        body = {"project_id": project_id, "contract_id": contract_id, "change_order": fields}
        return _patch(client, f"change_order_packages/{procore_id}", body)
    raise ValueError(f"Procore has no place for the origin of a {kind}")


def _patch(client: Client, path: str, body: dict[str, Any]) -> Record:
    record: Record = client.patch(f"/rest/v1.0/{path}", body)
    return record


def _sync_cost_code(client: Client, procore_id: int, list_id: int | None, fields: Record) -> Record:
    """Standard cost codes take origins through their sync action, which answers 200 even for a refused row."""
    answer = client.patch(
        "/rest/v1.0/standard_cost_codes/sync",
        {
            "company_id": client.company_id,
            "standard_cost_code_list_id": list_id,
            "updates": [{"id": procore_id, **fields}],
        },
    )
    if answer["errors"]:
        said = reason({"errors": answer["errors"][0].get("errors")})
        raise ProcoreError(422, f"Procore refused to mark cost code {procore_id} as synced: {said}.")
    record: Record = answer["entities"][0]
    return record
