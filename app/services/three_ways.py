"""One item three ways: as it was approved, as Procore has it now, as QuickBooks has it now."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money
from app.db.models import Binding, Connection, Discrepancy, Document, Item, MessageSet, Operation, Request
from app.items.base import Content, ItemType, Record
from app.qbxml import parse
from app.services.discrepancies import APPROVAL
from app.services.gather import gather

_AMOUNT = re.compile(r"-?\d+\.\d\d")
#: A kept answer is one element; to be read it stands in a set again.
ALONE = "<QBXML><QBXMLMsgsRs>{}</QBXMLMsgsRs></QBXML>"


@dataclass(frozen=True)
class Value:
    """One line of the comparison; None where a side has no word for it."""

    label: str
    approved: str | None
    procore: str | None
    quickbooks: str | None

    @property
    def procore_differs(self) -> bool:
        """Whether Procore says something else by now."""
        return self.procore is not None and _plain(self.procore) != _plain(self.approved)

    @property
    def quickbooks_differs(self) -> bool:
        """Whether QuickBooks holds something else."""
        return self.quickbooks is not None and _plain(self.quickbooks) != _plain(self.approved)

    @property
    def differs(self) -> bool:
        """Whether the three disagree."""
        return self.procore_differs or self.quickbooks_differs


def _plain(value: str | None) -> str:
    return " ".join((value or "").split()).casefold()


@dataclass(frozen=True)
class Comparison:
    """All lines, when QuickBooks was read, and what a later look found there."""

    values: tuple[Value, ...]
    quickbooks_at: datetime | None
    found: tuple[Discrepancy, ...]

    @property
    def differs(self) -> bool:
        """Whether there is anything to look at."""
        return bool(self.found) or any(value.differs for value in self.values)


def compare(session: Session, connection: Connection, item: Item, kind: ItemType) -> Comparison | None:
    """The comparison, for what somebody approved; None before."""
    document_id = item.written_document_id or item.document_id
    document = session.get(Document, document_id) if document_id else None
    if document is None or item.state == "draft":
        return None
    fields: Content = json.loads(document.body)["fields"]
    approved = dict(kind.preview(fields))
    around = gather(session, connection, [item], newest=True)[item.id]
    unchanged = document.revision_id == item.seen_revision_id
    now = approved if unchanged else dict(kind.preview(kind.document(around.content, around.inputs, around.around)))
    record, at = _record(session, item)
    held = _held(kind, record) if record else {}
    labels = [*approved, *(label for label in now if label not in approved)]
    values = tuple(
        Value(label, approved.get(label), now.get(label, ""), held.get(label) if record else None) for label in labels
    )
    shown = tuple(value for value in values if value.approved or value.procore or value.quickbooks)
    return Comparison(shown, at if held else None, _found(session, item))


def _record(session: Session, item: Item) -> tuple[Record | None, datetime | None]:
    """The item's record as QuickBooks showed it last."""
    binding = session.get(Binding, item.id)
    if binding is None:
        return None, None
    query = (
        select(Request.answer, MessageSet.answered_at)
        .join(Operation, Operation.seq == Request.operation_seq)
        .join(MessageSet, MessageSet.id == Request.set_id)
        .where(Operation.item_id == item.id, Request.answer.is_not(None), Request.outcome.in_(("saved", "found")))
        .order_by(Request.made_at.desc(), Request.number.desc())
        .limit(1)
    )
    row = session.execute(query).one_or_none()
    if row is None:
        return None, None
    records = parse.message_set(ALONE.format(row.answer)).answers[0].records
    mine = [one for one in records if binding.quickbooks_id in {one.text("ListID"), one.text("TxnID")}]
    return (mine[0], row.answered_at) if mine else (None, None)


def _held(kind: ItemType, record: Record) -> dict[str, str]:
    found = {label: _shown(record.text(path)) for label, path in kind.held.items()}
    for number, line in enumerate(record.all(kind.held_lines) if kind.held_lines else (), 1):
        found[f"Line {number}"] = _line(line)
    return found


def _shown(value: str) -> str:
    return money.shown(money.decimal(value)) if _AMOUNT.fullmatch(value) else value


def _line(line: Record) -> str:
    """A line as the preview says it."""
    if not line.text("ItemRef/FullName"):
        return line.text("Desc")
    code = line.text("ItemRef/FullName").rpartition(":")[2].split(" ")[0]
    quantity = money.quantity(money.decimal(line.text("Quantity") or "0"))
    amount = money.shown(money.decimal(line.text("Amount") or "0"))
    return f"{code} · {line.text('Desc')} · Qty {quantity} · {amount}"


def _found(session: Session, item: Item) -> tuple[Discrepancy, ...]:
    query = select(Discrepancy).where(
        Discrepancy.item_id == item.id,
        Discrepancy.gone_at.is_(None),
        Discrepancy.cleared_at.is_(None),
        Discrepancy.source != APPROVAL,
    )
    return tuple(session.execute(query.order_by(Discrepancy.id)).scalars())
