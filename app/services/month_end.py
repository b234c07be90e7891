"""The month-end list: what is dated in a month and is not in QuickBooks, signed by who prepared and who reviewed it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from app.core import clock, money, text
from app.core.errors import Conflict, Refusal
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Connection, Finding, Item, MonthSignature, Revision
from app.items import registry
from app.services import notices, permissions
from app.services.people import Person
from app.services.reports import Sheet
from app.services.unit import work

PREPARED, REVIEWED = "prepared", "reviewed"
PARTS = (PREPARED, REVIEWED)
#: Whoever may accept invoices answers for the month.
RIGHT = ("accept", "subcontractor_invoice")
NOTHING = Decimal("0.00")
#: States in which something of an item is not in QuickBooks although an earlier form of it is.
CHANGE_PENDING = ("sent", "accepted", "queued", "failed")


@dataclass(frozen=True)
class Line:
    """One item that is missing in QuickBooks."""

    item: Item
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
        now = (len(self.lines), money.to_cents(self.total))
        return any((one.missing, one.cents) != now for one in self.signatures if one.undone_at is None)


def page(database: Database, connection_id: int, month: str = "") -> Page:
    """One month, the current one if none is named."""
    with database.reading() as session:
        return _page(session, session.get_one(Connection, connection_id), month)


def _page(session: Session, connection: Connection, month: str) -> Page:
    zone = str(connection.settings.get("zone") or "UTC")
    chosen = month or clock.today(zone).isoformat()[:7]
    _must_be_month(chosen)
    query = select(MonthSignature).where(MonthSignature.connection_id == connection.id, MonthSignature.month == chosen)
    signatures = list(session.execute(query.order_by(MonthSignature.id)).scalars())
    signatures.sort(key=lambda one: one.undone_at is not None)
    dated = [line for line in _dated(session, connection.id, zone) if line.day.startswith(chosen)]
    there = [line.item.cents or 0 for line in dated if not line.why]
    missing = sorted(
        (line for line in dated if line.why),
        key=lambda line: (line.day, registry.kind(line.item.kind).order, line.item.name),
    )
    return Page(chosen, tuple(missing), tuple(signatures), zone, len(there), sum(there))


def name_of(month: str) -> str:
    """``November 2026``, for a month written as 2026-11."""
    return f"{date.fromisoformat(f'{month}-01'):%B %Y}"


def _must_be_month(month: str) -> None:
    try:
        fits = date.fromisoformat(f"{month}-01").isoformat()[:7] == month
    except ValueError:
        fits = False
    if not fits:
        raise Refusal(f"“{month[:20]}” is no month.", "Write it as 2026-03.", code="no_month")


def _dated(session: Session, connection_id: int, zone: str) -> Iterator[Line]:
    """Every item of money with its day; what is in QuickBooks says nothing of why it should not be."""
    seen = select(Revision.item_id, func.min(Revision.seen_at).label("at")).group_by(Revision.item_id).subquery()
    query = (
        select(Item, Revision.content, Binding.item_id.label("bound"), seen.c.at, _is_missing().label("missing"))
        .join(Revision, Revision.id == Item.seen_revision_id)
        .join(seen, seen.c.item_id == Item.id)
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(Item.connection_id == connection_id, Item.cents.is_not(None))
        .order_by(Item.id)
    )
    said = _said(session, connection_id)
    for item, content, bound, seen_at, missing in session.execute(query):
        kind = registry.kind(item.kind)
        if kind.counts(content):
            told = kind.day(content, item.inputs, zone)
            why = (item.problem or said.get(item.id) or WAITS[item.state]) if missing else ""
            day = told or clock.local_date(seen_at, zone).isoformat()
            yield Line(item, day, first_seen=not told, is_change=bound is not None, why=why)


def _is_missing() -> ColumnElement[bool]:
    return or_(Binding.item_id.is_(None), Binding.missing_since.is_not(None), Item.state.in_(CHANGE_PENDING))


def _said(session: Session, connection_id: int) -> dict[int, str]:
    """The first thing a rule says against each item."""
    query = (
        select(Finding.item_id, Finding.message)
        .join(Item, Item.id == Finding.item_id)
        .where(Item.connection_id == connection_id, Finding.effect == "deny")
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


def sign(database: Database, connection_id: int, who: Person, month: str, part: str) -> None:
    """Sign for a month; whoever reviews it is not who prepared it."""
    permissions.must(database, connection_id, who, *RIGHT)
    if part not in PARTS:
        raise Refusal("One can prepare a month, or review it.", "Choose one of the two.", code="no_part")
    with work(database, connection_id) as unit:
        found = _page(unit.session, unit.connection, month)
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
        cents = money.to_cents(found.total)
        signature = MonthSignature(
            connection_id=connection_id, month=found.month, part=part, user_id=who.id,
            signed_by=who.name, signed_at=unit.at, missing=len(found.lines), cents=cents,
        )  # fmt: skip
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
                line.item.name,
                line.item.title,
                line.amount,
                line.item.state,
                line.why,
            )
            for line in found.lines
        ],
        tuple(_signature(one, found.zone) for one in found.signatures),
    )


def _signature(one: MonthSignature, zone: str) -> str:
    said = f"{one.part.capitalize()} by {one.signed_by} on {clock.local_date(one.signed_at, zone)}"
    return f"{said}; undone by {one.undone_by}: {one.reason}" if one.undone_at else f"{said}."


def months(now: str, count: int = 12) -> Sequence[str]:
    """The last months, the newest first."""
    year, month = map(int, now.split("-"))
    return [f"{year - (back + 12 - month) // 12}-{(month - 1 - back) % 12 + 1:02}" for back in range(count)]
