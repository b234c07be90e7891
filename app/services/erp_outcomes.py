"""How what Procore's ERP tool asked for ended, and telling it so: once, though an answer may be lost."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import islice

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.core import clock
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import (
    Binding,
    Connection,
    ErpDetail,
    ErpRequest,
    Item,
    RefreshLog,
    Revision,
    StagedRecord,
    WriteBack,
)
from app.items import erp, registry
from app.items.base import Content
from app.items.ports import Told
from app.procore import Run
from app.procore.erp import FAILED, SUCCESS, Erp
from app.services import asking, retries, unlinking, write_back
from app.services.gather import staged_of
from app.services.outbox import Outbox, as_tried
from app.services.tasks import Stop
from app.services.unit import Work, work

BATCH = 50
#: In these states nothing of an item is on its way.
RESTING = ("synced", "failed", "draft")
#: What people read in Procore's tool when a record was not deleted before. Source: Procore's page on unlinking.
STILL_THERE = "The {what} is still in QuickBooks. Please delete it before retrying."


@dataclass(frozen=True)
class Ended:
    """How something ended."""

    status: str
    messages: tuple[str, ...] = ()


#: A sentence of our own says that something is to be waited for; what Procore refuses is not asked about so often.
put_off = partial(retries.failed_or_rests, lasting=retries.is_refused)


def waits(database: Database, connection_id: int) -> bool:
    """Whether there is something to tell Procore."""
    with database.reading() as session:
        return any(_may_be_told(session, row) for row in _open(session, connection_id))


def answer(database: Database, connection_id: int, procore: Run, stop: Stop) -> int:
    """Close what is decided; what Procore does not take waits longer each time. Returns how many were closed."""

    def act(row: ErpDetail) -> int:
        with database.reading() as session:
            ended = _ended(session, row)
        if ended is None:
            return 0
        _close(database, procore, row, ended)
        return 1

    with database.reading() as session:
        waiting = (row for row in _open(session, connection_id) if _may_be_told(session, row))
        first = list(islice(waiting, BATCH))
    return Outbox(act, _rows, put_off, _tell).run(database, connection_id, first, stop)


def _rows(unit: Work, row: ErpDetail) -> list[ErpDetail]:
    return as_tried(unit.session.get(ErpDetail, _key(row)), row, "status", "closed_at")


def _tell(unit: Work, detail: ErpDetail, row: ErpDetail) -> None:
    more = {"detail": row.detail_id, "sentence": row.problem}
    unit.trail.add(Tag.ERP_REQUEST_FAILED, PROCORE, row.item_id, request=row.request_id, **more)


def _open(session: Session, connection_id: int) -> list[ErpDetail]:
    """What is not closed, but for items that are still on their way."""
    row = ErpDetail
    decided = or_(row.status != "", row.act != erp.EXPORT, Item.state.in_(RESTING))
    query = (
        select(row)
        .outerjoin(Item, Item.id == row.item_id)
        .where(row.connection_id == connection_id, row.closed_at.is_(None), row.next_try_at <= clock.now(), decided)
    )
    return list(session.execute(query.order_by(row.made_at, row.request_id, row.place)).scalars())


def _key(row: ErpDetail) -> tuple[int, str, int]:
    return row.connection_id, row.request_id, row.place


# -- how it ended --------------------------------------------------------------------------------------------------


def _ended(session: Session, row: ErpDetail) -> Ended | None:
    """What became of it; None while nobody knows."""
    if row.status:
        return Ended(row.status, tuple(row.messages))
    return _ENDS[row.act](session, row)


def _may_be_told(session: Session, row: ErpDetail) -> bool:
    """Whether it has ended; one nobody can tell that of is told of as well, and its own row then says why not."""
    try:
        return _ended(session, row) is not None
    except Exception:  # noqa: BLE001
        return True


def _export(session: Session, row: ErpDetail) -> Ended | None:
    """Done when QuickBooks holds what was approved and Procore has its mark; failed or set back, it is over too."""
    item = session.get_one(Item, row.item_id)
    said = tuple(filter(None, (f"{item.problem} {item.remedy}".strip(),)))
    if item.state == "synced" and item.written_revision_id == row.revision_id:
        return Ended(SUCCESS) if _is_told(session, item) else None
    if item.state in RESTING:
        return Ended(FAILED, said or (f"{item.name} was set back in Tieout.",))
    return None


def _unlink(session: Session, row: ErpDetail) -> Ended | None:
    """QuickBooks has looked: the mark is gone, or the record is still there."""
    item = session.get_one(Item, row.item_id)
    if session.get(Binding, item.id) is None:
        return Ended(SUCCESS) if _is_told(session, item) else None
    if unlinking.asked_by(session, item):
        return None
    still = STILL_THERE.format(what=registry.kind(item.kind).label.lower())
    return Ended(FAILED, (still if item.problem.endswith(unlinking.STILL_THERE) else item.problem or still,))


def _is_told(session: Session, item: Item) -> bool:
    row = session.get(WriteBack, (item.id, write_back.ORIGIN))
    return row is None or row.written == row.counter


def _refresh(session: Session, row: ErpDetail) -> Ended | None:
    log = session.get(RefreshLog, (row.connection_id, row.refresh, ""))
    if log is not None and log.finished_at >= row.made_at:
        return Ended(SUCCESS)
    if asking.under_way(session, row.connection_id, row.refresh):
        return None
    return Ended(
        FAILED, ("QuickBooks did not give the list. Ask for it again; the trail of Tieout says what it said.",)
    )


_ENDS: Mapping[str, Callable[[Session, ErpDetail], Ended | None]] = {
    erp.EXPORT: _export,
    erp.UNLINK: _unlink,
    erp.REFRESH: _refresh,
}


# -- telling Procore -----------------------------------------------------------------------------------------------


def _close(database: Database, procore: Run, row: ErpDetail, ended: Ended) -> None:
    """Everything Procore wants to know first, then the detail itself: never a second time."""
    tool = Erp(procore)
    if ended.status == SUCCESS:
        _conclude(database, procore, row)
    if row.detail_id and (row.sent_at is None or tool.is_open(row.detail_id, _procore_id(database, row))):
        with work(database, row.connection_id) as unit:
            unit.session.get_one(ErpDetail, _key(row)).sent_at = unit.at
        tool.close(row.detail_id, ended.status, ended.messages)
    with work(database, row.connection_id) as unit:
        kept = unit.session.get_one(ErpDetail, _key(row))
        kept.status, kept.messages, kept.closed_at, kept.problem = ended.status, list(ended.messages), unit.at, ""
        request = unit.session.get_one(ErpRequest, (row.connection_id, row.request_id))
        unit.trail.add(
            Tag.ERP_REQUEST_CLOSED,
            PROCORE,
            row.item_id,
            request=row.request_id,
            name=request.name,
            detail=row.detail_id,
            status=ended.status,
            messages=list(ended.messages),
        )


def _procore_id(database: Database, row: ErpDetail) -> str:
    if row.item_id is None:
        return ""
    with database.reading() as session:
        return session.get_one(Item, row.item_id).procore_id


def _conclude(database: Database, procore: Run, row: ErpDetail) -> None:
    """What belongs to a success: the other marks of an item, or the records a refresh brought."""
    with database.reading() as session:
        body = session.get_one(ErpRequest, (row.connection_id, row.request_id)).body
        item = session.get(Item, row.item_id) if row.item_id is not None else None
        told = _told(session, item) if item and row.act == erp.EXPORT else None
        offers = _offers(session, row) if row.act == erp.REFRESH else []
    if item is not None and told is not None:
        registry.kind(item.kind).conclude(procore, told, body["request_data"])
    Erp(procore).stage(offers)


def _told(session: Session, item: Item) -> Told:
    content = session.get_one(Revision, item.written_revision_id).content
    return write_back.told_of(item, session.get(Binding, item.id), content)


def _offers(session: Session, row: ErpDetail) -> list[Content]:
    """What a list of QuickBooks offers that Procore has not, as its tool stages it."""
    settings = session.get_one(Connection, row.connection_id).settings
    staged = StagedRecord
    mine = (staged.connection_id == row.connection_id, staged.source == row.refresh, staged.state == "staged")
    records = [staged_of(record) for record in session.execute(select(staged).where(*mine)).scalars()]
    return [
        {
            "item_type": kind.staged_as,
            "origin_id": record.list_id,
            "origin_code": record.full_name,
            "status": "staged",
            "data": kind.new_record(record, settings).fields,
        }
        for kind in registry.offered().values()
        if kind.staged_as and kind.source == row.refresh
        for record in records
        if record.type in kind.types and kind.why_not_add(record, settings) is None
    ]
