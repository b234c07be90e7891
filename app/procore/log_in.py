"""Procore's log-in server: the three grants, and what can be asked about a token."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from app.core import clock
from app.procore import wire
from app.procore.answers import content, error_body, refused
from app.procore.errors import ConnectAgain
from app.procore.tokens import Tokens

#: The address Procore sends nobody to: it shows the code on a page, and a person carries it over.
OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob"


class LogIn:
    """Speaks for one app (client id and secret); keeps nothing."""

    def __init__(self, http: httpx.Client, url: str, client_id: str, client_secret: str) -> None:
        self._http = http
        self._url = url.rstrip("/")
        self._app = {"client_id": client_id, "client_secret": client_secret}

    def page(self) -> str:
        """Where a person allows the app to act for them; Procore then shows a code, good once for ten minutes."""
        asked = {"client_id": self._app["client_id"], "response_type": "code", "redirect_uri": OUT_OF_BAND}
        return str(httpx.URL(f"{self._url}/oauth/authorize", params=asked))

    def client_credentials(self) -> Tokens:
        """Tokens of the service account: no person, nothing to renew with."""
        return self._granted("sign in", grant_type="client_credentials")

    def exchange(self, code: str) -> Tokens:
        """Tokens of the person who was shown this code."""
        return self._granted(
            "connect with this code", grant_type="authorization_code", code=code, redirect_uri=OUT_OF_BAND
        )

    def refresh(self, token: str) -> Tokens:
        """The next tokens of a person. Whatever becomes of the answer, Procore may never take this token again."""
        return self._granted("renew its sign-in", grant_type="refresh_token", refresh_token=token)

    def info(self, access: str) -> dict[str, Any]:
        """What Procore says of an access token: whose it is, and for how long."""
        act = "ask about its sign-in"
        headers = {"Authorization": f"Bearer {access}"}
        answer = wire.ask(self._http, act, "GET", f"{self._url}/oauth/token/info", headers=headers)
        if not answer.is_success:
            raise refused(answer, act)
        found: dict[str, Any] = content(answer)
        return found

    def revoke(self, token: str) -> None:
        """End a token, and the other of its pair with it."""
        act = "end its sign-in"
        answer = wire.ask(self._http, act, "POST", f"{self._url}/oauth/revoke", data={"token": token, **self._app})
        if not answer.is_success:
            raise refused(answer, act)

    def _granted(self, act: str, **form: str) -> Tokens:
        answer = wire.ask(self._http, act, "POST", f"{self._url}/oauth/token", data={**form, **self._app})
        if answer.is_success:
            return _tokens(answer)
        problem = refused(answer, act)
        body = error_body(answer)
        if answer.is_client_error and isinstance(body, dict) and body.get("error") == "invalid_grant":
            raise ConnectAgain(problem.sentence)
        raise problem


def _tokens(answer: httpx.Response) -> Tokens:
    given = content(answer)
    expires_at = clock.now() + timedelta(seconds=int(given["expires_in"]))
    return Tokens(str(given["access_token"]), expires_at, str(given.get("refresh_token") or ""))
