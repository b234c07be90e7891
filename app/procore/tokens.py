"""Tokens for Procore: what a grant gives, and where the newest is kept for everybody who calls."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from app.core import clock

#: A token is renewed this long before it expires, so that no call carries one that dies on the way.
SKEW = timedelta(seconds=60)


@dataclass(frozen=True)
class Tokens:
    """What Procore gave: an access token for 90 minutes, and of a person's grant the one that renews it, once."""

    access: str = field(repr=False)
    expires_at: datetime
    refresh: str = field(default="", repr=False)

    @property
    def last(self) -> bool:
        """Whether they can still be used."""
        return clock.now() < self.expires_at - SKEW


@dataclass(frozen=True)
class Kept:
    """The sign-in of one connection as all its processes see it."""

    number: int = 0  # of the tokens: every new pair counts one up
    tokens: Tokens | None = None
    lapsed: str = ""  # why a person must connect again
    unclear: int = 0  # renewals in a row whose answer never came
    retry_at: datetime | None = None


class TokenStore(Protocol):
    """Where the tokens of one connection are; ``number`` always names the pair that was seen."""

    def kept(self) -> Kept:
        """The sign-in as it is now."""
        ...

    def take(self, number: int) -> bool:
        """Take the turn to renew these tokens; False when another has it, or they are renewed already."""
        ...

    def keep(self, number: int, fresh: Tokens) -> None:
        """Put new tokens in the place of these, all at once, and give the turn back."""
        ...

    def give_back(self, number: int, *, lapsed: str = "", retry_at: datetime | None = None) -> None:
        """The renewal did not succeed: for good (``lapsed``), unclear how (``retry_at``), or simply not yet."""
        ...


class MemoryTokens:
    """The store of a client that is alone with its sign-in."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = Kept()
        self._taken = False

    def kept(self) -> Kept:
        """The sign-in as it is now."""
        return self._kept

    def take(self, number: int) -> bool:
        """Take the turn to renew these tokens."""
        with self._lock:
            free = not self._taken and number == self._kept.number
            self._taken = self._taken or free
            return free

    def keep(self, number: int, fresh: Tokens) -> None:
        """Put new tokens in the place of these."""
        with self._lock:
            self._kept, self._taken = Kept(number + 1, fresh), False

    def give_back(self, number: int, *, lapsed: str = "", retry_at: datetime | None = None) -> None:
        """The renewal did not succeed."""
        with self._lock:
            unclear = self._kept.unclear + (retry_at is not None)
            self._kept = replace(self._kept, lapsed=lapsed, unclear=unclear, retry_at=retry_at)
            self._taken = False
