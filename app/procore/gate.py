"""How often Procore may be called: nobody of a company calls while Procore has said that no call is left.

Procore counts by the hour and in spikes of ten seconds, and tells with every answer how many calls are left in
whichever window is nearer to its end. The gate keeps what was told, for all processes that call for a company.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import httpx

from app.core import clock

#: Only this near to a limit are calls counted one by one; it is more than ever are on their way at once.
NEAR = 50
#: A refusal that does not say when to come back: Procore's shorter window.
_SPIKE = timedelta(seconds=10)
_TOO_MANY = 429


@dataclass(frozen=True)
class Limit:
    """What an answer tells: calls left, and when the window opens anew."""

    left: int
    opens_at: datetime


@dataclass(frozen=True)
class Entry:
    """What the gate says to who asks to call."""

    closed_until: datetime | None = None  # None: go
    window: int | None = None  # the window this call is counted in


@dataclass(frozen=True)
class Window:
    """What is known of the window a company is in; far from any limit nothing is."""

    number: int = 0
    limit: Limit | None = None
    out: int = 0  # calls on their way, which the number of calls left may not know of yet

    def entry(self) -> Entry:
        """Whether one more call may go."""
        limit = self._in_force()
        if limit is None:
            return Entry()
        return Entry(window=self.number) if limit.left > self.out else Entry(closed_until=limit.opens_at)

    def one_more(self) -> Window:
        """With one more call on its way."""
        return replace(self, out=self.out + 1)

    def after(self, entry: Entry, told: Limit | None) -> Window:
        """When a call has come back. Answers overtake each other: in a window the least that was told counts."""
        here, limit = self, self._in_force()
        if limit is None:
            here = Window(self.number + 1)
        elif entry.window == self.number:
            left = limit.left if told else max(limit.left - 1, 0)  # a lost answer's call may have been counted
            here = replace(self, out=max(self.out - 1, 0), limit=replace(limit, left=left))
        if told is None or told.left > NEAR or told.opens_at <= clock.now():
            return here
        return replace(here, limit=_tighter(here._in_force(), told))

    def _in_force(self) -> Limit | None:
        return self.limit if self.limit and clock.now() < self.limit.opens_at else None


def _tighter(one: Limit | None, other: Limit) -> Limit:
    if one is None or other.left < one.left:
        return other
    if other.left > one.left:
        return one
    return max(one, other, key=lambda limit: limit.opens_at)


class Gate(Protocol):
    """What all callers of one company pass, each time."""

    def enter(self) -> Entry:
        """May one call go now?"""
        ...

    def leave(self, entry: Entry, told: Limit | None) -> None:
        """The call came back, or will not; ``told`` is what its answer said of the limit."""
        ...


class MemoryGate:
    """The gate of a client that is alone with its company."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._window = Window()

    def enter(self) -> Entry:
        """May one call go now?"""
        with self._lock:
            entry = self._window.entry()
            if entry.window is not None:
                self._window = self._window.one_more()
            return entry

    def leave(self, entry: Entry, told: Limit | None) -> None:
        """The call came back."""
        with self._lock:
            self._window = self._window.after(entry, told)


def told(answer: httpx.Response) -> Limit | None:
    """What an answer tells of its limit; a refusal for too many calls leaves none."""
    left, reset = _number(answer, "X-Rate-Limit-Remaining"), _number(answer, "X-Rate-Limit-Reset")
    opens_at = datetime.fromtimestamp(reset, UTC) if reset is not None else None
    if answer.status_code == _TOO_MANY:
        again = retry_after(answer) or (None if opens_at else clock.now() + _SPIKE)
        return Limit(0, max(moment for moment in (opens_at, again) if moment))
    return Limit(left, opens_at) if left is not None and opens_at else None


def retry_after(answer: httpx.Response) -> datetime | None:
    """When an answer asks to come back, if it does."""
    seconds = _number(answer, "Retry-After")
    return clock.now() + timedelta(seconds=seconds) if seconds is not None else None


def _number(answer: httpx.Response, header: str) -> int | None:
    """A header of digits; whatever else stands there (a date, a joke) tells nothing."""
    text = answer.headers.get(header, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None
