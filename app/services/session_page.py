"""One session, and one message set, with what went to QuickBooks and came back."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import load_only

from app.core.errors import NotFound
from app.db.engine import Database
from app.db.models import Conversation, MessageSet, Request
from app.services.connection_page import light_sets

#: So much of each text is on a session's page; the page of its message set has the whole.
SHOWN_OF_A_TEXT, SHOWN_REQUESTS = 4000, 200


@dataclass(frozen=True)
class Asked:
    """One request as a session's page shows it."""

    id: str
    step: str
    state: str
    outcome: str
    status: int | None
    sentence: str
    remedy: str
    body: str
    answer: str | None
    cut: bool  # there is more of it than shown


@dataclass(frozen=True)
class SessionPage:
    """One session with what was asked in it."""

    conversation: Conversation
    sets: tuple[tuple[MessageSet, tuple[Asked, ...]], ...]
    more: bool  # more requests than shown


def session_page(database: Database, connection_id: int, session_id: int, *, texts: bool) -> SessionPage:
    """One session. The texts of its requests come only for whoever may read them, and no more than a screenful."""
    with database.reading() as session:
        conversation = session.get(Conversation, session_id)
        if conversation is None or conversation.connection_id != connection_id:
            raise NotFound("There is no such session.", "Choose one on the Connection page.")
        sets = light_sets(session, [session_id])
        cut = SHOWN_OF_A_TEXT if texts else 0
        row = Request
        query = (
            select(
                row,
                func.substr(row.body, 1, cut).label("said"),
                func.substr(row.answer, 1, cut).label("answered"),
                (func.length(row.body) > cut).label("longer"),
                (func.coalesce(func.length(row.answer), 0) > cut).label("answer_longer"),
            )
            .options(
                load_only(row.id, row.set_id, row.step, row.state, row.outcome, row.status, row.sentence, row.remedy)
            )
            .where(row.set_id.in_([one.id for one in sets]))
            .order_by(row.made_at, row.operation_seq, row.number)
            .limit(SHOWN_REQUESTS + 1)
        )
        asked: dict[str, list[Asked]] = {}
        found = session.execute(query).all()
        for one, said, answered, longer, answer_longer in found[:SHOWN_REQUESTS]:
            shown = Asked(
                one.id,
                one.step,
                one.state,
                one.outcome,
                one.status,
                one.sentence,
                one.remedy,
                said or "",
                answered,
                texts and bool(longer or answer_longer),
            )
            asked.setdefault(one.set_id, []).append(shown)
        pairs = tuple((one, tuple(asked.get(one.id, ()))) for one in sets)
        return SessionPage(conversation, pairs, len(found) > SHOWN_REQUESTS)


def message_set(database: Database, connection_id: int, set_id: str) -> tuple[MessageSet, tuple[Request, ...]]:
    """One message set with its requests."""
    with database.reading() as session:
        found = session.get(MessageSet, set_id)
        if found is None or found.connection_id != connection_id:
            raise NotFound("There is no such message set.", "Choose one on the Connection page.")
        requests = select(Request).where(Request.set_id == set_id).order_by(Request.operation_seq)
        return found, tuple(session.execute(requests).scalars())
