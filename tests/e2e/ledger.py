"""The company file as an accountant would copy it out, and the same written by hand: equal, or not.

An expectation is a text. A heading stands at the margin, its rows are indented, cells are parted by ``|`` and ``#``
begins a remark. What is read from the company file has the same form, so that the two can be compared whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

from app.sandbox.quickbooks import CompanyFile

Cells = tuple[str, ...]
Record = dict[str, Any]


@dataclass
class Entry:
    """One record: its heading and its rows."""

    head: Cells
    rows: list[Cells] = field(default_factory=list)


Ledger = dict[str, Entry]


def written(file: Path) -> Ledger:
    """What was written by hand, by the first cell of each heading; one that stands there twice is an error."""
    found: Ledger = {}
    entry = None
    for line in file.read_text(encoding="utf-8").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        cells = tuple(cell.strip() for cell in line.split("|"))
        if line.startswith(" "):
            assert entry is not None, line
            entry.rows.append(_cells(*cells))
        else:
            entry = Entry(_cells(*cells))
            assert cells[0] not in found, line
            found[cells[0]] = entry
    return found


def listed(file: Path) -> list[Cells]:
    """A plain list: one row after the other."""
    lines = file.read_text(encoding="utf-8").splitlines()
    return [tuple(cell.strip() for cell in line.split("|")) for line in lines if line.strip() and line[0] != "#"]


def held(company: CompanyFile, family: str) -> Ledger:
    """What the company file holds of a family; a number or name that is there twice is an error."""
    found: Ledger = {}
    for record in company.records(family):
        entry = _COPIED[family](record)
        assert entry.head[0] not in found, entry.head
        found[entry.head[0]] = entry
    return found


def writes(request: str) -> bool:
    """Whether a message set changes anything; queries read."""
    return bool(re.search(r"<\w+(Add|Mod|Del|Void)Rq\b", request))


# -- how each family is copied out ---------------------------------------------------------------------------------


def _order(record: Record) -> Entry:
    received = "received" if record["IsFullyReceived"] == "true" else ""
    head = _cells(record["RefNumber"], _name(record, "VendorRef"), record["TxnDate"], record["TotalAmount"], received)
    return Entry(head, [_order_row(line) for line in record["PurchaseOrderLineRet"]])


def _order_row(line: Record) -> Cells:
    billed = _number(line, "ReceivedQuantity")
    return _cells(
        _name(line, "ItemRef"),
        line.get("Desc", ""),
        _number(line, "Quantity"),
        line.get("Amount", ""),
        _name(line, "CustomerRef"),
        billed if billed != "0" else "",
        _name(line, "SalesTaxCodeRef"),
    )


def _estimate(record: Record) -> Entry:
    rows = [
        _cells(_name(line, "ItemRef"), line.get("Desc", ""), _money(line, "Rate"), line.get("Amount", ""))
        for line in record["EstimateLineRet"]
    ]
    return Entry(_cells(_name(record, "CustomerRef"), record["TotalAmount"]), rows)


def _bill(record: Record) -> Entry:
    orders = [link["RefNumber"] for link in record.get("LinkedTxn", []) if link["TxnType"] == "PurchaseOrder"]
    days = record["TxnDate"], record["DueDate"]
    head = _cells(record["RefNumber"], _name(record, "VendorRef"), *days, record["AmountDue"], ", ".join(orders))
    rows = [
        _cells(
            _name(line, "ItemRef"),
            _number(line, "Quantity"),
            line["Amount"],
            _name(line, "CustomerRef"),
            _name(line, "SalesTaxCodeRef"),
        )
        for line in record["ItemLineRet"]
    ]
    return Entry(head, rows)


def _vendor(record: Record) -> Entry:
    notes = record.get("Notes", "")
    rows = [*_address(record, "VendorAddress"), *([(notes,)] if notes else [])]
    return Entry(_cells(record["Name"], record.get("Phone", ""), record.get("Fax", "")), rows)


def _customer(record: Record) -> Entry:
    return Entry(_cells(record["Name"]), _address(record, "ShipAddress"))


def _item(record: Record) -> Entry:
    both = record.get("SalesAndPurchase") or {}
    texts = both.get("PurchaseDesc", ""), both.get("SalesDesc", "")
    return Entry(_cells(record["Name"], *texts, _name(both, "IncomeAccountRef"), _name(both, "ExpenseAccountRef")))


_COPIED = {
    "PurchaseOrder": _order,
    "Estimate": _estimate,
    "Bill": _bill,
    "Vendor": _vendor,
    "Customer": _customer,
    "ItemService": _item,
}


def _address(record: Record, tag: str) -> list[Cells]:
    parts = record.get(tag) or {}
    tags = ("Addr1", "Addr2", "Addr3", "Addr4", "Addr5", "City", "State", "PostalCode", "Country", "Note")
    return [tuple(parts[tag] for tag in tags if parts.get(tag))] if parts else []


def _name(record: Record, tag: str) -> str:
    return str(record[tag]["FullName"]) if tag in record else ""


def _number(record: Record, tag: str) -> str:
    return f"{Decimal(record[tag]).normalize():f}" if record.get(tag) else ""


def _money(record: Record, tag: str) -> str:
    """A price with no more places than it needs, two at least."""
    return f"{Decimal(record[tag]).quantize(Decimal('0.01'))}" if record.get(tag) else ""


def _cells(*cells: str) -> Cells:
    """Cells without the empty ones at the end."""
    found = list(cells)
    while found and not found[-1]:
        found.pop()
    return tuple(found)
