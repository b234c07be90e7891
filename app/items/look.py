"""The nightly look: what QuickBooks holds by now of the records that are ours, asked for by their own ids."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar

from app.items.base import Content, Record, Situation, Staged
from app.items.refresh import Refresh

#: So many records are asked for in one request.
CHUNK = 100


class Look(Refresh):
    """Every record bound to an item of the kind in ``looks_at``, whole; one that does not show is gone."""

    every = timedelta(days=1)
    steps: ClassVar[tuple[str, ...]] = ("chunk",)

    def asks(self, now: Situation, step: str) -> Content | None:
        """The next hundred ids; an answer that never came is asked for again."""
        ids = now.document.get("txn_ids", [])
        answered = sum(1 for reply in now.replies if reply.step == step and reply.outcome != "unknown")
        chunk = ids[answered * CHUNK :][:CHUNK]
        return {"txn_ids": chunk} if chunk else None

    def stage(self, record: Record) -> Staged:
        """The record as it came: it is compared with what was written when all have been read."""
        number = record.text("RefNumber") or record.text("TxnID")
        return Staged(
            type=record.type.removesuffix("Ret"),
            list_id=record.text("TxnID"),
            name=number,
            full_name=number,
            active=True,
            sublevel=0,
            data={"xml": record.xml()},
        )
