"""Commitment change orders as Procore tells them: a list of packages, and a newer list that may hold more.

The newer list shows every package once more, and change orders that are in none. A package is read as itself,
whichever list says that it changed: it can be marked, and its lines name their cost codes. What is in no package is
read from the newer list, under an id of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import fields

from app.core.batches import in_batches
from app.items import order
from app.items.base import Content, Loose
from app.items.ports import Procore

PACKAGES = "/rest/v1.0/change_order_packages"
#: Change orders of prime contracts are listed with the others, and stay in Procore.
PRIME = "PrimeContractChangeOrder"
#: Both lists number their records for themselves.
NEWER = "newer-"
#: So many packages are asked for at once, by their ids.
AT_ONCE = 100


class LineSchema(order.LineSchema):
    cost_code = fields.Nested(order.CostCodeRef, required=True, allow_none=True)
    unknown_code = fields.String(load_default="")


class ChangeOrderSchema(Loose):
    id = fields.Raw(required=True)  # a package's number, or a newer change order's with what tells it apart
    contract_id = fields.Integer(required=True)
    project_id = fields.Integer(required=True)
    number = fields.String(required=True)
    title = fields.String(allow_none=True, load_default="")
    status = fields.String(allow_none=True, load_default="")
    deleted_at = fields.String(allow_none=True, load_default=None)
    line_items = fields.List(fields.Nested(LineSchema), load_default=list)
    whole_total = fields.String(allow_none=True, load_default=None)  # where the lines tell neither tax nor markup
    unpackaged = fields.Boolean(load_default=False)  # it waits for a package, or is in one that Procore does not show


def fetch(procore: Procore) -> Iterator[Content]:
    """Every change order of a commitment, once."""
    for project in procore.projects():
        yield from _of_project(procore, project["id"])


def is_newer(procore_id: str) -> bool:
    """Whether the record is in no package: Procore has no place on it for a mark."""
    return procore_id.startswith(NEWER)


def _of_project(procore: Procore, project_id: int) -> Iterator[Content]:
    # The newer list second: a package made in between is missed by the first, and named by the second.
    packages = {row["id"]: row for row in _packages(procore, project_id, **procore.changed)}
    path = f"/rest/v1.0/projects/{project_id}/commitment_change_orders"
    newer = list(procore.pages_where_offered(path, **procore.changed))
    parts = defaultdict(list)
    for row in newer:
        parts[row.get("legacy_package_id")].append(f"{NEWER}{row['id']}")
    named = [package_id for package_id in parts if package_id and package_id not in packages]
    for batch in in_batches(named, AT_ONCE):
        packages |= {row["id"]: row for row in _packages(procore, project_id, **{"filters[id][]": batch})}
    for row in packages.values():
        parents = {"contract_id": row["contract_id"]}
        record = order.in_full(procore, row, f"{PACKAGES}/{row['id']}", project_id=project_id, **parents)
        if record.get("type") != PRIME:
            yield {**record, **parents, "project_id": project_id, "formerly": parts[row["id"]]}
    for row in newer:
        if row.get("legacy_package_id") not in packages:
            yield _newer(procore, row, project_id)


def _packages(procore: Procore, project_id: int, **more: Any) -> Iterator[Content]:
    return procore.pages(PACKAGES, **{"project_id": project_id, "filters[include_deleted]": "with", **more})


def _newer(procore: Procore, row: Content, project_id: int) -> Content:
    """A change order without a package; only version 2 tells its lines, by budget codes."""
    path = f"/rest/v2.0/companies/{procore.company_id}/projects/{project_id}/commitment_change_orders/{row['id']}"
    codes = {
        code["full_code"]: code
        for code in procore.cost_codes(project_id).values()
        if code.get("biller_type") != "SubJob"
    }
    return {
        **row,
        "id": f"{NEWER}{row['id']}",
        "project_id": project_id,
        "line_items": [_line(line, codes) for line in procore.pages(f"{path}/line_items")],
        "whole_total": row.get("grand_total"),
        "unpackaged": bool(row.get("legacy_package_id") or row.get("legacy_request_id")),
    }


def _line(line: Content, codes: Mapping[str, Content]) -> Content:
    """A line as packages tell theirs. A budget code is a cost code, a cost type and custom segments, with dots."""
    budget_code = (line.get("wbs_code") or {}).get("flat_code") or ""
    cost_code, segment = _split(budget_code, codes)
    amount = _text(line.get("amount"))
    return {
        **line,
        "position": int(line.get("position") or 0),
        "quantity": _text(line.get("quantity")),
        "unit_cost": _text(line.get("unit_cost")),
        "amount": None,
        "extended_amount": amount,
        "total_amount": amount,
        "cost_code": cost_code,
        "custom_segment": segment,
        "unknown_code": "" if cost_code else budget_code,
    }


def _split(budget_code: str, codes: Mapping[str, Content]) -> tuple[Content | None, str]:
    """The cost code a budget code begins with, and what stands behind the cost type."""
    parts = budget_code.split(".")
    for length in range(len(parts), 0, -1):
        if found := codes.get(".".join(parts[:length])):
            return found, ".".join(parts[length + 1 :])
    return None, ""


def _text(number: Any) -> str | None:
    return None if number is None else str(number)
