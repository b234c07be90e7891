"""What people do with items: send, retrieve, accept, take back, reject, retry."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.core import ids, text
from app.core.batches import in_batches
from app.core.decision import Decision
from app.core.errors import Conflict, NotFound, Pointer, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Binding, Document, Item, Operation, Request
from app.items import registry
from app.items.base import Content
from app.rulebook import decide
from app.services import intake, moves, release, rules_versions
from app.services.gather import Gathered, gather
from app.services.people import Person
from app.services.unit import Work, work
from state_machines.item import ITEM
from state_machines.operation import OPERATION

#: What a look, or the write itself, may have said for good.
LOOKED = ("saved", "found", "empty", "missing")
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


Act = Callable[[Work, Item, Person], Decision | None]


def send(database: Database, connection_id: int, who: Person, item_ids: Sequence[int]) -> Outcomes:
    """Put drafts before the approvers; what was sent stays as it is."""
    return _each(database, connection_id, who, "send", item_ids, _send_many)


def retrieve(database: Database, connection_id: int, who: Person, item_ids: Sequence[int]) -> Outcomes:
    """Take sent items back to draft before anybody decided."""
    return _each(database, connection_id, who, "retrieve", item_ids, _one_by_one(_retrieve))


def accept(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    inputs: Mapping[int, Content] | None = None,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Approve items: build and hash what will be written, and let it leave as soon as it may.

    ``inputs`` are what the approver filled in, by item. ``expected`` are the versions the
    approver looked at: an item that moved since is refused with a Conflict.
    """

    def many(unit: Work, items: Sequence[Item], person: Person) -> Outcomes:
        return _accept_many(unit, items, person, inputs or {}, expected or {})

    return _each(database, connection_id, who, "accept", item_ids, many)


def reject(database: Database, connection_id: int, who: Person, item_ids: Sequence[int], reason: str) -> Outcomes:
    """Send items back to the project team with a reason."""
    if not text.squeeze(reason):
        raise Refusal("A rejection needs a reason.", "Say what the project team should change.", code="reason_missing")

    def one(unit: Work, item: Item, person: Person) -> None:
        _reject(unit, item, person, text.squeeze(reason))

    return _each(database, connection_id, who, "reject", item_ids, _one_by_one(one))


def take_back(database: Database, connection_id: int, who: Person, item_ids: Sequence[int], reason: str) -> Outcomes:
    """Undo an accept while nothing of it is out."""
    if not text.squeeze(reason):
        raise Refusal("Taking back an accept needs a reason.", "Say why in a few words.", code="reason_missing")

    def one(unit: Work, item: Item, person: Person) -> None:
        _nothing_out(unit, item)
        if item.state == "queued":
            moves.move(unit, item, "hold", person.name, reason="taken back")
        _must_allow(item, "take_back", "taken back")
        moves.move(unit, item, "take_back", person.name, reason=text.squeeze(reason))
        _drop(unit, item)
        moves.clear_findings(unit, [item.id])
        release.release(unit, release.dependents(unit, [item]))

    return _each(database, connection_id, who, "take_back", item_ids, _one_by_one(one))


def retry(database: Database, connection_id: int, who: Person, item_ids: Sequence[int]) -> Outcomes:
    """Let failed items try again; the rules decide anew."""

    def one(unit: Work, item: Item, person: Person) -> None:
        _must_allow(item, "retry", "retried")
        moves.move(unit, item, "retry", person.name)
        item.problem = item.remedy = ""
        operation = release.waiting_operations(unit, [item])[item.id]
        OPERATION.move(operation, "retry")
        _start_over(unit, item, operation)
        release.release(unit, [item])

    return _each(database, connection_id, who, "retry", item_ids, _one_by_one(one))


def take_newer(database: Database, connection_id: int, who: Person, item_id: int) -> Outcomes:
    """Look at what Procore says now instead of what was sent."""

    def one(unit: Work, item: Item, person: Person) -> None:
        if item.state != "sent":
            raise Refusal(f"{item.name} is {item.state}, not waiting for a decision.", "Take it back first.")
        before, item.sent_revision_id = item.sent_revision_id, item.seen_revision_id
        intake.point_at_newest(unit, item)
        item.version += 1
        unit.trail.add(Tag.ITEM_NEWER_TAKEN, person.name, item.id, before=before, after=item.sent_revision_id)

    return _each(database, connection_id, who, "accept", [item_id], _one_by_one(one))


# -- the shared walk -----------------------------------------------------------------------------------------------

Many = Callable[[Work, Sequence[Item], Person], Outcomes]


