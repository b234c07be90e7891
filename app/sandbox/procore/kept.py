"""What the sandbox keeps for a while under a name: tokens, codes, counters."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.sandbox.procore.file import DatabaseFile

Note = dict[str, Any]


class Kept:
    """Notes by sort and name; one that has expired is gone."""

    def __init__(self, file: DatabaseFile, now: Callable[[], datetime]) -> None:
        self._file = file
        self._now = now

    def put(self, sort: str, name: str, note: Note, expires: datetime | None = None) -> None:
        """Keep a note, in place of the one with the same name."""
        until = expires.timestamp() if expires else math.inf
        self._file.run("REPLACE INTO kept VALUES (?, ?, ?, ?)", (sort, name, json.dumps(note), until))

    def get(self, sort: str, name: str) -> Note | None:
        """The note, or None."""
        found = self._file.rows("SELECT body, expires FROM kept WHERE sort = ? AND name = ?", (sort, name))
        return json.loads(found[0][0]) if found and found[0][1] > self._now().timestamp() else None

    def take(self, sort: str, name: str) -> Note | None:
        """The note, which nobody gets a second time."""
        with self._file.writing():
            found = self.get(sort, name)
            self.drop(sort, name)
        return found

    def drop(self, sort: str, name: str) -> None:
        """Forget a note."""
        self._file.run("DELETE FROM kept WHERE sort = ? AND name = ?", (sort, name))

    def next_number(self, name: str) -> int:
        """One, two, three … under a name."""
        with self._file.writing():
            number = int((self.get("number", name) or {"last": 0})["last"]) + 1
            self.put("number", name, {"last": number})
        return number
