"""A look in QuickBooks for one record that an item is bound to: is it still there?"""

from __future__ import annotations

from typing import ClassVar

from app.items.base import Again, Ask, Content, Done, Record, Refuse, Situation, Step

GONE, THERE = "gone", "there"

#: Records of lists are found by ListID; everything else is a transaction.
_LISTS = ("Vendor", "Customer", "Item", "Account")


class Check:
    """An operation of its own that only asks; ``params`` say for which record, and for whose item."""

    name: ClassVar[str]

    def begins_with_read(self, document: Content) -> bool:
        """A check only ever asks."""
        return True

    def next_step(self, now: Situation) -> Step:
        """Ask once; no record in the answer means that it is gone."""
        last = now.last
        if last is None or last.outcome == "unknown":
            return Ask("look", writes=False)
        if last.outcome in {"found", "empty", "missing"}:
            there = [record for record in last.records if _holds(record, now.document["lines"])]
            said = there[0].text("RefNumber") or there[0].text("FullName") or there[0].text("Name") if there else ""
            return Done(record=THERE if there else GONE, quickbooks_id=now.document["id"], full_name=said)
        if last.outcome == "retry":
            return Again(last.sentence)
        return Refuse(last.sentence, last.what_to_do)


def asked(record: str, quickbooks_id: str, lines: tuple[str, ...]) -> Content:
    """What a check asks for; with ``lines``, the record counts as gone when none of them is on it."""
    family = record.partition(" ")[0]  # the lines of a change order stand on their order
    listed = family.startswith(_LISTS)
    return {
        "query": f"{family}QueryRq",
        "by": "ListID" if listed else "TxnID",
        "id": quickbooks_id,
        "lines": list(lines),
    }


def _holds(record: Record, lines: list[str]) -> bool:
    if not lines:
        return True
    of_it = record.all(f"{record.type.removesuffix('Ret')}LineRet")
    return any(line.text("TxnLineID") in lines for line in of_it)
