"""What Procore says of a person counts here: active or not, allowed to push to accounting or not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.core import clock
from app.db.models import Connection, ProcorePerson, User
from app.rulebook.access import PUSH, Access
from app.services import procore_people

#: The setting: so many hours count what Procore said last while it cannot be reached.
SETTING, HOURS = "procore_rights_hours", 24


@dataclass(frozen=True)
class Standing:
    """What Procore said of one person, and when."""

    active: bool
    read_at: datetime
    lost: bool = False  # it does not grant the privilege held here
    taken: str = ""  # why the privilege held here does not count, whether lost or last seen too long ago
    remedy: str = ""

    @property
    def at(self) -> str:
        """When it was read, in words."""
        return f"{self.read_at:%Y-%m-%d %H:%M} UTC"


#: What a person holds here, less what Procore does not grant them; and what Procore said.
InForce = tuple[Access | None, Standing | None]


def in_force(session: Session, connection: Connection, user: User, held: Access | None) -> InForce:
    """What counts of what one person holds."""
    return all_in_force(session, connection, [(user, held)])[0]


def all_in_force(
    session: Session, connection: Connection, people: Sequence[tuple[User, Access | None]]
) -> list[InForce]:
    """What counts of what each of these holds, in a constant number of statements.

    Somebody whom Procore's directory never showed holds what was given here.
    """
    shown = procore_people.of_addresses(session, connection.id, [address(user) for user, _ in people])
    return [_in_force(connection, shown.get(procore_people.known_as(address(user))), held) for user, held in people]


def _in_force(connection: Connection, row: ProcorePerson | None, held: Access | None) -> InForce:
    if row is None:
        return held, None
    said = Standing(row.active, row.seen_at)
    if held is None or PUSH not in held.privileges:
        return held, said
    hours = int(connection.settings.get(SETTING) or HOURS)
    if not row.accountant:
        said = replace(
            said,
            lost=True,
            taken=f"Procore does not grant “Can Push to Accounting” any more, as read at {said.at}.",
            remedy="Have it granted in Procore's Directory; Tieout reads it again at the next attempt.",
        )
    elif clock.now() - row.seen_at > timedelta(hours=hours):
        said = replace(
            said,
            taken=f"what Procore said at {said.at} is older than {hours} hours, and Procore was not reached since.",
            remedy="See on the page Connection why Procore is not reached; how long its last word counts is a setting.",
        )
    return (replace(held, privileges=held.privileges - {PUSH}) if said.taken else held), said


def address(user: User) -> str:
    """By which Procore knows a user: the mail address, or a login that is one."""
    return user.mail or (user.login if "@" in user.login else "")
