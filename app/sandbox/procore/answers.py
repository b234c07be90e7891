"""How the sandbox's Procore says things: error bodies, pages, and which record is meant."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NoReturn
from urllib.parse import urlencode

from flask import Response, abort, jsonify, request

from app.sandbox.procore.store import Record, Store

PER_PAGE, MOST_PER_PAGE = 100, 2000
V2_PER_PAGE, V2_MOST_PER_PAGE = 10, 100


def error(status: int, message: str, **headers: str) -> Response:
    """The commonest of Procore's error bodies; in version 2 the one that version has."""
    if request.path.startswith("/rest/v2."):
        code = HTTPStatus(status).name
        body: dict[str, Any] = {"error": {"code": code, "message": message, "details": [{"message": message}]}}
    else:
        body = {"code": status, "message": message, "fields": "", "reason": "", "error": message}
    response = _answer(status, body)
    response.headers.update(headers)
    return response


def internal_error(message: str, exception: str) -> Response:
    """What Procore says of its own failures."""
    return _answer(500, {"message": message, "exception": exception})


def coded_error(status: int, message: str) -> Response:
    """The error body of the webhooks' bulk calls and of the permission manifest."""
    return _answer(status, {"error": {"code": HTTPStatus(status).name, "message": message}})


def listed_error(status: int, message: str) -> Response:
    """The error body of budget changes: a list."""
    return _answer(status, {"errors": [{"message": message}]})


def base_error(message: str, **fields: str) -> Response:
    """A refusal of the record as a whole, and of fields of it: 422, as budget lines have it."""
    return _answer(422, {"base": [message], "fields": fields})


def _answer(status: int, body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.status_code = status
    return response


def refuse(status: int, message: str) -> NoReturn:
    """End the call with the commonest error body."""
    abort(error(status, message))


def invalid_fields(problems: dict[str, list[str]]) -> Response:
    """A validation error: 422 and the problems by field."""
    return _answer(422, {"errors": problems})


def invalid(problems: dict[str, list[str]]) -> NoReturn:
    """End the call with a validation error."""
    abort(invalid_fields(problems))


def found(store: Store, resource: str, record_id: int, *, project_id: int | None = None) -> Record:
    """The record meant, or 404: also when it is deleted or of another project."""
    record = store.get(resource, record_id)
    if record is None or record.get("deleted_at"):
        refuse(404, "Not Found")
    if project_id is not None and _project_of(record) != project_id:
        refuse(404, "Not Found")
    return record


def _project_of(record: Record) -> Any:
    return record.get("project_id") or (record.get("project") or {}).get("id")


def number(name: str, value: Any = None) -> int:
    """A required whole number from the query, or from ``value`` when the body carries it."""
    text = request.args.get(name) if value is None else str(value)
    if not text or not text.isdigit():
        refuse(400, f"param is missing or the value is empty: {name}")
    return int(text)


def body() -> dict[str, Any]:
    """The JSON object sent with a write."""
    sent = request.get_json(silent=True)
    if not isinstance(sent, dict):
        refuse(400, "The request body is not a JSON object")
    return sent


def part(sent: dict[str, Any], name: str) -> dict[str, Any]:
    """The object under ``name`` that a write must carry."""
    inner = sent.get(name)
    if not isinstance(inner, dict):
        refuse(400, f"param is missing or the value is empty: {name}")
    return inner


def created(record: Record) -> Response:
    """A record just made: 201."""
    return _answer(201, record)


def page(records: list[Record], *, usual: int = PER_PAGE) -> Response:
    """The page asked for, with Procore's Link, Per-Page and Total headers; ``usual`` rows if none is asked for."""
    return _page(records, usual, MOST_PER_PAGE, lambda rows: rows)


def page_of_data(records: list[Record]) -> Response:
    """The page asked for as version 2 gives it: in an envelope, ten rows or at most a hundred, ids as text."""
    return _page(records, V2_PER_PAGE, V2_MOST_PER_PAGE, lambda rows: {"data": [with_text_ids(row) for row in rows]})


def with_text_ids(value: Any) -> Any:
    """A value with every id in it as text."""
    if isinstance(value, dict):
        return {name: _text_id(name, inner) for name, inner in value.items()}
    return [with_text_ids(inner) for inner in value] if isinstance(value, list) else value


def _text_id(name: str, value: Any) -> Any:
    is_id = (name == "id" or name.endswith("_id")) and isinstance(value, int)
    return str(value) if is_id else with_text_ids(value)


def _page(records: list[Record], usual: int, most: int, told: Callable[[list[Record]], Any]) -> Response:
    per_page = min(max(request.args.get("per_page", usual, type=int), 1), most)
    current = max(request.args.get("page", 1, type=int), 1)
    last = max(-(-len(records) // per_page), 1)
    response = jsonify(told(records[(current - 1) * per_page : current * per_page]))
    response.headers["Per-Page"] = str(per_page)
    response.headers["Total"] = str(len(records))
    links = ", ".join(f'<{_address(n, per_page)}>; rel="{rel}"' for rel, n in _neighbours(current, last))
    if links:
        response.headers["Link"] = links
    return response


def _neighbours(current: int, last: int) -> list[tuple[str, int]]:
    """Which pages the Link header names; page 2 names no ``prev``, as Procore's documents show."""
    before = [("first", 1)] if current > 1 else []
    before += [("prev", current - 1)] if current > 2 else []
    after = [("next", current + 1), ("last", last)] if current < last else []
    return before + after


def _address(page_number: int, per_page: int) -> str:
    query = {**request.args.to_dict(flat=False), "page": [str(page_number)], "per_page": [str(per_page)]}
    pairs = [(name, value) for name, values in query.items() for value in values]
    return f"{request.base_url}?{urlencode(pairs)}"
