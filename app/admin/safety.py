"""What keeps every page safe: headers, tokens, and errors told in words."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, jsonify, render_template, request
from werkzeug.exceptions import HTTPException

from app.admin import access
from app.admin.api import answers
from app.admin.api.routes import is_api
from app.core import ids
from app.core.errors import TieoutError, where

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}

#: What anybody may send at once, signed in or not: room for a list of a thousand rows with all that is filled in, and
#: for the largest file of rules. The Web Connector, webhooks and the API each have a limit of their own.
LARGEST, MOST_FIELDS = 2 * 2**20, 5000
HOME = "Go to the home page and look from there."
#: What the web itself knows by a number alone.
WORDS = {
    404: ("There is no such page.", HOME),
    413: (
        f"This is more than Tieout takes at once ({LARGEST // 2**20} MB, {MOST_FIELDS:,} fields), so nothing was done.",
        "Send less at once, or choose a smaller file.",
    ),
}


def init_app(app: Flask) -> None:
    """Guard every request and dress every answer."""
    app.config.update(
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        MAX_CONTENT_LENGTH=LARGEST,
        MAX_FORM_MEMORY_SIZE=LARGEST,
        MAX_FORM_PARTS=MOST_FIELDS,
    )
    app.session_interface = access.Cookies()
    app.before_request(access.check_csrf)
    app.before_request(access.read_rights_again)
    app.after_request(_dress)
    app.register_error_handler(TieoutError, _refused)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _broken)


def _dress(answer: Response) -> Response:
    for name, value in HEADERS.items():
        answer.headers.setdefault(name, value)
    if answer.mimetype == "text/html":
        answer.headers.setdefault("Cache-Control", "no-store")
    return answer


def _refused(error: TieoutError) -> tuple[str | Response, int]:
    access.recognise()
    if request.accept_mimetypes.best_match(("text/html", "application/json")) == "application/json":
        return jsonify(error.plain()), error.status
    return render_template("problem.html", error=error), error.status


def _http(error: HTTPException) -> tuple[str, int] | HTTPException | Response:
    if request.path.startswith("/qbwc"):
        return error
    if is_api():
        return answers.of_the_web(error)
    sentence, what_to_do = WORDS.get(error.code or 500, (error.description or error.name, HOME))
    told = TieoutError(sentence, what_to_do, code=str(error.code))
    access.recognise()
    return render_template("problem.html", error=told), error.code or 500


def _broken(error: Exception) -> tuple[str, int]:
    event = ids.short()
    log.error("%s at %s (event %s)", type(error).__name__, where(error), event)
    told = TieoutError(
        "Something went wrong on our side; nothing of what you asked was done.",
        f"Try again. If it happens twice, give this number to whoever looks after Tieout: {event}.",
        code="internal",
    )
    g.pop("person", None)  # the menu reads the database, which may be what is broken
    return render_template("problem.html", error=told), 500
