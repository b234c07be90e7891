"""What commitments and their change orders share: the lines of a QuickBooks purchase order."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from marshmallow import fields

from app.core import money, text
from app.items.base import Content, Hold, Loose, Need, Record, Situation
from app.items.erp import Mark
from app.items.ports import Procore, Told


class CostCodeRef(Loose):
    id = fields.Integer(required=True)
    full_code = fields.String(required=True)
    name = fields.String(load_default="")
    standard_cost_code_id = fields.Integer(allow_none=True, load_default=None)


class LineSchema(Loose):
    id = fields.Integer(required=True)
    position = fields.Integer(load_default=0)
    description = fields.String(allow_none=True, load_default=None)
    quantity = fields.String(allow_none=True, load_default="0.0")
    unit_cost = fields.String(allow_none=True, load_default="0.0")
    amount = fields.String(allow_none=True, load_default=None)
    extended_amount = fields.String(allow_none=True, load_default=None)
    tax_amount = fields.String(allow_none=True, load_default=None)
    total_amount = fields.String(allow_none=True, load_default=None)
    custom_segment = fields.String(allow_none=True, load_default=None)
    cost_code = fields.Nested(CostCodeRef, required=True)


class ProjectRef(Loose):
    id = fields.Integer(required=True)
    name = fields.String(load_default="")


class VendorRef(Loose):
    id = fields.Integer(required=True)
    company = fields.String(load_default="")


def in_full(procore: Procore, row: Content, path: str, *, project_id: int, **parents: int) -> Content:
    """A record of a list with its lines, each with its cost code in full: Procore may tell only its id and name.

    A deleted one can no longer be read alone; it comes without lines, marked by ``deleted_at``.
    """
    if row.get("deleted_at"):
        return {**row, "line_items": []}
    record: Content = procore.get(path, project_id=project_id, **parents)
    codes = procore.cost_codes(project_id)

    def filled(code: Content | None) -> Content | None:
        return {**codes.get(code["id"], {}), **code} if code else code

    lines = [{**line, "cost_code": filled(line.get("cost_code"))} for line in record["line_items"]]
    return {**record, "line_items": lines}


def line_amount(line: Content) -> Decimal:
    """What Procore says the line is worth."""
    return money.amount(line["amount"] if line["amount"] is not None else line["extended_amount"])


def line_marks(told: Told, rows: Sequence[str]) -> list[Mark]:
    """Procore's lines with their rows of the order, in the order both have; without an origin all are unmarked."""
    lines = sorted(told.content["line_items"], key=lambda line: line["position"])
    if told.origin_id is None:
        return [Mark("line_item", line["id"], {"origin_id": None, "origin_data": None}) for line in lines]
    return [Mark("line_item", line["id"], {"origin_id": row}) for line, row in zip(lines, rows, strict=False)]


def code_id(line: Content) -> str:
    """The standard cost code a line is coded to, if to any: one list serves all integrated projects."""
    code = line["cost_code"]
    return str(code["standard_cost_code_id"] or code["id"]) if code else ""


def full_code(line: Content) -> str:
    """The same as people write it."""
    return line["cost_code"]["full_code"] if line["cost_code"] else ""


def code_needs(lines: list[Content]) -> list[Need]:
    """The cost codes of the lines, each once."""
    return [Need("cost_code", "cost_code", one) for one in dict.fromkeys(map(code_id, lines)) if one]


def line_tax(line: Content) -> Decimal:
    """The tax Procore holds on a line: named, or what its total has above the amount (change orders)."""
    if line["tax_amount"] is not None:
        return money.decimal(line["tax_amount"])
    if line["total_amount"] is None:
        return Decimal(0)
    return money.decimal(line["total_amount"]) - line_amount(line)


def tax(lines: list[Content]) -> Decimal:
    """The tax Procore holds on all lines."""
    return sum((line_tax(line) for line in lines), Decimal(0))


def rule_lines(lines: list[Content]) -> list[Content]:
    """The lines as the rules see them."""
    return [
        {
            "position": line["position"],
            "cost_code": full_code(line),
            "description": line["description"] or "",
            "quantity": money.number(line["quantity"]),
            "unit_cost": money.number(line["unit_cost"]),
            "amount": line_amount(line),
            "tax": line_tax(line),
            "custom_segment": line["custom_segment"] or "",
        }
        for line in lines
    ]