def _each(
    database: Database, connection_id: int, who: Person, right: str, item_ids: Sequence[int], many: Many
) -> Outcomes:
    found = Outcomes()
    if not who.may(right):
        with work(database, connection_id) as unit:
            unit.trail.add(Tag.REFUSED, who.name, what=right, items=list(item_ids), code="forbidden")
        who.must(right)
    for batch in in_batches(dict.fromkeys(item_ids), BATCH):
        with work(database, connection_id) as unit:
            query = select(Item).where(Item.connection_id == connection_id, Item.id.in_(batch))
            items = {item.id: item for item in unit.session.execute(query).scalars()}
            if missing := [one for one in batch if one not in items]:
                raise NotFound(f"There is no item {missing[0]} on this connection.", "It may belong to another one.")
            outcomes = many(unit, [items[one] for one in batch], who)
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


def _one_by_one(act: Callable[[Work, Item, Person], None]) -> Many:
    def many(unit: Work, items: Sequence[Item], who: Person) -> Outcomes:
        found = Outcomes()
        for item in items:
            outcome = Outcome(item.id, item.name, item.state)
            try:
                with unit.attempt():
                    act(unit, item, who)
            except TieoutError as problem:
                outcome.problem = problem
            outcome.state = item.state
            found.each.append(outcome)
        return found

    return many


def _must_allow(item: Item, trigger: str, verb: str) -> None:
    if not ITEM.allows(trigger, item.state):
        raise Conflict(
            f"{item.name} cannot be {verb}: it is {item.state} now.",
            "Somebody, or QuickBooks, was faster. Look at it again.",
            code="moved_meanwhile",
        )


def refusal(item: Item, decision: Decision) -> Refusal:
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


# -- one act each --------------------------------------------------------------------------------------------------


def _send_many(unit: Work, items: Sequence[Item], who: Person) -> Outcomes:
    found = Outcomes()
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, items)
    for item in items:
        outcome = Outcome(item.id, item.name, item.state)
        try:
            _must_allow(item, "send", "sent")
            before, item.sent_by = item.sent_by, who.name
            outcome.decision = decide.decide(pack, around[item.id].facts(unit.connection), "send")
            if not outcome.decision.allowed:
                item.sent_by = before
                raise refusal(item, outcome.decision)  # one place turns problems into outcomes
            moves.move(unit, item, "send", who.name, decision=outcome.decision)
            item.sent_revision_id = item.seen_revision_id
        except TieoutError as problem:
            outcome.problem = problem
        outcome.state = item.state
        found.each.append(outcome)
    return found


def _retrieve(unit: Work, item: Item, who: Person) -> None:
    _must_allow(item, "retrieve", "retrieved")
    _not_bound(unit, item)
    moves.move(unit, item, "retrieve", who.name)
    _back_to_newest(unit, item)
    moves.clear_findings(unit, [item.id])


def _accept_many(
    unit: Work, items: Sequence[Item], who: Person, inputs: Mapping[int, Content], expected: Mapping[int, int]
) -> Outcomes:
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, items, dict(inputs))
    found = Outcomes()
    accepted = []
    for item in items:
        outcome = Outcome(item.id, item.name, item.state)
        try:
            _may_accept(item, expected.get(item.id))
            facts = around[item.id].facts(unit.connection, approver=who.name)
            outcome.decision = decide.decide(pack, facts, "accept")
            if not outcome.decision.allowed:
                raise refusal(item, outcome.decision)
            accepted.append((item, around[item.id], outcome.decision))
        except TieoutError as problem:
            outcome.problem = problem
        found.each.append(outcome)
    _approve(unit, who, accepted)
    release.release(unit, [item for item, _, _ in accepted])
    states = {item.id: item.state for item in items}
    for outcome in found.each:
        outcome.state = states[outcome.item_id]
    return found


def _may_accept(item: Item, expected: int | None) -> None:
    _must_allow(item, "accept", "accepted")
    if expected is not None and expected != item.version:
        raise Conflict(f"{item.name} changed while you looked at it.", "Look at it again, then decide.")
    if item.sent_revision_id != item.seen_revision_id:
        raise Refusal(
            f"{item.name} was changed in Procore after it was sent.",
            "Open it, look at the difference, and take the newer version; or reject it.",
            code="changed_in_procore",
        )


def _approve(unit: Work, who: Person, accepted: Sequence[tuple[Item, Gathered, Decision]]) -> None:
    documents = []
    contents = [document_of(around) for _, around, _ in accepted]
    for (item, _, _), content in zip(accepted, contents, strict=True):
        body = text.canonical(content)
        documents.append(
            Document(
                item_id=item.id,
                revision_id=item.sent_revision_id,
                body=body,
                hash=text.digest(body),
                built_by=who.name,
                built_at=unit.at,
            )
        )
    unit.session.add_all(documents)
    unit.session.flush()
    for (item, around, decision), document, content in zip(accepted, documents, contents, strict=True):
        item.inputs = around.inputs
        item.document_id = document.id
        item.accepted_by, item.accepted_at = who.name, unit.at
        item.problem = item.remedy = ""
        moves.move(unit, item, "accept", who.name, decision=decision)
        unit.session.add(_operation(unit, item, around.kind.begins_with_read(content["fields"])))


