"""Writes as Procore takes them: a PATCH of one record, and the sync action of many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from flask import Response, jsonify

from app.sandbox.procore.answers import invalid, refuse
from app.sandbox.procore.store import DuplicateOriginError, Record, Store

MOST_ROWS = 1000

ORIGIN = ("origin_id", "origin_data")
ORIGIN_AND_CODE = (*ORIGIN, "origin_code")
TAKEN = {"origin_id": ["has already been taken"]}


class Rows(Protocol):
    """Where a sync action finds and keeps its records: a store, or the lines inside one of its records."""

    def get(self, resource: str, record_id: int, /) -> Record | None: ...
    def with_origin(self, resource: str, origin_id: str, /) -> Record | None: ...
    def patch(self, resource: str, record_id: int, changes: Mapping[str, Any], /) -> Record: ...
    def put(self, resource: str, record: Record, /) -> Record: ...


def permitted(sent: dict[str, Any], writable: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a write that Procore takes; it passes over all others without a word."""
    return {name: value for name, value in sent.items() if name in writable}


def patched(store: Store, resource: str, record_id: int, changes: dict[str, Any]) -> Record:
    """The record after a PATCH; 422 when its origin_id belongs to another."""
    try:
        return store.patch(resource, record_id, changes)
    except DuplicateOriginError:
        invalid(TAKEN)


def made(store: Store, resource: str, record: Record) -> Record:
    """The record a POST made; 422 when its origin_id belongs to another."""
    try:
        return store.put(resource, record)
    except DuplicateOriginError:
        invalid(TAKEN)


def named(fields: dict[str, Any]) -> dict[str, Any]:
    """The fields of a record that must have a name; 422 without one."""
    if not str(fields.get("name") or "").strip():
        raise BadFields({"name": ["can't be blank"]})
    return fields


def synced(
    store: Rows,
    resource: str,
    updates: Any,
    *,
    writable: tuple[str, ...],
    blank: Callable[[dict[str, Any]], Record] | None,
    shown: Callable[[Record], Record],
    within: Callable[[Record], bool] = lambda _record: True,
    kept: Callable[[Record, dict[str, Any]], dict[str, Any]] = lambda _record, changes: changes,
) -> Response:
    """The sync action: 200 with the rows that were written and those that were not.

    ``blank`` makes a new record from a row; without it rows that match nothing are errors. ``kept`` turns
    the fields of a row into those of the record it changes.
    """
    if not isinstance(updates, list) or not all(isinstance(row, dict) for row in updates):
        refuse(400, "param is missing or the value is empty: updates")
    if len(updates) > MOST_ROWS:
        refuse(413, f"Request entity too large: at most {MOST_ROWS} updates")
    entities, errors = [], []
    for row in updates:
        try:
            written = _one(store, resource, row, writable, blank, within, kept)
        except BadFields as problem:
            errors.append({**row, "errors": problem.problems})
        else:
            entities.append(shown(written))
    return jsonify({"entities": entities, "errors": errors})


class BadFields(Exception):
    """A write, or one row of a sync action, that cannot be taken: problems by field."""

    def __init__(self, problems: dict[str, list[str]]) -> None:
        super().__init__(problems)
        self.problems = problems


def _one(
    store: Rows,
    resource: str,
    row: dict[str, Any],
    writable: tuple[str, ...],
    blank: Callable[[dict[str, Any]], Record] | None,
    within: Callable[[Record], bool],
    kept: Callable[[Record, dict[str, Any]], dict[str, Any]],
) -> Record:
    target = _target(store, resource, row, within)
    changes = permitted(row, writable)
    try:
        if target is not None:
            return store.patch(resource, target["id"], kept(target, changes))
        if blank is None:
            raise BadFields({"base": ["Entity cannot be created by this action"]})
        return store.put(resource, blank(changes))
    except DuplicateOriginError:
        raise BadFields(TAKEN) from None


def _target(store: Rows, resource: str, row: dict[str, Any], within: Callable[[Record], bool]) -> Record | None:
    if row.get("id") is not None:
        record = store.get(resource, row["id"])
        if record is None or record.get("deleted_at") or not within(record):
            raise BadFields({"id": ["Entity with this ID not found"]})
        return record
    if not row.get("origin_id"):
        return None
    record = store.with_origin(resource, row["origin_id"])
    if record is not None and (record.get("deleted_at") or not within(record)):
        raise BadFields(TAKEN)
    return record
