"""Procore's ``filters[…]`` on list calls. Each list knows some of them and passes over all others without a word."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from flask import request

from app.sandbox.procore.answers import refuse
from app.sandbox.procore.store import Record

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}$")
_STAMPS = ("created_at", "updated_at")

#: What each list can be filtered by, from Procore's API description.
OF = {
    "billing_periods": ("id", *_STAMPS, "status"),
    "change_order_packages": (
        "id", *_STAMPS, "reviewed_at", "due_date", "include_deleted", "invoiced_date", "paid_date",
    ),
    "commitment_change_orders": (
        "id", "batch_id", "legacy_package_id", "contract_id", "status", "updated_at",
    ),
    "commitments": ("id", "status", *_STAMPS, "include_deleted", "origin_id"),
    "cost_codes": ("origin_id",),
    "direct_costs": ("id", "origin_id", "invoice_number", *_STAMPS, "payment_date", "received_date"),
    "line_item_types": ("origin_id",),
    "lines": ("id", *_STAMPS, "cost_code_id", "line_item_type_id"),
    "projects": ("name", *_STAMPS, "origin_id", "id"),
    "requisitions": ("id", "period_id", "status", *_STAMPS, "origin_id"),
    "standard_cost_codes": ("origin_id",),
    "users": (*_STAMPS, "origin_id", "search"),
    "vendors": ("origin_id", "search", *_STAMPS, "id"),
}  # fmt: skip


def chosen(records: list[Record], names: tuple[str, ...] = ()) -> list[Record]:
    """The records that every filter of this call lets through; deleted ones only if the list has a filter for them."""
    tests = [_by_deletion("include_deleted" in names), *(_test(name) for name in names if name != "include_deleted")]
    return [record for record in records if all(test(record) for test in tests)]


_Test = Callable[[Record], bool]


def _test(name: str) -> _Test:
    if name == "search":
        return _by_search()
    if name.endswith(("_at", "_date")):
        return _by_range(name)
    return _by_id(name) if name == "id" or (name.endswith("_id") and name != "origin_id") else _by_value(name)


def _everything(_record: Record) -> bool:
    return True


def _by_deletion(known: bool) -> _Test:
    asked = request.args.get("filters[include_deleted]") if known else None
    if asked == "with":
        return _everything
    return lambda record: bool(record.get("deleted_at")) == (asked == "only")


def _by_id(name: str) -> _Test:
    texts = [*request.args.getlist(f"filters[{name}]"), *request.args.getlist(f"filters[{name}][]")]
    if not texts:
        return _everything
    wanted = {int(digits) for text in texts for digits in re.findall(r"\d+", text)}
    return lambda record: _id_in(record, name) in wanted


def _id_in(record: Record, name: str) -> Any:
    """``cost_code_id`` of a record that holds the id itself, or the cost code."""
    return record[name] if name in record else (record.get(name.removesuffix("_id")) or {}).get("id")


def _by_value(name: str) -> _Test:
    wanted = [*request.args.getlist(f"filters[{name}]"), *request.args.getlist(f"filters[{name}][]")]
    if not wanted:
        return _everything
    return lambda record: record.get(name) in wanted


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
        return bool(value) and start <= _moment(value, name) <= end

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
