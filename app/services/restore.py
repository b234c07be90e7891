"""After a restore: the database is a copy from earlier, and QuickBooks may hold more than it knows of.

A restore is noticed by a small file beside the data, which remembers how long each connection's trail was when
something last left; or it is declared by a person. From then on the first thing asked in QuickBooks about each item is
a look, and nothing is written onto what Tieout wrote in the hours that are missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Chain, Connection, Conversation, Event, MessageSet, Operation, RefreshLog, Request
from app.items.base import Hold, Reply
from app.services import audit, recover
from app.services.unit import Work, work
from state_machines.conversation import CONVERSATION, LIVE

SERVICE = "service"
#: The steps by which kinds write; where one was lost, each kind looks first.
WRITING = ("add", "mod")
#: A step no kind has: whoever finds it unanswered looks, and thinks nothing else of it.
LOOK_AGAIN = "before the restore"
_MARKER = re.compile(r"\btie:([0-9a-z]+)")


class Newest:
    """The end of each connection's trail when something last left, kept outside the database: a small file each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, database: Database, connection_id: int) -> None:
        """Remember how far the trail is. Written whole or not at all."""
        with database.reading() as session:
            head = session.get_one(Chain, audit.chain_of(connection_id))
        file = self._file(connection_id)
        beside = file.with_suffix(".new")
        beside.write_text(f"{head.seq} {head.hash}\n", encoding="ascii")
        beside.replace(file)

    def is_older(self, database: Database, connection_id: int) -> bool:
        """Whether the trail in the database is not the one that was remembered: it is shorter, or another."""
        file = self._file(connection_id)
        seq, _, remembered = (file.read_text(encoding="ascii") if file.exists() else "").strip().partition(" ")
        if not remembered:
            return False
        query = select(Event.hash).where(Event.chain == audit.chain_of(connection_id), Event.seq == int(seq))
        with database.reading() as session:
            return session.execute(query).scalar_one_or_none() != remembered

    def _file(self, connection_id: int) -> Path:
        return self._folder / f"newest-{connection_id}.txt"


def notice(database: Database, newest: Newest | None, connection_id: int) -> None:
    """Before a session begins: declare a restore that nobody declared."""
    if newest is not None and newest.is_older(database, connection_id):
        declare(database, connection_id, SERVICE)
        newest.keep(database, connection_id)


def declare(database: Database, connection_id: int, actor: str) -> int:
    """The database is a copy from earlier: everything open starts as unknown. Returns how many operations that is."""
    with work(database, connection_id) as unit:
        _end_sessions(unit)
        _give_up_sets(unit)
        unit.connection.restored_from = _last_word(unit)
        unit.connection.last_set_id = ""  # QuickBooks remembers a later set by now
        opened = update(Operation).where(
            Operation.connection_id == connection_id,
            Operation.item_id.is_not(None),
            Operation.state.in_(("waiting", "ready", "working", "failed")),
        )
        looks = unit.session.execute(opened.values(reads_next=True).returning(Operation.seq)).all()
        unit.session.execute(delete(RefreshLog).where(RefreshLog.connection_id == connection_id))
        unit.trail.add(
            Tag.DATABASE_RESTORED, actor, copy_of=unit.connection.restored_from.isoformat(), operations=len(looks)
        )
        return len(looks)


def _end_sessions(unit: Work) -> None:
    """A session the copy believes to be running ended long ago."""
    live = select(Conversation).where(Conversation.connection_id == unit.connection.id, Conversation.state.in_(LIVE))
    for conversation in unit.session.execute(live).scalars():
        CONVERSATION.move(conversation, "expire")
        conversation.ended_at = unit.at


def _give_up_sets(unit: Work) -> None:
    """Their bytes must not leave again: QuickBooks may have forgotten their answer, and would run them once more."""
    query = select(MessageSet).where(
        MessageSet.connection_id == unit.connection.id,
        MessageSet.state.in_(("out", "lost")),
        MessageSet.answer.is_(None),
    )
    for message_set in unit.session.execute(query).scalars():
        if message_set.writes:
            recover.abandon(unit, message_set, "the database was restored")
        else:
            recover.lose(unit, message_set, "the database was restored")


def _last_word(unit: Work) -> datetime:
    """The moment the copy was made, as near as it knows: everything that is missing happened later."""
    query = select(func.max(Event.at)).where(Event.chain == audit.chain_of(unit.connection.id))
    return unit.session.execute(query).scalar_one() or unit.connection.connected_at


# -- what follows from it ------------------------------------------------------------------------------------------


def doubts(session: Session, connection: Connection, operations: Sequence[Operation]) -> dict[int, list[Reply]]:
    """What each operation is told of the missing hours: a write may have left, and no answer is known.

    It ends for an item with its first write after the restore, which a look came before. An operation that comes after
    another's look is only made to look again: a person saw what was found, and accepted once more.
    """
    copied = connection.restored_from
    items = [operation.item_id for operation in operations if operation.item_id is not None]
    if copied is None or not items:
        return {}
    query = (
        select(Operation.item_id, Operation.seq, Request.writes)
        .join(Request, Request.operation_seq == Operation.seq)
        .where(Operation.item_id.in_(items), Request.made_at > copied)
        .order_by(Operation.seq)
    )
    since = session.execute(query).all()
    written = {row.item_id for row in since if row.writes}
    first = {row.item_id: row.seq for row in reversed(since)}
    lost = {step: Reply(step=step, outcome="unknown", handed_out=copied) for step in (*WRITING, LOOK_AGAIN)}
    return {
        one.seq: [lost[step] for step in (WRITING if first.get(one.item_id, one.seq) == one.seq else (LOOK_AGAIN,))]
        for one in operations
        if one.item_id is not None and one.item_id not in written
    }


def in_order(known: Sequence[Reply], missing: Sequence[Reply]) -> Sequence[Reply]:
    """What is missing stands between what the copy knows and what came after the restore."""
    if not missing:
        return known
    copied = missing[0].handed_out
    earlier = [one for one in known if copied is None or one.handed_out is None or one.handed_out <= copied]
    return [*earlier, *missing, *known[len(earlier) :]]


def holds(session: Session, connection: Connection, answers: Mapping[str, str]) -> dict[str, Hold]:
    """The answers that show a marker of ours which no operation of this database has, each with why to write nothing.

    A marker of a dropped operation counts as strange too: what it wrote, if it did, was in the missing hours.
    """
    if connection.restored_from is None:
        return {}
    marked = {name: found for name, answer in answers.items() if (found := set(_MARKER.findall(answer)))}
    query = select(Operation.id).where(Operation.id.in_(set().union(*marked.values())), Operation.state != "dropped")
    known = set(session.execute(query).scalars()) if marked else set()
    return {name: _hold(min(strange)) for name, found in marked.items() if (strange := found - known)}


def _hold(marker: str) -> Hold:
    return Hold(
        rule="written-before-the-restore",
        sentence="QuickBooks holds something Tieout wrote for this that the restored database does not know "
        f"(it is marked tie:{marker}).",
        what_to_do="Delete it in QuickBooks and accept this item again: it is written anew. "
        "If it has to stay as it is, reject this item.",
    )
