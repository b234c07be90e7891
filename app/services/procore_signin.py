"""Sign in with Procore: Procore says who somebody is; whether that person may enter is decided here."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import httpx
from authlib.common.errors import AuthlibBaseError  # type: ignore[import-untyped]
from authlib.oauth2.client import OAuth2Client  # type: ignore[import-untyped]

from app.core.errors import Refusal
from app.settings import Settings

_SECONDS = 10.0


def offered(settings: Settings) -> bool:
    """Whether people may sign in so."""
    return settings.procore_sign_in and bool(settings.procore_client_id and settings.procore_client_secret)


def page(settings: Settings, back: str) -> tuple[str, str]:
    """Where Procore asks the person, and the state that it must bring back."""
    with _opened(settings, back) as (client, _):
        address, state = client.create_authorization_url(f"{_log_in(settings)}/oauth/authorize")
    return str(address), str(state)


def login(settings: Settings, back: str, code: str) -> str:
    """Whom Procore let in, by the login it knows them by. The token is ended at once: nothing else is asked."""
    try:
        with _opened(settings, back) as (client, http):
            token = client.fetch_token(f"{_log_in(settings)}/oauth/token", code=code)["access_token"]
            me = f"{settings.procore_api_url.rstrip('/')}/rest/v1.0/me"
            answer = http.get(me, headers={"Authorization": f"Bearer {token}"})
            _end(http, settings, token)
            answer.raise_for_status()
            return str(answer.json()["login"])
    except (AuthlibBaseError, httpx.HTTPError, KeyError, ValueError, TypeError):
        raise Refusal(
            "Procore did not say who you are.",
            "Try once more, or sign in with your password.",
            code="procore_sign_in",
        ) from None


def _end(http: httpx.Client, settings: Settings, token: str) -> None:
    """What cannot be ended runs out by itself."""
    app = {"client_id": settings.procore_client_id, "client_secret": settings.procore_client_secret}
    try:
        http.post(f"{_log_in(settings)}/oauth/revoke", data={"token": token, **app})
    except httpx.HTTPError:
        return


@dataclass(frozen=True)
class _Calls:
    """What Authlib needs of an HTTP client: to post a form in the app's name."""

    http: httpx.Client

    def post(self, url: str, *, data: dict[str, str], headers: dict[str, str], auth: Any) -> httpx.Response:
        address, head, body = auth.prepare("POST", url, headers, urlencode(data))
        return self.http.post(address, content=body, headers=head)


@contextmanager
def _opened(settings: Settings, back: str) -> Iterator[tuple[Any, httpx.Client]]:
    with httpx.Client(timeout=_SECONDS, follow_redirects=False) as http:
        yield (
            OAuth2Client(
                _Calls(http),
                settings.procore_client_id,
                settings.procore_client_secret,
                redirect_uri=back,
                token_endpoint_auth_method="client_secret_post",  # noqa: S106  # the name of a method
            ),
            http,
        )


def _log_in(settings: Settings) -> str:
    return settings.procore_login_url.rstrip("/")
