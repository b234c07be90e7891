"""Everything the page of one item shows."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import money
from app.core.decision import Link
from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Binding, Connection, Document, Item, ItemNeed, Revision
from app.items import posting, registry
from app.items.base import IMPORT, Content, ItemType
from app.services import buttons, changes, listing, three_ways, timeline, to_be_written, unlinking
from app.services.activity import next_session
from app.services.buttons import Button
from app.services.changes import Change
from app.services.explain import Explanation, Reason, explain, reasons
from app.services.gather import Gathered
from app.services.lifecycle.by_hand import BY_HAND
from app.services.listing import Choice
from app.services.three_ways import Comparison
from app.services.timeline import Entry
from app.services.to_be_written import Drawn
from app.services.tools import Tools
from app.services.verdicts import changed_since, verdicts

#: QuickBooks refuses what is dated in closed books.
CLOSED_BOOKS = 3171
#: The input by which an approver books an item on another day.
OTHER_DAY = "accounting_date"


@dataclass(frozen=True)
class Place:
    """One item of a line in which one goes after the other."""

    item: Item
    bound: bool


@dataclass(frozen=True)
class Step:
    """One step of taking an item and its record apart."""

    title: str
    says: str
    state: str  # done | now | later
    links: tuple[Link, ...] = ()


@dataclass(frozen=True)
class Closed:
    """The books are closed for the day the item is booked on."""

    through: date | None  # None: QuickBooks did not say which day
    opens: date | None
    other_day: bool  # whether the approver may book it on another day


@dataclass(frozen=True)
class ItemPage:
    """One item, whole."""

    item: Item
    kind: ItemType
    amount: Decimal | None
    explanation: Explanation
    needs: Mapping[str, tuple[Link, ...]]
    needed_by: tuple[Link, ...]
    chain: tuple[Place, ...]
    preview: tuple[tuple[str, str], ...]
    preview_is_approved: bool
    drawn: Drawn
    choices: tuple[Choice, ...]
    options: Mapping[str, tuple[tuple[str, str], ...]]
    differences: tuple[Change, ...]  # as sent, and in Procore now
    comparison: Comparison | None
    timeline: tuple[Entry, ...]
    unlink: tuple[Step, ...]
    closed: Closed | None
    binding: Binding | None

    @property
    def may_amend(self) -> bool:
        """Whether a later change in Procore may be sent and written over what QuickBooks holds."""
        return self.kind.amends and bool(changed_since(self.item))

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What may be done with it, beside unlinking."""
        return buttons.on_page(self.item.state, amends=self.may_amend, closed=self.closed is not None)

    @property
    def unlinks(self) -> bool:
        """Whether it and its QuickBooks record may be taken apart."""
        return self.item.state == "synced" and self.kind.direction != IMPORT

    @property
    def acts(self) -> tuple[str, ...]:
        """All that may be done with it, by the rights it needs."""
        return (*(one.name for one in self.buttons), *((unlinking.UNLINK,) if self.unlinks else ()))

    @property
    def blocked(self) -> bool:
        """Whether something must change before the next move."""
        return any(reason.effect == "deny" for reason in self.explanation.reasons)


def load(
    database: Database, connection_id: int, item_id: int, approver: str = "", tools: Tools | None = None
) -> ItemPage:
    """Read one item with everything around it; with ``tools`` the request it would become, too."""
    explanation = explain(database, connection_id, item_id, approver)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        item = session.get_one(Item, item_id)
        verdict = verdicts(session, connection, [item], approver)[item_id]
        kind, around = registry.kind(item.kind), verdict.gathered
        document = session.get(Document, item.document_id) if item.document_id else None
        approved = document is not None and item.state not in {"draft", "sent"}
        fields = json.loads(document.body)["fields"] if approved and document else _draft(around)
        facts = kind.words(around.content, around.inputs, around.around)
        choices = listing.choices(kind, item, facts, reasons(verdict)) if item.state == "sent" else ()
        entries = timeline.load(session, item)
        needed_by = _needed_by(session, item)
        drawn = fields and tools and item.state != "synced"
        return ItemPage(
            item=item,
            kind=kind,
            amount=None if item.cents is None else money.from_cents(item.cents),
            explanation=explanation,
            needs={name: links for name, links in around.links.items() if links},
            needed_by=needed_by,
            chain=_chain(session, item),
            preview=tuple(kind.preview(fields)) if fields else (),
            preview_is_approved=approved,
            drawn=to_be_written.draw(session, tools, connection, item, kind, fields)
            if drawn and tools and fields
            else Drawn(),
            choices=choices,
            options=listing.options(session, connection_id, kind) if choices else {},
            differences=_differences(session, item, kind),
            comparison=three_ways.compare(session, connection, item, kind),
            timeline=entries,
            unlink=_unlink(session, item, kind, needed_by),
            closed=_closed(connection, item, kind, entries, explanation.reasons),
            binding=session.get(Binding, item_id),
        )


def _draft(around: Gathered) -> Content | None:
    """What would be written if it were accepted as it stands; nothing while choices are missing."""
    fields = around.kind.document(around.content, around.inputs, around.around)
    complete = all(fields.get(one.name, "") is not None for one in around.kind.inputs if one.form == "account")
    return fields if complete else None


