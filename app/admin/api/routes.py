"""The one mechanism of the API: a route says what it takes and gives; by that it is checked, answered, described."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import Any

from flask import Blueprint, Response, g, jsonify, request
from marshmallow import Schema, ValidationError, fields
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from app.admin.access import anew, connection_id, me, services
from app.admin.api import answers
from app.admin.api.answers import BadInput
from app.admin.api.shapes import Done
from app.core.errors import NotFound, TieoutError
from app.rulebook.permissions import VIEW
from app.services import permissions, tokens
from app.services.tokens import Unauthorised

PREFIX = "/api/v1"
#: The largest body anybody needs to send, many times over.
LARGEST = 1024 * 1024

pages = Blueprint("api", __name__, url_prefix=PREFIX, template_folder="../templates")
View = Callable[..., Any]


@dataclass(frozen=True)
class File:
    """What is answered as it is, not as JSON."""

    mimetype: str
    about: str


@dataclass(frozen=True)
class Route:
    """One call: where it is, what it takes, what it gives."""

    method: str
    path: str  # as Flask writes it, below the prefix
    summary: str
    about: str
    family: str
    view: View
    gives: type[Schema] | File
    takes: type[Schema] | None = None  # the body
    asks: type[Schema] | None = None  # what stands behind the question mark
    right: tuple[str, str] | None = None
    status: int = 200

    @property
    def name(self) -> str:
        """Its name among Flask's endpoints, and in the document."""
        return f"{self.family}_{self.view.__name__}"


ROUTES: list[Route] = []


@dataclass
class Family:
    """Routes that belong together."""

    name: str
    about: str

    def __post_init__(self) -> None:
        FAMILIES[self.name] = self

    def get(self, path: str, summary: str, **more: Any) -> Callable[[View], View]:
        """A route that only looks."""
        return self._route("GET", path, summary, **more)

    def post(self, path: str, summary: str, **more: Any) -> Callable[[View], View]:
        """A route that does something; unless it says otherwise it answers with a sentence."""
        return self._route("POST", path, summary, **{"gives": Done, **more})

    def _route(self, method: str, path: str, summary: str, **more: Any) -> Callable[[View], View]:
        def declare(view: View) -> View:
            about = " ".join((view.__doc__ or "").split())
            route = Route(method, path, summary, about, self.name, view, **more)
            ROUTES.append(route)
            pages.add_url_rule(path, route.name, _guarded(route), methods=[method])
            return view

        return declare


FAMILIES: dict[str, Family] = {}


def _guarded(route: Route) -> View:
    """The view of Flask: who asks, what is sent, what comes of it."""

    @wraps(route.view)
    def view(**place: Any) -> Response:
        _recognise()
        if any("\x00" in one for one in place.values() if isinstance(one, str)):
            raise NotFound("There is no such path.", answers.REMEDIES[404])
        if route.right:
            permissions.must(database(), connection_id(), me(), *route.right)
        sent: dict[str, Any] = {}
        if route.asks:
            sent["query"] = _loaded(route.asks, _query(route.asks))
        if route.takes:
            sent["body"] = _loaded(route.takes, _body())
        found = route.view(**place, **sent)
        answer = found if isinstance(route.gives, File) else jsonify(route.gives().dump(found))
        answer.status_code = route.status
        answer.headers["Cache-Control"] = "no-store"
        return answer

    return view


def _recognise() -> None:
    """Who asks: by a token alone, whatever cookies came along. A token's rights are the person's, read anew."""
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not secret.strip():
        raise Unauthorised(
            "This needs a token.", "Make one on the page “Your tokens” and send it as Authorization: Bearer …"
        )
    g.person, g.connection_id = tokens.bearer(database(), secret.strip())
    if request.method == "POST":
        anew()
    permissions.must(database(), connection_id(), me(), VIEW)


def _query(asks: type[Schema]) -> dict[str, Any]:
    """What stands behind the question mark; lists where a list is asked for."""
    lists = {name for name, one in asks().fields.items() if isinstance(one, fields.List)}
    given = request.args.to_dict(flat=False)
    for name, said in given.items():
        if len(said) > 1 and name not in lists:
            raise BadInput(f"{name}: It is given more than once.", "Give it once.", field=name)
    return {name: said if name in lists else said[0] for name, said in given.items()}


def _body() -> Any:
    request.max_content_length = LARGEST
    sent = request.get_data()
    if not sent:
        return {}
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("The body is not JSON, or does not say that it is.")
    try:
        return request.get_json()
    except RecursionError:
        raise BadRequest("The body is nested too deeply.") from None


def _loaded(shape: type[Schema], sent: Any) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = shape().load(sent)
    except ValidationError as problem:
        raise answers.misfit(problem) from None
    return found


# -- errors --------------------------------------------------------------------------------------------------------

_PLACE = re.compile(r"<(?:(?P<form>\w+)(?:\([^)]*\))?:)?(?P<name>\w+)>")


def places(path: str) -> tuple[str, list[tuple[str, str]]]:
    """A path as OpenAPI writes it, and the parts of it that vary: form and name."""
    found = [(one["form"] or "string", one["name"]) for one in _PLACE.finditer(path)]
    return _PLACE.sub(r"{\g<name>}", path), found


@pages.errorhandler(TieoutError)
def _refused(error: TieoutError) -> Response:
    return answers.answer(error)


@pages.errorhandler(HTTPException)
def _of_the_web(error: HTTPException) -> Response:
    return answers.of_the_web(error)


@pages.errorhandler(Exception)
def _broken(error: Exception) -> Response:
    return answers.broken(error)


def is_api() -> bool:
    """Whether the call is one of the API, found or not."""
    return request.path == PREFIX or request.path.startswith(f"{PREFIX}/")


def database() -> Any:
    """The database the routes' services work on."""
    return services().database
