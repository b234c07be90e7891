"""The accountant report: who accepted what, when, under which rules, and what became of it in QuickBooks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core import money
from app.db.engine import Database
from app.db.models import Binding, Document, Item, Revision, Transition
from app.items import registry
from app.items.base import ItemType
from app.services.lifecycle.by_hand import BY_HAND
from app.services.reports import Sheet

PAGE = 100


@dataclass(frozen=True)
class Line:
    """One acceptance."""

    item: Item
    at: datetime
    who: str
    amount: Decimal | None  # of the revision that was accepted
    rules_version: str
    warnings: tuple[str, ...]
    record: str  # what QuickBooks holds of it

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return f"{self.at.isoformat()}|{self.item.id}"


def page(database: Database, connection_id: int, before: str = "") -> list[Line]:
    """A page of acceptances, the newest first; ``before`` is the key of the last one shown."""
    query = _query(connection_id)
    at, _, item_id = before.partition("|")
    if item_id.isdecimal() and len(item_id) <= 18 and (moment := _moment(at)):
        later = (Transition.at == moment) & (Transition.item_id < int(item_id))
        query = query.where((Transition.at < moment) | later)
    with database.reading() as session:
        return list(_lines(session, query.limit(PAGE)))


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else None


def _query(connection_id: int) -> Select[Transition, Item, Revision, Binding]:
    return (
        select(Transition, Item, Revision, Binding)
        .join(Item, Item.id == Transition.item_id)
        .outerjoin(Document, (Document.item_id == Item.id) & (Document.built_at == Transition.at))
        .outerjoin(Revision, Revision.id == Document.revision_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == connection_id, Transition.move == "accept")
        .order_by(Transition.at.desc(), Transition.item_id.desc())
    )


def _lines(session: Session, query: Select[Transition, Item, Revision, Binding]) -> Iterator[Line]:
    for move, item, revision, binding in session.execute(query.execution_options(yield_per=500)):
        kind = registry.kind(item.kind)
        yield Line(
            item=item,
            at=move.at,
            who=move.actor,
            amount=kind.amount(revision.content) if revision else _now(item),
            rules_version=move.rules_version,
            warnings=tuple(finding["message"] for finding in move.findings if finding["effect"] == "warn"),
            record=_record(kind, binding) if binding else "",
        )


def _record(kind: ItemType, binding: Binding) -> str:
    """Its QuickBooks record as people find it there."""
    name = binding.full_name or binding.quickbooks_id
    return f"entered by hand as {name}" if binding.record == BY_HAND else f"{kind.quickbooks} {name}"


def _now(item: Item) -> Decimal | None:
    return None if item.cents is None else money.from_cents(item.cents)


def sheet(database: Database, connection_id: int) -> Sheet:
    """All acceptances, the newest first."""

    def rows() -> Iterator[tuple[str | datetime | Decimal | None, ...]]:
        with database.reading() as session:
            for line in _lines(session, _query(connection_id)):
                kind = registry.kind(line.item.kind)
                yield (
                    line.at,
                    line.who,
                    kind.label,
                    line.item.name,
                    line.item.title,
                    line.amount,
                    line.item.state,
                    line.record,
                    line.rules_version,
                    " ".join(line.warnings),
                )

    columns = (
        "Accepted at", "Accepted by", "Kind", "Item", "Title", "Amount", "State now", "In QuickBooks",
        "Rules version", "Warnings shown",
    )  # fmt: skip
    return Sheet("accountant", "Accountant report", columns, list(rows()))
