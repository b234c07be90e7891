"""A log-in server of the tests' own: a person's grant with tokens that renew once, and a company to read."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, jsonify, request
from werkzeug.serving import make_server

from app.procore.tokens import Tokens

CODE = "code-from-procore"
APP = ("tieout-app", "secret-of-the-app")


class LogInServer:
    """Hands out token pairs, numbered; of each pair the second renews once."""

    def __init__(self, known: tuple[str, str] = APP, company_id: int = 5021) -> None:
        self.known = known
        self.asked: list[str] = []  # the grants, and what else was asked
        self.given = 0
        self.dead: set[str] = set()
        self.company_id = company_id
        self.read = 0
        self.busy = False  # too many calls were made: refused for half an hour
        self.app = Flask(__name__)
        self._slowly = threading.Event()
        self.delay = 0.0
        self.app.post("/oauth/token")(self._token)
        self.app.post("/oauth/revoke")(self._revoke)
        self.app.get("/oauth/token/info")(self._info)
        self.app.get("/rest/v1.0/companies")(self._companies)

    def _token(self) -> Response:
        sent = request.form
        self.asked.append(sent["grant_type"])
        if (sent["client_id"], sent["client_secret"]) != self.known:
            return _error(401, "invalid_client")
        if sent["grant_type"] == "authorization_code" and sent["code"] != CODE:
            return _error(400, "invalid_grant")
        if old := sent.get("refresh_token"):
            if old in self.dead:
                return _error(400, "invalid_grant")
            self.dead.add(old)
        self._slowly.wait(self.delay)
        self.given += 1
        pair = {"access_token": f"access-{self.given}", "token_type": "bearer", "expires_in": 5400, "created_at": 1}
        return jsonify(
            pair | ({} if sent["grant_type"] == "client_credentials" else {"refresh_token": f"refresh-{self.given}"})
        )

    def _revoke(self) -> Response:
        self.asked.append(f"revoke {request.form['token']}")
        return jsonify({})

    def _info(self) -> Response:
        return jsonify({"expires_in_seconds": 5000, "bearer": request.headers["Authorization"]})

    def _companies(self) -> Response:
        self.read += 1
        if self.busy:
            return Response("{}", 429, {"Retry-After": "1800"}, mimetype="application/json")
        return jsonify([{"id": self.company_id}])


def _error(status: int, code: str) -> Response:
    answer = jsonify({"error": code, "error_description": f"The grant is not good: {code}"})
    answer.status_code = status
    return answer


@contextmanager
def serving(app: Any) -> Iterator[str]:
    """Any WSGI application on this machine; its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield f"http://127.0.0.1:{server.port}"
    server.shutdown()
    thread.join()
    server.server_close()


def pair(number: int, expires_at: Any) -> Tokens:
    """The tokens a person was given some time ago."""
    return Tokens(f"access-{number}", expires_at, f"refresh-{number}")
