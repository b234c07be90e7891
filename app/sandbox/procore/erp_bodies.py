"""The bodies of the requests Procore's ERP tool makes, out of the records as they are; origins of parents included."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from app.sandbox.procore import invoice_views, lines
from app.sandbox.procore.store import Record, Store

#: Where the records of each type lie that the tool's tabs show.
RESOURCES = {
    "vendor": "vendors",
    "project": "projects",
    "standard_cost_code": "standard_cost_codes",
    "budget": "budgets",
    "work_order_contract": "work_order_contracts",
    "purchase_order_contract": "purchase_order_contracts",
    "change_order": "change_order_packages",
    "requisition": "requisitions",
}
_CONTRACTS = {"work_order_contract": "WorkOrderContract", "purchase_order_contract": "PurchaseOrderContract"}
#: What becomes a transaction of a budget, and which of its fields is the value.
TRANSACTIONS = (
    ("budget_line_items", "Erp::OriginalEstimateTransaction", "original_budget_amount"),
    ("budget_modifications", "Erp::EstimateTransaction", "transfer_amount"),
    ("budget_changes", "Erp::EstimateTransaction", ""),
)

Body = Any
Maker = Callable[[Store, str, list[Record], Record], Body]


def request_of(store: Store, item_type: str, records: list[Record], typed: Record) -> tuple[str, Body]:
    """The name and the body of the request that an accept makes; details are named by who makes them."""
    name, make = _MAKERS[item_type]
    return name, make(store, item_type, records, typed)


def _vendor(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    return {"vendor": {**records[0], "erp_custom_fields": typed}}


def _job(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    [project] = records
    codes = store.all("cost_codes", project_id=project["id"])
    job = {name: project.get(name) for name in ("id", "name", "origin_id", "origin_data", "address", "city", "zip")}
    more = {"state_code": project["state_code"], "active": project["active"], "synced": bool(project["origin_id"])}
    return {
        "job": {**job, **more, "erp_custom_fields": typed},
        "all_cost_codes": [{**code, "standard_cost_code_origin_id": _standard(store, code)} for code in codes],
    }


def _standard(store: Store, code: Record) -> str | None:
    standard = store.get("standard_cost_codes", code["standard_cost_code_id"] or 0)
    return standard["origin_id"] if standard else None


def _cost_codes(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    return [{**record, "erp_custom_fields": typed} for record in records]


def _contract(store: Store, contract: Record, item_type: str) -> Record:
    vendor, project = (
        store.get(resource, contract[part]["id"]) or {}
        for part, resource in (("vendor", "vendors"), ("project", "projects"))
    )
    return {
        **{name: value for name, value in contract.items() if name not in ("line_items", "created_by_id")},
        "type": _CONTRACTS[item_type],
        "vendor": {
            **contract["vendor"],
            "origin_id": vendor.get("origin_id"),
            "origin_data": vendor.get("origin_data"),
        },
        "project": {**contract["project"], "origin_id": project.get("origin_id")},
        "erp_custom_fields": {},
        "custom_fields": {},
    }


def _commitment(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    [contract] = records
    shown = _contract(store, contract, item_type)
    return {
        "job_id": shown["project"]["origin_id"],
        "commitment": {**shown, "code": typed.get("number") or None},
        "commitment_items": [lines.of_contract(store, line) for line in contract["line_items"]],
        "additional_data": {"accounting_date": None},
    }


def _change_order(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    [package] = records
    for kind in _CONTRACTS:
        if contract := store.get(RESOURCES[kind], package["contract_id"]):
            break
    assert contract is not None  # noqa: S101  # a package belongs to a contract
    shown = _contract(store, contract, kind)
    head = {name: value for name, value in package.items() if name not in ("line_items", "created_by_id", "project_id")}
    return {
        "job_origin_id": shown["project"]["origin_id"],
        "commitment": shown,
        "commitment_items": [],
        "change_order": {**head, "erp_custom_fields": typed},
        "change_order_items": [
            {**lines.of_package(store, line), "amount": line["extended_amount"], "tax_amount": "0.0"}
            for line in package["line_items"]
        ],
        "additional_data": {"accounting_date": None},
    }


def _requisitions(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    found = []
    for row in records:
        project = store.get("projects", row["project_id"]) or {}
        due = invoice_views.summaries(store, row)["summary"]["current_payment_due"]
        found.append(
            {
                "procore_requisition_id": row["id"],
                "billing_date": row["billing_date"],
                "code": row["invoice_number"],
                "invoice_number": row["invoice_number"],
                "contract_id": row["contract_id"],
                "job_origin_id": project.get("origin_id"),
                "formatted_payment_due": f"${due}",
                "line_items": [],
            }
        )
    return {"requisitions": found}


def _budget(store: Store, item_type: str, records: list[Record], typed: Record) -> Body:
    [budget] = records
    project = store.get("projects", budget["project_id"]) or {}
    job_costs = [
        {"id": line["id"] + 1, "budget_line_item_id": line["id"], "new_amount": float(line["original_budget_amount"])}
        for line in store.all("budget_line_items", project_id=budget["project_id"])
    ]
    rows = _transactions(store, budget["project_id"])
    return {
        "job_id": project.get("origin_id"),
        "budget": {"id": budget["id"], "project_id": budget["project_id"], "synced": False, "custom_fields": {}},
        "job_costs": job_costs,
        "transactions": [row for row in rows if not row["synced"]],
    }


def _transactions(store: Store, project_id: int) -> list[Record]:
    """One for each original amount and for each change since; those that are there already stay as they are."""
    kept = {row["source"]: row for row in store.all("erp_transactions", project_id=project_id)}
    for resource, kind, amount in TRANSACTIONS:
        for row in store.all(resource, project_id=project_id):
            source = f"{resource} {row['id']}"
            if source not in kept:
                blank = {"origin_id": None, "code": None, "synced": False, "notes": None, "job_cost_id": None}
                value = float(row.get(amount) or 0)
                new = {"project_id": project_id, "source": source, "type": kind, "value": value, **blank}
                kept[source] = store.put("erp_transactions", new)
    return list(kept.values())


_MAKERS: Mapping[str, tuple[str, Maker]] = {
    "vendor": ("create_vendor", _vendor),
    "project": ("create_or_update_job", _job),
    "standard_cost_code": ("create_standard_cost_codes", _cost_codes),
    "budget": ("create_budget", _budget),
    "work_order_contract": ("create_commitment", _commitment),
    "purchase_order_contract": ("create_commitment", _commitment),
    "change_order": ("create_commitment_change_order", _change_order),
    "requisition": ("create_requisitions", _requisitions),
}
