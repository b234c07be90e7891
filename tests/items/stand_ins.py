"""Stand-ins for what kinds are given: QuickBooks records, replies and staged lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from app.items import registry
from app.items.base import Content, Reply, Staged, Surroundings
from tests import records

#: When our request left, and moments around it.
HANDED_OUT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass
class Rec:
    """A QuickBooks record: texts by path, and lines."""

    type: str
    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Sequence[Rec] = ()

    def text(self, path: str) -> str:
        return self.texts.get(path, "")

    def attribute(self, name: str) -> str:
        return self.texts.get(f"@{name}", "")

    def all(self, name: str) -> Sequence[Rec]:
        return [line for line in self.lines if line.type == name]


def reply(step: str, outcome: str, *found: Rec, **more: Any) -> Reply:
    """What came of a request that left at noon."""
    given: dict[str, Any] = {"sentence": "QuickBooks said no.", "what_to_do": "Look at it.", **more}
    return Reply(step, outcome, records=found, handed_out=HANDED_OUT, **given)


def staged(type_: str, name: str, list_id: str = "80-1", **more: Any) -> Staged:
    """A record QuickBooks has shown."""
    given: dict[str, Any] = {"full_name": name, "active": True, "sublevel": 0, "data": {}, **more}
    return Staged(type_, list_id, name, **given)


def around(*shown: Staged, **more: Any) -> Surroundings:
    """What lies around item 7."""
    given: dict[str, Any] = {"settings": {}, "item_id": 7, **more}
    return Surroundings(staged=shown, **given)


def read(taken: records.Taken) -> Content:
    """A Procore record as its kind keeps it."""
    kind, record = taken
    return registry.kind(kind).read(record)
