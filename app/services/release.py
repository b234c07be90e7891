"""Lets accepted items go the moment nothing stands in their way, and takes them back when something does."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import ColumnElement, and_, func, or_, select

from app.core.decision import Decision
from app.db.models import Finding, Item, ItemNeed, Operation
from app.rulebook import decide
from app.services import moves, rules_versions
from app.services.gather import Gathered, gather
from app.services.second_look import second_looks
from app.services.unit import Work
from state_machines.operation import OPERATION

BY_RULE = "rules"
#: The finding of hand-out on a document built under another setting.
SETTING_CHANGED = "setting-changed-since-accept"


def release(unit: Work, items: Sequence[Item], actor: str = BY_RULE) -> list[Item]:
    """Queue those accepted items whose rules allow it; note what the others wait for."""
    accepted = sorted((item for item in items if item.state == "accepted"), key=lambda item: (item.place, item.id))
    if not accepted:
        return []
    unit.session.flush()
    operations = waiting_operations(unit, accepted)
    looks = second_looks(unit.session, unit.connection, accepted, unit.at)
    again = [item for item in accepted if item.id in looks]
    for item in again:
        look_again(unit, item, operations[item.id], looks[item.id], actor)
    accepted = [item for item in accepted if item not in again]
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, accepted)
    decided: list[tuple[Item, Decision]] = []
    queued = []
    for item in accepted:
        decision = decide.decide(pack, around[item.id].facts(unit.connection, item.accepted_by), "queue")
        decided.append((item, decision))
        if decision.allowed:
            moves.move(unit, item, "queue", actor, decision=decision)
            OPERATION.move(operations[item.id], "release")
            queued.append(item)
    moves.store_findings(unit, decided)
    return queued


def look_again(unit: Work, item: Item, operation: Operation, why: Decision, actor: str = BY_RULE) -> None:
    """An accept that is no longer good: the item goes back to its approvers, and nothing of it leaves."""
    sentence = " ".join(finding.message for finding in why.findings)
    moves.move(unit, item, "second_look", actor, reason=sentence, decision=why)
    item.problem, item.remedy = sentence, why.findings[0].fix
    OPERATION.move(operation, "drop")
    operation.ended_at = unit.at
    moves.clear_findings(unit, [item.id])


#: What changes without any item moving: the record in Procore, QuickBooks' lists, settings, the edition.
WITHOUT_A_MOVE = ("data", "setting", "edition", "permission")
#: So many are decided again at the start of one session; the others at the next.
MOST_AGAIN = 500


def decide_again(unit: Work) -> list[Item]:
    """Look anew at what is held for a reason that may have gone by itself, or by rules no longer in force."""
    old = Finding.rules_version != (unit.connection.rules_version or "")
    query = (
        select(Item)
        .join(Finding, Finding.item_id == Item.id)
        .where(
            Item.connection_id == unit.connection.id,
            Item.state == "accepted",
            Finding.rule != SETTING_CHANGED,  # only another accept helps
            or_(Finding.reason.in_(WITHOUT_A_MOVE), old),
        )
        .group_by(Item.id)
        .order_by(func.min(Finding.id))  # decided again they get new findings, and stand behind the others
        .limit(MOST_AGAIN)
    )
    return release(unit, list(unit.session.execute(query).scalars()))


def waiting_operations(unit: Work, items: Sequence[Item]) -> dict[int, Operation]:
    """The operation of each item's present document."""
    query = (
        select(Operation)
        .join(Item, and_(Item.id == Operation.item_id, Item.document_id == Operation.document_id))
        .where(Item.id.in_([item.id for item in items]))
    )
    return {int(operation.item_id or 0): operation for operation in unit.session.execute(query).scalars()}


def dependents(unit: Work, moved: Iterable[Item]) -> list[Item]:
    """The accepted items that point at one of these, or stand behind it in its line."""
    by_kind: dict[str, list[str]] = {}
    locks = set()
    for item in moved:
        by_kind.setdefault(item.kind, []).append(item.procore_id)
        if item.lock_key:
            locks.add(item.lock_key)
    if not by_kind:
        return []
    pointing = select(ItemNeed.item_id).where(
        ItemNeed.connection_id == unit.connection.id,
        or_(*(and_(ItemNeed.kind == kind, ItemNeed.procore_id.in_(ids)) for kind, ids in by_kind.items())),
    )
    condition: ColumnElement[bool] = Item.id.in_(pointing)
    if locks:
        condition = or_(condition, Item.lock_key.in_(locks))
    query = select(Item).where(Item.connection_id == unit.connection.id, Item.state == "accepted", condition)
    return list(unit.session.execute(query).scalars())


def decisions(unit: Work, items: Sequence[Item], trigger: str) -> dict[int, tuple[Gathered, Decision]]:
    """What the rules in force say of a move of each item."""
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, items)
    return {
        item.id: (
            around[item.id],
            decide.decide(pack, around[item.id].facts(unit.connection, item.accepted_by), trigger),
        )
        for item in items
    }
