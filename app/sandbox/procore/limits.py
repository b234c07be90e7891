"""How often one may call: Procore's two windows, the hour and the spike of ten seconds."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

#: The figures of Procore's documents, which call them examples.
DOCUMENTED_HOURLY, DOCUMENTED_SPIKE = 600, 25


@dataclass
class Window:
    """So many calls in so many seconds, counted from the first of them."""

    name: str
    seconds: int
    allowed: int
    made: int = 0
    ends: float = 0.0

    def roll(self, moment: float) -> None:
        """Begin anew when the window has ended."""
        if moment >= self.ends:
            self.ends, self.made = moment + self.seconds, 0

    @property
    def remaining(self) -> int:
        """The calls that are left."""
        return max(self.allowed - self.made, 0)


class Limits:
    """Both windows; the headers tell of the one that is nearer to its end."""

    def __init__(self, now: Callable[[], datetime], *, hourly: int, spike: int) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._told_until = 0.0
        self.windows = {"hour": Window("hour", 3600, hourly), "spike": Window("spike", 10, spike)}
        #: Calls made although an answer had told that nothing remains: a well-behaved client makes none.
        self.overrun = 0

    def admit(self) -> Window | None:
        """Count a call, or name the window that refuses it; a refused call counts in neither."""
        with self._lock:
            moment = self._roll()
            if moment < self._told_until:
                self.overrun += 1
            refusing = [window for window in self.windows.values() if not window.remaining]
            if refusing:
                return max(refusing, key=lambda window: window.ends)
            for window in self.windows.values():
                window.made += 1
            return None

    def exhaust(self, name: str) -> None:
        """Use up a window, as another app of the same account would."""
        with self._lock:
            self._roll()
            self.windows[name].made = self.windows[name].allowed

    def allow(self, name: str, calls: int) -> None:
        """Set how many calls a window allows."""
        with self._lock:
            self.windows[name].allowed = calls

    def headers(self) -> dict[str, str]:
        """What Procore tells with every answer; from now on the client knows it."""
        with self._lock:
            self._roll()
            nearer = min(self.windows.values(), key=lambda window: (window.remaining, -window.ends))
            if not nearer.remaining:
                self._told_until = max(self._told_until, nearer.ends)
            return {
                "X-Rate-Limit-Limit": str(nearer.allowed),
                "X-Rate-Limit-Remaining": str(nearer.remaining),
                "X-Rate-Limit-Reset": str(math.ceil(nearer.ends)),
            }

    def retry_after(self, window: Window) -> str:
        """Whole seconds until a window opens again."""
        return str(max(math.ceil(window.ends - self._now().timestamp()), 1))

    def told(self) -> dict[str, object]:
        """Both windows and the calls made against what was told."""
        windows = {name: {"allowed": one.allowed, "made": one.made} for name, one in self.windows.items()}
        return {**windows, "overrun": self.overrun}

    def _roll(self) -> float:
        moment = self._now().timestamp()
        for window in self.windows.values():
            window.roll(moment)
        return moment
