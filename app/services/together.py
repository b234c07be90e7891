"""Accept these too: what an item waits for, and what that waits for, decided together and in that order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money
from app.db.engine import Database
from app.db.models import Connection, Item
from app.items import registry
from app.items.base import ItemType
from app.services import names
from app.services.explain import Reason, reasons
from app.services.gather import Gathered
from app.services.people import Person
from app.services.verdicts import Verdict, verdicts

#: Chains are short: code and company, project, commitment, change order, invoice.
DEEPEST = 8
#: So many are decided together; the rest is left for the next time.
MOST = 200


@dataclass(frozen=True)
class Part:
    """One item of the whole, with what would be written of it."""

    item: Item
    name: str
    kind: ItemType
    amount: Decimal | None
    preview: tuple[tuple[str, str], ...]
    reasons: tuple[Reason, ...]
    asked: bool  # a person named it; the others it waits for
    barred: str  # why this person may not accept it

    @property
    def blocked(self) -> bool:
        """Whether it cannot be accepted as it stands."""
        return bool(self.barred) or any(reason.effect == "deny" for reason in self.reasons)

    @property
    def remarked(self) -> bool:
        """Whether a rule wants a person to look at it."""
        return any(reason.effect == "warn" for reason in self.reasons)

    @property
    def ticked(self) -> bool:
        """Whether it is accepted unless the person says otherwise."""
        return not self.blocked and not self.remarked and (self.asked or not self.kind.looked_at)


def plan(database: Database, connection_id: int, who: Person, item_ids: Sequence[int]) -> tuple[Part, ...]:
    """These items and every undecided one they wait for, each after all that it waits for itself."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        told: dict[int, Verdict] = {}
        wanted = list(dict.fromkeys(item_ids))
        for _ in range(DEEPEST):
            items = _items(session, connection_id, [one for one in wanted if one not in told][: MOST - len(told)])
            if not items:
                break
            told |= verdicts(session, connection, items, who.name)
            wanted = [link for item in items for link in _waits_for(told[item.id])]
        order = [one for one in _in_order(told) if told[one].gathered.item.state == "sent"]
        called = names.full(session, [told[one].gathered.item for one in order])
    return tuple(_part(told[one], called, who, one in item_ids) for one in order)


def _items(session: Session, connection_id: int, ids: Sequence[int]) -> list[Item]:
    """Only what is undecided, or waits itself, can hold anything up."""
    query = select(Item).where(
        Item.connection_id == connection_id, Item.id.in_(ids), Item.state.in_(("sent", "accepted"))
    )
    return list(session.execute(query.order_by(Item.place, Item.id)).scalars())


def _waits_for(verdict: Verdict) -> list[int]:
    return [link.item_id for reason in reasons(verdict) for link in reason.blocking if link.item_id]


def _in_order(told: dict[int, Verdict]) -> list[int]:
    """Depth first: each item behind all it waits for; a circle is cut where it closes."""
    found: dict[int, None] = {}
    entered: set[int] = set()

    def visit(item_id: int) -> None:
        if item_id in told and item_id not in entered:
            entered.add(item_id)
            for other in _waits_for(told[item_id]):
                visit(other)
            found[item_id] = None

    for one in told:
        visit(one)
    return list(found)


def _part(verdict: Verdict, called: Mapping[int, str], who: Person, asked: bool) -> Part:
    around = verdict.gathered
    item = around.item
    return Part(
        item=item,
        name=called.get(item.id, item.name),
        kind=registry.kind(item.kind),
        amount=None if item.cents is None else money.from_cents(item.cents),
        preview=_preview(around),
        reasons=tuple(reason for reason in reasons(verdict) if reason.effect != "wait"),
        asked=asked,
        barred=who.why_not("accept", item.kind),
    )


def _preview(around: Gathered) -> tuple[tuple[str, str], ...]:
    """What would be written; nothing while a choice is missing."""
    fields = around.kind.document(around.content, around.inputs, around.around)
    missing = any(fields.get(one.name, "") is None for one in around.kind.inputs if one.form == "account")
    return () if missing else tuple(around.kind.preview(fields))
