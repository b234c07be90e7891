"""The trail taken along as a table or as JSON Lines: what was taken, and by whom, is itself on the trail."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import TextIO

from sqlalchemy import select

from app.core.tags import Tag
from app.db.engine import Database
from app.db.models import Connection
from app.services import audit
from app.services.audit import Filter
from app.services.unit import service_work, work

#: How the events are written, by the name of the form.
FORMS: dict[str, Callable[[Database, Filter, TextIO], int]] = {"csv": audit.write_csv, "jsonl": audit.write_jsonl}


def write(database: Database, wanted: Filter, form: str, out: TextIO, *, actor: str) -> int:
    """Write the events a filter asks for; returns how many. That they were taken is noted before."""
    _note(database, wanted, form, actor)
    return FORMS[form](database, wanted, out)


def _note(database: Database, wanted: Filter, form: str, actor: str) -> None:
    """On the chain of the connection, where it is one that is taken; else on that of the service."""
    said = {name: _plain(value) for name, value in asdict(wanted).items() if value}
    with database.reading() as session:
        chains = {audit.chain_of(one): one for one in session.execute(select(Connection.id)).scalars()}
    if wanted.chain in chains:
        with work(database, chains[wanted.chain]) as unit:
            unit.trail.add(Tag.AUDIT_EXPORTED, actor, form=form, filter=said)
        return
    with service_work(database) as (_, trail):
        trail.add(Tag.AUDIT_EXPORTED, actor, form=form, filter=said)


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, datetime) else value
