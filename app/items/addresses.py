"""An address as QuickBooks answers it, in the parts Procore keeps."""

from __future__ import annotations

from app.core import text
from app.items.base import Content, Record

#: QuickBooks' lines of an address; a person may have typed the street into any of them.
_LINES = ("Addr1", "Addr2", "Addr3")


def kept(record: Record, aggregate: str) -> Content:
    """Street, city, state and ZIP; a first line that only repeats the name is no street."""
    names = {text.same_name(record.text(path)) for path in ("Name", "CompanyName")}
    lines = [text.squeeze(record.text(f"{aggregate}/{line}")) for line in _LINES]
    street = next((line for line in lines if line and text.same_name(line) not in names), "")
    return {
        "street": street,
        "city": record.text(f"{aggregate}/City"),
        "state": record.text(f"{aggregate}/State"),
        "zip": record.text(f"{aggregate}/PostalCode"),
    }


def state_code(state: str) -> str | None:
    """The state as Procore takes it: its code, never its name."""
    plain = text.squeeze(state).upper()
    return plain if len(plain) in {2, 3} and plain.isalpha() else None
