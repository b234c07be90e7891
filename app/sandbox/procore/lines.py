"""Lines as contracts and change orders show them; the two differ in Procore."""

from __future__ import annotations

from app.sandbox.procore.store import Record, Store

#: A line of a change order has neither an amount of its own nor origin fields.
_PACKAGE_LINE = (
    "id", "position", "description", "quantity", "unit_cost", "uom", "extended_amount", "total_amount",
    "line_item_type", "wbs_code", "holder", "markup_line_items",
)  # fmt: skip
_NOT_ON_LINES = ("project_id", "biller_origin_id")


def of_contract(store: Store, line: Record) -> Record:
    """A line of a schedule of values, with its cost code as that is today."""
    return {**line, "cost_code": _cost_code(store, line)}


def of_package(store: Store, line: Record) -> Record:
    """A line of a change order, with its cost code as that is today."""
    return {**{name: line[name] for name in _PACKAGE_LINE}, "cost_code": _cost_code(store, line)}


def _cost_code(store: Store, line: Record) -> Record:
    code: Record = store.get("cost_codes", line["cost_code"]["id"]) or line["cost_code"]
    return {name: value for name, value in code.items() if name not in _NOT_ON_LINES}
