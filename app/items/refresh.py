"""What a refresh must say about itself: a list or report QuickBooks is asked for, and how its records are staged."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

from app.items.base import Again, Ask, Content, Done, Record, Refuse, Situation, Staged, Step


class Refresh:
    """A list QuickBooks is asked for; its records are staged."""

    name: ClassVar[str]
    label: ClassVar[str]
    quickbooks: ClassVar[str] = ""  # what QuickBooks calls it, where it brings Procore something by itself
    places: ClassVar[str] = ""  # where to find it on both sides
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
    #: What it says stands by items of this kind.
    by: ClassVar[str] = ""
    #: Tells only what changed: what does not show this time is not gone.
    incremental: ClassVar[bool] = False
    #: Asked with the ids of every record bound to an item of this kind, as they were when it was asked.
    looks_at: ClassVar[str] = ""
    #: The countries whose editions have it.
    countries: ClassVar[tuple[str, ...]] = ()
    #: What is asked, one after the other.
    steps: ClassVar[tuple[str, ...]] = ("page",)
    #: Kinds whose bindings it looks at: of the project it is asked for, or all of them.
    needs: ClassVar[tuple[str, ...]] = ()

    def begins_with_read(self, document: Content) -> bool:
        """A refresh only ever asks."""
        return True

    def why_not(self, host: Mapping[str, Any]) -> str:
        """Why this edition cannot be asked for it, or nothing."""
        country = str(host.get("country") or "")
        if self.countries and country and country not in self.countries:
            return f"{self.label}: {' and '.join(self.countries)} editions only; this QuickBooks is from {country}."
        return ""

    def next_step(self, now: Situation) -> Step:
        """Ask step after step, each until nothing of it remains. ``now.document`` holds what it was asked for."""
        last = now.last
        if why := self.why_not(now.host):
            return Refuse(why, "Nothing was asked.")
        if last is not None and last.outcome == "retry":
            return Again(last.sentence)
        if last is not None and last.outcome not in {"found", "empty", "saved", "unknown"}:
            return Refuse(last.sentence, last.what_to_do)
        for step in self.steps[self.steps.index(last.step) if last else 0 :]:
            context = self.asks(now, step)
            if context is not None:
                return Ask(step, writes=False, context=context)
        return Done(record=self.name, quickbooks_id="", report=self.report(now))

    def asks(self, now: Situation, step: str) -> Content | None:
        """What a step asks next; None when there is nothing more. By default page after page of one list."""
        last = next((reply for reply in reversed(now.replies) if reply.step == step), None)
        if last is None or last.outcome == "unknown":
            return self._page(now, "")
        if self.iterates and last.remaining > 0 and last.iterator_id:
            return self._page(now, last.iterator_id)
        return None

    def _page(self, now: Situation, iterator_id: str) -> Content:
        return {"iterator_id": iterator_id, "max_returned": self.page_size}

    def report(self, now: Situation) -> Content:
        """What all answers come to, taken together, for those that are not lists; kept by a service."""
        return {}

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