# -- what stands around it -----------------------------------------------------------------------------------------


def _needed_by(session: Session, item: Item) -> tuple[Link, ...]:
    pointing = select(ItemNeed.item_id).where(
        ItemNeed.connection_id == item.connection_id,
        ItemNeed.kind == item.kind,
        ItemNeed.procore_id == item.procore_id,
    )
    query = (
        select(Item, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.id.in_(pointing))
        .order_by(Item.kind, Item.name)
        .limit(50)
    )
    return tuple(
        Link(other.kind, other.id, other.name, other.state, bound is not None)
        for other, bound in session.execute(query)
    )


def _chain(session: Session, item: Item) -> tuple[Place, ...]:
    """The line the item stands in: those of its kind that go one after the other."""
    if item.lock_key is None:
        return ()
    query = (
        select(Item, Binding.item_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == item.connection_id, Item.lock_key == item.lock_key, Item.kind == item.kind)
        .order_by(Item.place, Item.id)
        .limit(50)
    )
    found = tuple(Place(other, bound is not None) for other, bound in session.execute(query))
    return found if len(found) > 1 else ()


# -- what changed --------------------------------------------------------------------------------------------------


def _differences(session: Session, item: Item, kind: ItemType) -> tuple[Change, ...]:
    if item.sent_revision_id in {None, item.seen_revision_id}:
        return ()
    query = select(Revision.id, Revision.content).where(Revision.id.in_([item.sent_revision_id, item.seen_revision_id]))
    contents = {row.id: row.content for row in session.execute(query)}
    return changes.between(kind, contents[item.sent_revision_id], contents[item.seen_revision_id])


# -- what a person may do about it ---------------------------------------------------------------------------------


def _unlink(session: Session, item: Item, kind: ItemType, needed_by: Sequence[Link]) -> tuple[Step, ...]:
    """The steps of unlinking, as far as they are done; none where there is nothing to unlink."""
    binding = session.get(Binding, item.id)
    if binding is None or item.state != "synced":
        return ()
    hanging = tuple(link for link in needed_by if link.synced or link.state == "queued")
    first = Step(
        "Unlink what hangs on it",
        "These use the record in QuickBooks; unlink them first." if hanging else "Nothing uses it.",
        "now" if hanging else "done",
        hanging,
    )
    end = Step("Change it and send it again", "Once unlinked it is a draft: Procore's newest version counts.", "later")
    if binding.record == BY_HAND or kind.unlinks_freely(unlinking.written(session, item)):
        free = Step("Unlink it", "QuickBooks keeps its record; nothing is asked there.", "later" if hanging else "now")
        return (first, free, end)
    by, still = unlinking.asked_by(session, item), bool(item.problem)
    expected = next_session(session, item.connection_id)
    about = f", about {expected:%H:%M} UTC" if expected else ""
    place = kind.places.rpartition("QuickBooks: ")[2] or "QuickBooks"
    delete = Step(
        "Delete it in QuickBooks",
        item.problem if still else f"Open {binding.full_name or binding.quickbooks_id} under {place} and delete it.",
        "done" if by else "later" if hanging else "now",
    )
    look = Step(
        "Let Tieout look",
        f"{by} asked; the next Web Connector session looks{about}."
        if by
        else "Press Unlink: the next Web Connector session looks whether QuickBooks still has it.",
        "now" if by or not hanging else "later",
    )
    return (first, delete, look, end)


def _closed(
    connection: Connection, item: Item, kind: ItemType, entries: Sequence[Entry], said: Sequence[Reason]
) -> Closed | None:
    """Whether it waits, or failed, because the books are closed, and what may be done about it."""
    last = next((entry.request for entry in entries if entry.request is not None), None)
    refused = item.state == "failed" and last is not None and last.status == CLOSED_BOOKS
    held = item.state == "accepted" and any(one.field == OTHER_DAY and one.effect == "deny" for one in said)
    if not refused and not held:
        return None
    words = posting.words("", connection.settings, connection.host, None)
    through, opens = words["books_closed_through"], words["books_open_from"]
    return Closed(
        date.fromisoformat(through) if through else None,
        date.fromisoformat(opens) if opens else None,
        any(one.name == OTHER_DAY for one in kind.inputs),
    )


def of_kind(database: Database, connection_id: int, kind: str, item_id: int) -> Item:
    """The item, or NotFound where it is of another kind or connection."""
    return all_of_kind(database, connection_id, kind, [item_id])[0]


def all_of_kind(database: Database, connection_id: int, kind: str, item_ids: Sequence[int]) -> list[Item]:
    """The items in this order, or NotFound where any of them is of another kind or connection."""
    query = select(Item).where(Item.connection_id == connection_id, Item.kind == kind, Item.id.in_(item_ids))
    with database.reading() as session:
        found = {item.id: item for item in session.execute(query).scalars()}
    if any(one not in found for one in item_ids):
        raise NotFound("There is no such item here.", "It may have been removed, or belong to another connection.")
    return [found[one] for one in item_ids]
