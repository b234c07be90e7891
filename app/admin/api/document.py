"""The description of the API, made from the routes and their schemas: OpenAPI 3.1 and a page to read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from importlib.metadata import version
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.common import resolve_schema_cls
from flask import Response, jsonify, render_template
from marshmallow import Schema

from app.admin.access import recognise
from app.admin.api.routes import FAMILIES, PREFIX, ROUTES, File, Route, pages, places
from app.admin.api.shapes import MOST_NUMBER, Error
from app.items import registry
from app.services import report_list, setup_steps

ABOUT = (
    "Everything a person does on Tieout's screens, for programs. Send a token of yours as `Authorization: Bearer …`: "
    "it may do what you may do, on the connection it was made for. Amounts are text to the cent, moments ISO 8601 with "
    "their zone. An error always has the same six words, and nothing was done."
)
#: What varies in paths.
PLACES = {
    "kind": "A kind of item.",
    "item_id": "The number of an item.",
    "token_id": "The number of a token.",
    "notice_id": "The number of a notice.",
    "session_id": "The number of a Web Connector session.",
    "set_id": "The id of a message set.",
    "project_id": "Procore's id of a project.",
    "number": "The number of a version of the rules.",
    "draft": "The number of a draft of the rules.",
    "name": "The name of a report.",
    "step": "The name of a step of set-up.",
    "login": "By what a person signs in.",
    "what": "The id of something that is not supported.",
}
#: What any call may be answered instead.
ERRORS = {
    "400": "The body is not JSON.",
    "401": "There is no such token, it ended, or its person may not sign in any more.",
    "403": "The person may not do this; the attempt is on the trail.",
    "404": "There is no such thing here.",
    "409": "Somebody else was faster: look at it again.",
    "413": "The body is too large.",
    "415": "The body is not said to be JSON.",
    "422": "What was sent does not fit, or a rule says no.",
}
#: Of some it is known what they may be.
KNOWN: dict[str, Callable[[], Iterable[str]]] = {
    "kind": registry.kinds,
    "name": lambda: report_list.EVERY,
    "step": lambda: setup_steps.BY_NAME,
}


@cache
def document() -> dict[str, Any]:
    """The whole description."""
    spec = APISpec(
        title="Tieout",
        version=version("tieout"),
        openapi_version="3.1.0",
        plugins=[MarshmallowPlugin(schema_name_resolver=_called)],
        info={"description": ABOUT},
        tags=[{"name": one.name, "description": one.about} for one in FAMILIES.values()],
        servers=[{"url": "/"}],
        security=[{"token": []}],
    )
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.schema("Error", schema=Error)
    for code, about in ERRORS.items():
        spec.components.response(f"E{code}", {"description": about, "content": _json(Error)})
    for route in ROUTES:
        path, found = places(route.path)
        spec.path(
            path=PREFIX + path,
            operations={route.method.lower(): _operation(route)},
            parameters=[_place(route, *one) for one in found],
        )
    return spec.to_dict()


def _operation(route: Route) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": route.name,
        "tags": [route.family],
        "summary": route.summary,
        "description": route.about,
        "responses": {str(route.status): _given(route.gives), **{code: f"E{code}" for code in ERRORS}},
    }
    if route.asks:
        found["parameters"] = [{"in": "query", "schema": route.asks}]
    if route.takes:
        found["requestBody"] = {"required": True, "content": _json(route.takes)}
    return found


def _given(gives: type[Schema] | File) -> dict[str, Any]:
    if isinstance(gives, File):
        content = {gives.mimetype: {"schema": {"type": "string", "contentMediaType": gives.mimetype}}}
        return {"description": gives.about, "content": content}
    return {"description": " ".join((gives.__doc__ or "").split()), "content": _json(gives)}


def _json(schema: type[Schema]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _called(schema: Any) -> str:
    """The name of a shape in the document."""
    found: Any = resolve_schema_cls(schema)
    return str(found.__name__).removesuffix("Shape")


def _place(route: Route, form: str, name: str) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": "string", "minLength": 1}
    if form == "int":
        schema = {"type": "integer", "minimum": 0, "maximum": MOST_NUMBER}
    if name in KNOWN:
        schema["enum"] = list(registry.offered() if route.family == "staged" else KNOWN[name]())
    return {"in": "path", "name": name, "required": True, "description": PLACES[name], "schema": schema}


@pages.get("/openapi.json")
def openapi() -> Response:
    """The description, for programs; it tells nothing that is not in the source."""
    return jsonify(document())


@pages.get("/docs")
def docs() -> str:
    """The same, for people."""
    recognise()
    groups = [(one, [route for route in ROUTES if route.family == one.name]) for one in FAMILIES.values()]
    return render_template(
        "api_docs.html", groups=groups, about=ABOUT, errors=ERRORS, prefix=PREFIX, place=places, fields=fields_of
    )


def fields_of(schema: type[Schema] | File | None) -> list[tuple[str, bool, str]]:
    """The fields of a shape: name, whether it must be there, and what it is."""
    if schema is None or isinstance(schema, File):
        return []
    return [
        (name, bool(one.required), str(one.metadata.get("description", ""))) for name, one in schema().fields.items()
    ]
