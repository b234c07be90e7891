"""What the month must look like in QuickBooks, worked out from its plain records and from nothing of the product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from app.sandbox.procore.month import HALVORSEN, awkward

#: Names and numbers the approver shortens or changes at accept, by Procore's own.
SHORTER = {awkward.LONG_NAME: "Northern Cascade", awkward.SAME_NAME_AS_A_CUSTOMER: "Lakeside Holdings (V)"}
SHORT_NUMBER = "PO-2026-07"
SHORT_MESSAGE = "See the contract."

#: What may never reach QuickBooks.
_COMPANIES_OUT = {awkward.NOT_IN_QUICKBOOKS}
_CODES_OUT = {awkward.LONG_CODE, awkward.OWN_CODE}
_COMMITMENTS_OUT = {awkward.VOID, awkward.NOT_APPROVED, awkward.WITH_TAX, "SC-010"}


@dataclass(frozen=True)
class Row:
    """One line of a purchase order; a title row has a description alone."""

    description: str
    item: str = ""
    quantity: Decimal | None = None
    amount: Decimal | None = None
    customer: str = ""


@dataclass(frozen=True)
class Order:
    """One purchase order."""

    vendor: str
    day: str
    rows: tuple[Row, ...]


def commitments() -> list[dict[str, Any]]:
    """The commitments that may reach QuickBooks."""
    records = HALVORSEN.records
    return [
        record
        for record in [*records["work_order_contracts"], *records["purchase_order_contracts"]]
        if record["number"] not in _COMMITMENTS_OUT
        and record["vendor"]["company"] not in _COMPANIES_OUT
        and not {line["cost_code"]["full_code"] for line in record["line_items"]} & _CODES_OUT
    ]


def changes() -> dict[int, list[dict[str, Any]]]:
    """The change orders that may reach QuickBooks, by commitment, in the order of their numbers."""
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    able = {record["id"] for record in commitments()}
    for record in sorted(HALVORSEN.records["change_order_packages"], key=lambda one: int(one["number"])):
        codes = {line["cost_code"]["full_code"] for line in record["line_items"]}
        if record["contract_id"] in able and not codes & _CODES_OUT:
            found[record["contract_id"]].append(record)
    return found


def orders(zone: str) -> dict[str, Order]:
    """Every purchase order QuickBooks must hold, by its number there; days are those of the company's zone."""
    found = {}
    for record in commitments():
        number = SHORT_NUMBER if record["number"] == awkward.LONG_NUMBER else record["number"]
        rows = list(_rows(record, record))
        for change in changes()[record["id"]]:
            rows += _rows(change, record)
        company = record["vendor"]["company"]
        created = datetime.fromisoformat(record["created_at"]).astimezone(ZoneInfo(zone))
        found[number] = Order(SHORTER.get(company, company), created.date().isoformat(), tuple(rows))
    return found


def _rows(record: dict[str, Any], commitment: dict[str, Any]) -> Iterator[Row]:
    yield Row(record["title"])
    for line in record["line_items"]:
        lump = commitment["accounting_method"] == "amount" or not Decimal(line["quantity"])
        yield Row(
            line["description"],
            line["cost_code"]["full_code"],
            Decimal(1) if lump else Decimal(line["quantity"]),
            Decimal(line["amount"]).quantize(Decimal("0.01")),
            commitment["project"]["name"],
        )


def found(order: dict[str, Any]) -> Order:
    """A purchase order as the company file holds it."""

    def row(line: dict[str, Any]) -> Row:
        return Row(
            line.get("Desc", ""),
            line.get("ItemRef", {}).get("FullName", ""),
            Decimal(line["Quantity"]) if line.get("Quantity") else None,
            Decimal(line["Amount"]) if line.get("Amount") else None,
            line.get("CustomerRef", {}).get("FullName", ""),
        )

    return Order(
        order["VendorRef"]["FullName"], order["TxnDate"], tuple(row(line) for line in order["PurchaseOrderLineRet"])
    )


def most_round_trips(list_adds: int) -> int:
    """Σ over levels of ⌈writes/100⌉ + ⌈needed reads/100⌉, counted by hand.

    Level 1: names in QuickBooks' lists; nothing there has a parent, nothing is linked. Level 2: the commitments, with
    one look each. Level 2 + n: the nth change order of each commitment, whose binding was answered in this session.
    """

    def sets(requests: int) -> int:
        return -(-requests // 100)

    chains = [len(chain) for chain in changes().values()]
    mods = [sum(1 for length in chains if length >= n) for n in range(1, max(chains) + 1)]
    return sets(list_adds) + 2 * sets(len(commitments())) + sum(sets(count) for count in mods)
