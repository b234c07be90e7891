"""What leaves for QuickBooks: the next message set of a session."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import clock, ids
from app.core.decision import DENY, Decision, Finding
from app.core.tags import Tag
from app.db.engine import Database, add_rows
from app.db.models import Connection, Conversation, Item, MessageSet, Operation, Request
from app.items import registry
from app.items.base import Ask, Refuse, Step
from app.qbxml import render
from app.rulebook import decide
from app.services import doubt, gather, lifecycle, moves, outcome, release, rules_versions
from app.services.candidates import MOST_REQUESTS, candidates
from app.services.second_look import asks_again, second_looks
from app.services.situations import MARKER, Standing, standings
from app.services.tools import Tools
from app.services.unit import Work, work
from state_machines.conversation import CONVERSATION
from state_machines.message_set import MESSAGE_SET
from state_machines.operation import HOLDS_LOCK, OPERATION

#: DESIGN: up to MOST_REQUESTS requests, or so many bytes, in one set; a larger single request goes alone.
MOST_BYTES = 256 * 1024
#: A pass may end without a request (everything was held or failed); then the next candidates are tried.
MOST_PASSES = 1000

WEB_CONNECTOR = "Web Connector"


@dataclass
class Ready:
    """One operation with the request it would send now."""

    standing: Standing
    ask: Ask
    id: str
    body: str
    place: int = 0  # among the requests of its operation in this set


def next_set(database: Database, tools: Tools, connection_id: int, conversation_id: int) -> str | None:
    """Make, store and return the next message set of this session, or None when nothing may leave.

    Everything is decided and rendered before the write transaction; inside it only what did
    not move meanwhile joins the set.
    """
    for _ in range(MOST_PASSES):
        with database.reading() as session:
            connection = session.get_one(Connection, connection_id)
            conversation = session.get_one(Conversation, conversation_id)
            found = candidates(session, connection, conversation)
            if not found:
                return None
            plan = _plan(session, connection, conversation, found, tools)
        with work(database, connection_id) as unit:
            body = _commit(unit, conversation_id, plan)
            if body is not None:
                return body
    return None


# -- what they would send ------------------------------------------------------------------------------------------


@dataclass
class Plan:
    """What a pass decided, before anything is written."""

    ready: list[Ready]
    held: list[tuple[int, Decision]]  # item id
    failed: list[tuple[Operation, str, str]]  # sentence, what to do
    ended: list[tuple[Standing, Step]]  # nothing left to ask
    version: str


def _plan(
    session: Session, connection: Connection, conversation: Conversation, operations: list[Operation], tools: Tools
) -> Plan:
    stand = standings(session, connection, conversation, operations)
    held = _second_decision(session, connection, stand)
    plan = Plan([], list(held.items()), [], [], str(connection.host.get("qbxml_version") or "13.0"))
    for standing in stand:
        operation = standing.operation
        if operation.item_id in held:
            continue
        if not standing.intact:
            plan.failed.append(
                (
                    operation,
                    "The approved document was changed after it was approved, so it was not written.",
                    "Tell whoever looks after this server, reject the item and have it sent again.",
                )
            )
            continue
        try:
            step = registry.steps(operation.kind).next_step(standing.situation)
        except KeyError as missing:
            plan.failed.append((operation, f"Something this points at is not in QuickBooks: {missing}.", RULE_ADVICE))
            continue
        if not isinstance(step, Ask):
            plan.ended.append((standing, step))
            continue
        _render(plan, standing, step, tools, connection)
    if any(not ready.ask.writes for ready in plan.ready):
        plan.ready = [ready for ready in plan.ready if not ready.ask.writes]
    plan.ready = _within_bounds(plan.ready)
    return plan


def _second_decision(session: Session, connection: Connection, stand: Sequence[Standing]) -> dict[int, Decision]:
    """All rules once more, under the version now in force, for what leaves for the first time in this session.

    What is in doubt is only looked for, whatever the rules say by now.
    """
    new = {
        standing.operation.item_id: standing
        for standing in stand
        if standing.operation.item_id and (standing.operation.state == "ready" or not standing.situation.replies)
    }
    if not new:
        return {}
    items = list(session.execute(select(Item).where(Item.id.in_(new))).scalars())
    doubted = doubt.in_doubt(session, [item for item in items if new[item.id].operation.asked])
    items = [item for item in items if item.id not in doubted]
    pack = rules_versions.pack(session, connection)
    around = gather.gather(session, connection, items)
    held = second_looks(session, connection, items, clock.now())
    for item in items:
        if item.id in held:
            continue
        gathered = around[item.id]
        decision = decide.decide(pack, gathered.facts(connection, item.accepted_by), "queue")
        if decision.allowed and new[item.id].document.get("settings") != lifecycle.settings_read(gathered):
            decision = _setting_changed(decision)
        if not decision.allowed:
            held[item.id] = decision
    return held


def _setting_changed(decision: Decision) -> Decision:
    finding = Finding(
        rule=release.SETTING_CHANGED,
        file="(built in)",
        effect=DENY,
        reason="setting",
        message="A setting this item was approved under has changed since.",
        fix="Take the accept back, look at what would be written now, and accept again.",
    )
    return Decision("queue", decision.version, (*decision.findings, finding))


def _render(plan: Plan, standing: Standing, ask: Ask, tools: Tools, connection: Connection) -> None:
    operation = standing.operation
    rendered: list[Ready] = []
    for one in (ask, *ask.also):
        request_id = ids.short()
        context = {"document": standing.situation.document, "refs": {}, **one.context}
        try:
            body = tools.renderer.request(
                operation.kind, one.step, request_id=request_id, marker=MARKER + operation.id, **context
            )
        except render.CannotRender as problem:
            why = f"The template of this kind could not be filled: {problem}."
            plan.failed.append((operation, why, TEMPLATE_ADVICE))
            return
        problems = tools.grammar.problems(
            body, edition=str(connection.host.get("country") or "US"), version=_numbers(plan.version)
        )
        if problems:
            plan.failed.append((operation, f"QuickBooks would not read this: {'; '.join(problems)}.", TEMPLATE_ADVICE))
            return
        rendered.append(Ready(standing, one, request_id, body, place=len(rendered)))
    plan.ready += rendered


def _numbers(version: str) -> tuple[int, int]:
    """``CA13.0`` or ``13.0`` as (13, 0)."""
    major, _, minor = version.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ").partition(".")
    return int(major), int(minor or 0)


RULE_ADVICE = "A rule should have waited for it. Tell whoever looks after the rules, then retry."
TEMPLATE_ADVICE = "Nothing was sent. Show this sentence to whoever looks after the templates, then retry."


def _within_bounds(ready: list[Ready]) -> list[Ready]:
    taken: list[Ready] = []
    size = 0
    locks: set[str] = set()
    for _, group in groupby(ready, key=lambda one: one.standing.operation.seq):
        together = list(group)
        lock = together[0].standing.operation.lock_key
        size += sum(len(one.body) for one in together)
        if len(taken) + len(together) > MOST_REQUESTS or (taken and size > MOST_BYTES):
            break
        if lock and together[0].ask.writes:
            if lock in locks:
                continue
            locks.add(lock)
        taken += together
    return taken


# -- what is written down before it leaves -------------------------------------------------------------------------


def _commit(unit: Work, conversation_id: int, plan: Plan) -> str | None:
    conversation = unit.session.get_one(Conversation, conversation_id)
    _hold(unit, plan)
    _settle(unit, conversation, plan)
    unmoved = _unmoved(unit, [one.standing.operation for one in plan.ready])
    ready = _take_locks(unit, [one for one in plan.ready if one.standing.operation.seq in unmoved])
    if not ready:
        return None
    body = _store(unit, conversation, ready, plan.version)
    CONVERSATION.move(conversation, "send")
    conversation.sets += 1
    conversation.last_call_at = unit.at
    return body


def _unmoved(unit: Work, operations: Sequence[Operation]) -> set[int]:
    """Those of the operations that stand inside the transaction as they stood when the set was planned."""
    query = select(Operation.seq, Operation.state, Operation.asked)
    rows = unit.session.execute(query.where(Operation.seq.in_([operation.seq for operation in operations])))
    now = {row.seq: (row.state, row.asked) for row in rows}
    return {one.seq for one in operations if now.get(one.seq) == (one.state, one.asked)}


def _hold(unit: Work, plan: Plan) -> None:
    held = dict(plan.held)
    if not held:
        return
    query = select(Item, Operation).join(
        Operation, (Operation.item_id == Item.id) & (Operation.document_id == Item.document_id)
    )
    pairs = unit.session.execute(query.where(Item.id.in_(held), Item.state == "queued")).all()
    for item, operation in pairs:
        if operation.state == "working":
            OPERATION.move(operation, "put_back")
        if asks_again(held[item.id]):
            release.look_again(unit, item, operation, held[item.id])
            continue
        moves.move(unit, item, "hold", "rules", decision=held[item.id])
        OPERATION.move(operation, "hold")
    moves.store_findings(unit, [(item, held[item.id]) for item, _ in pairs if item.state == "accepted"])


def _settle(unit: Work, conversation: Conversation, plan: Plan) -> None:
    """What ends here without a request."""
    steps: dict[int, Step] = {operation.seq: Refuse(why, advice) for operation, why, advice in plan.failed}
    steps |= {standing.operation.seq: step for standing, step in plan.ended}
    if not steps:
        return
    planned = [operation for operation, _, _ in plan.failed] + [standing.operation for standing, _ in plan.ended]
    query = select(Operation).where(Operation.seq.in_(_unmoved(unit, planned))).order_by(Operation.seq)
    operations = list(unit.session.execute(query).scalars())
    settlement = outcome.Settlement(unit, conversation, operations)
    for operation in operations:
        settlement.apply(operation, steps[operation.seq])
    settlement.close()


def _take_locks(unit: Work, ready: list[Ready]) -> list[Ready]:
    """Leave out those whose lock another operation holds; the index would refuse them."""
    wanted = {op.lock_key for one in ready if (op := one.standing.operation).lock_key}
    if not wanted:
        return ready
    query = select(Operation.lock_key, Operation.seq).where(
        Operation.connection_id == unit.connection.id,
        Operation.lock_key.in_(wanted),
        Operation.state.in_(HOLDS_LOCK),
    )
    holders = {row.lock_key: row.seq for row in unit.session.execute(query)}
    taken = []
    for one in ready:
        operation = one.standing.operation
        if operation.lock_key and holders.setdefault(operation.lock_key, operation.seq) != operation.seq:
            continue
        taken.append(one)
    return taken


def _store(unit: Work, conversation: Conversation, ready: list[Ready], version: str) -> str:
    writes = ready[0].ask.writes
    set_id = "tie-" + ids.short()
    body = render.message_set(
        [one.body for one in ready],
        version=version,
        new_id=set_id if writes else None,
        old_id=(unit.connection.last_set_id or None) if writes else None,
    )
    message_set = {
        "id": set_id,
        "connection_id": unit.connection.id,
        "conversation_id": conversation.id,
        "writes": writes,
        "state": MESSAGE_SET.initial,
        "body": body,
        "requests": len(ready),
        "made_at": unit.at,
        "sent_at": unit.at,
    }
    add_rows(unit.session, MessageSet, [message_set])
    add_rows(unit.session, Request, [_request(one, set_id, unit) for one in ready])
    _start(unit, [one.standing.operation for one in ready])
    unit.trail.add(
        Tag.SET_SENT,
        WEB_CONNECTOR,
        set=set_id,
        writes=writes,
        requests=[[one.id, one.standing.operation.id, one.ask.step] for one in ready],
        session=conversation.id,
    )
    return body


def _request(one: Ready, set_id: str, unit: Work) -> dict[str, Any]:
    return {
        "id": one.id,
        "operation_seq": one.standing.operation.seq,
        "set_id": set_id,
        "number": one.standing.operation.asked + 1 + one.place,
        "step": one.ask.step,
        "writes": one.ask.writes,
        "body": one.body,
        "made_at": unit.at,
    }


def _start(unit: Work, operations: Sequence[Operation]) -> None:
    """All of them are in work now, and have asked as many times more as they stand here."""
    times = Counter(operation.seq for operation in operations)
    for more in set(times.values()):
        started = (
            update(Operation)
            .where(Operation.seq.in_([seq for seq, asked in times.items() if asked == more]))
            .values(state=OPERATION.destination("start", "ready"), asked=Operation.asked + more)
        )
        unit.session.execute(started, execution_options={"synchronize_session": False})
