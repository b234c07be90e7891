"""The page on which a person allows the app to act for them, as ``/oauth/authorize`` shows it."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template_string, request
from werkzeug.wrappers import Response as AnyResponse

from app.sandbox.procore.access import CLIENT_ID
from app.sandbox.procore.oauth import new_code
from app.sandbox.procore.store import Store

#: The address of an app that has none: the code is shown to the person, who carries it over.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }} - Procore sandbox</title></head><body>
<h1>{{ title }}</h1>
{% if code %}<p>Copy this code into the app:</p><p><code id="code">{{ code }}</code></p>
{% elif problem %}<p role="alert">{{ problem }}</p>
{% else %}<p>The app <strong>{{ app }}</strong> asks to act for you in Procore.</p>
<form method="post" action="/oauth/authorize">
{% for name, value in asked.items() %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}<p><label>You are <select name="user_id">
{% for user in users %}<option value="{{ user.id }}">{{ user.name }}, {{ user.job_title }}</option>
{% endfor %}</select></label></p>
<p><button name="answer" value="allow">Allow</button> <button name="answer" value="deny">Deny</button></p>
</form>{% endif %}
</body></html>"""


def routes(store: Store) -> Blueprint:
    """The page, and what its buttons do."""
    family = Blueprint("sign_in", __name__)

    @family.get("/oauth/authorize")
    def ask() -> Response:
        names = ("response_type", "client_id", "redirect_uri", "state")
        asked = {name: request.args[name] for name in names if name in request.args}
        problem = _problem(asked)
        if problem:
            return _page(401, title="Not possible", problem=problem)
        users = [user for user in store.all("users") if user["is_active"]]
        return _page(200, title="Allow access", app=CLIENT_ID, asked=asked, users=users)

    @family.post("/oauth/authorize")
    def answer() -> AnyResponse:
        asked = request.form.to_dict()
        problem = _problem(asked)
        user = store.get("users", request.form.get("user_id", 0, type=int))
        if problem or user is None or not user["is_active"]:
            return _page(401, title="Not possible", problem=problem or "Nobody by this number may sign in.")
        state = {"state": asked["state"]} if "state" in asked else {}
        address = asked["redirect_uri"]
        if asked.get("answer") != "allow":
            denied = {"error": "access_denied", "error_description": "The resource owner denied the request."}
            if address == OUT_OF_BAND:
                return _page(200, title="Not allowed", problem=denied["error_description"])
            return redirect(_with(address, {**denied, **state}))
        code = new_code(store, user["id"], address)
        if address == OUT_OF_BAND:
            return _page(200, title="Allowed", code=code)
        return redirect(_with(address, {"code": code, **state}))

    return family


def _problem(asked: dict[str, str]) -> str:
    """Why the app cannot be let in at all, in the words of the standard; empty when it can."""
    if asked.get("client_id") != CLIENT_ID:
        return "Client authentication failed due to unknown client, no client authentication included."
    if asked.get("response_type") != "code":
        return "The authorization server does not support this response type."
    address = asked.get("redirect_uri", "")
    parts = urlsplit(address)
    if address == OUT_OF_BAND or parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        return ""
    return "The redirect uri included is not valid."


def _with(address: str, told: dict[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(told)}"


def _page(status: int, **told: object) -> Response:
    return make_response(render_template_string(_PAGE, **told), status)
