"""What is approved, to the letter: the document, and the settings it was built from."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.db.engine import Database
from app.db.models import Document, Item
from app.items.base import Content
from app.services.gather import Gathered


def document_of(around: Gathered) -> Content:
    """Everything that will be written, and every setting it was built from."""
    return {
        "kind": around.kind.kind,
        "procore_id": around.item.procore_id,
        "fields": around.kind.document(around.content, around.inputs, around.around),
        "settings": settings_read(around),
    }


def settings_read(around: Gathered) -> Content:
    """The connection settings an item's document depends on, as they stand."""
    return {name: around.around.settings.get(name) for name in around.kind.settings}


def documents(session: Session, items: Sequence[Item]) -> dict[int, Content]:
    """The approved documents of these items, whole."""
    query = select(Document.item_id, Document.body).where(Document.id.in_([item.document_id for item in items]))
    return {row.item_id: json.loads(row.body) for row in session.execute(query)}


def approved(database: Database, document_id: int | None) -> Document | None:
    """What somebody approved, as it is kept."""
    with database.reading() as session:
        return session.get(Document, document_id) if document_id else None
