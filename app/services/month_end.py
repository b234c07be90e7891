"""The month-end list: what is dated in a month and is not in QuickBooks, signed by who prepared and who reviewed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.core import clock, money, text
from app.core.errors import Conflict, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Finding, Item, MonthSignature, Revision
from app.items import registry
from app.services import names, notices, permissions
from app.services.people import Person
from app.services.reports import Sheet
from app.services.unit import work

PREPARED, REVIEWED = "prepared", "reviewed"
PARTS = (PREPARED, REVIEWED)
#: Whoever may accept invoices answers for the month.
RIGHT = ("accept", "subcontractor_invoice")
NOTHING = Decimal("0.00")
ONE = timedelta(days=1)
#: No books are kept for years beyond these.
EARLIEST, LATEST = 1900, 3000
#: States in which something of an item is not in QuickBooks although an earlier form of it is.
CHANGE_PENDING = ("sent", "accepted", "queued", "failed")


@dataclass(frozen=True)
class Line:
    """One item that is missing in QuickBooks."""

    item: Item
    name: str  # in full: every commitment has a CO 001
    day: str
    first_seen: bool  # Procore dates it nowhere: the day is the one it was first seen on
    is_change: bool  # QuickBooks has an earlier form of it
    why: str

    @property
    def amount(self) -> Decimal:
        """What Procore says it is worth."""
        return money.from_cents(self.item.cents or 0)


@dataclass(frozen=True)
class Page:
    """One month."""

    month: str
    lines: tuple[Line, ...]
    signatures: tuple[MonthSignature, ...]  # the standing ones first, then those undone
    zone: str
    there: int = 0  # so many records of the month are in QuickBooks as Procore has them
    there_cents: int = 0

    @property
    def name(self) -> str:
        """The month as people write it."""
        return name_of(self.month)

    @property
    def total(self) -> Decimal:
        """All of it."""
        return sum((line.amount for line in self.lines), NOTHING)

    def signed(self, part: str) -> MonthSignature | None:
        """The standing signature of a part."""
        return next((one for one in self.signatures if one.part == part and one.undone_at is None), None)

    @property
    def changed_since(self) -> bool:
        """Whether the list is no longer the one that was signed."""
        return any(one.digest != self.digest for one in self.signatures if one.undone_at is None)

    @property
    def digest(self) -> str:
        """What tells this list from another one: which records it has, and as Procore has them."""
        return text.digest(text.canonical(sorted([line.item.id, line.item.seen_revision_id] for line in self.lines)))


def page(database: Database, connection_id: int, month: str = "") -> Page:
    """One month, the current one if none is named."""
    with database.reading() as session:
        return _page(session, session.get_one(Connection, connection_id), month)


def _page(session: Session, connection: Connection, month: str) -> Page:
    zone = connection.zone
    chosen = month or clock.today(zone).isoformat()[:7]
    _must_be_month(chosen)
    query = select(MonthSignature).where(MonthSignature.connection_id == connection.id, MonthSignature.month == chosen)
    signatures = list(session.execute(query.order_by(MonthSignature.id)).scalars())
    signatures.sort(key=lambda one: one.undone_at is not None)
    dated = [line for line in _dated(session, connection.id, chosen, zone) if line.day.startswith(chosen)]
    there = [line.item.cents or 0 for line in dated if not line.why]
    missing = sorted(
        (line for line in dated if line.why),
        key=lambda line: (line.day, registry.kind(line.item.kind).order, line.name),
    )
    return Page(chosen, tuple(missing), tuple(signatures), zone, len(there), sum(there))


def name_of(month: str) -> str:
    """``November 2026``, for a month written as 2026-11."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def _must_be_month(month: str) -> None:
    try:
        first = date.fromisoformat(f"{month}-01")
        fits = first.isoformat()[:7] == month and EARLIEST < first.year < LATEST
    except ValueError:
        fits = False
    if not fits:
        raise Refusal(f"“{month[:20]}” is no month.", "Write it as 2026-03.", code="no_month")


