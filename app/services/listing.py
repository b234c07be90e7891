"""Lists of items for the screens: one page at a time, with the reason on every row that does not move."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, TextIO

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core import clock, money
from app.core.text import harmless_cell
from app.db.engine import Database
from app.db.models import Chain, Connection, Conversation, Item, Operation, StagedRecord
from app.items import registry
from app.items.base import Input, ItemType
from app.services import audit, buttons, health, list_rows, rejections, search, tallies
from app.services.buttons import Button
from app.services.explain import Reason, reasons
from app.services.list_rows import PAGE, Wanted
from app.services.rejections import Rejected
from app.services.settings import PICKED
from app.services.verdicts import Verdict, changed_since, verdicts

#: So many projects are offered to filter by, those with most items.
MOST_PROJECTS = 300
#: Nobody counts further in a line.
LONGEST_LINE = 1000

#: Tabs in the order people meet them; "checking" is a request's state shown on the item.
TABS = ("sent", "accepted", "queued", "checking", "failed", "synced", "draft")
TAB_NAMES = {
    "sent": "To decide",
    "accepted": "Waiting",
    "queued": "Queued",
    "checking": "Checking QuickBooks",
    "failed": "Failed",
    "synced": "Synced",
    "draft": "Draft",
}


@dataclass(frozen=True)
class Choice:
    """One input of a row with what stands in it."""

    input: Input
    value: str
    suggestion: str
    reason: str = ""  # the finding that asks for it


@dataclass(frozen=True)
class Row:
    """One item as a list shows it."""

    item: Item
    tab: str
    amount: Decimal | None
    facts: Mapping[str, Any]
    reasons: tuple[Reason, ...]
    choices: tuple[Choice, ...]
    rejected: Rejected | None = None  # and nobody accepted it since
    place: int = 0  # in the line for QuickBooks; 0: not in line, or far behind

    @property
    def blocked(self) -> bool:
        """Whether something must change before the next move."""
        return any(reason.effect == "deny" for reason in self.reasons)

    @property
    def undecided(self) -> int:
        """How many items it waits for that nobody has decided yet: they may be accepted too."""
        return len({link.item_id for one in self.reasons for link in one.blocking if link.state == "sent"})

    @property
    def changed(self) -> str:
        """That Procore says something else by now than QuickBooks took."""
        return changed_since(self.item)

    @property
    def may_amend(self) -> bool:
        """Whether that change may be sent and written."""
        return bool(self.changed) and registry.kind(self.item.kind).amends

    @property
    def buttons(self) -> tuple[Button, ...]:
        """What may be done with it."""
        return buttons.on_rows(self.tab, amends=self.may_amend)


@dataclass(frozen=True)
class Idle:
    """What an empty list can say: what was decided last, and when something may happen next."""

    accepted_by: str = ""
    accepted_at: datetime | None = None
    next_session: datetime | None = None
    first_run: bool = False  # neither Procore nor QuickBooks has said anything yet


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    kind: ItemType
    wanted: Wanted
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    projects: tuple[tuple[str, str], ...]
    options: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    next_after: str = ""
    next_before: str = ""
    looked: int = 0  # so many rows were looked through for common words, and the list goes on
    groups: Mapping[str, Group] = field(default_factory=dict)  # by project, in the order project by project
    idle: Idle = Idle()
    mark: str = ""  # the same as long as nothing changed

    @property
    def acts(self) -> tuple[str, ...]:
        """All that may be done with what is shown, by the rights it needs."""
        return tuple(dict.fromkeys(one.name for row in self.rows for one in row.buttons))


@dataclass(frozen=True)
class Group:
    """One project's part of a list, whole: also what stands on other pages."""

    name: str
    count: int
    amount: Decimal


