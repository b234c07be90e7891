"""Send, retrieve, and look at the newer version: what the project team puts before the approvers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.core.errors import Refusal, TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Item
from app.items import registry
from app.rulebook import decide
from app.services import intake, moves, procore_mode, rules_versions
from app.services.gather import gather
from app.services.lifecycle import by_proxy, undoing
from app.services.lifecycle.walk import Outcome, Outcomes, each, must_allow, one_by_one, refusal
from app.services.people import Person
from app.services.unit import Work


def send(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Put drafts, and changes of what QuickBooks holds, before the approvers; what was sent stays as it is.

    Where Direct Export is on for the kind, no approver is waited for.
    """
    procore_mode.must_be_sent_here(who)
    sent = each(database, connection_id, who, "send", item_ids, _send_many, expected)
    by_proxy.follow(database, connection_id, who, sent)
    return sent


def retrieve(
    database: Database,
    connection_id: int,
    who: Person,
    item_ids: Sequence[int],
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Take sent items back before anybody decided: to draft, or to what QuickBooks holds."""
    return each(database, connection_id, who, "retrieve", item_ids, one_by_one(_retrieve), expected)


def take_newer(
    database: Database,
    connection_id: int,
    who: Person,
    item_id: int,
    *,
    expected: Mapping[int, int] | None = None,
) -> Outcomes:
    """Look at what Procore says now instead of what was sent."""

    def one(unit: Work, item: Item, person: Person) -> None:
        if item.state != "sent":
            raise Refusal(f"{item.name} is {item.state}, not waiting for a decision.", "Take it back first.")
        before, item.sent_revision_id = item.sent_revision_id, item.seen_revision_id
        intake.point_at_newest(unit, item)
        item.version += 1
        unit.trail.add(Tag.ITEM_NEWER_TAKEN, person.name, item.id, before=before, after=item.sent_revision_id)

    return each(database, connection_id, who, "accept", [item_id], one_by_one(one), expected)


def _send_many(unit: Work, items: Sequence[Item], who: Person) -> Outcomes:
    found = Outcomes()
    pack = rules_versions.pack(unit.session, unit.connection)
    around = gather(unit.session, unit.connection, items, newest=True)
    for item in items:
        outcome = Outcome(item.id, item.name, item.state)
        try:
            trigger = _trigger(item)
            before, item.sent_by = item.sent_by, who.name
            outcome.decision = decide.decide(pack, around[item.id].facts(unit.connection), "send")
            if not outcome.decision.allowed:
                item.sent_by = before
                raise refusal(outcome.decision)  # one place turns problems into outcomes
            moves.move(unit, item, trigger, who.name, decision=outcome.decision)
            item.sent_revision_id = item.seen_revision_id
            item.problem = item.remedy = ""
            if trigger == "amend":
                intake.point_at_newest(unit, item)
        except TieoutError as problem:
            outcome.problem = problem
        outcome.state = item.state
        found.each.append(outcome)
    return found


def _trigger(item: Item) -> str:
    """The move that sends it: a draft for the first time, what QuickBooks holds as a change of it."""
    if item.state != "synced" or item.seen_revision_id == item.written_revision_id:
        must_allow(item, "send", "sent")
        return "send"
    kind = registry.kind(item.kind)
    if not kind.amends:
        raise Refusal(
            f"QuickBooks already holds {item.name}; a later change of a {kind.label.lower()} is not written over it.",
            f"Change it in QuickBooks by hand, or undo the change in Procore ({kind.quickbooks} in QuickBooks).",
            code="in_quickbooks",
        )
    return "amend"


def _retrieve(unit: Work, item: Item, who: Person) -> None:
    must_allow(item, "retrieve", "retrieved")
    if undoing.in_quickbooks(unit, item):
        undoing.revert(unit, item, who.name, f"retrieved by {who.name}")
        return
    moves.move(unit, item, "retrieve", who.name)
    undoing.back_to_newest(unit, item)
    moves.clear_findings(unit, [item.id])
