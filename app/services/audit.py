"""The append-only trail: one event per change, chained by hashes, written in the change's own transaction."""

from __future__ import annotations

import csv
import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TextIO

from sqlalchemy import Select, bindparam, select, update
from sqlalchemy.orm import Session

from app.core import clock, ids, text
from app.core.tags import Tag
from app.db.engine import Database, add_rows
from app.db.models import Chain, Event, EventPayload, Transition

SERVICE = "service"
GENESIS = "0" * 64
HEAD = select(Chain).where(Chain.name == bindparam("name")).with_for_update()


def chain_of(connection_id: int) -> str:
    """The name of a connection's chain."""
    return f"connection:{connection_id}"


def seen_from(connection_id: int) -> tuple[str, ...]:
    """The chains that concern whoever works on a connection: its own, and the service's."""
    return (chain_of(connection_id), SERVICE)


def link(previous: str, body: str) -> str:
    """The hash of an event: SHA-256 over the hash before it, a line feed, and the SHA-256 of its own text.

    So the chain can be followed past an event whose text is not to be shown.
    """
    return text.digest(f"{previous}\n{text.digest(body)}")


def payload_digest(salt: str, payload: str) -> str:
    """What stands for a payload inside an event's text."""
    return text.digest(f"{salt}\n{payload}")


class Trail:
    """Collects the events and moves of one write transaction and appends them at its end."""

    def __init__(self, session: Session, chain: str) -> None:
        self._session, self._chain = session, chain
        self._pending: list[tuple[Tag, str, int | None, str, dict[str, Any]]] = []
        self._moves: list[dict[str, Any]] = []
        head = session.execute(HEAD, {"name": chain}).scalar_one_or_none()
        if head is None:
            head = Chain(name=chain, seq=0, hash=GENESIS)
            session.add(head)
            session.flush()
        self._head = head

    def add(self, tag: Tag, actor: str, item_id: int | None = None, *, rules: str = "", **payload: Any) -> None:
        """Note one change; ``payload`` may hold personal data and can later be redacted."""
        self._pending.append((tag, actor, item_id, rules, payload))

    def add_move(self, transition: dict[str, Any]) -> None:
        """Note one move of one item: the row of its transition."""
        self._moves.append(transition)

    @contextmanager
    def forgotten_on_error(self) -> Iterator[None]:
        """What is noted inside goes again when the block fails."""
        events, moves = len(self._pending), len(self._moves)
        try:
            yield
        except BaseException:
            del self._pending[events:], self._moves[moves:]
            raise

    def write(self) -> None:
        """Append what was collected. Called once, right before the transaction commits."""
        add_rows(self._session, Transition, self._moves)
        self._moves.clear()
        if not self._pending:
            return
        at = clock.now()
        stamp, seq, last = at.isoformat(), self._head.seq, self._head.hash
        events, payloads = [], []
        for tag, actor, item_id, rules, payload in self._pending:
            seq += 1
            salt, content = ids.secret(12), text.canonical(payload)
            body = text.canonical(
                {
                    "chain": self._chain,
                    "seq": seq,
                    "at": stamp,
                    "tag": tag.value,
                    "actor": actor,
                    "item": item_id,
                    "rules": rules,
                    "payload": payload_digest(salt, content),
                }
            )
            last = link(last, body)
            events.append(
                {
                    "chain": self._chain,
                    "seq": seq,
                    "at": at,
                    "tag": tag.value,
                    "actor": actor,
                    "item_id": item_id,
                    "body": body,
                    "hash": last,
                }
            )
            payloads.append({"chain": self._chain, "seq": seq, "salt": salt, "payload": content})
        add_rows(self._session, Event, events)
        add_rows(self._session, EventPayload, payloads)
        self._session.execute(update(Chain).where(Chain.name == self._chain).values(seq=seq, hash=last))
        self._pending.clear()


@dataclass
class Verdict:
    """What the verifier found in one chain."""

    chain: str
    events: int
    problem: str = ""  # empty: every event is in its place
    first_bad: int = 0
    redacted: int = 0

    @property
    def ok(self) -> bool:
        return not self.problem


#: So often a chain that does not fit is looked at again.
MORE_LOOKS = 2