def page(database: Database, connection_id: int, wanted: Wanted, approver: str = "") -> Page:
    """One page, in a number of statements that does not grow with the list."""
    kind, order, back = registry.kind(wanted.kind), wanted.order, bool(wanted.before)
    with database.reading() as session:
        connection, mark = _beginning(session, connection_id)
        items, reached = list_rows.found(session, connection_id, wanted)
        shown = items[:PAGE][::-1] if back else items[:PAGE]
        elsewhere = order.beyond(wanted.before or wanted.after, back=back) is not None
        end = reached if len(items) <= PAGE else ""
        after, before = ("", end) if back else (end, "")
        more = len(items) > PAGE
        told = verdicts(session, connection, shown, approver) if shown else {}
        places = _places(session, connection_id, [item.id for item in shown]) if wanted.tab == "queued" else {}
        rejected = rejections.of(session, [verdict.gathered for verdict in told.values()])
        around = tallies.around(
            session,
            connection_id,
            wanted.kind,
            project=wanted.project,
            state=wanted.tab,
            shown={item.project_id for item in shown if item.project_id} if wanted.sort == "project" else (),
            most=MOST_PROJECTS,
        )
        return Page(
            kind=kind,
            wanted=wanted,
            rows=tuple(
                _row(kind, item, wanted.tab, told[item.id], rejected.get(item.id), places.get(item.id, 0))
                for item in shown
            ),
            counts={tab: around.tabs.get(tab, 0) for tab in TABS},
            projects=tuple(around.projects),
            options=options(session, connection_id, kind) if wanted.tab == "sent" else {},
            next_after=after or (order.key(shown[-1]) if shown and (more or back) else ""),
            next_before=before or (order.key(shown[0]) if shown and (more if back else elsewhere) else ""),
            looked=search.WALKED if end else 0,
            groups=_groups(around),
            idle=Idle() if shown else _idle(session, connection),
            mark=mark,
        )


def left(database: Database, connection_id: int, wanted: Wanted) -> int:
    """How many items a tab still holds."""
    with database.reading() as session:
        return counts(session, connection_id, wanted.kind, wanted.project)[wanted.tab]


def mark(database: Database, connection_id: int) -> str:
    """What tells whether anything changed: every move and every arrival lengthens the connection's trail."""
    with database.reading() as session:
        return _beginning(session, connection_id)[1]


def _beginning(session: Session, connection_id: int) -> tuple[Connection, str]:
    """The connection, and its mark."""
    query = select(Connection, Chain.seq).outerjoin(Chain, Chain.name == audit.chain_of(connection_id))
    connection, seq = session.execute(query.where(Connection.id == connection_id)).one()
    return connection, str(seq or 0)


def _places(session: Session, connection_id: int, item_ids: Sequence[int]) -> dict[int, int]:
    """The places of these items in the line for QuickBooks, as far as anybody counts."""
    waiting = (Operation.connection_id == connection_id, Operation.state.in_(("ready", "working")))
    last = select(func.max(Operation.seq)).where(*waiting, Operation.item_id.in_(item_ids)).scalar_subquery()
    line = select(Operation.seq, Operation.item_id).where(*waiting, Operation.seq <= last)
    found = sorted(session.execute(line.limit(LONGEST_LINE + 1)), key=lambda row: row.seq)
    places = {int(row.item_id or 0): place for place, row in enumerate(found, 1)}
    return {item_id: places[item_id] for item_id in item_ids if item_id in places} if len(found) <= LONGEST_LINE else {}


def _groups(around: tallies.Around) -> dict[str, Group]:
    names = dict(around.projects)
    return {
        project: Group(names.get(project, f"Project {project}"), count, money.from_cents(cents))
        for project, (count, cents) in around.groups.items()
    }


