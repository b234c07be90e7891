"""Everything that happened to one item, in one line of time: moves, decisions, notices, write-backs, sessions."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.tags import Tag
from app.db.models import Event, EventPayload, Item, MessageSet, Operation, Request
from app.services import audit

GROUPS = {
    "decision": "Decisions",
    "move": "Moves",
    "notice": "Notices",
    "procore": "Told to Procore",
    "session": "Sessions",
}
#: Moves that a person makes; all others follow from them.
DECISIONS = frozenset(
    {"send", "retrieve", "accept", "take_back", "reject", "retry", "amend", "revert", "link", "unlink"}
)
TOLD = frozenset(
    {Tag.WRITTEN_BACK, Tag.WRITE_BACK_FAILED, Tag.UPDATED_IN_PROCORE, Tag.PAYMENT_ISSUED, Tag.PAYMENT_FAILED}
)
#: What an event says, in the order in which it is shown.
SAYS = ("sentence", "problem", "reason", "what_to_do")
#: The newest so many events; older ones are on the audit trail.
MOST = 300


@dataclass(frozen=True)
class Entry:
    """One thing that happened."""

    at: datetime
    group: str
    tag: str  # of an event; empty for a request
    actor: str
    move: str = ""
    before: str = ""
    after: str = ""
    says: str = ""
    rules_version: str = ""
    findings: tuple[str, ...] = ()
    request: Request | None = None
    conversation_id: int | None = None
    redacted: bool = False


def load(session: Session, item: Item) -> tuple[Entry, ...]:
    """All of it, the newest first."""
    entries = [*_events(session, item), *_requests(session, item)]
    return tuple(sorted(entries, key=lambda entry: entry.at, reverse=True))


def _events(session: Session, item: Item) -> Iterable[Entry]:
    query = (
        select(Event, EventPayload.payload)
        .outerjoin(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.item_id == item.id, Event.chain == audit.chain_of(item.connection_id))
        .order_by(Event.seq.desc())
        .limit(MOST)
    )
    for event, payload in session.execute(query):
        yield entry(event, json.loads(payload) if payload else None)


def entry(event: Event, payload: Mapping[str, Any] | None) -> Entry:
    """One event with what it was about, where that was not redacted."""
    said = payload or {}
    move = str(said.get("move", "")) if event.tag == Tag.ITEM_MOVED else ""
    return Entry(
        at=event.at,
        group=_group(event.tag, move),
        tag=event.tag,
        actor=event.actor,
        move=move,
        before=_text(said.get("before")),
        after=_text(said.get("after")),
        says=_says(said),
        rules_version=str(json.loads(event.body).get("rules") or ""),
        findings=tuple(map(str, said.get("findings") or ())) if move else (),
        redacted=payload is None,
    )


def _group(tag: str, move: str) -> str:
    if move:
        return "decision" if move in DECISIONS else "move"
    return "procore" if tag in TOLD else "notice"


def _says(said: Mapping[str, Any]) -> str:
    words = [str(said[name]) for name in SAYS if said.get(name)]
    return " ".join([*words, "; ".join(map(str, said.get("differences") or ()))]).strip()


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _requests(session: Session, item: Item) -> Iterable[Entry]:
    query = (
        select(Request, MessageSet.conversation_id)
        .join(Operation, Operation.seq == Request.operation_seq)
        .join(MessageSet, MessageSet.id == Request.set_id)
        .where(Operation.item_id == item.id)
        .order_by(Request.made_at.desc(), Request.number.desc())
        .limit(MOST)
    )
    for request, conversation_id in session.execute(query):
        yield Entry(request.made_at, "session", "", "Web Connector", request=request, conversation_id=conversation_id)


def counts(entries: Sequence[Entry]) -> dict[str, int]:
    """How many entries each filter shows."""
    return {group: sum(entry.group == group for entry in entries) for group in GROUPS}
