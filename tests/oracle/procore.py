"""Procore's own API description as an oracle, where it lies beside the project."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import httpx

ORACLE = Path(__file__).parents[3] / "shared" / "procore" / "oas_subset.json"
WHY_NOT = "oas_subset.json is not at ../shared/procore"
_FORMATS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
}
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}

#: How the description writes that any name of a field may stand here.
_ANY_FIELD = "field_name"

Schema = dict[str, Any]


@cache
def description() -> dict[str, Any]:
    """The whole of it."""
    loaded: dict[str, Any] = json.loads(ORACLE.read_text(encoding="utf-8"))
    return loaded


@dataclass(frozen=True)
class Operation:
    """One method of one path."""

    method: str
    path: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def said(self) -> Schema:
        found: Schema = description()["paths"][self.path][self.method.lower()]
        return found


@cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    """Every path as a pattern, those with fewer blanks first: ``sync`` is no id."""
    paths = sorted(description()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))), path) for path in paths]


def operation(method: str, path: str) -> Operation | None:
    """What the description calls a call; None when it does not know it."""
    for pattern, found in _paths():
        if pattern.fullmatch(path) and method.lower() in description()["paths"][found]:
            return Operation(method, found)
    return None


def problems(value: Any, schema: Schema, path: str = "") -> Iterator[str]:
    """What a description has against a value: fields it does not name, missing ones, types, forms, words.

    It never says what may be empty, so null is let through everywhere.
    """
    if value is None:
        return
    if "$ref" in schema:
        yield from problems(value, description()["schemas"].get(schema["$ref"], {}), path)
    elif "oneOf" in schema:
        yield from min((list(problems(value, one, path)) for one in schema["oneOf"]), key=len, default=[])
    else:
        yield from _plain(value, schema, path)


def _plain(value: Any, schema: Schema, path: str) -> Iterator[str]:
    wanted = schema.get("type", "object" if "properties" in schema else None)
    if wanted and (not isinstance(value, _TYPES[wanted]) or (isinstance(value, bool) and wanted != "boolean")):
        yield f"{path or 'it'} is no {wanted}"
        return
    if isinstance(value, list):
        for inner in value:
            yield from problems(inner, schema.get("items", {}), path)
    elif isinstance(value, dict) and schema.get("properties"):
        yield from _fields(value, schema, f"{path}." if path else "")
    elif isinstance(value, str):
        form = _FORMATS.get(schema.get("format", ""))
        if form and not form.fullmatch(value):
            yield f"{path} is no {schema['format']}"
    allowed = schema.get("enum")
    if allowed and isinstance(value, str) and value not in allowed and not any(" " in str(one) for one in allowed):
        yield f"{path} says {value}"


def _fields(value: Schema, schema: Schema, path: str) -> Iterator[str]:
    for name in schema.get("required", ()):
        if name not in value:
            yield f"{path}{name} is missing"
    for name, inner in value.items():
        if _ANY_FIELD in schema["properties"]:
            yield from problems(inner, schema["properties"][_ANY_FIELD], f"{path}{name}")
        elif name in schema["properties"]:
            yield from problems(inner, schema["properties"][name], f"{path}{name}")
        else:
            yield f"{path}{name} is not named"


@dataclass(frozen=True)
class Exchange:
    """One call and its answer."""

    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    body: Any
    status: int
    answer: Any

    @property
    def operation(self) -> Operation | None:
        return operation(self.method, self.path)

    def wrong_in_the_call(self) -> Iterator[str]:
        """What the description has against what was asked."""
        if self.operation is None:
            return
        said = self.operation.said
        known = {one["name"]: one for one in said["parameters"] if one["in"] == "query"}
        given = {name for name, _ in self.query}
        yield from (
            f"query {name} is not named"
            for name in sorted(given)
            if not {name, f"{name}[]", name.removesuffix("[]")} & set(known)
        )
        for name, one in known.items():
            if one["required"] and name not in given and not given & _EITHER.get(name, set()):
                yield f"query {name} is missing"
        if self.body is not None:
            yield from problems(self.body, said.get("requestBody") or {}, "")

    def wrong_in_the_answer(self) -> Iterator[str]:
        """What the description has against what was answered."""
        if self.operation is None or self.status >= 400:
            return
        said = self.operation.said
        if str(self.status) not in said["responses"]:
            yield f"answered {self.status}"
        schema = said["returns"]
        if self.operation.name in _LISTS_TOLD_AS_ONE:
            schema = {"type": "array", "items": schema}
        yield from problems(self.answer, schema)


#: Calls made within a company or within a project: the description requires both and says that either does.
_EITHER = {"company_id": {"project_id"}, "project_id": {"company_id"}}
#: The description tells of one record where its words say all.
_LISTS_TOLD_AS_ONE = {"GET /rest/v1.0/projects/{project_id}/commitment_change_orders"}


class Recorder(httpx.BaseTransport):
    """Carries calls on, and keeps them with their answers."""

    def __init__(self, there: httpx.BaseTransport) -> None:
        self._there = there
        self.exchanges: list[Exchange] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._there.handle_request(request)
        answer.read()
        is_json = request.headers.get("Content-Type") == "application/json"
        body = json.loads(request.content) if is_json and request.content else None
        told = json.loads(answer.content) if "json" in answer.headers.get("Content-Type", "") else None
        query = tuple(request.url.params.multi_items())
        self.exchanges.append(Exchange(request.method, request.url.path, query, body, answer.status_code, told))
        return answer


def told(exchanges: Iterable[Exchange], what: str) -> set[str]:
    """Every problem once, behind the operation it was found in."""
    return {
        f"{one.operation.name}: {problem}"
        for one in exchanges
        if one.operation
        for problem in getattr(one, f"wrong_in_the_{what}")()
    }
