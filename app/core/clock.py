"""The one place where time enters the program, so that a simulation can own it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def _system() -> datetime:
    return datetime.now(UTC)


_source: Callable[[], datetime] = _system


def now() -> datetime:
    """This moment, in UTC, with its zone attached."""
    return _source()


def today(zone: str) -> date:
    """The calendar day in a company's own time zone (an IANA name)."""
    return now().astimezone(ZoneInfo(zone)).date()


def local_date(moment: datetime, zone: str) -> date:
    """The calendar day on which a moment fell for a company."""
    return moment.astimezone(ZoneInfo(zone)).date()


@contextmanager
def running(source: Callable[[], datetime]) -> Iterator[None]:
    """Let ``source`` be the clock inside the block; tests and simulations use it."""
    global _source
    before, _source = _source, source
    try:
        yield
    finally:
        _source = before
