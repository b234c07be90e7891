"""What comes back from QuickBooks: the answer of a message set, kept first and applied once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import defer

from app.core import clock
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Conversation, MessageSet, Operation, Request
from app.items import registry
from app.items.base import Ask, Hold, Refuse, Reply
from app.qbxml import parse
from app.services import halving, outcome, recover, refreshes, restore
from app.services.situations import Standing, reply, standings
from app.services.tools import Tools
from app.services.unit import Work, work
from state_machines.conversation import CONVERSATION
from state_machines.message_set import MESSAGE_SET, REQUEST

QUICKBOOKS = "QuickBooks"

#: QuickBooks could not read the set: nothing of it was executed, and nothing says which request it was.
UNREADABLE_TO_QUICKBOOKS = "80040400"

#: The message set status codes after which QuickBooks cannot say whether the set ran.
UNSURE = {9001, 9002, 9003, 9004, 9005}


#: The requests of a set that wait for their answer, each with its operation.
ASKED = (
    select(Request, Operation)
    .join(Operation, Operation.seq == Request.operation_seq)
    .where(Request.set_id == bindparam("set_id"), Request.state.in_(("out", "unknown")))
    .order_by(Request.operation_seq, Request.number)
)


@dataclass(frozen=True)
class Taken:
    """How an answer was taken."""

    known: bool  # there was a set it belongs to
    stop: str = ""  # why the session should stop, in words


def take(
    database: Database,
    tools: Tools,
    connection_id: int,
    conversation_id: int,
    response: str,
    hresult: str,
    message: str,
) -> Taken:
    """Keep the answer to the set this conversation has out, and apply it. Nothing happens twice."""
    found = _set_of(database, conversation_id)
    if found is None:
        with work(database, connection_id) as unit:
            _received(unit, conversation_id)
        return Taken(known=False)
    if hresult.strip():
        return _refused(database, tools, connection_id, conversation_id, found.id, hresult, message)
    try:
        answers = parse.message_set(response)
    except parse.Unreadable as problem:
        return _unreadable(database, connection_id, conversation_id, found.id, str(problem))
    if why := _not_to_this(database, found, answers):
        return _unreadable(database, connection_id, conversation_id, found.id, why)
    if not keep(database, connection_id, conversation_id, found.id, response):
        return Taken(known=False)
    apply(database, tools, connection_id, found.id, conversation_id, answers)
    return Taken(known=True)


def _received(unit: Work, conversation_id: int) -> Conversation:
    """QuickBooks has spoken, whatever it said: the session may send again."""
    conversation = unit.session.get_one(Conversation, conversation_id)
    conversation.last_call_at = unit.at
    if conversation.state == "awaiting":
        CONVERSATION.move(conversation, "receive")
    return conversation


def _not_to_this(database: Database, message_set: Row[str, bool], answers: parse.SetAnswer) -> str:
    """Why this is not the answer to that set, or nothing."""
    if answers.new_id not in {"", message_set.id}:
        return f"It answers message set {answers.new_id}, not {message_set.id}."
    if message_set.writes and answers.status_code in UNSURE:
        return ""
    query = select(Request.id).where(Request.set_id == message_set.id)
    with database.reading() as session:
        asked = set(session.execute(query).scalars())
    ours = any(answer.request_id in asked for answer in answers.answers)
    return "" if ours else "It answers none of the requests of the message set."


def _unreadable(database: Database, connection_id: int, conversation_id: int, set_id: str, why: str) -> Taken:
    """An answer nobody can use is no answer; the same is asked again, but not for ever in one session."""
    with work(database, connection_id) as unit:
        message_set = unit.session.get_one(MessageSet, set_id)
        conversation = _received(unit, conversation_id)
        alone = True
        if message_set.writes:
            recover.lose(unit, message_set, why)
        else:
            alone = halving.ask_for_less(unit, message_set, conversation, why)
        conversation.unreadable += alone
        too_often = conversation.unreadable >= halving.MOST_UNREADABLE
    return Taken(
        known=True,
        stop=f"{halving.MOST_UNREADABLE} answers of this session could not be read. {why}" if too_often else "",
    )


def _set_of(database: Database, conversation_id: int) -> Row[str, bool] | None:
    query = select(MessageSet.id, MessageSet.writes).where(
        MessageSet.conversation_id == conversation_id,
        MessageSet.state.in_(("out", "lost")),
        MessageSet.answer.is_(None),
    )
    with database.reading() as session:
        return session.execute(query.order_by(MessageSet.sent_at.desc()).limit(1)).one_or_none()


def keep(database: Database, connection_id: int, conversation_id: int, set_id: str, response: str) -> bool:
    """Commit the raw answer before anything is made of it; False when another call brought one first."""
    row = MessageSet
    kept = update(row).where(row.id == set_id, row.answer.is_(None)).values(answer=response, answered_at=clock.now())
    with work(database, connection_id) as unit:
        _received(unit, conversation_id)
        writes = unit.session.execute(kept.returning(row.writes)).scalar_one_or_none()
        if writes:
            unit.connection.last_set_id = set_id
        return writes is not None


def apply_kept(database: Database, tools: Tools, connection_id: int, conversation_id: int) -> bool:
    """Apply answers that were kept but not applied: the service died between the two.

    Returns whether a set is still without an answer.
    """
    query = select(MessageSet.id, MessageSet.answer).where(
        MessageSet.connection_id == connection_id, MessageSet.state.in_(("out", "lost"))
    )
    with database.reading() as session:
        unsettled = session.execute(query).all()
    for set_id, answer in unsettled:
        if answer is not None:
            apply(database, tools, connection_id, set_id, conversation_id, parse.message_set(answer))
    return any(answer is None for _, answer in unsettled)


# -- applying ------------------------------------------------------------------------------------------------------


def apply(
    database: Database,
    tools: Tools,
    connection_id: int,
    set_id: str,
    conversation_id: int,
    answers: parse.SetAnswer,
) -> None:
    """Apply a kept answer: all requests in one transaction, one by one where that fails.

    One bad answer must not poison the set.
    """
    if answers.status_code in UNSURE:
        with work(database, connection_id) as unit:
            message_set = unit.session.get_one(MessageSet, set_id)
            if message_set.writes:
                recover.abandon(unit, message_set, f"QuickBooks answered {answers.status_code}")
                return
    try:
        with work(database, connection_id) as unit:
            _apply_all(unit, tools, set_id, conversation_id, answers)
    except Exception:  # noqa: BLE001  # whatever it was, each answer gets its own chance
        with work(database, connection_id) as unit:
            _apply_each(unit, tools, set_id, conversation_id, answers)


def _apply_all(unit: Work, tools: Tools, set_id: str, conversation_id: int, answers: parse.SetAnswer) -> None:
    prepared = _prepare(unit, set_id, conversation_id)
    settlement = outcome.Settlement(unit, prepared.conversation, prepared.operations.values())
    replies = _note_answers(unit, tools, prepared, _matched(prepared.requests, answers))
    for asked in prepared.by_operation():
        _step(unit, prepared, settlement, asked, replies)
    settlement.close()
    _close_set(unit, prepared, len(replies))


def _apply_each(unit: Work, tools: Tools, set_id: str, conversation_id: int, answers: parse.SetAnswer) -> None:
    prepared = _prepare(unit, set_id, conversation_id)
    replies = _note_answers(unit, tools, prepared, _matched(prepared.requests, answers))
    for asked in prepared.by_operation():
        operation = prepared.operations[asked[0].operation_seq]
        try:
            with unit.attempt():
                settlement = outcome.Settlement(unit, prepared.conversation, [operation])
                _step(unit, prepared, settlement, asked, replies)
                settlement.close()
        except Exception as problem:  # noqa: BLE001  # the item fails in words; the set goes on
            unit.session.refresh(operation)
            settlement = outcome.Settlement(unit, prepared.conversation, [operation])
            sentence = f"QuickBooks' answer could not be used ({type(problem).__name__}: {problem})."
            settlement.apply(operation, Refuse(sentence, "Show this to whoever looks after Tieout, then retry."))
            settlement.close()
    _close_set(unit, prepared, len(replies))


@dataclass
class _Prepared:
    message_set: MessageSet
    conversation: Conversation
    requests: list[Request]
    operations: dict[int, Operation]
    standings: dict[int, Standing]
    holds: dict[str, Hold] = field(default_factory=dict)  # by request: what a look found that must be left alone

    def by_operation(self) -> Iterator[list[Request]]:
        """The requests of each operation, in the order they were asked."""
        for _, asked in groupby(self.requests, key=lambda request: request.operation_seq):
            yield list(asked)


def _prepare(unit: Work, set_id: str, conversation_id: int) -> _Prepared:
    session = unit.session
    message_set = session.get_one(MessageSet, set_id, options=[defer(MessageSet.body), defer(MessageSet.answer)])
    conversation = session.get_one(Conversation, conversation_id)
    pairs = session.execute(ASKED, {"set_id": set_id}).all()
    requests = [request for request, _ in pairs]
    operations = {operation.seq: operation for _, operation in pairs}
    before = standings(session, unit.connection, conversation, list(operations.values()))
    return _Prepared(message_set, conversation, requests, operations, {one.operation.seq: one for one in before})


def _matched(requests: list[Request], answers: parse.SetAnswer) -> dict[str, parse.Answer]:
    """Each request's own answer: under its id, once, and of its kind. Any other counts as left out."""
    named = {request.id: f"{request.body[1:].split(None, 1)[0].removesuffix('Rq')}Rs" for request in requests}
    times = Counter(answer.request_id for answer in answers.answers)
    return {
        answer.request_id: answer
        for answer in answers.answers
        if times[answer.request_id] == 1 and named.get(answer.request_id) == answer.name
    }


