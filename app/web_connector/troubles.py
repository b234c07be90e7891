"""Remembers, for a short while, which Web Connector sessions ran into an error of ours, to tell it honestly."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock

KEPT = 200


class Troubles:
    """The last sentence of each session in trouble; the oldest are forgotten first."""

    def __init__(self) -> None:
        self._sentences: OrderedDict[str, str] = OrderedDict()
        self._lock = Lock()

    def note(self, ticket: str, sentence: str) -> None:
        with self._lock:
            self._sentences[ticket] = sentence
            if len(self._sentences) > KEPT:
                self._sentences.popitem(last=False)

    def take(self, ticket: str) -> str:
        """The sentence of a session, once; empty when it had no trouble."""
        with self._lock:
            return self._sentences.pop(ticket, "")
