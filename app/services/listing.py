"""Lists of items for the screens: one page at a time, with the reason on every row that does not move."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TextIO

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from app.core import money
from app.core.text import harmless_cell
from app.db.engine import Database
from app.db.models import Connection, Item, Operation, StagedRecord
from app.items import registry
from app.items.base import Input, ItemType
from app.services.explain import Reason, reasons
from app.services.verdicts import changed_since, verdicts

PAGE = 50

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
class Wanted:
    """Which rows a page asks for."""

    kind: str
    tab: str = "sent"
    search: str = ""
    project: str = ""
    after: int = 0


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

    @property
    def blocked(self) -> bool:
        """Whether something must change before the next move."""
        return any(reason.effect == "deny" for reason in self.reasons)

    @property
    def changed(self) -> str:
        """That Procore says something else by now than QuickBooks took."""
        return changed_since(self.item)

    @property
    def may_amend(self) -> bool:
        """Whether that change may be sent and written."""
        return bool(self.changed) and registry.kind(self.item.kind).amends


@dataclass(frozen=True)
class Page:
    """One page of a list."""

    kind: ItemType
    wanted: Wanted
    rows: tuple[Row, ...]
    counts: Mapping[str, int]
    projects: tuple[tuple[str, str], ...]
    options: Mapping[str, tuple[tuple[str, str], ...]] = field(default_factory=dict)
    next_after: int = 0


def page(database: Database, connection_id: int, wanted: Wanted, approver: str = "") -> Page:
    """One page, in a number of statements that does not grow with the list."""
    kind = registry.kind(wanted.kind)
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        query = _query(connection_id, wanted).order_by(Item.id).limit(PAGE + 1)
        items = list(session.execute(query).scalars())
        shown = items[:PAGE]
        told = verdicts(session, connection, shown, approver) if shown else {}
        return Page(
            kind=kind,
            wanted=wanted,
            rows=tuple(_row(kind, item, wanted.tab, told[item.id]) for item in shown),
            counts=counts(session, connection_id, wanted.kind),
            projects=_projects(session, connection_id),
            options=options(session, connection_id, kind) if wanted.tab == "sent" else {},
            next_after=shown[-1].id if len(items) > PAGE else 0,
        )


def _query(connection_id: int, wanted: Wanted) -> Select[Any]:
    conditions: list[ColumnElement[bool]] = [Item.connection_id == connection_id, Item.kind == wanted.kind]
    unknown = select(Operation.item_id).where(Operation.connection_id == connection_id, Operation.state == "unknown")
    if wanted.tab == "checking":
        conditions += [Item.state == "queued", Item.id.in_(unknown)]
    elif wanted.tab == "queued":
        conditions += [Item.state == "queued", Item.id.not_in(unknown)]
    else:
        conditions.append(Item.state == wanted.tab)
    if wanted.project:
        conditions.append(Item.project_id == wanted.project)
    if wanted.search:
        like = f"%{_escaped(wanted.search.lower())}%"
        conditions.append(
            or_(func.lower(Item.name).like(like, escape="\\"), func.lower(Item.title).like(like, escape="\\"))
        )
    if wanted.after:
        conditions.append(Item.id > wanted.after)
    return select(Item).where(and_(*conditions))


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _row(kind: ItemType, item: Item, tab: str, verdict: Any) -> Row:
    facts = verdict.gathered.kind.words(verdict.gathered.content, verdict.gathered.inputs, verdict.gathered.around)
    said = reasons(verdict)
    return Row(
        item=item,
        tab="checking" if verdict.checking else tab,
        amount=None if item.cents is None else money.from_cents(item.cents),
        facts=facts,
        reasons=said,
        choices=choices(kind, item, facts, said) if item.state == "sent" else (),
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


def counts(session: Session, connection_id: int, kind: str) -> dict[str, int]:
    """How many items each tab holds."""
    query = (
        select(Item.state, func.count())
        .where(Item.connection_id == connection_id, Item.kind == kind)
        .group_by(Item.state)
    )
    found = {state: int(count) for state, count in session.execute(query)}
    unknown = (
        select(func.count())
        .select_from(Operation)
        .where(Operation.connection_id == connection_id, Operation.kind == kind, Operation.state == "unknown")
    )
    found["checking"] = int(session.execute(unknown).scalar_one())
    found["queued"] = found.get("queued", 0) - found["checking"]
    return {tab: found.get(tab, 0) for tab in TABS}


def _projects(session: Session, connection_id: int) -> tuple[tuple[str, str], ...]:
    query = select(Item.procore_id, Item.name).where(Item.connection_id == connection_id, Item.kind == "project")
    return tuple((row.procore_id, row.name) for row in session.execute(query.order_by(Item.name)))


#: Which staged list an input chooses from.
SOURCES = {"account": "accounts", "customer": "customers", "item": "items"}


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
        query = _query(connection_id, wanted).order_by(Item.id).execution_options(yield_per=500)
        for count, item in enumerate(session.execute(query).scalars(), 1):  # noqa: B007
            amount = "" if item.cents is None else money.plain(money.from_cents(item.cents))
            cells = [item.name, item.title, item.state, amount, item.sent_by, item.accepted_by, item.problem]
            # An amount is a number, not a formula, even where it is negative.
            writer.writerow([item.id, item.kind, *(c if c == amount else harmless_cell(c) for c in cells)])
    return count
