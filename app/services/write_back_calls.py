"""How marks reach Procore: one record by itself, or many looked at, and told, in a few calls.

Only one system may mark a record of Procore's. Each is looked at right before it is written, and a mark that Tieout
never put there stays. What Procore refuses for one record keeps no other from being told.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.core import clock
from app.core.batches import in_batches
from app.core.errors import Refusal
from app.items.base import Content, ItemType
from app.items.ports import Many, Procore, Told
from app.procore.syncing import MOST_ROWS
from app.services import procore_mode, retries

#: From three on, a list of up to three pages costs no more than looking at each.
FEWEST = 3
#: So many are looked at together that are written one by one, and so long is what was seen of them relied on.
AT_ONCE, HOLDS = 10, timedelta(seconds=10)
#: So many ids fit into an address; of more, the list is read.
MOST_IDS = 100


@dataclass(frozen=True)
class Wanted:
    """What waits to be told, and for which wish it stands."""

    item_id: int
    name: str
    kind: ItemType
    told: Told
    counter: int
    sent: frozenset[str]  # every origin that Tieout put there
    tries: int = 0


#: What came of some that were told at once: nothing, or why it was not done.
Outcome = Sequence[tuple[Wanted, Exception | None]]


def in_order(procore: Procore, waiting: Sequence[Wanted], *, alone: bool) -> list[list[Wanted]]:
    """What is told together, parents first; ``waiting`` stands in the order in which QuickBooks took it.

    What failed together is tried again in halves, until what spoils it stands alone.
    """
    levels: dict[tuple[str, str], int] = {}
    groups: dict[tuple[int, tuple[object, ...]], list[Wanted]] = {}
    for one in waiting:
        above = (levels.get((need.kind, need.procore_id), 0) for need in one.kind.needs(one.told.content))
        level = levels[one.kind.kind, str(one.told.procore_id)] = 1 + max(above, default=0)
        many = None if alone else _many(procore, one)
        where = (many.path, *many.query.items(), one.tries) if many else (one.item_id,)
        groups.setdefault((level, where), []).append(one)
    ordered = [groups[key] for key in sorted(groups, key=lambda key: key[0])]
    return [part for group in ordered for part in in_batches(group, _most(procore, group[0]))]


def _many(procore: Procore, one: Wanted) -> Many | None:
    """Where many like this one show their marks; nowhere for an odd one, and the look at it says what is wrong."""
    try:
        return one.kind.place(procore, one.told).many
    except Exception as problem:
        if retries.is_away(problem):
            raise
        return None


def _most(procore: Procore, one: Wanted) -> int:
    many = _many(procore, one)
    return max((MOST_ROWS if many and many.syncs else AT_ONCE) >> one.tries, 1)


def tell(procore: Procore, group: Sequence[Wanted], *, by_marks: bool) -> Iterator[Outcome]:
    """Tell one record, or several of one list, and say step by step what came of it.

    Raises where Procore takes no call before a moment it named.
    """
    held: dict[int, Content] = {}
    looked_at = clock.now()
    many = _many(procore, group[0])
    if many and len(group) >= FEWEST:
        try:
            held = _listed(procore, many, [one.told.procore_id for one in group])
        except Exception as problem:  # noqa: BLE001
            if retries.is_away(_noted(problem)):
                yield [(one, problem) for one in group]
                return  # else the list is not for us, or not there: the look at each says what is wrong with it
        if many.syncs and held:
            yield _together(procore, many, [one for one in group if one.told.procore_id in held], held)
            # What the list does not show is gone, or no longer in use: a look at it says which.
            group = [one for one in group if one.told.procore_id not in held]
    for one in group:
        if clock.now() - looked_at > HOLDS:
            held = {}
        yield [(one, _alone(procore, one, held.get(one.told.procore_id), by_marks=by_marks))]


def _listed(procore: Procore, many: Many, ids: Sequence[int]) -> dict[int, Content]:
    """The records as Procore has them now, by id; of the list no more is read than it takes to find them."""
    narrowed = {many.by_id: list(ids)} if many.by_id and len(ids) <= MOST_IDS else {}
    missing, held = set(ids), {}
    for row in procore.pages(many.path, **many.query, **narrowed):
        if row["id"] in missing:
            held[row["id"]] = row
            missing.remove(row["id"])
            if not missing:
                break
    return held


def _together(procore: Procore, many: Many, group: Sequence[Wanted], held: dict[int, Content]) -> Outcome:
    """Write what is not there yet in one call; each row is taken or refused by itself."""
    problems: dict[int, Exception] = {}
    rows = []
    for one in group:
        try:
            if _is_news(procore, one, held[one.told.procore_id]):
                rows.append({"id": one.told.procore_id, **one.kind.origin(procore, one.told)})
        except Exception as problem:  # noqa: BLE001  # one odd record keeps no other from being told
            problems[one.told.procore_id] = _noted(problem)
    if rows:
        try:
            problems |= procore.sync(many.path, group[0].kind.place(procore, group[0].told).parents, rows)
        except Exception as problem:  # noqa: BLE001
            problems |= dict.fromkeys([row["id"] for row in rows], _noted(problem))
    return [(one, problems.get(one.told.procore_id)) for one in group]


def _alone(procore: Procore, one: Wanted, held: Content | None, *, by_marks: bool) -> Exception | None:
    """Look, then write what is not there yet."""
    try:
        if by_marks and procore_mode.mark(procore, one.kind, one.told):
            return None
        if _is_news(procore, one, one.kind.in_procore(procore, one.told) if held is None else held):
            one.kind.tell(procore, one.told)
    except Exception as problem:  # noqa: BLE001  # one odd record keeps no other from being told
        # A mark cannot stand on a record that is gone: there is nothing left to take away.
        return None if one.told.origin_id is None and retries.is_gone(problem) else _noted(problem)
    return None


def _noted(problem: Exception) -> Exception:
    """The problem, unless nothing has failed and Procore is only to be left alone for a while."""
    if retries.must_wait(problem):
        raise problem
    return problem


def _is_news(procore: Procore, wanted: Wanted, held: Content) -> bool:
    """Whether there is anything to write; another's mark is neither written over nor taken away."""
    told, there = wanted.told, held.get("origin_id")
    if there and there not in wanted.sent | {told.origin_id}:
        if told.origin_id is None:
            return False
        raise Refusal(
            f"{wanted.name} carries the mark of another accounting system in Procore (its origin is “{there}”), so "
            "Tieout did not write its own there.",
            "Who looks after that other integration should unlink the record there. Tieout looks again every day.",
            code="foreign_origin",
        )
    return any(held.get(name) != value for name, value in wanted.kind.origin(procore, told).items())
