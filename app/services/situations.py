"""Where each operation stands: its document, its answers so far, and QuickBooks' ids of what it points at."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Row, or_, select
from sqlalchemy.orm import Session

from app.core import text
from app.db.models import Binding, Connection, Conversation, Document, Item, ItemNeed, MessageSet, Operation, Request
from app.items import registry
from app.items.base import BindingView, Content, Reply, Situation
from app.qbxml import parse
from app.qbxml.status import Verdict
from app.services import restore
from app.services.gather import Key, matching, view

MARKER = "tie:"
#: A kept answer is one element; to be read it stands in a set again.
ALONE = "<QBXML><QBXMLMsgsRs>{}</QBXMLMsgsRs></QBXML>"


@dataclass
class Standing:
    """One operation and its situation."""

    operation: Operation
    situation: Situation
    document: Content  # the whole approved document; empty for a refresh
    intact: bool = True  # the document's text still has the hash it was approved with


def standings(
    session: Session, connection: Connection, conversation: Conversation, operations: Sequence[Operation]
) -> list[Standing]:
    """The situation of every operation, in a constant number of statements."""
    documents = _documents(session, operations)
    bound = _bound(session, connection.id, conversation.id, operations)
    looked_at = _looked_at(session, connection.id, conversation.id, operations)
    own = _own(session, conversation.id, operations)
    replies = _replies(session, conversation.id, operations)
    missing = restore.doubts(session, connection, operations)
    found = []
    for operation in operations:
        document = documents.get(operation.document_id)
        content: Content = json.loads(document.body) if document else {}
        situation = Situation(
            document=content["fields"] if document else operation.params,
            marker=MARKER + operation.id,
            replies=restore.in_order(replies.get(operation.seq, []), missing.get(operation.seq, [])),
            bound=bound.get(operation.item_id or 0) or looked_at.get(operation.seq, {}),
            own=own.get(operation.item_id or 0),
            host=connection.host,
        )
        intact = document is None or text.digest(document.body) == document.hash
        found.append(Standing(operation, situation, content, intact))
    return found


def _documents(session: Session, operations: Sequence[Operation]) -> dict[int | None, Row[int, str, str]]:
    wanted = {operation.document_id for operation in operations if operation.document_id is not None}
    if not wanted:
        return {}
    query = select(Document.id, Document.body, Document.hash).where(Document.id.in_(wanted))
    return {row.id: row for row in session.execute(query)}


def _bound(
    session: Session, connection_id: int, conversation_id: int, operations: Sequence[Operation]
) -> dict[int, dict[Key, BindingView]]:
    """The bindings of everything the operations' items need, by item id."""
    items = [operation.item_id for operation in operations if operation.item_id is not None]
    needs: dict[int, list[Key]] = defaultdict(list)
    query = select(ItemNeed.item_id, ItemNeed.kind, ItemNeed.procore_id).where(ItemNeed.item_id.in_(items))
    for item_id, kind, procore_id in session.execute(query):
        needs[item_id].append((kind, procore_id))
    keys = {key for of_item in needs.values() for key in of_item}
    if not keys:
        return {}
    bound = (
        select(Item.kind, Item.procore_id, Binding)
        .join(Binding, Binding.item_id == Item.id)
        .where(matching(keys, connection_id))
    )
    views = {(row.kind, row.procore_id): view(row.Binding, conversation_id) for row in session.execute(bound)}
    return {item: {key: views[key] for key in of_item if key in views} for item, of_item in needs.items()}


def _looked_at(
    session: Session, connection_id: int, conversation_id: int, operations: Sequence[Operation]
) -> dict[int, dict[Key, BindingView]]:
    """The bindings of the kinds a refresh looks at, by operation: of its project, or all of them."""
    found = {}
    for operation in operations:
        refresh = registry.refreshes().get(operation.kind)
        if refresh is None or not refresh.needs:
            continue
        query = (
            select(Item.kind, Item.procore_id, Binding)
            .join(Binding, Binding.item_id == Item.id)
            .where(Item.connection_id == connection_id, Item.kind.in_(refresh.needs))
            .order_by(Item.id)  # a list asked for in parts stands in the same order each time
        )
        if refresh.per:
            query = query.where(Item.project_id == operation.scope)
        found[operation.seq] = {
            (row.kind, row.procore_id): view(row.Binding, conversation_id) for row in session.execute(query)
        }
    return found


def _own(session: Session, conversation_id: int, operations: Sequence[Operation]) -> dict[int, BindingView]:
    """What QuickBooks already holds of the items that are written once more."""
    items = [one.item_id for one in operations if one.item_id and registry.kind(one.kind).amends]
    if not items:
        return {}
    found = session.execute(select(Binding).where(Binding.item_id.in_(items))).scalars()
    return {binding.item_id: view(binding, conversation_id) for binding in found}


def _replies(session: Session, conversation_id: int, operations: Sequence[Operation]) -> dict[int, list[Reply]]:
    asked = [operation.seq for operation in operations if operation.asked]
    if not asked:
        return {}
    lists = [operation.seq for operation in operations if operation.item_id is None]
    query = (
        select(Request, MessageSet.conversation_id)
        .join(MessageSet, MessageSet.id == Request.set_id)
        .where(
            Request.operation_seq.in_(asked),
            Request.outcome != "",
            or_(~Request.past, Request.operation_seq.in_(lists)),
        )
        .order_by(Request.operation_seq, Request.number)
    )
    found: dict[int, list[Reply]] = defaultdict(list)
    for request, conversation in session.execute(query):
        # What was read in an earlier session is old: iterators live within one, and people edit in between.
        if conversation != conversation_id and not request.writes:
            continue
        if request.past:  # QuickBooks' iterator has gone on behind a page nobody could read: the list begins anew
            before = found[request.operation_seq]
            found[request.operation_seq] = [one for one in before if one.step != request.step]
            continue
        found[request.operation_seq].append(_stored_reply(request))
    return found


def _stored_reply(request: Request) -> Reply:
    answer = parse.message_set(ALONE.format(request.answer)).answers[0] if request.answer else None
    return reply(request, answer, request.outcome, Verdict(request.outcome, request.sentence, "", request.remedy))


def reply(request: Request, answer: parse.Answer | None, outcome: str, verdict: Verdict) -> Reply:
    """What became of a request, as its kind may see it."""
    return Reply(
        step=request.step,
        outcome=outcome,
        status=answer.status_code if answer else 0,
        sentence=verdict.sentence,
        what_to_do=verdict.what_to_do,
        records=answer.records if answer else (),
        handed_out=request.made_at,
        iterator_id=answer.iterator_id if answer else "",
        remaining=(answer.remaining or 0) if answer else 0,
    )