def verify(database: Database, only: Collection[str] = ()) -> list[Verdict]:
    """Recompute every chain, or only these, and name the first event that does not fit."""
    with database.reading() as session:
        heads = {head.name: head for head in session.execute(select(Chain)).scalars()}
        written = session.execute(select(Event.chain).distinct()).scalars()
        return [
            _verify_growing(session, heads[name])
            if name in heads
            else Verdict(name, 0, "the head of this chain is missing", 1)
            for name in sorted({*heads, *written})
            if not only or name in only
        ]


def _verify_growing(session: Session, head: Chain) -> Verdict:
    """A chain may grow between the look at its head and the one at its events: what does not fit is looked at again."""
    verdict = _verify_chain(session, head)
    for _ in range(MORE_LOOKS):
        if verdict.ok:
            break
        session.refresh(head)
        verdict = _verify_chain(session, head)
    return verdict


def _verify_chain(session: Session, head: Chain) -> Verdict:
    verdict, last = Verdict(head.name, 0), GENESIS
    for event, payload in session.execute(_joined(head.name).execution_options(yield_per=1000)):
        verdict.events += 1
        problem = _problem(event, payload, verdict.events, last)
        if problem:
            verdict.problem, verdict.first_bad = problem, verdict.events
            return verdict
        verdict.redacted += payload is None
        last = event.hash
    if (verdict.events, last) != (head.seq, head.hash):
        verdict.problem = f"the chain should end at event {head.seq}, the last one found is {verdict.events}"
        verdict.first_bad = verdict.events + 1
    return verdict


def _problem(event: Event, payload: EventPayload | None, expected: int, last: str) -> str:
    if event.seq != expected:
        return f"event {expected} is missing"
    if link(last, event.body) != event.hash:
        return f"event {event.seq} was changed: its hash does not follow from the one before"
    body = json.loads(event.body)
    shown = (event.chain, event.seq, event.tag, event.actor, event.item_id, event.at.isoformat())
    if shown != (body["chain"], body["seq"], body["tag"], body["actor"], body["item"], body["at"]):
        return f"event {event.seq}: a column was changed and no longer says what the hashed text says"
    if payload is not None and payload_digest(payload.salt, payload.payload) != body["payload"]:
        return f"event {event.seq}: its payload was changed"
    return ""


def _joined(chain: str) -> Select[Event, EventPayload]:
    return (
        select(Event, EventPayload)
        .outerjoin(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .where(Event.chain == chain)
        .order_by(Event.seq)
    )


@dataclass(frozen=True)
class Filter:
    """Which events to export; nothing given means all."""

    chain: str = ""
    item_id: int | None = None
    actor: str = ""
    tag: str = ""
    since: datetime | None = None
    until: datetime | None = None


def lines(database: Database, wanted: Filter) -> Iterator[dict[str, Any]]:
    """The events a filter asks for, oldest first, as plain rows."""
    query = select(Event, EventPayload).outerjoin(
        EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq)
    )
    for column, value in ((Event.chain, wanted.chain), (Event.actor, wanted.actor), (Event.tag, wanted.tag)):
        if value:
            query = query.where(column == value)
    if wanted.item_id is not None:
        query = query.where(Event.item_id == wanted.item_id)
    if wanted.since:
        query = query.where(Event.at >= wanted.since)
    if wanted.until:
        query = query.where(Event.at < wanted.until)
    with database.reading() as session:
        ordered = query.order_by(Event.chain, Event.seq).execution_options(yield_per=500)
        for event, payload in session.execute(ordered):
            yield {
                "chain": event.chain,
                "seq": event.seq,
                "at": event.at.isoformat(),
                "tag": event.tag,
                "actor": event.actor,
                "item": event.item_id,
                "payload": json.loads(payload.payload) if payload else None,
                "hash": event.hash,
            }


COLUMNS = ("chain", "seq", "at", "tag", "actor", "item", "payload", "hash")


def write_csv(database: Database, wanted: Filter, out: TextIO) -> int:
    """Write the events as CSV that a spreadsheet opens safely; returns the number of rows."""
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    count = 0
    for count, row in enumerate(lines(database, wanted), 1):  # noqa: B007
        payload = "(redacted)" if row["payload"] is None else text.canonical(row["payload"])
        writer.writerow([text.harmless_cell({**row, "payload": payload}[column]) for column in COLUMNS])
    return count


def write_jsonl(database: Database, wanted: Filter, out: TextIO) -> int:
    """Write the events as JSON Lines; returns the number of rows."""
    count = 0
    for count, row in enumerate(lines(database, wanted), 1):  # noqa: B007
        out.write(text.canonical(row) + "\n")
    return count