def _dated(session: Session, connection_id: int, month: str, zone: str) -> Iterator[Line]:
    """The items of money about a month, each with its day; what is in QuickBooks says nothing of why it is not."""
    about = _about(connection_id, month)
    query = (
        select(Item, Revision.content, Binding.item_id.label("bound"), _is_missing().label("missing"))
        .join(Revision, Revision.id == Item.seen_revision_id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(about)
        .order_by(Item.id)
    )
    said = _said(session, about)
    rows = session.execute(query).all()
    called = names.full(session, [item for item, *_ in rows])
    for item, content, bound, missing in rows:
        kind = registry.kind(item.kind)
        if kind.counts(content):
            told = kind.day(content, item.inputs, zone)
            why = (item.problem or said.get(item.id) or WAITS[item.state]) if missing else ""
            day = told or clock.local_date(item.first_seen_at, zone).isoformat()
            name = called.get(item.id, item.name)
            yield Line(item, name, day, first_seen=not told, is_change=bound is not None, why=why)


def _about(connection_id: int, month: str) -> ColumnElement[bool]:
    """What has its day in a month, in whatever zone: days are kept in UTC, and a zone is less than a day away."""
    first = date.fromisoformat(f"{month}-01")
    begin, end = first - ONE, (first + 32 * ONE).replace(day=1) + ONE
    dated = and_(Item.day >= begin.isoformat(), Item.day < end.isoformat())
    since, until = (datetime.combine(day, time(), UTC) for day in (begin, end))
    undated = and_(Item.day == "", Item.first_seen_at >= since, Item.first_seen_at < until)
    # In the very words of the index of money: a database takes it only for that.
    of_money = and_(Item.connection_id == connection_id, Item.cents.is_not(None))
    return or_(and_(of_money, dated), and_(of_money, undated))


def _is_missing() -> ColumnElement[bool]:
    return or_(Binding.item_id.is_(None), Binding.missing_since.is_not(None), Item.state.in_(CHANGE_PENDING))


def _said(session: Session, about: ColumnElement[bool]) -> dict[int, str]:
    """The first thing a rule says against each item."""
    query = (
        select(Finding.item_id, Finding.message)
        .join(Item, Item.id == Finding.item_id)
        .where(about, Finding.effect == "deny")
        .order_by(Finding.id.desc())
    )
    return {row.item_id: row.message for row in session.execute(query)}


WAITS = {
    "draft": "Nobody sent it to accounting.",
    "sent": "It waits for a decision.",
    "accepted": "It waits for what it needs.",
    "queued": "It goes with the next Web Connector session.",
    "failed": "QuickBooks refused it.",
    "synced": "It is missing in QuickBooks.",
}


# -- signing -------------------------------------------------------------------------------------------------------


def sign(database: Database, connection_id: int, who: Person, month: str, part: str, seen: str = "") -> None:
    """Sign for a month, for the list that was seen where that is told; whoever reviews it is not who prepared it."""
    permissions.must(database, connection_id, who, *RIGHT)
    if part not in PARTS:
        raise Refusal("One can prepare a month, or review it.", "Choose one of the two.", code="no_part")
    with work(database, connection_id) as unit:
        found = _page(unit.session, unit.connection, month)
        if seen and seen != found.digest:
            raise Conflict(
                "The list changed while you looked at it.", "Look at it again, then sign.", code="list_changed"
            )
        if standing := found.signed(part):
            raise Conflict(f"{standing.signed_by} has {part} {found.name} already.", "Undo that signature first.")
        prepared = found.signed(PREPARED)
        if part == REVIEWED and prepared is None:
            raise Refusal(f"Nobody has prepared {found.name} yet.", "Sign as preparer first.", code="not_prepared")
        if part == REVIEWED and prepared is not None and prepared.user_id == who.id:
            raise Refusal(
                f"{who.name} prepared {found.name}, so somebody else must review it.",
                "Ask another person who may accept invoices.",
                code="same_person",
            )
        signature = MonthSignature(
            connection_id=connection_id,
            month=found.month,
            part=part,
            user_id=who.id,
            signed_by=who.name,
            signed_at=unit.at,
            missing=len(found.lines),
            cents=money.to_cents(found.total),
            digest=found.digest,
        )
        unit.session.add(signature)
        unit.trail.add(
            Tag.MONTH_SIGNED,
            who.name,
            month=month,
            part=part,
            missing=len(found.lines),
            amount=money.plain(found.total),
        )
        if part == PREPARED:
            unit.session.flush()
            notices.month(unit, who, found.month, signature.id, *RIGHT)


def undo(database: Database, connection_id: int, who: Person, month: str, part: str, reason: str) -> None:
    """Take a signature back, with a reason; a review falls with the preparation it was of."""
    permissions.must(database, connection_id, who, *RIGHT)
    if not text.squeeze(reason):
        raise Refusal("Undoing a signature needs a reason.", "Say what was found.", code="reason_missing")
    with work(database, connection_id) as unit:
        found = _page(unit.session, unit.connection, month)
        wanted = PARTS if part == PREPARED else (part,)
        standing = [one for name in wanted if (one := found.signed(name))]
        if found.signed(part) is None:
            raise Conflict(f"Nobody has {part[:20]} {found.name}.", "Somebody was faster. Look at it again.")
        for one in standing:
            one.undone_at, one.undone_by, one.reason = unit.at, who.name, text.squeeze(reason)
            unit.trail.add(
                Tag.MONTH_UNSIGNED, who.name, month=month, part=one.part, signed_by=one.signed_by, reason=one.reason
            )


# -- a sheet of it -------------------------------------------------------------------------------------------------


def sheet(found: Page) -> Sheet:
    """The list with its signatures."""
    return Sheet(
        "month-end",
        f"Month-end {found.month}: dated in the month and not in QuickBooks",
        ("Date", "Kind", "Item", "Title", "Amount", "State", "Why"),
        [
            (
                line.day,
                registry.kind(line.item.kind).label,
                line.name,
                line.item.title,
                line.amount,
                line.item.state,
                line.why,
            )
            for line in found.lines
        ],
        tuple(_signature(one, found.zone) for one in found.signatures),
        found.digest,
    )


def _signature(one: MonthSignature, zone: str) -> str:
    said = f"{one.part.capitalize()} by {one.signed_by} on {clock.local_date(one.signed_at, zone)}"
    return f"{said}; undone by {one.undone_by}: {one.reason}" if one.undone_at else f"{said}."


def months(now: str, count: int = 12) -> Sequence[str]:
    """The last months, the newest first."""
    year, month = map(int, now.split("-"))
    return [f"{year - (back + 12 - month) // 12}-{(month - 1 - back) % 12 + 1:02}" for back in range(count)]