def written_lines(lines: list[Content], *, by_unit: bool) -> list[Content]:
    """The lines as QuickBooks gets them.

    Amount is always exact and Rate never sent: QuickBooks computes it. A lump sum has
    Quantity 1, so that bills can later use it up by fractions (ACC-01).
    """

    def written(line: Content) -> Content:
        ordered = money.number(line["quantity"])
        return {
            "cost_code": code_id(line),
            "code": full_code(line),
            "description": line["description"] or None,
            "quantity": money.quantity(ordered) if by_unit and ordered else "1",
            "amount": money.plain(line_amount(line)),
        }

    return [written(line) for line in sorted(lines, key=lambda line: line["position"])]


def characters(*parts: str | None, lines: list[Content]) -> str:
    """What of these texts QuickBooks cannot store."""
    return text.not_in_quickbooks("".join(filter(None, [*parts, *(line["description"] for line in lines)])))


def compare_lines(written: list[Content], records: list[Record], items: dict[str, str]) -> list[str]:
    """What QuickBooks saved otherwise than approved, line by line."""
    if len(records) != len(written):
        return [f"QuickBooks saved {len(records)} lines, approved {len(written)}"]
    differences = []
    for number, (line, record) in enumerate(zip(written, records, strict=True), 1):
        saved, approved = money.number(record.text("Amount")), money.decimal(line["amount"])
        if saved != approved:
            differences.append(f"Line {number}: QuickBooks saved {text.shown(saved)}, approved {text.shown(approved)}")
        if record.text("ItemRef/ListID") != items.get(line["cost_code"], ""):
            differences.append(f"Line {number}: QuickBooks saved item {record.text('ItemRef/FullName') or 'none'}")
        quantity = record.text("Quantity") or "0"
        if money.decimal(quantity) != money.decimal(line["quantity"]):
            differences.append(f"Line {number}: QuickBooks saved quantity {quantity}, approved {line['quantity']}")
    return differences


def preview_lines(lines: list[Content], word: str, start: int) -> list[tuple[str, str]]:
    """Lines of an order in a person's words."""

    def shown(line: Content) -> str:
        return f"{line['code']} · {line['description'] or ''} · Qty {line['quantity']} · " + money.shown(
            money.decimal(line["amount"])
        )

    return [(f"{word} {number}", shown(line)) for number, line in enumerate(lines, start)]


def gone(now: Situation, rule: str) -> Hold:
    """The order is no longer in QuickBooks; ``rule`` says for whom."""
    return Hold(
        rule,
        f"The purchase order of commitment {now.document['commitment_number']} is no longer in QuickBooks.",
        "Find out who deleted it. To have it made again, unlink the commitment and accept it anew.",
    )


def total(record: Record) -> Decimal:
    """What the lines of an order come to: without tax, as Procore counts."""
    lines = record.all("PurchaseOrderLineRet")
    return sum((money.amount(line.text("Amount")) for line in lines), Decimal("0.00"))


def beside(now: Situation, record: Record, own: Sequence[str]) -> list[str]:
    """What an order holds otherwise than was written; ``own`` are the TxnLineIDs of its lines, the title's first."""
    rows = {row.text("TxnLineID"): row for row in record.all("PurchaseOrderLineRet")}
    found = []
    for number, (line, line_id) in enumerate(zip(now.document["lines"], own[1:], strict=False), 2):
        row = rows.get(line_id)
        approved = money.decimal(line["amount"])
        if row is None:
            found.append(f"Line {number}: QuickBooks no longer has it, approved {text.shown(approved)}")
            continue
        if (amount := money.number(row.text("Amount"))) != approved:
            found.append(f"Line {number}: QuickBooks has {text.shown(amount)}, approved {text.shown(approved)}")
        if money.number(row.text("Quantity")) != money.decimal(line["quantity"]):
            found.append(f"Line {number}: QuickBooks has quantity {row.text('Quantity')}, approved {line['quantity']}")
        item = now.bound.get(("cost_code", line["cost_code"]))
        if item and row.text("ItemRef/ListID") != item.quickbooks_id:
            found.append(f"Line {number}: QuickBooks has item {row.text('ItemRef/FullName') or 'none'}")
    return found