def _note_answers(unit: Work, tools: Tools, prepared: _Prepared, by_id: dict[str, parse.Answer]) -> dict[str, Reply]:
    """Every request keeps its own answer, whatever is made of it. Returns what became of each, by its id."""
    rows: list[dict[str, Any]] = []
    replies: dict[str, Reply] = {}
    for request in prepared.requests:
        answer = by_id.get(request.id)
        if answer is None:
            continue
        verdict = tools.policy.judge(answer, write=request.writes)
        # QuickBooks itself cannot say whether it wrote: the same doubt as an answer that never came.
        became = "unknown" if verdict.outcome == "unclear" and request.writes else verdict.outcome
        rows.append(
            {
                "id": request.id,
                "state": REQUEST.destination("answer", request.state),
                "outcome": became,
                "status": answer.status_code,
                "sentence": verdict.sentence,
                "remedy": verdict.what_to_do,
                "answer": answer.xml,
                "past": became == "retry",
            }
        )
        replies[request.id] = reply(request, answer, became, verdict)
    if rows:
        unit.session.execute(update(Request), rows)
    prepared.holds = restore.holds(unit.session, unit.connection, {row["id"]: row["answer"] for row in rows})
    return replies


def _step(
    unit: Work,
    prepared: _Prepared,
    settlement: outcome.Settlement,
    asked: Sequence[Request],
    replies: Mapping[str, Reply],
) -> None:
    """What comes next for one operation, when all it asked in this set is answered."""
    operation = prepared.operations[asked[0].operation_seq]
    if operation.state == "unknown":
        recover.found_again(operation)
    if left_out := [request for request in asked if request.id not in replies]:
        for request in left_out:  # as if the answer had been lost
            if request.writes:
                recover.doubt(request, operation)
            else:
                halving.unanswered(unit, settlement, request, operation, alone=True)
        return
    if operation.largest_set is not None:
        operation.largest_set = None  # it was read: whatever could not be is elsewhere
    standing = prepared.standings[operation.seq]
    came = [replies[request.id] for request in asked]
    situation = replace(standing.situation, replies=[*standing.situation.replies, *came])
    if operation.item_id is None:
        refreshes.stage(unit, operation, [record for one in came for record in one.records])
    step = registry.steps(operation.kind).next_step(situation)
    if isinstance(step, Hold) or (isinstance(step, Ask) and step.writes):
        step = next((prepared.holds[request.id] for request in asked if request.id in prepared.holds), step)
    settlement.apply(operation, step)


