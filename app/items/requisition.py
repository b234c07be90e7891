"""What Procore says on a subcontractor's invoice (its requisition), line by line, and what is new on it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from marshmallow import fields

from app.core import money
from app.items import order
from app.items.base import Content, Loose

ZERO = Decimal("0.00")
CHANGES = {"change_order_item", "whole_change_order_item"}

#: A line of the order: whose it is (kind, Procore id) and Procore's id of the line; 0 stands for a change order whole.
Key = tuple[str, str, int]


class BilledSchema(Loose):
    id = fields.Integer(required=True)
    item_type = fields.String(load_default="contract_item")
    line_item_id = fields.Integer(allow_none=True, load_default=None)
    change_order_package_id = fields.Integer(allow_none=True, load_default=None)
    position = fields.Integer(allow_none=True, load_default=0)
    description_of_work = fields.String(allow_none=True, load_default="")
    work_completed_from_previous_application = fields.String(allow_none=True, load_default=None)
    work_completed_this_period = fields.String(allow_none=True, load_default="0")
    work_completed_this_period_quantity = fields.String(allow_none=True, load_default="0")
    materials_presently_stored = fields.String(allow_none=True, load_default="0")
    total_completed_and_stored_to_date = fields.String(allow_none=True, load_default="0")
    total_completed_and_stored_to_date_from_previous = fields.String(allow_none=True, load_default=None)
    work_completed_retainage_from_previous_application = fields.String(allow_none=True, load_default="0")
    work_completed_retainage_retained_this_period = fields.String(allow_none=True, load_default="0")
    work_completed_retainage_released_this_period = fields.String(allow_none=True, load_default="0")
    materials_stored_retainage_currently_retained = fields.String(allow_none=True, load_default="0")
    tax_code = fields.String(allow_none=True, load_default=None)
    cost_code = fields.Nested(order.CostCodeRef, allow_none=True, load_default=None)


class SummarySchema(Loose):
    total_earned_less_retainage = fields.String(allow_none=True, load_default=None)
    less_previous_certificates_for_payment = fields.String(allow_none=True, load_default=None)
    current_payment_due = fields.String(required=True)
    tax_applicable_to_this_payment = fields.String(allow_none=True, load_default="0")


class CurrencySchema(Loose):
    currency_iso_code = fields.String(allow_none=True, load_default=None)


class RequisitionSchema(Loose):
    id = fields.Integer(required=True)
    number = fields.Integer(required=True)
    invoice_number = fields.String(allow_none=True, load_default="")
    project_id = fields.Integer(required=True)
    commitment_id = fields.Integer(required=True)
    vendor_id = fields.Integer(required=True)
    vendor_name = fields.String(allow_none=True, load_default="")
    status = fields.String(allow_none=True, load_default="")
    billing_date = fields.String(allow_none=True, load_default=None)
    payment_date = fields.String(allow_none=True, load_default=None)
    deleted_at = fields.String(allow_none=True, load_default=None)
    currency_configuration = fields.Nested(CurrencySchema, allow_none=True, load_default=None)
    summary = fields.Nested(SummarySchema, required=True)
    items = fields.List(fields.Nested(BilledSchema), load_default=list)


@dataclass(frozen=True)
class Progress:
    """What one invoice says of one line of the order; several items may bill the same line."""

    key: Key
    position: int
    cost_code: str
    code: str
    description: str
    tax_code: str
    work: Decimal  # completed this period, as Procore shows it
    quantity: Decimal  # … and its quantity
    amount: Decimal  # completed and stored now, less the same on the previous invoice
    retained: Decimal  # retainage held now, less the same on the previous invoice
    stored: bool  # materials had a part in it


def payment_due(content: Content) -> Decimal:
    """What Procore says is to be paid."""
    return money.amount(content["summary"]["current_payment_due"])


def tax(content: Content) -> Decimal:
    """The tax Procore adds to this payment."""
    return money.amount(content["summary"]["tax_applicable_to_this_payment"])


def net(content: Content) -> Decimal:
    """The payment due before tax, whether Procore's figure holds the tax or not."""
    summary, due = content["summary"], payment_due(content)
    earned, paid = summary["total_earned_less_retainage"], summary["less_previous_certificates_for_payment"]
    with_tax = (
        earned is not None and paid is not None and money.amount(earned) - money.amount(paid) + tax(content) == due
    )
    return due - tax(content) if with_tax else due


