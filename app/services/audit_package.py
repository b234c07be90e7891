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
from app.services import audit, permissions, verify_alone
from app.services.people import Person
from app.services.unit import work

#: So large a ZIP is kept in memory; a larger one goes through a file.
IN_MEMORY = 8 * 1024 * 1024

READ_ME = """This is the audit trail of one connection of Tieout, and of the service it runs in.

manifest.json    who asked for it and when, what is in it, how many events, and the SHA-256 of each file
*.jsonl          one event a line, the oldest first: its hashed text, its hash, and what it was about
verified.txt     what Tieout's own verification said when this was made
verify.py        verifies all of it again: python verify.py (any Python, nothing else needed)

Each event's hash is SHA-256 of the hash before it, a line feed and the event's text. The text names what the event
was about by SHA-256 of a salt, a line feed and the particulars, so that these can be redacted and the chain holds.
"""


def make(database: Database, connection_id: int, who: Person) -> IO[bytes]:
    """The ZIP, open at its beginning. Taking it is itself on the trail, and the first thing in it."""
    permissions.must(database, connection_id, who, "audit")
    with work(database, connection_id) as unit:
        unit.trail.add(Tag.AUDIT_EXPORTED, who.name, form="zip")
    held = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115  # whoever sends it closes it
    chains, files = [], {}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in (audit.chain_of(connection_id), audit.SERVICE):
            file = f"{name.replace(':', '-')}.jsonl"
            told, files[file] = _chain(database, archive, name, file)
            chains.append(told)
        for file, body in (("verified.txt", _verified(database, chains)), ("verify.py", _script())):
            archive.writestr(file, body)
            files[file] = text.digest(body)
        manifest = {
            "made_at": clock.now().isoformat(),
            "made_by": who.name,
            "tieout": version("tieout"),
            "filter": "none: every event",
            "chains": chains,
            "files": files,
        }
        archive.writestr("manifest.json", json.dumps(manifest, indent=2, ensure_ascii=False))
        archive.writestr("READ-ME.txt", READ_ME)
    held.seek(0)
    return held


def _chain(database: Database, archive: zipfile.ZipFile, name: str, file: str) -> tuple[dict[str, Any], str]:
    """One chain as a file of the archive: what the manifest says of it, and the SHA-256 of the file."""
    digest, events = hashlib.sha256(), 0
    first = last = ""
    with archive.open(file, "w", force_zip64=True) as out:
        for event, line in _lines(database, name):
            body = f"{line}\n".encode()
            digest.update(body)
            out.write(body)
            first, last, events = first or event.at.isoformat(), event.at.isoformat(), events + 1
            head = event.hash
    told = {"chain": name, "file": file, "events": events, "first_at": first, "last_at": last}
    return told | {"last_hash": head if events else audit.GENESIS}, digest.hexdigest()


def _lines(database: Database, name: str) -> Iterator[tuple[Event, str]]:
    query = (
        select(Event, EventPayload)
        .outerjoin(EventPayload, (EventPayload.chain == Event.chain) & (EventPayload.seq == Event.seq))
        .join(Chain, Chain.name == Event.chain)
        .where(Event.chain == name, Event.seq <= Chain.seq)
        .order_by(Event.seq)
    )
    with database.reading() as session:
        for event, payload in session.execute(query.execution_options(yield_per=500)):
            about = {"salt": payload.salt, "payload": payload.payload} if payload else {"salt": None, "payload": None}
            yield event, text.canonical({"body": event.body, "hash": event.hash, **about})


def _verified(database: Database, chains: list[dict[str, Any]]) -> str:
    shown = {chain["chain"] for chain in chains}
    said = [
        f"{'OK' if verdict.ok else 'BROKEN'}  {verdict.chain}: {verdict.problem or f'{verdict.events} events'}"
        for verdict in audit.verify(database)
        if verdict.chain in shown
    ]
    return "\n".join([*said, ""])


def _script() -> str:
    return inspect.getsource(verify_alone)
