"""The orders a list may have, and the columns a person may choose for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from app.db.models import Item
from app.items import registry
from app.items.base import ItemType


def whole(said: str) -> int:
    """A number no database chokes on."""
    value = int(said)
    if abs(value) >= 10**18:
        raise ValueError(said)
    return value


def moment(said: str) -> datetime:
    """A moment, with its zone."""
    value = datetime.fromisoformat(said)
    return value if value.tzinfo else value.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Order:
    """One order of a list. Every order has an index that ends with the id, so that no page is ever sorted."""

    label: str
    column: InstrumentedAttribute[Any]
    down: bool = False
    read: Callable[[str], Any] = str  # a place in the list, as an address says it

    def key(self, item: Item) -> str:
        """Where an item stands in this order, as an address says it."""
        return self.place(item.id, getattr(item, self.column.key))

    def place(self, item_id: int, value: Any) -> str:
        """The same, of an item of which only this is known."""
        said = value.isoformat() if isinstance(value, datetime) else value
        return f"{item_id}" if self.column is Item.id else f"{item_id}~{said}"

    def beyond(self, place: str, *, back: bool, itself: bool = False, of: Any = Item) -> ColumnElement[bool] | None:
        """What lies behind a place, or before it, or there ``itself``; None where the place makes no sense."""
        number, _, said = place.partition("~")
        try:
            item_id, value = whole(number), self.read(said or number)
        except ValueError:
            return None
        column = getattr(of, self.column.key)
        if self.down != back:
            at = of.id <= item_id if itself else of.id < item_id
            return and_(column <= value, or_(column < value, at))
        at = of.id >= item_id if itself else of.id > item_id
        return and_(column >= value, or_(column > value, at))

    def by(self, *, back: bool, of: Any = Item) -> tuple[Any, ...]:
        """The order itself, or the same from its end."""
        both = (getattr(of, self.column.key), of.id)
        return tuple(one.desc() for one in both) if self.down != back else both


ORDERS = {
    "": Order("As received", Item.id, read=whole),
    "name": Order("Name", Item.sort_name),
    "amount": Order("Largest amount first", Item.cents, down=True, read=whole),
    "smallest": Order("Smallest amount first", Item.cents, read=whole),
    "age": Order("Longest in this state first", Item.changed_at, read=moment),
    "newest": Order("Last moved first", Item.changed_at, down=True, read=moment),
    "project": Order("Project by project", Item.project_id),
}
#: Orders that need an amount, and those that need a project.
BY_AMOUNT, BY_PROJECT = ("amount", "smallest"), ("project",)

#: Columns a person may add or leave out; name, status and the buttons are always there.
COLUMNS = {
    "title": "Title",
    "company": "Company",
    "project": "Project",
    "amount": "Amount",
    "sent_by": "Sent by",
    "since": "In this state since",
}
USUAL = ("title", "amount")


def orders(kind: str) -> dict[str, str]:
    """The orders a list may have, and what people call them."""
    known = type(registry.kind(kind))
    left_out = (
        *(BY_AMOUNT if known.amount is ItemType.amount else ()),
        *(BY_PROJECT if known.project is ItemType.project else ()),
    )
    return {name: order.label for name, order in ORDERS.items() if name not in left_out}


def columns(kind: str) -> dict[str, str]:
    """The columns a list may show, and what people call them."""
    known = type(registry.kind(kind))
    left_out = {"amount": known.amount is ItemType.amount, "project": known.project is ItemType.project}
    return {name: label for name, label in COLUMNS.items() if not left_out.get(name)}
