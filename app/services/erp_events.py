"""What the events of Procore's ERP Integrations tool do here: the same moves that people make, in Procore's name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import select

from app.core import clock
from app.core.errors import NotFound, Refusal, TieoutError
from app.core.tags import PROCORE
from app.db.engine import Database
from app.db.models import Binding, Item, StagedRecord
from app.items import erp, registry
from app.items.base import Content, ItemType
from app.items.erp import Event, Mention
from app.procore import Run
from app.procore.erp import FAILED, SUCCESS, Erp, OfProject
from app.services import intake, lifecycle, linking, procore_mode, reading, refreshes, unlinking, updating
from app.services.lifecycle import Outcomes
from app.services.unit import work
from state_machines.staging import STAGED

#: Of what was approved and is on its way, or there, nothing more is to be done.
IN_ORDER = ("accepted", "queued", "synced")
AGAIN = "sent to ERP again in Procore"


@dataclass(frozen=True)
class Asked:
    """One request as it came."""

    request_id: str
    name: str
    body: Content
    by: str  # who pressed the button

    @property
    def data(self) -> Any:
        """What the event is about."""
        return self.body.get("request_data") or {}


@dataclass(frozen=True)
class Taken:
    """One thing a request asked for; without a status it is not decided yet."""

    detail_id: str
    act: str
    item_id: int | None = None
    revision_id: int | None = None
    refresh: str = ""
    status: str = ""
    messages: tuple[str, ...] = ()
    asked_at: datetime | None = None


@dataclass(frozen=True)
class _Acting:
    """An event at work."""

    database: Database
    connection_id: int
    procore: Run
    kind: ItemType
    event: Event
    asked: Asked

    @property
    def mentions(self) -> list[Mention]:
        """The items it names."""
        return list(erp.mentions(self.event, self.asked.body))

    def item(self, procore_id: str, kind: str = "") -> Item | None:
        """An item by Procore's id."""
        mine = (Item.connection_id == self.connection_id, Item.kind == (kind or self.kind.kind))
        with self.database.reading() as session:
            return session.execute(select(Item).where(*mine, Item.procore_id == procore_id)).scalar_one_or_none()


@cache
def known() -> Mapping[str, tuple[ItemType, Event]]:
    """Every event some kind knows, by name."""
    return {event.name: (kind, event) for kind in registry.kinds().values() for event in kind.erp_events}


def take(database: Database, connection_id: int, procore: Run, asked: Asked) -> list[Taken]:
    """Do what a request asks. Returns each thing it asked for, decided or to be waited for."""
    if asked.name not in known():
        why = f"Tieout does nothing for “{asked.name}”: it has no counterpart between Procore and QuickBooks Desktop."
        return _refused(asked, f"{why} Nothing was changed.")
    kind, event = known()[asked.name]
    return _ACTS[event.act](_Acting(database, connection_id, procore, kind, event, asked))


def _refused(asked: Asked, sentence: str) -> list[Taken]:
    return [Taken(one, erp.REFUSE, status=FAILED, messages=(sentence,)) for one in erp.details(asked.body)]


# -- export --------------------------------------------------------------------------------------------------------


def _export(now: _Acting) -> list[Taken]:
    """What was accepted in Procore's tool comes in as sent and accepted; the rules decide as ever."""
    unreadable = _take_in(now)
    typed = {
        item.id: now.kind.typed_in_event(mention.record, now.asked.data)
        for mention in now.mentions
        if not unreadable and (item := now.item(mention.procore_id))
    }
    problems = _approve(now, typed)
    found = []
    for mention in now.mentions:
        item = now.item(mention.procore_id)
        detail = mention.detail_id or Erp(now.procore).detail_of(mention.detail_by)
        if item is None or unreadable:
            sentence = " ".join(unreadable) or f"Procore shows no {now.kind.label.lower()} {mention.procore_id}."
            told = f"Tieout cannot read it: {sentence}"
            found.append(Taken(detail, erp.EXPORT, item.id if item else None, status=FAILED, messages=(told,)))
            continue
        # What QuickBooks is to hold afterwards: what was sent, and if nothing had to be, what it holds already.
        revision = item.written_revision_id if item.state == "synced" else item.sent_revision_id
        said = (str(problems[item.id]),) if item.id in problems else ()
        found.append(Taken(detail, erp.EXPORT, item.id, revision, status=FAILED if said else "", messages=said))
    return found


def _take_in(now: _Acting) -> list[str]:
    """Store the records an event carries or names. Returns what cannot be read."""
    records, elsewhere = [], defaultdict(list)
    for mention in now.mentions:
        record = now.kind.of_event(mention.record, now.asked.data)
        if record is not None:
            records.append(record)
        else:
            elsewhere[_project(now, mention)].append(mention.procore_id)
    for project, ids in elsewhere.items():
        found = now.kind.fetch(OfProject(now.procore, project))
        records += [record for record in found if str(record["id"]) in ids]
    taken = ((now.kind.kind, record) for record in records)
    return intake.take(now.database, now.connection_id, taken).unreadable


def _project(now: _Acting, mention: Mention) -> int:
    """The project in which a record is to be read."""
    if now.event.project:
        return int(mention.record[now.event.project])
    kind, field = now.event.within
    whose = now.item(str(mention.record[field]), kind)
    if whose is None or whose.project_id is None:
        label = registry.kind(kind).label.lower()
        raise Refusal(
            f"Procore asks for {now.kind.label.lower()} {mention.procore_id} of a {label} Tieout has not read yet.",
            "It is tried again when that was read.",
        )
    return int(whose.project_id)


