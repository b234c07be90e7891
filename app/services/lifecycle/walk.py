"""One act on many items: rights, batches, and every refusal on the trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.core import text
from app.core.batches import in_batches
from app.core.decision import Decision
from app.core.errors import Conflict, Pointer, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Item
from app.services import permissions
from app.services.people import Person
from app.services.unit import Work, work
from state_machines.item import ITEM

#: So many items share one transaction: a long job neither blocks the Web Connector nor is lost as a whole.
BATCH = 200


@dataclass
class Outcome:
    """What became of one item of a request for many."""

    item_id: int
    name: str
    state: str
    problem: TieoutError | None = None
    decision: Decision | None = None
    note: str = ""  # what else the person should know of what was done

    @property
    def ok(self) -> bool:
        return self.problem is None


@dataclass
class Outcomes:
    """What became of each."""

    each: list[Outcome] = field(default_factory=list)

    @property
    def done(self) -> list[Outcome]:
        return [outcome for outcome in self.each if outcome.ok]

    @property
    def refused(self) -> list[Outcome]:
        return [outcome for outcome in self.each if not outcome.ok]


Many = Callable[[Work, Sequence[Item], Person], Outcomes]


def each(
    database: Database,
    connection_id: int,
    who: Person,
    right: str,
    item_ids: Sequence[int],
    many: Many,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Do one act to each of these items; whatever is refused is on the trail, and stops nothing else.

    ``expected`` are the versions the person looked at: what moved since is left alone.
    """
    found, looked_at = Outcomes(), expected or {}
    barred: Mapping[int, TieoutError] = permissions.barred(database, connection_id, who, right, item_ids)
    for batch in in_batches(dict.fromkeys(item_ids), BATCH):
        with work(database, connection_id) as unit:
            query = select(Item).where(Item.connection_id == connection_id, Item.id.in_(batch))
            items = {item.id: item for item in unit.session.execute(query).scalars()}
            stale = {
                one: _moved(items[one]) for one in batch if looked_at.get(one, items[one].version) != items[one].version
            }
            left_out = {**stale, **{one: barred[one] for one in batch if one in barred}}
            outcomes = many(unit, [items[one] for one in batch if one not in left_out], who)
            outcomes.each += [Outcome(one, items[one].name, items[one].state, why) for one, why in left_out.items()]
            for outcome in outcomes.refused:
                assert outcome.problem is not None  # noqa: S101  # refused means so
                unit.trail.add(
                    Tag.REFUSED,
                    who.name,
                    outcome.item_id,
                    what=right,
                    code=outcome.problem.code,
                    rule=outcome.problem.rule_id,
                    sentence=outcome.problem.sentence,
                )
            found.each += outcomes.each
    return found


def _moved(item: Item) -> Conflict:
    return Conflict(f"{item.name} changed while you looked at it.", "Look at it again, then decide.")


def one_by_one(act: Callable[[Work, Item, Person], str | None]) -> Many:
    """An act of single items as one of many: each in its own savepoint. What the act returns is the outcome's note."""

    def many(unit: Work, items: Sequence[Item], who: Person) -> Outcomes:
        found = Outcomes()
        for item in items:
            outcome = Outcome(item.id, item.name, item.state)
            try:
                with unit.attempt():
                    outcome.note = act(unit, item, who) or ""
            except TieoutError as problem:
                outcome.problem = problem
            outcome.state = item.state
            found.each.append(outcome)
        return found

    return many


def must_allow(item: Item, trigger: str, verb: str) -> None:
    """Raise Conflict where the item's state has no such move any more."""
    if not ITEM.allows(trigger, item.state):
        raise Conflict(
            f"{item.name} cannot be {verb}: it is {item.state} now.",
            "Somebody, or QuickBooks, was faster. Look at it again.",
            code="moved_meanwhile",
        )


def refusal(decision: Decision) -> Refusal:
    """A decision that denies, as an error: the first finding's words, and links to all that block."""
    first = decision.denials[0]
    pointers = [
        Pointer(link.label, link.kind, str(link.item_id or ""))
        for finding in decision.denials
        for link in finding.blocking
    ]
    return Refusal(
        " ".join(finding.message for finding in decision.denials),
        first.fix,
        code=first.reason,
        rule_id=f"{first.file}:{first.rule}",
        links=pointers,
    )


def reason_given(reason: str, sentence: str, fix: str) -> str:
    """The reason in one line, or a refusal: some acts cannot be explained later."""
    if not text.squeeze(reason):
        raise Refusal(sentence, fix, code="reason_missing")
    return text.squeeze(reason)
