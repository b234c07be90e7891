"""When an accept is no longer good as it stands: too old, a parent under another name, the approver's right gone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import text
from app.core.decision import DENY, Decision, Finding, Link
from app.db.models import Binding, Connection, Item, ItemNeed, PersonAccess, User
from app.services import direct_export, procore_mode, procore_rights
from app.services.doubt import in_doubt
from app.services.people import access_of, profile_of
from app.services.rules_versions import policy

RULE = "second-look"
FILE = "(built in)"
DAYS = 30
FIX = "Look at it again and accept it anew, or reject it."


def note_shown(session: Session, items: Sequence[Item]) -> None:
    """Keep under which names the approver of these items saw what they point at."""
    need = ItemNeed
    query = (
        select(need.item_id, need.name, need.kind, need.procore_id, Item.name.label("procore"), Binding.full_name)
        .join(
            Item,
            (Item.connection_id == need.connection_id)
            & (Item.kind == need.kind)
            & (Item.procore_id == need.procore_id),
        )
        .outerjoin(Binding, Binding.item_id == Item.id)
        .where(need.item_id.in_([item.id for item in items]))
    )
    rows = [
        {
            "item_id": row.item_id,
            "name": row.name,
            "kind": row.kind,
            "procore_id": row.procore_id,
            "shown": row.full_name or row.procore,
        }
        for row in session.execute(query)
    ]
    if rows:
        session.execute(update(need), rows)


def second_looks(session: Session, connection: Connection, items: Sequence[Item], at: datetime) -> dict[int, Decision]:
    """Why accepted items go back to their approvers, by item id; the others are not in it.

    What is in doubt stays: QuickBooks is looked at first, and only its own marker finds it again.
    """
    found: dict[int, list[Finding]] = {}
    oldest = at - timedelta(days=int(connection.settings.get("second_look_days") or DAYS))
    barred = _barred(session, connection, items)
    for item in items:
        if item.accepted_at is not None and item.accepted_at < oldest:
            days = (at - item.accepted_at).days
            found.setdefault(item.id, []).append(_finding(f"{item.name} was accepted {days} days ago."))
        if (item.accepted_by, item.kind) in barred:
            found.setdefault(item.id, []).append(
                _finding(f"{item.accepted_by}, who accepted {item.name}, may no longer accept it.")
            )
    for item_id, finding in _relinked(session, items):
        found.setdefault(item_id, []).append(finding)
    for item_id in in_doubt(session, [item for item in items if item.id in found]):
        del found[item_id]
    version = connection.rules_version or ""
    return {item_id: Decision("queue", version, tuple(findings)) for item_id, findings in found.items()}


def asks_again(decision: Decision) -> bool:
    """Whether a decision sends an item back to its approvers instead of letting it wait."""
    return any(finding.rule == RULE for finding in decision.findings)


def _barred(session: Session, connection: Connection, items: Sequence[Item]) -> set[tuple[str, str]]:
    """The approvers and kinds where nobody of that name may accept any more."""
    accepts = {(item.accepted_by, item.kind) for item in items if item.accepted_by}
    if not accepts:
        return set()
    query = (
        select(User, PersonAccess)
        .join(PersonAccess, PersonAccess.user_id == User.id)
        .where(
            User.active,
            User.name.in_({name for name, _ in accepts}),
            PersonAccess.connection_id == connection.id,
        )
    )
    holds = [(row.User, access_of(row.PersonAccess)) for row in session.execute(query)]
    counts = procore_rights.all_in_force(session, connection, holds)
    people = [
        (user.name, access if said is not None and said.lost else held)
        for (user, held), (access, said) in zip(holds, counts, strict=True)
        if said is None or said.active  # that Procore was not reached lately takes no approval back
    ]
    rights = policy(session, connection)
    profile = profile_of(connection, rights)
    able = {
        (name, kind)
        for name, kind in accepts
        for other, access in people
        if other == name and rights.denial(access, "accept", kind, profile=profile) is None
    }
    able |= {(direct_export.actor(connection, kind), kind) for _, kind in accepts}
    able |= {(name, kind) for name, kind in accepts if procore_mode.accepted_there(connection, name)}
    return accepts - able


def _relinked(session: Session, items: Sequence[Item]) -> Iterable[tuple[int, Finding]]:
    """Parents that a person linked to another QuickBooks name than the approver saw."""
    need = ItemNeed
    query = (
        select(need.item_id, need.shown, Item, Binding.full_name, Binding.linked_by)
        .join(
            Item,
            (Item.connection_id == need.connection_id)
            & (Item.kind == need.kind)
            & (Item.procore_id == need.procore_id),
        )
        .join(Binding, Binding.item_id == Item.id)
        .where(need.item_id.in_([item.id for item in items]), need.shown != "", Binding.linked_by != "")
        .order_by(need.item_id, Item.id)
    )
    for row in session.execute(query):
        if not _same(row.shown, row.full_name):
            parent = row.Item
            yield (
                row.item_id,
                _finding(
                    f"{parent.name} was shown as “{row.shown}” when this was accepted; "
                    f"{row.linked_by} has linked it to “{row.full_name}” in QuickBooks since.",
                    Link(parent.kind, parent.id, parent.name, parent.state, True),
                ),
            )


def _same(shown: str, full_name: str) -> bool:
    """Whether a QuickBooks name is the one shown: whole, or as the leading code of it."""
    mine, leaf = text.same_name(shown.rsplit(":", 1)[-1]), text.same_name(full_name.rsplit(":", 1)[-1])
    return mine == leaf or mine.startswith(f"{leaf} ")


def _finding(sentence: str, *blocking: Link) -> Finding:
    return Finding(
        rule=RULE,
        file=FILE,
        effect=DENY,
        reason="data",
        message=f"Needs a second look: {sentence}",
        fix=FIX,
        blocking=blocking,
    )
