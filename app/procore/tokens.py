"""Bearer tokens for Procore: asked for with client credentials, kept until shortly before they expire."""

from __future__ import annotations

from typing import Protocol

import httpx

from app.core import clock
from app.procore.answers import content, refused

_SKEW_SECONDS = 60


class TokenSource(Protocol):
    """Whatever hands out bearer tokens."""

    def token(self) -> str:
        """A token that should work now."""
        ...

    def forget(self) -> None:
        """The last token was refused: do not hand it out again."""
        ...


class ClientCredentials:
    """The grant of a service account: no user, no refresh token."""

    def __init__(self, http: httpx.Client, login_url: str, client_id: str, client_secret: str) -> None:
        self._http = http
        self._url = f"{login_url.rstrip('/')}/oauth/token"
        self._form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}
        self._token = ""
        self._until = 0.0

    def token(self) -> str:
        """The kept token, or a new one when it is about to expire."""
        if not self._token or clock.now().timestamp() >= self._until:
            answer = self._http.post(self._url, data=self._form)
            if not answer.is_success:
                raise refused(answer, "sign in")
            given = content(answer)
            self._token = str(given["access_token"])
            self._until = clock.now().timestamp() + int(given["expires_in"]) - _SKEW_SECONDS
        return self._token

    def forget(self) -> None:
        """Ask for a new token next time."""
        self._token = ""
