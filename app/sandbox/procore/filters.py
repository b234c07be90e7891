"""Procore's ``filters[…]`` on list calls: ranges, ids, origin ids, status, deleted rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request

from app.sandbox.procore.answers import refuse
from app.sandbox.procore.store import Record

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_MOMENTS = ("created_at", "updated_at", "reviewed_at")


def chosen(records: list[Record]) -> list[Record]:
    """The records that every filter of this call lets through."""
    tests = [_by_deletion(), _by_id(), *(_by_range(name) for name in _MOMENTS)]
    tests += [_by_value(name) for name in ("origin_id", "status")]
    tests.append(_by_search())
    return [record for record in records if all(test(record) for test in tests)]


_Test = Callable[[Record], bool]


def _everything(_record: Record) -> bool:
    return True


def _by_deletion() -> _Test:
    asked = request.args.get("filters[include_deleted]")
    if asked == "with":
        return _everything
    return lambda record: bool(record.get("deleted_at")) == (asked == "only")


def _by_id() -> _Test:
    texts = [*request.args.getlist("filters[id]"), *request.args.getlist("filters[id][]")]
    if not texts:
        return _everything
    wanted = {int(digits) for text in texts for digits in re.findall(r"\d+", text)}
    return lambda record: record["id"] in wanted


def _by_value(name: str) -> _Test:
    wanted = request.args.get(f"filters[{name}]")
    if wanted is None:
        return _everything
    return lambda record: record.get(name) == wanted


def _by_search() -> _Test:
    wanted = request.args.get("filters[search]", "").casefold()
    return lambda record: not wanted or wanted in str(record.get("name", "")).casefold()


def _by_range(name: str) -> _Test:
    text = request.args.get(f"filters[{name}]")
    if text is None:
        return _everything
    first, dots, last = text.strip('"').partition("...")
    if not dots:
        refuse(400, f"filters[{name}] is not a range such as 2026-03-01T00:00:00Z...2026-03-31T23:59:59Z")
    start, end = _moment(first, name), _moment(last, name, end=True)

    def within(record: Record) -> bool:
        value: Any = record.get(name)
        return bool(value) and start <= datetime.fromisoformat(value) <= end

    return within


def _moment(text: str, name: str, *, end: bool = False) -> datetime:
    text = text.strip('"')
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(400, f"filters[{name}]: {text!r} is not an ISO 8601 date or time")
    if _DAY.match(text) and end:
        moment += timedelta(days=1, seconds=-1)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