def document_of(around: Gathered) -> Content:
    """Everything that will be written, and every setting it was built from."""
    return {
        "kind": around.kind.kind,
        "procore_id": around.item.procore_id,
        "fields": around.kind.document(around.content, around.inputs, around.around),
        "settings": settings_read(around),
    }


def settings_read(around: Gathered) -> Content:
    """The connection settings an item's document depends on, as they stand."""
    return {name: around.around.settings.get(name) for name in around.kind.settings}


def documents(session: Session, items: Sequence[Item]) -> dict[int, Content]:
    """The approved documents of these items, whole."""
    query = select(Document.item_id, Document.body).where(Document.id.in_([item.document_id for item in items]))
    return {row.item_id: json.loads(row.body) for row in session.execute(query)}


def _operation(unit: Work, item: Item, reads_next: bool) -> Operation:
    return Operation(
        id=ids.short(),
        connection_id=unit.connection.id,
        kind=item.kind,
        item_id=item.id,
        document_id=item.document_id,
        lock_key=item.lock_key,
        state=OPERATION.initial,
        reads_next=reads_next,
        asked=0,
        made_at=unit.at,
    )


def _start_over(unit: Work, item: Item, operation: Operation) -> None:
    """Begin again under the same marker: what a lost write may have left behind is still looked for."""
    mine = Request.operation_seq == operation.seq
    doubtful = select(func.min(Request.number)).where(mine, Request.outcome == "unknown", Request.writes)
    first = unit.session.execute(doubtful).scalar_one()
    unit.session.execute(update(Request).where(mine, Request.number != (first or 0)).values(past=True))
    operation.reads_next = registry.kind(item.kind).begins_with_read(documents(unit.session, [item])[item.id]["fields"])
    operation.largest_set = operation.wait_for_session = operation.ended_at = None
    operation.problem = ""


def _reject(unit: Work, item: Item, who: Person, reason: str) -> None:
    _nothing_out(unit, item)
    if item.state == "queued":
        moves.move(unit, item, "hold", who.name, reason="rejected")
    _must_allow(item, "reject", "rejected")
    _not_bound(unit, item)
    moves.move(unit, item, "reject", who.name, reason=reason)
    item.problem, item.remedy = f"Rejected by {who.name}: “{reason}”.", "Change it in Procore and send it again."
    _back_to_newest(unit, item)
    _drop(unit, item)
    moves.clear_findings(unit, [item.id])
    release.release(unit, release.dependents(unit, [item]))


def _back_to_newest(unit: Work, item: Item) -> None:
    changed = item.sent_revision_id != item.seen_revision_id
    item.sent_revision_id = None
    if changed:
        intake.point_at_newest(unit, item)


def _not_bound(unit: Work, item: Item) -> None:
    if unit.session.get(Binding, item.id) is not None:
        raise Refusal(
            f"QuickBooks already holds {item.name}; it cannot go back to draft.",
            "Retry it, or correct it in QuickBooks and unlink it.",
            code="in_quickbooks",
        )


def _nothing_out(unit: Work, item: Item) -> None:
    out = (
        select(Request.id)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Operation.item_id == item.id, Request.state.in_(("out", "unknown")))
    )
    if unit.session.execute(out.limit(1)).first() or _in_doubt(unit, item):
        raise Refusal(
            f"{item.name} is on its way; QuickBooks may already have it.",
            "Wait for the next Web Connector session: it says what became of it."
            if item.state != "failed"
            else "Retry it: the next Web Connector session looks what became of it.",
            code="on_its_way",
        )


def _in_doubt(unit: Work, item: Item) -> bool:
    """Whether a write of the item was lost and nobody has looked since what became of it."""
    query = (
        select(Request.writes, Request.outcome)
        .join(Operation, Operation.seq == Request.operation_seq)
        .where(Operation.item_id == item.id, Operation.state != "dropped")
        .order_by(Operation.seq, Request.number)
    )
    doubt = False
    for writes, became in unit.session.execute(query):
        if writes and became == "unknown":
            doubt = True
        elif became in LOOKED:
            doubt = False
    return doubt


def _drop(unit: Work, item: Item) -> None:
    query = select(Operation).where(
        Operation.item_id == item.id, Operation.state.in_(("waiting", "ready", "working", "failed"))
    )
    for operation in unit.session.execute(query).scalars():
        OPERATION.move(operation, "drop")
        operation.ended_at = unit.at
