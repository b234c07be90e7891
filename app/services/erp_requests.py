"""The requests of Procore's ERP Integrations tool: heard or found, taken once, answered once.

A webhook or a look at the open details tells that there is a request; its body says what is asked. Each thing asked
is a row here, and Procore waits for its detail until the outcome is known: success, or failed with the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import select

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import ErpDetail, ErpRequest, Task
from app.procore import Run
from app.procore.erp import Erp
from app.services import erp_events, erp_outcomes, procore_mode
from app.services.outbox import Outbox, as_tried
from app.services.tasks import Stop, never
from app.services.unit import Work, work

BATCH = 50
#: The turn that looks for requests nobody told of, how often it does, and how often while webhooks do tell.
LOOK = "erp_look"
EVERY, NET = timedelta(minutes=1), timedelta(minutes=15)


# -- hearing of them -----------------------------------------------------------------------------------------------


def hear(database: Database, connection_id: int, asked: Mapping[str, str]) -> int:
    """There are these requests, by id, each with the id of who pressed the button. Returns how many are new."""
    if not any(asked) or not procore_mode.is_erp(database, connection_id):
        return 0
    with work(database, connection_id) as unit:
        mine = (ErpRequest.connection_id == connection_id, ErpRequest.request_id.in_(asked))
        known = set(unit.session.execute(select(ErpRequest.request_id).where(*mine)).scalars())
        new = [
            ErpRequest(
                connection_id=connection_id, request_id=one, by=by, came_at=unit.at, next_try_at=unit.at, body={}
            )
            for one, by in asked.items()
            if one and one not in known
        ]
        unit.session.add_all(new)
        return len(new)


def look_is_due(database: Database, connection_id: int) -> bool:
    """Whether to ask Procore for requests: each minute, and seldom while its webhooks tell of them.

    Procore lists every detail there ever was, and has no filter for those that are open.
    """
    if not procore_mode.is_erp(database, connection_id):
        return False
    with database.reading() as session:
        last = session.get(Task, (connection_id, LOOK))
        rested = clock.now() - last.ended_at if last is not None and last.ended_at is not None else NET
        if not EVERY <= rested < NET:
            return rested >= NET
        newest = select(ErpRequest.by).where(ErpRequest.connection_id == connection_id)
        # A webhook says who pressed the button; what a look found, no webhook had told of.
        return not session.execute(newest.order_by(ErpRequest.came_at.desc()).limit(1)).scalar()


def look(database: Database, connection_id: int, procore: Run) -> int:
    """Ask Procore for requests nobody told of: webhooks may be lost. Returns how many are new."""
    if not procore_mode.is_erp(database, connection_id):
        return 0
    return hear(database, connection_id, dict.fromkeys(sorted(Erp(procore).open_requests()), ""))


# -- taking and answering them -------------------------------------------------------------------------------------


def waits(database: Database, connection_id: int) -> bool:
    """Whether there is a request to take, or one to answer."""
    return bool(_untaken(database, connection_id)) or erp_outcomes.waits(database, connection_id)


def run(database: Database, connection_id: int, procore: Run, stop: Stop = never) -> int:
    """Take what is new and answer what is decided; what fails is tried later. Returns how many were answered.

    Raises where Procore itself has trouble: nothing else is worth asking now.
    """

    def act(request: ErpRequest) -> int:
        _take(database, connection_id, procore, request)
        return 0

    box = Outbox(act, _rows, erp_outcomes.put_off, _tell)
    box.run(database, connection_id, _untaken(database, connection_id), stop)
    return erp_outcomes.answer(database, connection_id, procore, stop)


def _rows(unit: Work, request: ErpRequest) -> list[ErpRequest]:
    row = unit.session.get(ErpRequest, (request.connection_id, request.request_id))
    return as_tried(row, request, "taken_at")


def _tell(unit: Work, request: ErpRequest, row: ErpRequest) -> None:
    unit.trail.add(Tag.ERP_REQUEST_FAILED, PROCORE, request=row.request_id, sentence=row.problem)


def _untaken(database: Database, connection_id: int) -> list[ErpRequest]:
    row = ErpRequest
    query = select(row).where(
        row.connection_id == connection_id, row.taken_at.is_(None), row.next_try_at <= clock.now()
    )
    with database.reading() as session:
        return list(session.execute(query.order_by(row.came_at, row.request_id).limit(BATCH)).scalars())


def _take(database: Database, connection_id: int, procore: Run, request: ErpRequest) -> None:
    """Read the body and do what it asks; done again after a crash, it does nothing twice."""
    body = Erp(procore).request(request.request_id)
    if not body.get("request_name"):
        raise Refusal(
            f"Procore's request {request.request_id} does not say what is asked.",
            "Tieout reads it again later. If this lasts, show it to support.",
        )
    by = procore_mode.named(database, connection_id, request.by)
    asked = erp_events.Asked(request.request_id, str(body["request_name"]), body, by)
    found = erp_events.take(database, connection_id, procore, asked)
    with work(database, connection_id) as unit:
        row = unit.session.get_one(ErpRequest, (connection_id, request.request_id))
        row.name, row.body, row.taken_at, row.problem = asked.name, body, unit.at, ""
        for place, one in enumerate(found):
            unit.session.add(
                ErpDetail(
                    connection_id=connection_id,
                    request_id=request.request_id,
                    place=place,
                    detail_id=one.detail_id,
                    item_id=one.item_id,
                    revision_id=one.revision_id,
                    act=one.act,
                    refresh=one.refresh,
                    status=one.status,
                    messages=list(one.messages),
                    made_at=one.asked_at or unit.at,
                    next_try_at=unit.at,
                )
            )
        unit.trail.add(Tag.ERP_REQUEST_TAKEN, by, request=request.request_id, name=asked.name, asks=len(found))
