"""The requests of Procore's ERP Integrations tool: heard or found, taken once, answered once.

A webhook or a look at the open details tells that there is a request; its body says what is asked. Each thing asked
is a row here, and Procore waits for its detail until the outcome is known: success, or failed with the sentence.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select

from app.core import clock
from app.core.errors import TieoutError
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import ErpDetail, ErpRequest
from app.procore import Run
from app.procore.erp import Erp
from app.services import erp_events, erp_outcomes, procore_mode, retries
from app.services.procore_mode import PROCORE
from app.services.unit import work

BATCH = 50


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


def look(database: Database, connection_id: int, procore: Run) -> int:
    """Ask Procore for requests nobody told of: webhooks may be lost. Returns how many are new."""
    if not procore_mode.is_erp(database, connection_id):
        return 0
    return hear(database, connection_id, dict.fromkeys(sorted(Erp(procore).open_requests()), ""))


# -- taking and answering them -------------------------------------------------------------------------------------


def waits(database: Database, connection_id: int) -> bool:
    """Whether there is a request to take, or one to answer."""
    return bool(_untaken(database, connection_id)) or erp_outcomes.waits(database, connection_id)


def run(database: Database, connection_id: int, procore: Run) -> int:
    """Take what is new and answer what is decided; what fails is tried later. Returns how many were answered."""
    for request in _untaken(database, connection_id):
        try:
            _take(database, connection_id, procore, request)
        except TieoutError as problem:
            if retries.must_wait(problem):
                raise
            with work(database, connection_id) as unit:
                row = unit.session.get_one(ErpRequest, (connection_id, request.request_id))
                if row.problem != str(problem):
                    unit.trail.add(Tag.ERP_REQUEST_FAILED, PROCORE, request=row.request_id, sentence=str(problem))
                retries.failed(row, str(problem), unit.at)
    return erp_outcomes.answer(database, connection_id, procore)


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
