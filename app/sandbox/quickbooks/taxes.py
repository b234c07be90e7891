"""Tax on purchases, which only the Canadian edition computes: each code leads to a tax item that holds its rate.

A line's own code counts, else the header's, else the vendor's; the documents do not say so in one place, it is what
the form fills in for a person. Tax is computed per code on the sum of its lines and rounded once, half up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from app.sandbox.quickbooks.amounts import ZERO, cents, number, total
from app.sandbox.quickbooks.books import Books, list_id
from app.sandbox.quickbooks.writing import Body


def fill_codes(books: Books, header: Body, lines: Iterable[Body]) -> None:
    """Give each line that has an amount and no code the header's or the vendor's."""
    if books.edition == "US":
        return
    vendor = books.storage.by_id(list_id(header.get("VendorRef")))
    code = header.get("SalesTaxCodeRef") or (vendor.body.get("SalesTaxCodeRef") if vendor else None)
    for line in lines:
        if code and "Amount" in line:
            line.setdefault("SalesTaxCodeRef", code)


def with_tax(books: Books, header: Body, lines: Iterable[Body]) -> Decimal:
    """What the lines come to, tax included."""
    lines = list(lines)
    if books.edition == "US" or header.get("IsTaxIncluded") == "true":
        return total(lines)
    taxed: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for line in lines:
        taxed[list_id(line.get("SalesTaxCodeRef"))] += number(line, "Amount") or ZERO
    return total(lines) + sum((cents(amount * _rate(books, code) / 100) for code, amount in taxed.items()), ZERO)


def _rate(books: Books, code_id: str) -> Decimal:
    """The percentage behind a code; no code and a code without a tax item mean none."""
    code = books.storage.by_id(code_id)
    item = books.storage.by_id(list_id(code.body.get("ItemPurchaseTaxRef"))) if code else None
    return (number(item.body, "TaxRate") if item else None) or ZERO
