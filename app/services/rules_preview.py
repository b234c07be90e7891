"""What other rules would change for the items of today: both versions are asked, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from app.core import money
from app.core.decision import Decision, Finding
from app.db.engine import Database
from app.db.models import Connection, Item, Operation
from app.rulebook import decide
from app.rulebook.rule import Pack
from app.services import rules_versions
from app.services.gather import gather
from app.services.verdicts import NEXT_MOVE

#: The move each open item is asked about: its next one. What is queued, or failed and may be tried again, meets the
#: rules of queueing once more before it leaves.
MOVES = {**NEXT_MOVE, "queued": "queue", "failed": "queue"}
#: So many rows of each list are shown, of however many there are.
SHOWN = 50
#: So many items are looked at together: what one batch needs is all that is held in memory.
BATCH = 500


@dataclass(frozen=True)
class Row:
    """One item that would fare otherwise."""

    item_id: int
    kind: str
    name: str
    state: str
    rule: str  # file:name of the first rule that makes the difference
    sentence: str  # what the rules say of it, or said until now
    fix: str


@dataclass
class Listed:
    """The items of one sort: counted, and the first of them."""

    count: int = 0
    cents: int = 0
    by_kind: Counter[str] = field(default_factory=Counter)
    rows: list[Row] = field(default_factory=list)

    def add(self, item: Item, findings: Sequence[Finding]) -> None:
        """One more."""
        self.count += 1
        self.cents += item.cents or 0
        self.by_kind[item.kind] += 1
        if len(self.rows) < SHOWN:
            first = findings[0]
            said = " ".join(dict.fromkeys(finding.message for finding in findings))
            self.rows.append(
                Row(item.id, item.kind, item.name, item.state, f"{first.file}:{first.rule}", said, first.fix)
            )

    @property
    def left_out(self) -> int:
        """How many are counted and not shown."""
        return self.count - len(self.rows)


@dataclass
class Preview:
    """How all open items would fare under other rules."""

    version: str
    against: str
    newly_blocked: Listed = field(default_factory=Listed)
    newly_allowed: Listed = field(default_factory=Listed)
    otherwise: Listed = field(default_factory=Listed)  # as blocked or free as before, with other findings
    in_line: int = 0  # of those newly blocked: queued already, and taken back when they are about to leave
    unchanged: int = 0  # as blocked or free as before
    unchanged_by_kind: Counter[str] = field(default_factory=Counter)

    @property
    def looked_at(self) -> int:
        """All open items."""
        return self.newly_blocked.count + self.newly_allowed.count + self.unchanged

    @property
    def sentence(self) -> str:
        """The counts in one line."""
        told = f"{self.newly_blocked.count} newly blocked, {self.newly_allowed.count} newly allowed, "
        return f"{told}{self.unchanged} unchanged, of {self.looked_at} open items."

    def lists(self) -> dict[str, Listed]:
        """The three lists by what they are called."""
        return {
            "newly_blocked": self.newly_blocked,
            "newly_allowed": self.newly_allowed,
            "otherwise": self.otherwise,
        }

    def plain(self) -> dict[str, Any]:
        """All of it as JSON-able data."""
        counts = {"looked_at": self.looked_at, "unchanged": self.unchanged, "in_line": self.in_line}
        return {
            "version": self.version,
            "against": self.against,
            **counts,
            "unchanged_by_kind": dict(self.unchanged_by_kind),
            **{
                name: {
                    "count": listed.count,
                    "amount": money.plain(money.from_cents(listed.cents)),
                    "by_kind": dict(listed.by_kind),
                    "items": [asdict(row) for row in listed.rows],
                }
                for name, listed in self.lists().items()
            },
        }


def preview(database: Database, connection_id: int, pack: Pack) -> Preview:
    """Ask the rules in force and these about the next move of every open item, and tell the difference."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        before = rules_versions.pack(session, connection)
        found = Preview(pack.version, before.version)
        counts = _counts(session, connection_id)
        asked = [pair for pair in counts if _differ(before, pack, *pair)]
        for (kind, state), count in counts.items():
            if (kind, state) not in asked:
                found.unchanged += count
                found.unchanged_by_kind[kind] += count
        for items in _batches(session, connection_id, asked):
            around = gather(session, connection, items)
            for item in items:
                move = MOVES[item.state]
                facts = around[item.id].facts(connection, "" if item.state == "sent" else item.accepted_by)
                _take(found, item, decide.decide(before, facts, move), decide.decide(pack, facts, move))
    return found


def _counts(session: Session, connection_id: int) -> Mapping[tuple[str, str], int]:
    """How many open items of each kind rest in each state."""
    query = select(Item.kind, Item.state, func.count()).where(_open(connection_id)).group_by(Item.kind, Item.state)
    return {(kind, state): int(count) for kind, state, count in session.execute(query)}


def _open(connection_id: int) -> Any:
    """Items that have a move before them. What is on its way to QuickBooks no rule holds any more."""
    begun = select(Operation.item_id).where(
        Operation.connection_id == connection_id,
        Operation.item_id.is_not(None),
        Operation.state.in_(("working", "unknown")),
    )
    free = or_(Item.state != "queued", Item.id.not_in(begun))
    return and_(Item.connection_id == connection_id, Item.state.in_(MOVES), free)


def _differ(before: Pack, after: Pack, kind: str, state: str) -> bool:
    """Whether the rules of a move differ at all: where they do not, neither do their decisions."""
    old, new = (
        {rule.name: (rule.wording, rule.vocabulary) for rule in pack.rules(kind, MOVES[state])}
        for pack in (before, after)
    )
    return old != new


def _batches(session: Session, connection_id: int, asked: Sequence[tuple[str, str]]) -> Iterator[list[Item]]:
    """The items of these kinds and states, in the order of their ids."""
    if not asked:
        return
    last, wanted = 0, or_(*(and_(Item.kind == kind, Item.state == state) for kind, state in asked))
    while True:
        query = select(Item).where(_open(connection_id), wanted, Item.id > last).order_by(Item.id).limit(BATCH)
        items = list(session.execute(query).scalars())
        if items:
            yield items
            last = items[-1].id
        if len(items) < BATCH:
            return


def _take(found: Preview, item: Item, before: Decision, after: Decision) -> None:
    if before.allowed and not after.allowed:
        found.newly_blocked.add(item, after.denials)
        found.in_line += item.state == "queued"
        return
    if after.allowed and not before.allowed:
        found.newly_allowed.add(item, before.denials)
        return
    found.unchanged += 1
    found.unchanged_by_kind[item.kind] += 1
    if other := _others(before, after):
        found.otherwise.add(item, other)


def _others(before: Decision, after: Decision) -> list[Finding]:
    """What is said from now on and was not, or else was said and is not any more."""
    said, says = ({(one.rule, one.effect, one.message): one for one in two.findings} for two in (before, after))
    return [one for key, one in says.items() if key not in said] or [
        one for key, one in said.items() if key not in says
    ]
