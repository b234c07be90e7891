"""What can be made to go wrong, and when: the third PATCH to vendors, or one call in ten by a seed."""

from __future__ import annotations

import hashlib
import re
import threading
from dataclasses import dataclass, field

#: What an answer can be made to be. The first six are given instead of the call being carried out.
CALL_FAULTS = {
    "rate_limit_hour": "the hourly window is used up: 429 until it ends",
    "rate_limit_spike": "the spike window is used up: 429 until it ends",
    "token_expired": "the token of the call stops working: 401",
    "error_500": "Procore fails: 500",
    "error_502": "the gateway fails: 502 and a page of HTML",
    "error_503": "Procore is busy: 503 with Retry-After",
    "drop_before": "the connection closes before anything is done",
    "drop_after": "the call is carried out, then the connection closes without an answer",
    "slow": "the answer comes in drops over some seconds",
    "truncated": "the answer breaks off in the middle of its body",
}
WEBHOOK = "WEBHOOK"
WEBHOOK_FAULTS = {
    "duplicate": "the event is delivered twice",
    "missing": "the event is never delivered",
    "late": "the event is delivered some seconds late",
}


@dataclass
class Fault:
    """Scripted: from the ``nth`` call that matches, ``times`` in a row. With a ``rate``: by chance, from ``seed``.

    ``path`` is searched in the path of a call; of a webhook (method WEBHOOK) in its resource name and event.
    """

    kinds: tuple[str, ...]
    method: str = ""
    path: str = "/rest/"
    nth: int = 1
    times: int = 1
    rate: float = 0.0
    seed: int = 0
    seconds: float = 0.0
    seen: int = 0
    played: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        known = WEBHOOK_FAULTS if self.method == WEBHOOK else CALL_FAULTS
        if not self.kinds or set(self.kinds) - set(known):
            raise ValueError(f"a fault is one of {', '.join(known)}")
        if self.method == WEBHOOK and self.path == "/rest/":
            self.path = ""
        try:
            re.compile(self.path)
        except re.error as problem:
            raise ValueError(f"the path is no pattern: {problem}") from None

    def draw(self, method: str, path: str) -> str:
        """The kind of fault this call meets, or nothing."""
        if self.method not in ("", method) or (method == WEBHOOK) != (self.method == WEBHOOK):
            return ""
        if not re.search(self.path, path):
            return ""
        self.seen += 1
        kind = self._by_chance() if self.rate else self._by_script()
        if kind:
            self.played.append(f"{self.seen}: {kind} {method} {path}")
        return kind

    def _by_script(self) -> str:
        return self.kinds[0] if self.nth <= self.seen < self.nth + self.times else ""

    def _by_chance(self) -> str:
        """The same for the same seed and the same number of the call, on every machine."""
        digest = hashlib.sha256(f"{self.seed}:{self.seen}".encode()).digest()
        if int.from_bytes(digest[:8], "big") / 2**64 >= self.rate:
            return ""
        return self.kinds[digest[8] % len(self.kinds)]


@dataclass(frozen=True)
class Due:
    """A fault that is to be played now."""

    kind: str
    seconds: float


class Faults:
    """The faults that are set; the first that speaks is played."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.planned: list[Fault] = []

    def add(self, *kinds: str, method: str = "", path: str = "/rest/", **more: float) -> Fault:
        """Plan a fault: ``add("drop_after", method="PATCH", path="vendors", nth=3)``; ValueError for an unknown one."""
        timing = {name: int(more[name]) for name in ("nth", "times", "seed") if name in more}
        amounts = {name: float(more[name]) for name in ("rate", "seconds") if name in more}
        fault = Fault(kinds, method.upper(), path, **timing, **amounts)  # type: ignore[arg-type]
        with self._lock:
            self.planned.append(fault)
        return fault

    def due(self, method: str, path: str) -> Due | None:
        """What this call meets; every plan that it matches counts it."""
        with self._lock:
            drawn = [(fault.draw(method, path), fault) for fault in self.planned]
        return next((Due(kind, fault.seconds) for kind, fault in drawn if kind), None)

    def clear(self) -> None:
        """Nothing goes wrong any more."""
        with self._lock:
            self.planned.clear()