def progress(content: Content, previous: Content | None) -> list[Progress]:
    """What is new since the previous invoice of the same commitment, by line of the order."""
    before = _by_line(previous) if previous else {}
    return [_of_line(key, items, before.get(key, ()) if previous else None) for key, items in _by_line(content).items()]


def billed(content: Content) -> list[Content]:
    """The items of which something has been billed or is held; Procore lists every line there is to bill."""
    return [item for item in content["items"] if any(money.amount(item[name]) for name in BILLED) or _held(item)]


def change_orders(content: Content) -> list[str]:
    """Procore's ids of the change orders billed on the invoice."""
    found = (item["change_order_package_id"] for item in billed(content) if item["item_type"] in CHANGES)
    return list(dict.fromkeys(str(one) for one in found if one is not None))


def _by_line(content: Content) -> dict[Key, list[Content]]:
    found: dict[Key, list[Content]] = defaultdict(list)
    for item in sorted(content["items"], key=lambda item: (item["position"] or 0, item["id"])):
        found[_key(content, item)].append(item)
    return found


def _key(content: Content, item: Content) -> Key:
    line = 0 if item["item_type"] == "whole_change_order_item" else item["line_item_id"] or 0
    if item["item_type"] in CHANGES:
        return "commitment_change_order", str(item["change_order_package_id"] or ""), line
    return "commitment", str(content["commitment_id"]), line


def _of_line(key: Key, items: Sequence[Content], before: Sequence[Content] | None) -> Progress:
    """``before`` are the items of the same line on the previous invoice; None when there is no such invoice."""
    first, code = items[0], items[0]["cost_code"]
    to_date = _total(items, "total_completed_and_stored_to_date")
    held = sum((_held(item) for item in items), ZERO)
    if before is None:
        done, kept = sum((_done_before(item) for item in items), ZERO), _total(items, RETAINED_BEFORE)
    else:
        done = _total(before, "total_completed_and_stored_to_date")
        kept = sum((_held(item) for item in before), ZERO)
    return Progress(
        key=key,
        position=first["position"] or 0,
        cost_code=order.code_id(first) if code else "",
        code=code["full_code"] if code else "",
        description=first["description_of_work"] or "",
        tax_code=first["tax_code"] or "",
        work=_total(items, "work_completed_this_period"),
        quantity=sum((money.number(item["work_completed_this_period_quantity"]) for item in items), Decimal(0)),
        amount=to_date - done,
        retained=held - kept,
        stored=bool(_total([*items, *(before or ())], "materials_presently_stored")),
    )


BILLED = ("total_completed_and_stored_to_date", "work_completed_this_period")
RETAINED_BEFORE = "work_completed_retainage_from_previous_application"


def _held(item: Content) -> Decimal:
    """The retainage held on an item when the invoice is paid: on work done, and on materials stored."""
    return (
        money.amount(item[RETAINED_BEFORE])
        + money.amount(item["work_completed_retainage_retained_this_period"])
        - money.amount(item["work_completed_retainage_released_this_period"])
        + money.amount(item["materials_stored_retainage_currently_retained"])
    )


def _done_before(item: Content) -> Decimal:
    """What Procore itself says was billed before, where we never saw the invoice before."""
    told = item["total_completed_and_stored_to_date_from_previous"]
    return money.amount(item["work_completed_from_previous_application"] if told is None else told)


def _total(items: Sequence[Content], name: str) -> Decimal:
    return sum((money.amount(item[name]) for item in items), ZERO)
