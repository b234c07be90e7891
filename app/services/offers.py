"""The lists of what QuickBooks offers: what may be added or linked, what is, and who it may be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, aliased

from app.core import text
from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Binding, Connection, Errand, Item, RefreshLog, Revision, StagedRecord
from app.items import registry
from app.items.alike import Crowd, Suggestion
from app.items.base import Content
from app.items.offered import Bar, Difference, Offered
from app.services import asking, freshness, likeness, permissions, refusals, rules_versions
from app.services.gather import staged_of
from app.services.linking import there_already
from app.services.people import Person

PAGE = 50
#: So many names of items are offered to link with.
MOST_NAMED = 150
#: The tabs count no further.
MOST_COUNTED = 999
TABS = {"staged": "To import", "linked": "Linked", "imported": "Imported", "archived": "Archived"}


@dataclass(frozen=True)
class Wanted:
    """Which rows a page asks for."""

    kind: str
    tab: str = "staged"
    search: str = ""
    matches: bool = False  # only those of exactly the name of something in Procore
    after: int = 0


@dataclass(frozen=True)
class Offer:
    """Something in Procore that a record may be, and why."""

    item: Item
    suggestion: Suggestion


@dataclass(frozen=True)
class Row:
    """One record as a list shows it."""

    record: StagedRecord
    item: Item | None
    errand: Errand | None
    no_add: str  # why it cannot be added, in words
    no_link: str
    offers: tuple[Offer, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def on_its_way(self) -> bool:
        """Whether the worker has something to do in Procore about it."""
        return self.errand is not None and not self.errand.refused


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    kind: Offered
    wanted: Wanted
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    as_of: datetime | None
    stale: str  # that the list is older than planned, in words
    asked: bool  # a reading of the list waits for the next session, or runs
    candidates: tuple[Item, ...] = field(default_factory=tuple)  # whatever a record may be linked with
    next_after: int = 0

    @property
    def rights(self) -> tuple[tuple[str, str], ...]:
        """What people may want to do here, as the permissions call it: (act, what it is about)."""
        kind = self.kind.kind
        acts = [("import", kind)] * self.kind.adds + [("link", kind)] * (not self.kind.never_links)
        return (*acts, ("archive", kind), ("refresh", self.kind.source))


def kind_of(name: str) -> Offered:
    """One kind that QuickBooks offers records for."""
    found = registry.offered().get(name)
    if found is None:
        raise NotFound(f"There is no list of records to import as {name}.", "Choose one in the menu.")
    return found


def page(database: Database, connection_id: int, who: Person, wanted: Wanted) -> Page:
    """One page, in a number of statements that does not grow with the list."""
    kind = kind_of(wanted.kind)
    if wanted.tab == "archived" and kind.archived_report:
        permissions.must(database, connection_id, who, "report", kind.archived_report)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        as_of = _as_of(session, connection_id, kind)
        found = _rows(session, connection_id, kind, wanted)
        waiting = [kind.features_of(staged_of(record)) for record, item, _ in found[:PAGE] if item is None]
        alike = likeness.like(session, connection_id, kind.kind, waiting) if wanted.tab == "staged" else []
        offering = _Offering(session, connection, kind, alike)
        offering.read([item for _, item, _ in found if item is not None])
        return Page(
            kind=kind,
            wanted=wanted,
            rows=tuple(offering.row(*one) for one in found[:PAGE]),
            counts=_counts(session, connection_id, kind),
            as_of=as_of,
            stale=freshness.stale(connection, kind.source, as_of),
            asked=asking.under_way(session, connection_id, kind.source),
            candidates=_candidates(session, connection_id, kind) if wanted.tab == "staged" else (),
            next_after=found[PAGE - 1][0].id if len(found) > PAGE else 0,
        )


def exact_pairs(database: Database, connection_id: int, kind_name: str) -> dict[int, int]:
    """Every waiting record with the one item of exactly its name: what Link all links."""
    kind = kind_of(kind_name)
    with database.reading() as session:
        found = _rows(session, connection_id, kind, Wanted(kind_name, matches=True), limit=None)
        names = {row[0].id: text.same_name(kind.features_of(staged_of(row[0])).name) for row in found}
        free = likeness.named(session, connection_id, kind.kind, names.values())
    pairs = {staged_id: free.get(name, []) for staged_id, name in names.items()}
    return {staged_id: hits[0] for staged_id, hits in pairs.items() if len(hits) == 1}


def items_of(database: Database, connection_id: int, staged_ids: Sequence[int]) -> list[int]:
    """The items these records are linked with."""
    query = select(Binding.item_id).join(StagedRecord, _bound()).where(StagedRecord.id.in_(staged_ids))
    with database.reading() as session:
        return list(session.execute(query.where(Binding.connection_id == connection_id)).scalars())


def named(database: Database, connection_id: int, kind_name: str, wanted: str) -> int:
    """A record by its number, ListID or full name."""
    row, kind = StagedRecord, kind_of(kind_name)
    condition = or_(row.list_id == wanted, row.full_key == text.same_name(wanted))
    if wanted.isdecimal() and len(wanted) <= 18:
        condition = or_(condition, row.id == int(wanted))
    query = select(row.id).where(row.connection_id == connection_id, row.source == kind.source, condition)
    with database.reading() as session:
        found = session.execute(query).scalars().first()
    if found is None:
        raise NotFound(f"QuickBooks has shown no {wanted}.", "See `tieout staged list`, or refresh the list.")
    return found


def candidate(database: Database, connection_id: int, kind_name: str, name: str) -> int:
    """The item of Procore with this name, to link with."""
    query = select(Item.id).where(
        Item.connection_id == connection_id, Item.kind == kind_name, Item.name_key == text.same_name(name)
    )
    with database.reading() as session:
        found = list(session.execute(query.order_by(Item.id)).scalars())
    if not found:
        label = kind_of(kind_name).label.lower()
        raise NotFound(f"Procore has no {label} named {text.squeeze(name) or '(nothing)'}.", "Choose one of the list.")
    return found[0]


# -- which rows ----------------------------------------------------------------------------------------------------

Found = tuple[StagedRecord, Item | None, Errand | None]


def _tab(tab: str) -> ColumnElement[bool]:
    """Linked is whatever an item is bound to, unless it came from here."""
    row, bound = StagedRecord, Binding.item_id.is_not(None)
    return {
        "staged": and_(row.state == "staged", ~bound),
        "linked": and_(row.state.in_(("staged", "linked")), bound),
        "imported": row.state == "imported",
        "archived": row.state == "archived",
    }[tab]


def _of_kind(connection_id: int, kind: Offered) -> list[ColumnElement[bool]]:
    row = StagedRecord
    return [row.connection_id == connection_id, row.source == kind.source, row.type.in_(kind.types)]


def _bound() -> ColumnElement[bool]:
    same = Binding.quickbooks_id == StagedRecord.list_id
    return (Binding.connection_id == StagedRecord.connection_id) & same


def _rows(
    session: Session,
    connection_id: int,
    kind: Offered,
    wanted: Wanted,
    limit: int | None = PAGE + 1,
) -> list[Found]:
    row = StagedRecord
    query = (
        select(row, Item, Errand)
        .outerjoin(Binding, _bound())
        .outerjoin(Item, Item.id == Binding.item_id)
        .outerjoin(Errand, Errand.staged_id == row.id)
        .where(*_of_kind(connection_id, kind), _tab(wanted.tab), row.id > wanted.after)
    )
    if wanted.search:
        query = query.where(row.full_key.contains(text.same_name(wanted.search), autoescape=True))
    if wanted.matches:
        item = aliased(Item)
        free = select(item.id).where(*likeness.is_free(connection_id, kind.kind, item))
        each = (free.where(item.name_key == key).limit(1).scalar_subquery() for key in (row.full_key, row.leaf_key))
        query = query.where(or_(*(one.is_not(None) for one in each)))
    return [(record, item, errand) for record, item, errand in session.execute(query.order_by(row.id).limit(limit))]


def _candidates(session: Session, connection_id: int, kind: Offered) -> tuple[Item, ...]:
    """The first of those that a record may be linked with; any other one may be typed as well."""
    if kind.never_links:
        return ()
    first = select(Item.id).where(*likeness.is_free(connection_id, kind.kind))
    each = (first.where(Item.state == state).order_by(Item.id).limit(MOST_NAMED) for state in likeness.FREE)
    ids = union_all(*(select(one.subquery().c.id) for one in each))
    return tuple(session.execute(select(Item).where(Item.id.in_(ids)).order_by(Item.name, Item.id)).scalars())


def _counts(session: Session, connection_id: int, kind: Offered) -> dict[str, int]:
    """How many each tab holds, all in one statement; one more than are counted stands for all others."""
    counts = []
    for tab in TABS:
        query = select(StagedRecord.id).where(*_of_kind(connection_id, kind), _tab(tab))
        if tab == "linked":  # among what is bound: far fewer than what QuickBooks holds
            query = query.join(Binding, _bound())
            query = query.where(Binding.connection_id == connection_id, Binding.record.in_(kind.types))
        else:
            query = query.outerjoin(Binding, _bound())
        counts.append(select(func.count()).select_from(query.limit(MOST_COUNTED + 1).subquery()).scalar_subquery())
    return {tab: int(many) for tab, many in zip(TABS, session.execute(select(*counts)).one(), strict=True)}


def _as_of(session: Session, connection_id: int, kind: Offered) -> datetime | None:
    log = session.get(RefreshLog, (connection_id, kind.source, ""))
    return log.finished_at if log else None


# -- what each row says --------------------------------------------------------------------------------------------


class _Offering:
    """Everything the rows of one page are judged by, read once."""

    def __init__(
        self, session: Session, connection: Connection, kind: Offered, free: list[tuple[Item, Content]]
    ) -> None:
        self._session, self._connection, self._kind = session, connection, kind
        self._items = {item.id: item for item, _ in free}
        self._crowd = Crowd({item.id: kind.features(content) for item, content in free})
        self._catalogue = rules_versions.refusals(session, connection)
        self._contents: dict[int | None, Content] = {}

    def read(self, items: Sequence[Item]) -> None:
        """What Procore says of the items these rows show."""
        query = select(Revision.id, Revision.content).where(Revision.id.in_([item.seen_revision_id for item in items]))
        self._contents = {row.id: row.content for row in self._session.execute(query)} if items else {}

    def row(self, record: StagedRecord, item: Item | None, errand: Errand | None) -> Row:
        kind, staged = self._kind, staged_of(record)
        waits = record.state == "staged" and item is None
        bar = kind.why_not_add(staged, self._connection.settings) if kind.adds else None
        link_bar = Bar(refusal=kind.never_links) if kind.never_links else kind.why_not_link(staged)
        offers = self._crowd.like(kind.features_of(staged)) if waits else ()
        if kind.adds and bar is None and offers and offers[0].exact:
            bar = there_already(kind, self._items[offers[0].id].name)
        return Row(
            record=record,
            item=item,
            errand=errand,
            no_add=self._words(bar) if waits else "",
            no_link=self._words(link_bar) if waits else "",
            offers=tuple(Offer(self._items[one.id], one) for one in offers),
            differences=self._differences(record, item),
        )

    def _words(self, bar: Bar | None) -> str:
        if bar is None:
            return ""
        if bar.refusal:
            return str(refusals.refusal(refusals.known(self._catalogue, bar.refusal)))
        return f"{bar.sentence} {bar.what_to_do}"

    def _differences(self, record: StagedRecord, item: Item | None) -> tuple[Difference, ...]:
        if item is None:
            return ()
        return tuple(self._kind.differences(staged_of(record), self._contents[item.seen_revision_id]))
