"""Which rows a list shows: those of a tab, a project and words, in an order, from a place on."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, aliased

from app.db.models import Item
from app.services import search, tallies
from app.services.list_order import ORDERS, Order, orders
from app.services.search import Hits

PAGE = 50


@dataclass(frozen=True)
class Wanted:
    """Which rows a page asks for. ``after`` and ``before`` are places in its order, as a page gave them."""

    kind: str
    tab: str = "sent"
    search: str = ""
    project: str = ""
    sort: str = ""
    after: str = ""
    before: str = ""

    @property
    def order(self) -> Order:
        """The order, or the usual one where the kind has none such."""
        return ORDERS.get(self.sort if self.sort in orders(self.kind) else "", ORDERS[""])


def found(session: Session, connection_id: int, wanted: Wanted) -> tuple[list[Item], str]:
    """The items of a page and one more; and where a walk for common words stopped before the list did."""
    hits = _hits(session, connection_id, wanted) if wanted.search else None
    items = list(session.execute(_query(connection_id, wanted, hits, PAGE + 1)).scalars())
    return items, wanted.order.place(*hits.end) if hits and hits.ids is None and hits.end else ""


def every(session: Session, connection_id: int, wanted: Wanted) -> Select[Item]:
    """All of a filter in its order, from the beginning."""
    whole = replace(wanted, after="", before="")
    hits = _hits(session, connection_id, whole) if wanted.search else None
    return _query(connection_id, whole, hits, None)


def _hits(session: Session, connection_id: int, wanted: Wanted) -> Hits:
    """What the words lead to; a walk ends so many rows behind where the page begins."""
    rows, order = _rows(connection_id, wanted, Item), wanted.order.by(back=bool(wanted.before))
    column = wanted.order.column.label("value")
    end: Select[int, Any] = select(Item.id, column).where(*rows).order_by(*order)
    last = end.offset(search.WALKED - 1).limit(1)
    return search.hits(session, connection_id, wanted.kind, wanted.search, last)


def _query(connection_id: int, wanted: Wanted, hits: Hits | None, most: int | None) -> Select[Item]:
    order, back = wanted.order, bool(wanted.before)
    if hits is None or hits.ids is None:
        rows = _rows(connection_id, wanted, Item)
        if hits is not None:
            within = order.beyond(order.place(*hits.end), back=not back, itself=True) if hits.end and most else None
            rows += [*([] if within is None else [within]), *hits.having(Item.__table__.c.id)]
        return select(Item).where(*rows).order_by(*order.by(back=back)).limit(most)
    few = _few(hits.ids, order)
    ids = select(few.id).where(*_rows(connection_id, wanted, few), *hits.having(few.id))
    shown = ids.order_by(*order.by(back=back, of=few)).limit(most)
    return select(Item).where(Item.id.in_(shown)).order_by(*order.by(back=back))


def _few(ids: Collection[int], order: Order) -> Any:
    """These items by themselves: no database comes upon walking a whole list to find them in its order."""
    columns = {one.key: one for one in (Item.id, Item.connection_id, Item.kind, Item.state, Item.project_id)}
    columns[order.column.key] = order.column
    few = select(*columns.values()).where(Item.id.in_(sorted(ids))).cte("few").prefix_with("MATERIALIZED")
    return aliased(Item, few)


def _rows(connection_id: int, wanted: Wanted, of: Any) -> list[ColumnElement[bool]]:
    """What holds of the items of a tab, of one project there, behind a place."""
    conditions: list[ColumnElement[bool]] = [of.connection_id == connection_id, of.kind == wanted.kind]
    if wanted.tab == "checking":
        conditions += [of.state == "queued", of.id.in_(tallies.in_doubt(connection_id))]
    elif wanted.tab == "queued":
        conditions += [of.state == "queued", of.id.not_in(tallies.in_doubt(connection_id))]
    else:
        conditions.append(of.state == wanted.tab)
    if wanted.project:
        conditions.append(of.project_id == wanted.project)
    beyond = wanted.order.beyond(wanted.before or wanted.after, back=bool(wanted.before), of=of)
    return conditions if beyond is None else [*conditions, beyond]
