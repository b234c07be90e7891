"""The rows of a budget view: what each budgeted code holds, with the columns a company set up for itself."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from app.sandbox.procore import billing, commitment_change_orders
from app.sandbox.procore.amounts import written
from app.sandbox.procore.store import Record, Store

Sums = dict[int, Decimal]  # by cost code
NOTHING = Decimal(0)


def rows(store: Store, project: Record, columns: list[list[str]], wanted: str = "budgeted") -> list[Record]:
    """The detail rows; ``wanted`` is Procore's budget_row_type: budgeted, unbudgeted or all."""
    lines = store.all("budget_line_items", project_id=project["id"])
    codes = {code["id"]: code for code in store.all("cost_codes", project_id=project["id"])}
    sums = {source: find(store, project["id"]) for source, find in _SOURCES.items()}
    modified = modifications(store, project["id"])
    budgeted = {line["cost_code_id"] for line in lines}
    found = []
    if wanted in ("budgeted", "all"):
        for line in lines:
            amounts = {source: found_there[line["cost_code_id"]] for source, found_there in sums.items()}
            amounts |= {"original": Decimal(line["original_budget_amount"]), "modifications": modified[line["id"]]}
            found.append(_row(store, project, codes[line["cost_code_id"]], line, _worked_out(amounts), columns))
    if wanted in ("unbudgeted", "all"):
        spent = {code for source in ("commitments", "direct_costs") for code in sums[source]}
        for code in sorted(spent - budgeted):
            amounts = {source: found_there[code] for source, found_there in sums.items()}
            amounts |= {"original": NOTHING, "modifications": NOTHING}
            found.append(_row(store, project, codes[code], None, _worked_out(amounts), columns))
    return found


def _worked_out(of: dict[str, Decimal]) -> dict[str, Decimal]:
    """The amounts with those that are formulas."""
    revised = of["original"] + of["modifications"] + of["changes"] + of["prime_changes"]
    return {**of, "revised": revised, "job_to_date": of["invoices"] + of["direct_costs"]}


def _row(
    store: Store,
    project: Record,
    code: Record,
    line: Record | None,
    amounts: dict[str, Decimal],
    columns: list[list[str]],
) -> Record:
    root = (code["parent"] and store.get("cost_codes", code["parent"]["id"])) or code
    locked = any(budget["locked"] for budget in store.all("budgets", project_id=project["id"]))
    return {
        "id": line["id"] if line else None,
        "cost_code": _label(code),
        "cost_code_id": code["id"],
        "cost_code_origin_id": code["origin_id"],
        "root_cost_code": _label(root),
        "root_cost_code_id": root["id"],
        "category": "Other",
        "category_id": 47,
        "biller": project["name"],
        "biller_id": project["id"],
        "biller_type": "Project",
        "wbs_code_id": line["wbs_code"]["id"] if line else None,
        "original_budget_amount": written(amounts["original"]),
        "budget_modifications": written(amounts["modifications"]),
        "deletable": bool(line) and not locked,
        "unbudgeted_reason": None if line else "This cost code has costs but no budget line item.",
        "project": project["name"],
        "project_id": project["id"],
        "company": project["company"]["name"],
        "company_id": project["company"]["id"],
        "currency_configuration": {"currency_iso_code": "USD"},
        **{name: written(amounts[source]) for name, source in columns},
    }


def _label(code: Record) -> str:
    return f"{code['full_code']} - {code['name']}"


def kept_modifications(store: Store, project_id: int) -> list[Record]:
    """The modifications that no unlocking threw away."""
    return [row for row in store.all("budget_modifications", project_id=project_id) if not row.get("deleted_at")]


def modifications(store: Store, project_id: int) -> Sums:
    """What modifications moved to and from each budget line, by the line's id."""
    sums: Sums = defaultdict(Decimal)
    for row in kept_modifications(store, project_id):
        amount = Decimal(row["transfer_amount"])
        sums[row["to_budget_line_item_id"]] += amount
        if row["from_budget_line_item_id"]:
            sums[row["from_budget_line_item_id"]] -= amount
    return sums


def _changes(store: Store, project_id: int) -> Sums:
    sums: Sums = defaultdict(Decimal)
    lines = store.all("budget_line_items", project_id=project_id)
    codes = {line["wbs_code"]["id"]: line["cost_code_id"] for line in lines}
    for change in store.all("budget_changes", project_id=project_id):
        if change["status"] == "approved":
            for line in change["adjustment_line_items"]:
                sums[codes[line["wbs_code"]["id"]]] += Decimal(line["amount"])
    return sums


def _prime_changes(store: Store, project_id: int) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for order in store.all("prime_change_orders", project_id=project_id):
        if order["status"] == "approved":
            sums[order["cost_code_id"]] += Decimal(order["amount"])
    return sums


def _commitments(store: Store, project_id: int) -> Sums:
    sums: Sums = defaultdict(Decimal)
    resources = ("work_order_contracts", "purchase_order_contracts", "change_order_packages")
    records = [record for resource in resources for record in store.all(resource, project_id=project_id)]
    for record in [*records, *commitment_change_orders.unpackaged(store, project_id=project_id)]:
        if record["status"].lower() in ("approved", "complete") and not record["deleted_at"]:
            for line in record["line_items"]:
                sums[line["cost_code"]["id"]] += Decimal(line["amount"])
    return sums


def _invoices(store: Store, project_id: int) -> Sums:
    sums: Sums = defaultdict(Decimal)
    for row in store.all("requisitions", project_id=project_id):
        if row["status"] in billing.APPROVED and not row["deleted_at"]:
            known = billing.figures(store, row)
            for one in billing.scheduled(store, row):
                if one.line["id"] in known:
                    sums[one.line["cost_code"]["id"]] += known[one.line["id"]].gross
    return sums


def _direct_costs(store: Store, project_id: int) -> Sums:
    sums: Sums = defaultdict(Decimal)
    approved = {
        row["id"]
        for row in store.all("direct_costs", project_id=project_id)
        if row["status"] == "approved" and not row["deleted_at"]
    }
    for line in store.all("direct_cost_line_items", project_id=project_id):
        if line["holder"]["id"] in approved:
            sums[line["cost_code"]["id"]] += Decimal(line["amount"])
    return sums


#: Where the money of a column comes from.
_SOURCES: dict[str, Callable[[Store, int], Sums]] = {
    "changes": _changes,
    "prime_changes": _prime_changes,
    "commitments": _commitments,
    "invoices": _invoices,
    "direct_costs": _direct_costs,
}
