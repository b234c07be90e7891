"""Accept: a person approves what will be written, and it leaves as soon as it may."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core import text
from app.core.decision import OVERRIDDEN, Decision
from app.core.errors import Conflict, Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Document, Item, Revision
from app.items.base import Content
from app.rulebook import decide
from app.services import discrepancies, moves, permissions, release, rules_versions, second_look
from app.services.gather import Gathered, gather
from app.services.lifecycle import operations
from app.services.lifecycle.documents import document_of
from app.services.lifecycle.walk import Outcome, Outcomes, each, must_allow, refusal
from app.services.people import Person
from app.services.unit import Work


def accept(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    inputs: Mapping[int, Content] | None = None,
    *,
    expected: Mapping[int, int] | None = None,
    warned_seen: bool = False,
    override: str = "",
) -> Outcomes:
    """Approve items: build and hash what will be written, and let it leave as soon as it may.

    ``inputs`` are what the approver filled in, by item. ``expected`` are the versions the
    approver looked at: an item that moved since is refused with a Conflict. What a rule warns
    of is left out, for a person must look at it, unless ``warned_seen``: the remark was shown.
    ``override`` is the reason of a person who, with the right to do so, accepts what another should.
    """
    override = text.squeeze(override)
    if override and (found := who.refusal("override")):
        permissions.note(database, connection_id, who, "override", found, item_ids)
        raise found

    def many(unit: Work, items: Sequence[Item], person: Person) -> Outcomes:
        return accept_many(unit, items, person, inputs or {}, expected, warned_seen, override)

    return each(database, connection_id, who, "accept", item_ids, many)


def accept_many(
    unit: Work,
    items: Sequence[Item],
    who: Person,
    inputs: Mapping[int, Content],
    expected: Mapping[int, int] | None = None,
    warned_seen: bool = False,
    override: str = "",
) -> Outcomes:
    """The same within a transaction."""
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, items, dict(inputs))
    found = Outcomes()
    accepted = []
    for item in items:
        outcome = Outcome(item.id, item.name, item.state)
        try:
            _may_accept(item, (expected or {}).get(item.id))
            facts = around[item.id].facts(unit.connection, approver=who.name)
            outcome.decision = decide.decide(pack, facts, "accept")
            if override and outcome.decision.overridable:
                outcome.decision = outcome.decision.overridden()
            if not outcome.decision.allowed:
                raise refusal(outcome.decision)
            if not warned_seen:
                _not_warned(item, outcome.decision, decide.decide(pack, facts, "queue"))
            accepted.append((item, around[item.id], outcome.decision))
        except TieoutError as problem:
            outcome.problem = problem
        found.each.append(outcome)
    _approve(unit, who, accepted, override)
    discrepancies.note_approvals(unit, who.name, [(item, said) for item, _, said in accepted], override)
    second_look.note_shown(unit.session, [item for item, _, _ in accepted])
    release.release(unit, [item for item, _, _ in accepted])
    states = {item.id: item.state for item in items}
    for outcome in found.each:
        outcome.state = states[outcome.item_id]
    return found


def _may_accept(item: Item, expected: int | None) -> None:
    must_allow(item, "accept", "accepted")
    if expected is not None and expected != item.version:
        raise Conflict(f"{item.name} changed while you looked at it.", "Look at it again, then decide.")
    if item.sent_revision_id != item.seen_revision_id:
        raise Refusal(
            f"{item.name} was changed in Procore after it was sent.",
            "Open it, look at the difference, and take the newer version; or reject it.",
            code="changed_in_procore",
        )


def _not_warned(item: Item, *decisions: Decision) -> None:
    for warning in (finding for decision in decisions for finding in decision.warnings):
        raise Refusal(
            f"{item.name} waits for a person to look at it: {warning.message}",
            "Somebody who may accept it decides.",
            code="warned",
            rule_id=f"{warning.file}:{warning.rule}",
        )


def _seen(unit: Work, item: Item, around: Gathered) -> Content:
    """What Procore says of an item now, by which a month is told."""
    if item.seen_revision_id in {None, item.sent_revision_id}:
        return around.content
    return unit.session.get_one(Revision, item.seen_revision_id).content


def _approve(unit: Work, who: Person, accepted: Sequence[tuple[Item, Gathered, Decision]], override: str) -> None:
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
        item.day = around.kind.day(_seen(unit, item, around), item.inputs, "UTC")
        item.document_id = document.id
        item.accepted_by, item.accepted_at = who.name, unit.at
        item.problem = item.remedy = ""
        passed = [one.rule for one in decision.findings if one.effect == OVERRIDDEN]
        moves.move(unit, item, "accept", who.name, reason=override if passed else "", decision=decision)
        if passed:
            unit.trail.add(Tag.SEPARATION_OVERRIDDEN, who.name, item.id, passed_over=passed, reason=override)
        unit.session.add(operations.new(unit, item, around.kind.begins_with_read(content["fields"])))
