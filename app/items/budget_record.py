"""A project's budget as Procore tells it: read from five places, kept as one record."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import fields

from app.core import money, text
from app.items import order
from app.items.base import Content, Loose
from app.items.ports import Procore

#: How budget views name their column of approved prime contract change orders; the names are the company's own.
PRIME_CHANGES = re.compile(r"approved (cos?|change orders)|(approved )?(pccos?|prime (contract )?(cos?|change orders))")


class Amount(fields.Field[str]):
    """Money to the cent, which Procore writes as text or as a number."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> str:
        try:
            return money.plain(money.money(value))
        except money.NotMoney as problem:
            raise self.make_error("validator_failed") from problem


class LineSchema(Loose):
    id = fields.Integer(required=True)
    cost_code = fields.Nested(order.CostCodeRef, allow_none=True, load_default=None)
    sub_job = fields.String(load_default="")
    wbs_code_id = fields.Integer(allow_none=True, load_default=None)
    original_budget_amount = Amount(required=True)
    prime_changes = Amount(load_default="0.00")


class ModificationSchema(Loose):
    id = fields.Integer(required=True)
    from_budget_line_item_id = fields.Integer(allow_none=True, load_default=None)
    to_budget_line_item_id = fields.Integer(allow_none=True, load_default=None)
    transfer_amount = Amount(required=True)
    notes = fields.String(allow_none=True, load_default=None)


class WbsCodeRef(Loose):
    id = fields.Integer(required=True)


class AdjustmentSchema(Loose):
    id = fields.Integer(required=True)
    type = fields.String(required=True)
    adjustment_number = fields.Integer(load_default=0)
    wbs_code = fields.Nested(WbsCodeRef, required=True)
    description = fields.String(allow_none=True, load_default=None)
    comment = fields.String(allow_none=True, load_default=None)
    amount = Amount(required=True)


class ChangeSchema(Loose):
    id = fields.Integer(required=True)
    title = fields.String(allow_none=True, load_default=None)
    status = fields.String(required=True)
    adjustment_line_items = fields.List(fields.Nested(AdjustmentSchema), load_default=list)


class BudgetSchema(Loose):
    id = fields.Integer(required=True)
    project = fields.Nested(order.ProjectRef, required=True)
    locked = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(LineSchema), load_default=list)
    modifications = fields.List(fields.Nested(ModificationSchema), load_default=list)
    changes = fields.List(fields.Nested(ChangeSchema), load_default=list)


def fetch(procore: Procore) -> Iterator[Content]:
    """The budget of every project that has one, locked or not."""
    for project in procore.projects():
        path, project_id = f"/rest/v1.0/projects/{project['id']}", project["id"]
        lines = _lines(procore, project_id)
        if not lines:
            continue
        changes = procore.get(f"{path}/budget_changes")["data"]
        yield {
            "id": project_id,
            "project": procore.project(project_id),
            "locked": procore.get(f"{path}/budget")["locked"],
            "lines": lines,
            "modifications": list(procore.pages(f"{path}/budget_modifications")),
            "changes": [_change(procore, f"{path}/budget_changes/{row['id']}", row) for row in changes],
        }


def _lines(procore: Procore, project_id: int) -> list[Content]:
    """The budget lines as a view shows them that has a column of prime contract change orders, if any has."""
    codes = procore.cost_codes(project_id)
    lines: list[Content] = []
    for view in procore.pages("/rest/v1.0/budget_views", project_id=project_id):
        path = f"/rest/v1.0/budget_views/{view['id']}/detail_rows"
        rows = list(procore.pages(path, project_id=project_id, budget_row_type="budgeted"))
        columns = {name for row in rows for name in row if _is_of_prime_changes(name)}
        lines = [
            {
                **row,
                "cost_code": codes.get(row["cost_code_id"]),
                "sub_job": row["biller"] if row.get("biller_type") == "SubJob" else "",
                "prime_changes": sum((money.number(row.get(name)) for name in columns), Decimal(0)),
            }
            for row in rows
        ]
        if columns:
            break
    return lines


def _is_of_prime_changes(column: str) -> bool:
    return PRIME_CHANGES.fullmatch(text.same_name(column.replace("_", " "))) is not None


def _change(procore: Procore, path: str, row: Content) -> Content:
    """Only an approved change travels, so only of that the adjustments are read."""
    change: Content = procore.get(path)["data"] if row["status"] == "approved" else row
    return change
