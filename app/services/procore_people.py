"""The people of the Procore company, as its directory shows them: who is active, who may push to accounting."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.batches import in_batches
from app.core.errors import Refusal
from app.core.tags import PROCORE, Tag
from app.db.engine import Database
from app.db.models import ProcorePerson
from app.items.base import Content
from app.items.ports import Procore
from app.procore.endpoints import users
from app.services.unit import Work, work

#: So many people are looked up by one statement.
BATCH = 1000


def read(database: Database, connection_id: int, procore: Procore) -> int:
    """Read the directory anew. Returns how many changed."""
    return take(database, connection_id, users(procore))


def take(database: Database, connection_id: int, records: Iterable[Content]) -> int:
    """Store the whole directory; whoever it no longer shows is not active any more. Returns how many changed.

    Procore tells the levels of its tools only to each person about themselves; of others it names the template.
    """
    shown = {str(record["id"]): record for record in records}
    if not shown:  # whoever asks is in the directory: nobody at all is a right that was lost
        raise Refusal(
            "Procore shows nobody in the company's directory, so nobody was taken as gone.",
            "A Procore administrator should check that the app may see the company's users.",
        )
    with work(database, connection_id) as unit:
        query = select(ProcorePerson).where(ProcorePerson.connection_id == connection_id)
        known = {row.procore_id: row for row in unit.session.execute(query).scalars()}
        changed = sum(_take(unit, known.get(key), key, record) for key, record in shown.items())
        gone = [row for key, row in known.items() if key not in shown and row.active]
        for row in gone:
            row.active = False
            _tell(unit, row)
        return changed + len(gone)


def person(session: Session, connection_id: int, email: str) -> ProcorePerson | None:
    """The person with this address; of several the active one."""
    return of_addresses(session, connection_id, [email]).get(known_as(email))


def of_addresses(session: Session, connection_id: int, emails: Iterable[str]) -> dict[str, ProcorePerson]:
    """The people with these addresses, as Procore knows them; of several with one address the active one."""
    found: dict[str, ProcorePerson] = {}
    for batch in in_batches(sorted({known_as(email) for email in emails} - {""}), BATCH):
        query = select(ProcorePerson).where(
            ProcorePerson.connection_id == connection_id, ProcorePerson.email.in_(batch)
        )
        rows = session.execute(query.order_by(ProcorePerson.active.desc(), ProcorePerson.procore_id)).scalars()
        for row in rows:
            found.setdefault(row.email, row)
    return found


def known_as(email: str) -> str:
    """An address as it is kept."""
    return email.strip().lower()


def _take(unit: Work, row: ProcorePerson | None, key: str, record: Content) -> bool:
    new = row is None
    row = row or ProcorePerson(connection_id=unit.connection.id, procore_id=key)
    before = (row.email, row.active, row.accountant)
    row.email = known_as(record.get("email_address") or "")
    row.name = record.get("name") or row.email
    row.active = bool(record.get("is_active"))
    row.accountant = bool(record.get("erp_integrated_accountant"))
    row.template = (record.get("company_permission_template") or {}).get("name") or ""
    row.seen_at = unit.at
    unit.session.add(row)
    changed = before != (row.email, row.active, row.accountant)
    if changed and (row.accountant or not new):  # that most people may approve nothing is no news
        _tell(unit, row)
    return changed


def _tell(unit: Work, row: ProcorePerson) -> None:
    unit.trail.add(
        Tag.PROCORE_PERSON_CHANGED,
        PROCORE,
        procore_id=row.procore_id,
        name=row.name,
        email=row.email,
        active=row.active,
        accountant=row.accountant,
    )
