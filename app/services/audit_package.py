"""The auditor's export: one ZIP with the whole trail, a manifest, and a script that verifies it without Tieout."""

from __future__ import annotations

import hashlib
import inspect
import json
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import version
from typing import IO, Any

from sqlalchemy import select

from app.core import clock, text
from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Chain, Event, EventPayload
from app.services import audit, permissions, verify_alone, withheld
from app.services.people import Person
from app.services.unit import work
from app.services.withheld import Others

#: So large a ZIP is kept in memory; a larger one goes through a file.
IN_MEMORY = 8 * 1024 * 1024

READ_ME = """This is the audit trail of one connection of Tieout, and of the service it runs in.

manifest.json    who asked for it and when, what is in it, how many events, and the SHA-256 of each file
*.jsonl          one event a line, the oldest first: its text, its hash, and what it was about
verified.txt     what Tieout's own verification said when this was made
verify.py        verifies all of it again: python verify.py (any Python, nothing else needed)

Each event's hash is SHA-256 of the hash before it, a line feed and the SHA-256 of the event's text. The text names
what the event was about by SHA-256 of a salt, a line feed and the particulars, so that these can be redacted and the
chain holds. The service's events about other connections, and about people who work only there, are withheld: of those
stands the SHA-256 of the text alone, so that nothing before or after can be changed without breaking the chain.
"""


def make(database: Database, connection_id: int, who: Person) -> IO[bytes]:
    """The ZIP, open at its beginning. Taking it is itself on the trail, and the first thing in it."""
    permissions.must(database, connection_id, who, "audit")
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.AUDIT_EXPORTED, who.name, form="zip")
    held = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    chains, files, others = [], {}, withheld.others(database, connection_id)
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in audit.seen_from(connection_id):
            file = f"{name.replace(':', '-')}.jsonl"
            told, files[file] = _chain(database, archive, name, file, others)
            chains.append(told)
        for file, body in (("verified.txt", _verified(database, chains)), ("verify.py", _script())):
            archive.writestr(file, body)
            files[file] = text.digest(body)
        manifest = {
            "made_at": clock.now().isoformat(),
            "made_by": who.name,
            "tieout": version("tieout"),
            "filter": "none: every event; withheld are those of the service about other connections and their people, "
            "which stand by the hash of their text alone",
            "chains": chains,
            "files": files,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
        archive.writestr("READ-ME.txt", READ_ME)
    held.seek(0)
    return held


def _chain(
    database: Database, archive: zipfile.ZipFile, name: str, file: str, others: Others
) -> tuple[dict[str, Any], str]:
    """One chain as a file of the archive: what the manifest says of it, and the SHA-256 of the file."""
    digest, events, hidden = hashlib.sha256(), 0, 0
    first = last = ""
    with archive.open(file, "w", force_zip64=True) as out:
        for event, payload in _events(database, name):
            hide = name == audit.SERVICE and others.concerns(event, payload)
            hidden += hide
            body = f"{text.canonical(_shown(event, payload, hide))}\n".encode()
            digest.update(body)
            out.write(body)
            first, last, events = first or event.at.isoformat(), event.at.isoformat(), events + 1
            head = event.hash
    told = {"chain": name, "file": file, "events": events, "first_at": first, "last_at": last}
    told |= {"last_hash": head if events else audit.GENESIS, "withheld": hidden}
    return told, digest.hexdigest()


def _shown(event: Event, payload: EventPayload | None, hide: bool) -> dict[str, Any]:
    """An event as the file has it; of what is withheld only what the chain needs."""
    if hide:
        return {"body": None, "body_hash": text.digest(event.body), "hash": event.hash, "salt": None, "payload": None}
    about = {"salt": payload.salt, "payload": payload.payload} if payload else {"salt": None, "payload": None}
    return {"body": event.body, "hash": event.hash, **about}


def _events(database: Database, name: str) -> Iterator[tuple[Event, EventPayload | None]]:
    query = (
        select(Event, EventPayload)
        .outerjoin(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .join(Chain, Chain.name == Event.chain)
        .where(Event.chain == name, Event.seq <= Chain.seq)
        .order_by(Event.seq)
    )
    with database.reading() as session:
        yield from session.execute(query.execution_options(yield_per=500))


def _verified(database: Database, chains: list[dict[str, Any]]) -> str:
    said = [
        f"{'OK' if verdict.ok else 'BROKEN'}  {verdict.chain}: {verdict.problem or f'{verdict.events} events'}"
        for verdict in audit.verify(database, [chain["chain"] for chain in chains])
    ]
    return "\n".join([*said, ""])


def _script() -> str:
    return inspect.getsource(verify_alone)
