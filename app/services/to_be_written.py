"""The request an item would become, before anything leaves: unknown ids stand as words in brackets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.models import Binding, Connection, Item, ItemNeed
from app.items.base import IMPORT, Ask, BindingView, Content, ItemType, Reply, Situation
from app.qbxml import layout, render
from app.services.tools import Tools

#: A kind looks before it writes; it never looks more often.
MOST_LOOKS = 4
LATER = "The request can be shown once what it is built on is in QuickBooks."
READ_FIRST = "QuickBooks is read first; the change is made to what it holds then."


@dataclass(frozen=True)
class Drawn:
    """The request in qbXML, or why it cannot be shown yet."""

    body: str = ""
    note: str = ""


class Bound(dict[tuple[str, str], BindingView]):
    """The bindings there are, and a word in brackets for each there is not."""

    def __init__(self, known: Mapping[tuple[str, str], BindingView], names: Mapping[tuple[str, str], str]) -> None:
        super().__init__(known)
        self._names = names

    def __missing__(self, key: tuple[str, str]) -> BindingView:
        name = self._names.get(key) or f"{key[0].replace('_', ' ')} {key[1]}"
        line = (f"[TxnLineID of {name}]",)
        return BindingView(f"[id of {name}]", "[EditSequence]", name, line, fresh=True)

    def get(self, key: Any, default: Any = None) -> Any:
        """As if each were there: a request is drawn whole."""
        return self[key]


def draw(session: Session, tools: Tools, connection: Connection, item: Item, kind: ItemType, fields: Content) -> Drawn:
    """The first request that writes, with every look before it answered by "there is none"."""
    if kind.direction == IMPORT:
        return Drawn()
    own = session.get(Binding, item.id) if kind.amends else None
    now = Situation(
        document=fields,
        marker="tie:[marker]",
        bound=_bound(session, item),
        own=BindingView(own.quickbooks_id, own.edit_sequence, own.full_name, tuple(own.lines), True) if own else None,
        host=connection.host,
    )
    try:
        ask = _first_write(kind, now)
        if ask is None:
            return Drawn(note=READ_FIRST)
        context = {"document": fields, "refs": {}, **ask.context}
        given = {"request_id": "[number]", "marker": now.marker, **context}
        return Drawn(layout.indented(tools.renderer.request(kind.kind, ask.step, **given)))
    except (KeyError, IndexError, render.CannotRender):
        return Drawn(note=LATER)


def _first_write(kind: ItemType, now: Situation) -> Ask | None:
    replies: list[Reply] = []
    for _ in range(MOST_LOOKS):
        step = kind.next_step(replace(now, replies=tuple(replies)))
        if not isinstance(step, Ask):
            return None
        if step.writes:
            return step
        replies += [Reply(one.step, "empty") for one in (step, *step.also)]
    return None


def _bound(session: Session, item: Item) -> Bound:
    """What the item needs, with its QuickBooks ids where there are some."""
    query = (
        select(ItemNeed.kind, ItemNeed.procore_id, Item.name, Binding)
        .outerjoin(
            Item,
            (Item.connection_id == ItemNeed.connection_id)
            & (Item.kind == ItemNeed.kind)
            & (Item.procore_id == ItemNeed.procore_id),
        )
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(ItemNeed.item_id == item.id)
    )
    known, names = {}, {}
    for kind, procore_id, name, binding in session.execute(query):
        names[kind, procore_id] = name or ""
        if binding is not None:
            lines = tuple(binding.lines)
            known[kind, procore_id] = BindingView(
                binding.quickbooks_id, binding.edit_sequence, binding.full_name, lines, fresh=True
            )
    return Bound(known, names)
