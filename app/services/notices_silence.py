"""A Web Connector that does not come: whoever may change the connection is told, once for each silence."""

from __future__ import annotations

from sqlalchemy import select

from app.core import clock
from app.db.engine import Database
from app.db.models import Connection, Conversation
from app.services import health, notices, quiet
from app.services.notices import SILENT, Said
from app.services.unit import work


def watch(database: Database, connection_id: int) -> int:
    """Tell of a silence that began; in the quiet hours nobody is told. Returns how many people it was new to."""
    with database.reading() as session:
        connection = session.get_one(Connection, connection_id)
        found = health.of(session, connection)
        query = select(Conversation).where(Conversation.connection_id == connection_id)
        last = session.execute(query.order_by(Conversation.id.desc()).limit(1)).scalar_one_or_none()
        since = health.last_contact(connection, last)
    if not found.checklist or since is None or quiet.ends(connection.settings, clock.now()):
        return 0
    said = Said(
        SILENT,
        "The Web Connector is silent",
        f"{found.sentence}. Until it comes again, nothing reaches QuickBooks.",
        f"Look whether all of this is so: {' '.join(found.checklist)}",
        "/connection/",
        once=f"silent:{since.isoformat()}",
    )
    with work(database, connection_id) as unit:
        whom = [one for one in notices.readers(unit.session, unit.connection) if one.person.may("connection")]
        return len(notices.tell(unit, whom, said))
