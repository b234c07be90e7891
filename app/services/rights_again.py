"""Rights are read again from Procore where they count: at sign-in, and before anything is decided."""

from __future__ import annotations

from datetime import timedelta

from app.core import clock
from app.core.errors import Refusal
from app.db.engine import Database
from app.db.models import User
from app.procore import ProcoreError, Run
from app.services import connections, procore_access, procore_people
from app.services.procore_rights import HOURS, SETTING, address
from app.settings import Settings

#: Who was read so lately is not read again.
FRESH = timedelta(minutes=1)
#: A person waits for the answer.
SECONDS = 5.0


def read_again(database: Database, settings: Settings, connection_id: int, user_id: int) -> str:
    """Read the people of the Procore company anew, unless that was done just now.

    Returns what is used instead where Procore cannot be reached; nothing for whom Procore has no say.
    """
    with database.reading() as session:
        user = session.get(User, user_id)
        row = procore_people.person(session, connection_id, address(user)) if user and address(user) else None
    if row is None or clock.now() - row.seen_at < FRESH:
        return ""
    connection = connections.get(database, connection_id)
    try:
        with procore_access.client(database, settings, connection, repeats=0, timeout=SECONDS) as procore:
            procore_people.read(database, connection_id, Run(procore))
    except (ProcoreError, Refusal):
        hours = int(connection.settings.get(SETTING) or HOURS)
        return (
            f"Procore could not be reached to read the rights of {row.name} again: what it said at "
            f"{row.seen_at:%Y-%m-%d %H:%M} UTC, {_age(clock.now() - row.seen_at)} ago, is used, "
            f"for at most {hours} hours."
        )
    return ""


def _age(age: timedelta) -> str:
    minutes = int(age.total_seconds()) // 60
    return f"{minutes // 60} hours" if minutes >= 120 else f"{minutes} minutes"