def _approve(now: _Acting, typed: Mapping[int, Content]) -> dict[int, TieoutError]:
    """Send and accept, once. Returns why not, by item; nothing then stays behind that Procore holds as failed."""
    sender = procore_mode.acting(now.database, now.connection_id, PROCORE)
    approver = procore_mode.acting(now.database, now.connection_id, now.asked.by)
    where = (now.database, now.connection_id)
    approved = [item.id for item in _items(now, typed) if item.state in IN_ORDER and _is_newest(item)]
    ids = [one for one in typed if one not in approved]
    back = [item.id for item in _items(now, ids) if item.state in ("sent", "accepted", "queued", "failed")]
    for problem in _problems(lifecycle.reject(*where, sender, back, AGAIN)).values():
        raise problem  # something of it is out: when QuickBooks has answered, it may go again
    problems = _problems(lifecycle.send(*where, sender, ids))
    sent = [item.id for item in _items(now, ids) if item.state == "sent"]  # Direct Export may have been faster
    given = {one: typed[one] for one in sent}
    # Whoever accepts in Procore has no second button for what a rule only remarks on.
    denied = _problems(lifecycle.accept(*where, approver, sent, given, warned_seen=True))
    for one, problem in denied.items():
        lifecycle.reject(*where, sender, [one], str(problem))
    return problems | denied


def _problems(outcomes: Outcomes) -> dict[int, TieoutError]:
    return {one.item_id: one.problem for one in outcomes.refused if one.problem}


def _items(now: _Acting, ids: Iterable[int]) -> list[Item]:
    with now.database.reading() as session:
        return [session.get_one(Item, one) for one in ids]


def _is_newest(item: Item) -> bool:
    """Whether what was approved of it is what Procore says now."""
    approved = item.written_revision_id if item.state == "synced" else item.sent_revision_id
    return approved == item.seen_revision_id


# -- unlink --------------------------------------------------------------------------------------------------------


def _unlink(now: _Acting) -> list[Taken]:
    """QuickBooks is asked whether it still has the record; what Tieout never knew is free already."""
    who = procore_mode.acting(now.database, now.connection_id, now.asked.by)
    found = []
    for mention in now.mentions:
        item = now.item(mention.procore_id)
        if item is None or not _is_bound(now, item):
            waits = item is not None  # until Procore's mark is gone too
            item_id = item.id if item else None
            found.append(Taken(mention.detail_id, erp.UNLINK, item_id, status="" if waits else SUCCESS))
            continue
        problem = _problems(unlinking.unlink(now.database, now.connection_id, who, [item.id])).get(item.id)
        asked_before = problem is not None and problem.code == "asked_already"
        said = (str(problem),) if problem and not asked_before else ()
        found.append(Taken(mention.detail_id, erp.UNLINK, item.id, status=FAILED if said else "", messages=said))
    return found


def _is_bound(now: _Acting, item: Item) -> bool:
    with now.database.reading() as session:
        return session.get(Binding, item.id) is not None


# -- link ----------------------------------------------------------------------------------------------------------


def _link(now: _Acting) -> list[Taken]:
    """Somebody imported or linked in Procore's tool what QuickBooks has: the two are a pair here as well."""
    _read_soon(now)
    pairs = [(mention, now.item(mention.procore_id)) for mention in now.mentions]
    if missing := [mention for mention, item in pairs if item is None]:
        raise NotFound(
            f"Procore tells of a new {now.kind.label.lower()} ({missing[0].procore_id}) Tieout has not read yet.",
            "It is tried again when that was read.",
        )
    for mention, item in pairs:
        if item is not None:
            _pair(now, item.id, str(mention.record.get("origin_id") or ""))
    return [Taken(mention.detail_id, erp.LINK, status=SUCCESS) for mention, _ in pairs if mention.detail_id]


def _pair(now: _Acting, item_id: int, list_id: str) -> None:
    with work(now.database, now.connection_id) as unit:
        staged, offered = StagedRecord, registry.offered()[now.kind.kind]
        mine = (staged.connection_id == now.connection_id, staged.source == offered.source, staged.list_id == list_id)
        record = unit.session.execute(select(staged).where(*mine)).scalar_one_or_none()
        if record is None or record.state != STAGED.initial or unit.session.get(Binding, item_id) is not None:
            return
        item = unit.session.get_one(Item, item_id)
        linking.pair(unit, item, record, updating.ADD, now.asked.by, "imported in Procore's tool from")


# -- the rest ------------------------------------------------------------------------------------------------------


def _refresh(now: _Acting) -> list[Taken]:
    """Ask QuickBooks for the list; when it was read, what is new is staged."""
    asked_at = clock.now()
    who = procore_mode.acting(now.database, now.connection_id, now.asked.by)
    try:
        refreshes.ask(now.database, now.connection_id, who, [now.event.refresh])
    except Refusal as problem:
        return _refused(now.asked, str(problem))
    details = list(erp.details(now.asked.body)) or [""]
    return [Taken(one, erp.REFRESH, refresh=now.event.refresh, asked_at=asked_at) for one in details]


def _upkeep(now: _Acting) -> list[Taken]:
    """Something changed over there: it is read again soon."""
    _read_soon(now)
    return [Taken(one, erp.UPKEEP, status=SUCCESS) for one in erp.details(now.asked.body)]


def _read_soon(now: _Acting) -> None:
    for resource in now.kind.resources:
        reading.hint(now.database, now.connection_id, resource)


def _refuse(now: _Acting) -> list[Taken]:
    return _refused(now.asked, now.event.why)


_ACTS: Mapping[str, Callable[[_Acting], list[Taken]]] = {
    erp.EXPORT: _export,
    erp.UNLINK: _unlink,
    erp.LINK: _link,
    erp.REFRESH: _refresh,
    erp.UPKEEP: _upkeep,
    erp.REFUSE: _refuse,
}
