"""What a refresh must say about itself: a list or report QuickBooks is asked for, and how its records are staged."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import ClassVar

from app.items.base import Again, Ask, Content, Done, Record, Refuse, Situation, Staged, Step


class Refresh:
    """A list QuickBooks is asked for; its records are staged."""

    name: ClassVar[str]
    label: ClassVar[str]
    iterates: ClassVar[bool] = True
    grammar: ClassVar[str] = ""
    page_size: ClassVar[int] = 100
    #: How often it is asked for by itself; None: only when somebody asks.
    every: ClassVar[timedelta | None] = timedelta(hours=1)
    #: The connection setting that says how often instead (a value of CADENCES), and is empty where nobody chose.
    cadence: ClassVar[str] = ""
    #: Asked once for each item of this kind that QuickBooks holds, instead of once in all.
    per: ClassVar[str] = ""
    #: … of whose project QuickBooks also holds an item of this kind.
    after: ClassVar[str] = ""
    #: Tells only what changed: what does not show this time is not gone.
    incremental: ClassVar[bool] = False
    #: The countries whose editions have it.
    countries: ClassVar[tuple[str, ...]] = ()

    def begins_with_read(self, document: Content) -> bool:
        """A refresh only ever asks."""
        return True

    def next_step(self, now: Situation) -> Step:
        """Ask page after page until nothing remains. ``now.document`` holds what it was asked for."""
        last = now.last
        if last is None or last.outcome == "unknown":
            return Ask("page", writes=False, context=self._page(now, ""))
        if last.outcome in {"found", "empty", "saved"}:
            if self.iterates and last.remaining > 0 and last.iterator_id:
                return Ask("page", writes=False, context=self._page(now, last.iterator_id))
            return Done(record=self.name, quickbooks_id="")
        if last.outcome == "retry":
            return Again(last.sentence)
        return Refuse(last.sentence, last.what_to_do)

    def _page(self, now: Situation, iterator_id: str) -> Content:
        return {"iterator_id": iterator_id, "max_returned": self.page_size}

    def stage_all(self, record: Record, asked: Content) -> Iterable[Staged]:
        """What to keep of one answered record; ``asked`` is what the refresh was asked for."""
        return (self.stage(record),)

    def stage(self, record: Record) -> Staged:
        """One answered record of a list as we keep it."""
        return Staged(
            type=record.type.removesuffix("Ret"),
            list_id=record.text("ListID"),
            name=record.text("Name"),
            full_name=record.text("FullName") or record.text("Name"),
            active=record.text("IsActive") != "false",
            sublevel=int(record.text("Sublevel") or 0),
            data=self.keep(record),
        )

    def keep(self, record: Record) -> Content:
        """The fields beyond names that somebody will want."""
        return {}