def _idle(session: Session, connection: Connection) -> Idle:
    accepted = select(Item).where(Item.connection_id == connection.id, Item.accepted_at.is_not(None))
    last = session.execute(accepted.order_by(Item.accepted_at.desc()).limit(1)).scalar_one_or_none()
    came = select(Conversation).where(Conversation.connection_id == connection.id)
    visit = session.execute(came.order_by(Conversation.id.desc()).limit(1)).scalar_one_or_none()
    seen = health.last_contact(connection, visit)
    soon = seen + health.planned(connection) if seen and not connection.paused else None
    return Idle(
        accepted_by=last.accepted_by if last else "",
        accepted_at=last.accepted_at if last else None,
        next_session=max(soon, clock.now()) if soon else None,
        first_run=seen is None and last is None and not tallies.by_kind(session, connection.id),
    )


def _row(kind: ItemType, item: Item, tab: str, verdict: Verdict, rejected: Rejected | None, place: int) -> Row:
    facts = verdict.gathered.kind.words(verdict.gathered.content, verdict.gathered.inputs, verdict.gathered.around)
    said = reasons(verdict)
    return Row(
        item=item,
        tab="checking" if verdict.checking else tab,
        amount=None if item.cents is None else money.from_cents(item.cents),
        facts=facts,
        reasons=said,
        choices=choices(kind, item, facts, said) if item.state == "sent" else (),
        rejected=rejected,
        place=place,
    )


def choices(kind: ItemType, item: Item, facts: Mapping[str, Any], said: Sequence[Reason]) -> tuple[Choice, ...]:
    """Every input of a kind, with the reason that asks for it where one does."""
    asked = {reason.field: reason.sentence for reason in said if reason.field}
    return tuple(
        Choice(
            one,
            str(item.inputs.get(one.name) or ""),
            str(facts.get(one.suggest) or "") if one.suggest else "",
            asked.get(one.name, ""),
        )
        for one in kind.inputs
    )


def counts(session: Session, connection_id: int, kind: str, project: str = "") -> dict[str, int]:
    """How many items each tab holds."""
    found = tallies.by_tab(session, connection_id, kind, project=project)
    return {tab: found.get(tab, 0) for tab in TABS}


#: Which staged list an input chooses from.
SOURCES = {**PICKED, "customer": "customers"}


def options(session: Session, connection_id: int, kind: ItemType) -> dict[str, tuple[tuple[str, str], ...]]:
    """What each input of a kind may be chosen from, as (ListID, name)."""
    wanted = {SOURCES[one.form] for one in kind.inputs if one.form in SOURCES}
    if not wanted:
        return {}
    query = select(StagedRecord).where(
        StagedRecord.connection_id == connection_id, StagedRecord.source.in_(wanted), StagedRecord.active
    )
    staged = list(session.execute(query.order_by(StagedRecord.full_name)).scalars())
    return {
        one.name: tuple((s.list_id, s.full_name) for s in staged if _fits(one, s))
        for one in kind.inputs
        if one.form in SOURCES
    }


def _fits(one: Input, staged: StagedRecord) -> bool:
    if staged.source != SOURCES[one.form]:
        return False
    if one.account_types:
        return staged.data.get("account_type") in one.account_types
    if one.form == "customer":
        return staged.sublevel == 0
    return staged.type == "ItemService" if one.form == "item" else True


def write_csv(database: Database, connection_id: int, wanted: Wanted, out: TextIO) -> int:
    """The whole filter as CSV that a spreadsheet opens safely. Returns the number of rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["id", "kind", "name", "title", "state", "amount", "sent by", "accepted by", "problem"])
    count = 0
    with database.reading() as session:
        query = list_rows.every(session, connection_id, wanted)
        for count, item in enumerate(session.execute(query.execution_options(yield_per=500)).scalars(), 1):  # noqa: B007
            amount = "" if item.cents is None else money.plain(money.from_cents(item.cents))
            cells = [item.name, item.title, item.state, amount, item.sent_by, item.accepted_by, item.problem]
            # An amount is a number, not a formula, even where it is negative.
            writer.writerow([item.id, item.kind, *(c if c == amount else harmless_cell(c) for c in cells)])
    return count
