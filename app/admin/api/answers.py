"""What every call is answered with when it cannot be done: six words, whatever went wrong."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from flask import Response, jsonify
from marshmallow import ValidationError
from werkzeug.exceptions import HTTPException

from app.core import ids
from app.core.errors import Refusal, TieoutError, where

log = logging.getLogger(__name__)

#: What to do about what the web itself knows no better than by a number.
REMEDIES = {
    400: "Send a JSON object, and nothing else, as the body.",
    404: "Look the path up in /api/v1/docs.",
    405: "Look the method up in /api/v1/docs.",
    413: "Ask for less at once.",
    415: "Send the body as application/json.",
}


@dataclass
class BadInput(Refusal):
    """What was sent does not fit."""

    code: str = "bad_input"
    field: str = ""


def body(error: TieoutError) -> dict[str, Any]:
    """An error in six words; ``field`` names what was wrong of what was sent, where it was that."""
    return {**error.plain(), "field": getattr(error, "field", "")}


def answer(error: TieoutError) -> Response:
    """The same as an answer."""
    found = jsonify(body(error))
    found.status_code = error.status
    if error.status == 401:
        found.headers["WWW-Authenticate"] = "Bearer"
    return found


def of_the_web(error: HTTPException) -> Response:
    """What never came as far as a route of ours."""
    status = error.code or 500
    sentence = "There is no such path." if status == 404 else (error.description or error.name)
    found = answer(
        TieoutError(sentence, REMEDIES.get(status, "Look at /api/v1/docs."), code=str(status), status=status)
    )
    for name, value in error.get_headers():
        if name == "Allow":
            found.headers[name] = value
    return found


def broken(error: Exception) -> Response:
    """A fault of ours: a number that is in the log, and nothing else of it."""
    event = ids.short()
    log.error("%s at %s (event %s)", type(error).__name__, where(error), event)
    return answer(
        TieoutError(
            "Something went wrong on our side; nothing of what you asked was done.",
            f"Try again. If it happens twice, give this number to whoever looks after Tieout: {event}.",
            code="internal",
        )
    )


def misfit(problem: ValidationError) -> BadInput:
    """The first thing that did not fit, by its place in what was sent."""
    field, sentence = _first("", problem.messages)
    told = {"Unknown field.": "There is no such field.", "Missing data for required field.": "This field is missing."}
    return BadInput(
        f"{field or 'What was sent'}: {told.get(sentence, sentence)}", "Look the call up in /api/v1/docs.", field=field
    )


def _first(place: str, messages: Any) -> tuple[str, str]:
    if isinstance(messages, dict) and messages:
        name, inside = next(iter(messages.items()))
        # A mapping tells of a bad key or value under these words, which are no place in what was sent.
        deeper = place if name in {"_schema", "key", "value"} else f"{place}.{name}".strip(".")
        return _first(deeper, inside)
    if isinstance(messages, list) and messages:
        return _first(place, messages[0])
    return place, str(messages)
