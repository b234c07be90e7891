"""What an answer changes: bindings, states, differences, and who may leave next."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select, update

from app.core.decision import DENY, Decision
from app.core.decision import Finding as Found
from app.db.engine import add_rows
from app.db.models import Binding, Conversation, Document, Item, Operation
from app.items.base import Again, Ask, Done, Hold, Refuse, Step
from app.services import discrepancies, moves, notices, refreshes, release, write_back
from app.services.unit import Work
from app.services.verdicts import FOUND_IN_QUICKBOOKS
from state_machines.operation import OPERATION

QUICKBOOKS = "QuickBooks"


class Settlement:
    """Settles the operations of one message set in one transaction, with a constant number of statements."""

    def __init__(self, unit: Work, conversation: Conversation, operations: Iterable[Operation]) -> None:
        self._unit, self._conversation = unit, conversation
        ids = [operation.item_id for operation in operations if operation.item_id is not None]
        rows = unit.session.execute(
            select(Item, Binding).outerjoin(Binding, Binding.item_id == Item.id).where(Item.id.in_(ids))
        )
        self._items: dict[int | None, Item] = {}
        self._bindings: dict[int, Binding] = {}
        for item, binding in rows:
            self._items[item.id] = item
            if binding is not None:
                self._bindings[item.id] = binding
        self._finished: list[int] = []  # operations, by seq
        self._aged: list[str] = []  # the locks of parents that changed and must be read again
        self._settled: list[Item] = []
        self._confirmed: list[tuple[Item, Done]] = []
        self._held: list[tuple[Item, Decision]] = []
        self._failed: list[Item] = []

    def apply(self, operation: Operation, step: Step) -> None:
        """Take one step of one operation. Raises IllegalMove where the tables do not allow it."""
        match step:
            case Ask():
                operation.reads_next = not step.writes
            case Done():
                self._finish(operation, step)
            case Refuse():
                self.fail(operation, step.sentence, step.what_to_do)
            case Hold():
                self._hold(operation, step)
            case Again():
                self._again(operation, step)

    def fail(self, operation: Operation, sentence: str, what_to_do: str) -> None:
        """QuickBooks, or our own check, refused it: a person must act."""
        if operation.state == "ready":
            OPERATION.move(operation, "start")
        OPERATION.move(operation, "fail")
        operation.problem, operation.ended_at = sentence, self._unit.at
        self._conversation.finished += 1
        item = self._items.get(operation.item_id)
        if item is None:
            refreshes.failed(self._unit, operation, sentence)
            return
        item.problem, item.remedy = sentence, what_to_do
        moves.move(self._unit, item, "refuse", QUICKBOOKS, reason=sentence)
        self._settled.append(item)
        self._failed.append(item)

    def close(self) -> list[Item]:
        """Write what was collected and let go whoever waited for it. Returns what was queued."""
        session = self._unit.session
        self._finish_all()
        with session.no_autoflush:  # every item is written once, not before each question
            self._bind()
            self._note_differences()
            write_back.want(self._unit, [item for item, _ in self._confirmed])
        session.flush()
        notices.failed(self._unit, self._failed)
        if self._held:
            moves.store_findings(self._unit, self._held)
        if self._settled:
            moves.clear_findings(self._unit, [item.id for item in self._settled])
        moved = [*self._settled, *(item for item, _ in self._held)]
        return release.release(self._unit, release.dependents(self._unit, moved))

    # -- one outcome each ------------------------------------------------------------------------------------------

    def _finish(self, operation: Operation, done: Done) -> None:
        if operation.state == "ready":
            OPERATION.move(operation, "start")
        OPERATION.destination("finish", operation.state)
        self._finished.append(operation.seq)
        if operation.lock_key and done.parent and done.parent_lines is None:
            self._aged.append(operation.lock_key)
        self._conversation.finished += 1
        item = self._items.get(operation.item_id)
        if item is None:
            refreshes.finished(self._unit, operation, done)
            return
        item.problem = item.remedy = ""
        reason = "found in QuickBooks, not written again" if done.adopted else ""
        moves.move(self._unit, item, "confirm", QUICKBOOKS, reason=reason)
        self._confirmed.append((item, done))
        self._settled.append(item)

    def _hold(self, operation: Operation, hold: Hold) -> None:
        if operation.state != "ready":
            OPERATION.move(operation, "put_back")
        OPERATION.move(operation, "hold")
        OPERATION.move(operation, "drop")
        operation.ended_at = self._unit.at
        item = self._items.get(operation.item_id)
        assert item is not None  # noqa: S101  # refreshes never hold
        finding = Found(
            rule=hold.rule,
            file=FOUND_IN_QUICKBOOKS,
            effect=DENY,
            reason="data",
            message=hold.sentence,
            fix=hold.what_to_do,
            field=hold.field,
        )
        decision = Decision("queue", self._unit.connection.rules_version or "", (finding,))
        item.problem, item.remedy = hold.sentence, hold.what_to_do
        moves.move(self._unit, item, "hold", QUICKBOOKS, reason=hold.sentence, decision=decision)
        # A person must choose, and accept once more what they chose.
        moves.move(self._unit, item, "take_back", QUICKBOOKS, reason=hold.sentence)
        self._held.append((item, decision))

    def _again(self, operation: Operation, again: Again) -> None:
        operation.wait_for_session = self._conversation.id
        operation.problem = again.sentence
        if operation.state != "ready":
            OPERATION.move(operation, "put_back")

    def _finish_all(self) -> None:
        """All that ended well, in one statement: most of a set."""
        if self._finished:
            ended = {"state": OPERATION.destination("finish", "working"), "ended_at": self._unit.at}
            done = update(Operation).where(Operation.seq.in_(self._finished)).values(ended)
            self._unit.session.execute(done, execution_options={"synchronize_session": False})

    def _bind(self) -> None:
        if not self._confirmed:
            return
        revisions = self._written_revisions()
        rows = []
        for item, done in self._confirmed:
            item.written_revision_id = revisions.get(item.document_id or 0)
            item.written_document_id = item.document_id
            values = {
                "item_id": item.id,
                "connection_id": item.connection_id,
                "record": done.record,
                "quickbooks_id": done.quickbooks_id,
                "edit_sequence": done.edit_sequence,
                "full_name": done.full_name,
                "lines": list(done.lines),
                "conversation_id": self._conversation.id,
                "bound_at": self._unit.at,
            }
            if existing := self._bindings.get(item.id):
                for name, value in values.items():
                    setattr(existing, name, value)
            else:
                rows.append(values)
        add_rows(self._unit.session, Binding, rows)
        self._renew_parents()

    def _note_differences(self) -> None:
        """What QuickBooks saved otherwise than approved, of new records and of those that stand already."""
        found = {item.id: [discrepancies.Found(one) for one in done.differences] for item, done in self._confirmed}
        items = [item for item, _ in self._confirmed if found[item.id] or item.difference]
        if items:
            discrepancies.note(self._unit, discrepancies.WRITE, found, items)

    def _written_revisions(self) -> dict[int, int]:
        wanted = [item.document_id for item, _ in self._confirmed]
        query = select(Document.id, Document.revision_id).where(Document.id.in_(wanted))
        return {row.id: row.revision_id for row in self._unit.session.execute(query)}

    def _renew_parents(self) -> None:
        """A Mod's answer is the newest word on the order it changed."""
        for _, done in self._confirmed:
            if done.parent is None:
                continue
            kind, procore_id = done.parent
            query = (
                select(Binding)
                .join(Item, Item.id == Binding.item_id)
                .where(Item.connection_id == self._unit.connection.id, Item.kind == kind, Item.procore_id == procore_id)
            )
            parent = self._unit.session.execute(query).scalar_one()
            if done.parent_lines is None:
                parent.conversation_id = None
                continue
            parent.edit_sequence, parent.lines = done.edit_sequence, list(done.parent_lines)
            parent.conversation_id = self._conversation.id
        if self._aged:  # whoever stands next in line reads first, in one set with everybody else who does
            next_in_line = update(Operation).where(
                Operation.connection_id == self._unit.connection.id,
                Operation.lock_key.in_(self._aged),
                Operation.state == "ready",
            )
            reads = next_in_line.values(reads_next=True)
            self._unit.session.execute(reads, execution_options={"synchronize_session": False})