def _close_set(unit: Work, prepared: _Prepared, answered: int) -> None:
    message_set = prepared.message_set
    MESSAGE_SET.move(message_set, "answer")
    unit.trail.add(
        Tag.SET_ANSWERED,
        QUICKBOOKS,
        set=message_set.id,
        requests=message_set.requests,
        answers=answered,
        session=prepared.conversation.id,
    )


# -- refused whole -------------------------------------------------------------------------------------------------


def _refused(
    database: Database,
    tools: Tools,
    connection_id: int,
    conversation_id: int,
    set_id: str,
    hresult: str,
    message: str,
) -> Taken:
    code = hresult.strip().lower().removeprefix("0x")
    verdict = tools.policy.hresult(code)
    with work(database, connection_id) as unit:
        message_set = unit.session.get_one(MessageSet, set_id)
        message_set.hresult = hresult.strip()
        _received(unit, conversation_id)
        if code == UNREADABLE_TO_QUICKBOOKS:
            if message_set.state == "lost":
                MESSAGE_SET.move(message_set, "resend")
            halving.halve(unit, message_set)
            return Taken(known=True)
        recover.lose(unit, message_set, f"{verdict.sentence} ({hresult} {message})".strip())
    return Taken(known=True, stop=f"{verdict.sentence} {verdict.what_to_do}".strip())
