"""Direct Export at work: what was sent is accepted at once, unless a rule warns or the sender would approve alone."""

from __future__ import annotations

from sqlalchemy import select

from app.db.engine import Database
from app.db.models import Connection, Item
from app.rulebook.access import PUSH, Access
from app.services import direct_export
from app.services.lifecycle import accepting
from app.services.lifecycle.walk import Outcomes
from app.services.people import Person


def follow(database: Database, connection_id: int, sender: Person, sent: Outcomes) -> None:
    """Accept what was sent of the kinds whose Direct Export is on; what it leaves waits for an approver as ever."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        kinds = [kind for kind in direct_export.SETTINGS if direct_export.actor(connection, kind)]
        found = {outcome.item_id: outcome for outcome in sent.done}
        query = select(Item).where(Item.connection_id == connection_id, Item.kind.in_(kinds), Item.state == "sent")
        items = [item for item in session.execute(query).scalars() if item.id in found]
    for kind in kinds:
        mine = [item.id for item in items if item.kind == kind]
        if not mine or direct_export.enabled_by(connection, kind) == sender.name:
            continue
        proxy = Person(
            id=0,
            login="",
            name=direct_export.actor(connection, kind),
            access=Access("admin", frozenset({PUSH})),
            policy=sender.policy,
            profile=sender.profile,
        )
        for outcome in accepting.accept(database, connection_id, proxy, mine).done:
            found[outcome.item_id].state = outcome.state
