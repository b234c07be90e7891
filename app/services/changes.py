"""What changed between two versions of a Procore record, field by field, in the words of its kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from app.core import money
from app.items.base import Content, ItemType

#: What a kind's word says beside it: "Qty (line)".
_BESIDE = re.compile(r" \([^)]*\)$")
_AMOUNT = re.compile(r"-?\d+\.\d{1,2}")
#: By what a record within a record is called where only its name is shown.
NAMES = ("full_code", "number", "name", "company", "title")
#: Lists whose entries people know as lines.
LINES = {"line_items", "lines", "items"}


@dataclass(frozen=True)
class Change:
    """One field that differs, or one entry more or less; empty where a version has nothing there."""

    label: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.label}: {self.before or 'nothing'} → {self.after or 'nothing'}"


def between(kind: ItemType, before: Content, after: Content) -> tuple[Change, ...]:
    """All that differs; what the kind has a word for comes first."""
    return tuple(_Differ(kind).records("", before, after))


class _Differ:
    def __init__(self, kind: ItemType) -> None:
        # Where QuickBooks gets only what is new of a field, its word would be wrong for the whole.
        named = [one for one in kind.fields if not one.note.startswith("less ")]
        self._words = {one.procore: _BESIDE.sub("", one.label) for one in reversed(named)}
        self._rank: dict[str, int] = {}
        for place, one in enumerate(kind.fields):
            parts = one.procore.split(".")
            for depth in range(1, len(parts) + 1):  # a record within it stands where its first word stands
                self._rank.setdefault(".".join(parts[:depth]), place)

    def records(self, path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[Change]:
        """Two versions of a record, or of one within it. What says the same twice is said once, and an id
        only where nothing else changed."""
        keys = sorted({*before, *after}, key=lambda key: (self._rank.get(_under(path, key), len(self._rank)), key))
        told: list[Change] = []
        ids: list[Change] = []
        said: set[tuple[str, str]] = set()
        for key in keys:
            old, new = before.get(key), after.get(key)
            found = self._values(_under(path, key), key, old, new)
            if not isinstance(old, list) and not isinstance(new, list):
                found = [one for one in found if (one.before, one.after) not in said]
                said |= {(one.before, one.after) for one in found}
            (ids if key == "id" or key.endswith("_id") else told).extend(found)
        return told or ids

    def _values(self, path: str, key: str, before: Any, after: Any) -> Sequence[Change]:
        if before == after:
            return []
        if isinstance(before, list) and isinstance(after, list):
            return list(self._lists(path, key, before, after))
        was, now = _shown(before), _shown(after)
        if isinstance(before, dict) and isinstance(after, dict) and (path not in self._words or was == now):
            return self.records(path, before, after)
        return [Change(self._words.get(path) or _plain(key), was, now)] if was != now else []

    def _lists(self, path: str, key: str, before: list[Any], after: list[Any]) -> Iterator[Change]:
        """Entry by entry: the same by its id, or else by its place."""
        old, new = _by_id(before), _by_id(after)
        word = "Line" if key in LINES else self._words.get(path) or _plain(key)
        for one in [*new, *(gone for gone in old if gone not in new)]:
            place, entry = new.get(one) or old[one]
            label = f"{word} {place}{_coded(entry)}"
            if one not in old or one not in new:
                yield Change(label, *(self._summary(path, side[one][1]) if one in side else "" for side in (old, new)))
                continue
            (_, was), (_, now) = old[one], new[one]
            if isinstance(was, dict) and isinstance(now, dict):
                for change in self.records(path, was, now):
                    yield replace(change, label=f"{label}, {change.label}")
            elif was != now:
                yield Change(label, _shown(was), _shown(now))

    def _summary(self, path: str, entry: Any) -> str:
        """An entry that came or went, by those of its fields that have a word."""
        if not isinstance(entry, dict):
            return _shown(entry)
        keys = sorted(
            (key for key in entry if _under(path, key) in self._words), key=lambda k: self._rank[_under(path, k)]
        )
        return " · ".join(said for key in keys if (said := _shown(entry[key]))) or "an entry"


def _under(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _by_id(entries: Sequence[Any]) -> dict[Any, tuple[int, Any]]:
    """Entries with their places, counted from one."""
    return {
        entry["id"] if isinstance(entry, dict) and "id" in entry else ("at", place): (place, entry)
        for place, entry in enumerate(entries, 1)
    }


def _coded(entry: Any) -> str:
    """By which code people know a line: QuickBooks counts the title as the first, so that its place says too little."""
    code = entry.get("cost_code") if isinstance(entry, dict) else None
    return f" ({code['full_code']})" if isinstance(code, dict) and code.get("full_code") else ""


def _plain(key: str) -> str:
    return key.replace("_", " ").capitalize()


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        return " ".join(str(value[name]) for name in NAMES if value.get(name))
    if isinstance(value, list):
        return f"{len(value)} entries"
    if value is None or isinstance(value, bool):
        return {True: "yes", False: "no"}.get(value, "") if value is not None else ""
    text = str(value)
    return money.shown(money.decimal(text)) if _AMOUNT.fullmatch(text) else text
