"""The short forms in which the month is written down, before they become Procore records."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Line:
    """One line of a schedule of values: a lump sum, or a quantity at a unit cost."""

    cost_code: str
    description: str
    amount: str = ""
    quantity: str = ""
    uom: str = ""
    unit_cost: str = ""
    tax: str = "0"


def lump(cost_code: str, description: str, amount: str, *, tax: str = "0") -> Line:
    """A line by amount, as subcontracts have them."""
    return Line(cost_code, description, amount=amount, tax=tax)


def unit(cost_code: str, description: str, quantity: str, uom: str, unit_cost: str) -> Line:
    """A line by quantity and unit cost, as purchase orders have them."""
    return Line(cost_code, description, quantity=quantity, uom=uom, unit_cost=unit_cost)


@dataclass(frozen=True)
class ChangeOrder:
    """An approved change to one commitment."""

    commitment: str
    number: str
    day: int
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Commitment:
    """A subcontract or a purchase order; ``day`` is a day of March 2026."""

    number: str
    project: str
    company: str
    day: int
    title: str
    lines: tuple[Line, ...]
    description: str = ""
    status: str = "Approved"
    created_at: str = ""
    retainage_percent: str = "10.0"


@dataclass(frozen=True)
class Company:
    """A company of the directory."""

    name: str
    address: str
    city: str
    state: str
    zip: str
    phone: str
    fax: str = ""
    trade_name: str = ""


@dataclass(frozen=True)
class Project:
    """A building site."""

    number: str
    name: str
    address: str
    city: str
    zip: str
    value: str
    start: str
    finish: str
    own_codes: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True)
class Billed:
    """What an invoice bills of one line: the commitment's, or a change order's, by its place there."""

    position: int
    work: str = "0.00"
    change_order: str = ""
    quantity: str = ""  # billed by units: the work follows from the unit cost
    materials: str = "0.00"  # presently stored, a stock
    released: str = "0.00"  # retainage on work, given back


@dataclass(frozen=True)
class Invoice:
    """A subcontractor's invoice for one month; retainage is per cent of the work and materials billed."""

    commitment: str
    number: int
    billing_date: str
    invoice_number: str | None
    billed: tuple[Billed, ...]
    status: str = "approved"
    retainage: str = "10.0"
    payment_date: str | None = None
    final: bool = False


@dataclass(frozen=True)
class Modification:
    """Money moved between two budget lines, the old way."""

    origin: str
    target: str
    amount: str
    notes: str


@dataclass(frozen=True)
class Adjustment:
    """One side of a budget change."""

    cost_code: str
    amount: str
    type: str


@dataclass(frozen=True)
class BudgetChange:
    """Money moved between budget lines, the new way."""

    title: str
    adjustments: tuple[Adjustment, ...]
    status: str = "approved"


@dataclass(frozen=True)
class Budget:
    """A project's budget: amounts by cost code."""

    project: str
    lines: tuple[tuple[str, str], ...]
    locked: bool = True
    modifications: tuple[Modification, ...] = ()
    changes: tuple[BudgetChange, ...] = ()
