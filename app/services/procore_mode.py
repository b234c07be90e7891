"""Which of the two ways into Procore a connection takes: the public API, or Procore's own ERP Integrations tool."""

from __future__ import annotations

from functools import reduce

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import Connection, ErpDetail, Item, ProcorePerson
from app.items.base import ItemType
from app.items.ports import Procore, Told
from app.procore.erp import Erp
from app.rulebook.access import Access
from app.services import rules_versions
from app.services.people import Person
from app.services.procore_way import ERP_PLATFORM, SETTING, chosen

IN_PROCORE = " in Procore"
SOMEBODY = f"an approver{IN_PROCORE}"
IN_WORK = ("sent", "accepted", "queued", "failed")


def is_erp(database: Database, connection_id: int) -> bool:
    """Whether Procore's tool stages, and its requests are what counts."""
    with database.reading() as session:
        return chosen(session.get_one(Connection, connection_id)) == ERP_PLATFORM


def must_be_at_rest(session: Session, connection_id: int) -> None:
    """Refuse to change the way while anything is on it: who sent it, and who is told, would no longer fit."""
    in_work = (Item.connection_id == connection_id, Item.state.in_(IN_WORK))
    items = session.execute(select(func.count()).select_from(Item).where(*in_work)).scalar_one()
    waiting = (ErpDetail.connection_id == connection_id, ErpDetail.closed_at.is_(None))
    requests = session.execute(select(func.count()).select_from(ErpDetail).where(*waiting)).scalar_one()
    if items or requests:
        said = [f"{many} {what}{'s' if many > 1 else ''}" for many, what in ((items, "item"), (requests, "request"))
                if many]  # fmt: skip
        raise Refusal(
            f"The way into Procore was not changed: {' and '.join(said)} of this connection "
            f"{'are' if items + requests > 1 else 'is'} in work.",
            "Wait until everything that was sent is synced, or reject it; then change the setting.",
            code="in_work",
            rule_id=f"setting:{SETTING}",
        )


def must_be_sent_here(who: Person) -> None:
    """Refuse Send in Tieout where Procore's own tool stages."""
    if found := who.elsewhere.get("send"):
        raise found


def acting(database: Database, connection_id: int, name: str) -> Person:
    """Somebody in Procore's tool: Procore has checked already what they may do."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        policy = rules_versions.policy(session, connection)
        profile = str(connection.settings.get("permission_profile") or "tutorial")
    everything = reduce(Access.with_more, (bundle.access for bundle in policy.bundles.values()), Access("admin"))
    return Person(id=0, login="", name=name, access=everything, policy=policy, profile=profile)


def named(database: Database, connection_id: int, user_id: str) -> str:
    """Who pressed the button in Procore, as the directory calls them."""
    with database.reading() as session:
        person = session.get(ProcorePerson, (connection_id, user_id)) if user_id else None
        return f"{person.name}{IN_PROCORE}" if person else SOMEBODY


def accepted_there(connection: Connection, name: str) -> bool:
    """Whether somebody accepted in Procore's tool: whether they may is for Procore to say."""
    return chosen(connection) == ERP_PLATFORM and name.endswith(IN_PROCORE)


def mark(procore: Procore, kind: ItemType, told: Told) -> bool:
    """Tell Procore's tool what QuickBooks holds of an item; False: external data knows no such thing."""
    marks = kind.external(told)
    if marks:
        Erp(procore).mark([one.row for one in marks])
    return bool(marks)
