"""The log of what was asked of the sandbox: tests read it, and a developer who wonders what went out."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from app.sandbox.procore.file import DatabaseFile

MOST_CALLS = 20_000
MASK = "********"
_SECRETS = {"client_secret", "refresh_token", "access_token", "token", "password", "Authorization"}
#: A cost code has a ``code`` too; only a sign-in's is a secret.
_SECRETS_OF_SIGN_IN = {*_SECRETS, "code"}


@dataclass(frozen=True)
class Request:
    """One call to the sandbox: ``status`` is 0 when it gave no answer, ``fault`` says what it was made to do."""

    method: str
    path: str
    status: int
    query: str = ""
    body: Any = None
    fault: str = ""


class Calls:
    """The newest calls, oldest first."""

    def __init__(self, file: DatabaseFile) -> None:
        self._file = file

    def add(self, at: str, call: Request) -> None:
        """Remember one call; what is older than the newest twenty thousand is forgotten."""
        row = (at, call.method, call.path, call.query, json.dumps(call.body), call.status, call.fault)
        with self._file.writing():
            self._file.run("INSERT INTO call VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)", row)
            self._file.run("DELETE FROM call WHERE number <= (SELECT MAX(number) FROM call) - ?", (MOST_CALLS,))

    def all(self) -> list[Request]:
        """Every call that is remembered."""
        found = self._file.rows("SELECT method, path, status, query, body, fault FROM call ORDER BY number")
        return [
            Request(method, path, status, query, json.loads(body), fault)
            for method, path, status, query, body, fault in found
        ]

    def clear(self) -> None:
        """Begin a new log."""
        self._file.run("DELETE FROM call")


def told(path: str, content_type: str, raw: bytes) -> Any:
    """A body as the log keeps it: JSON or form fields with their secrets masked, or how long it was."""
    if not raw:
        return None
    secrets = _SECRETS_OF_SIGN_IN if path.startswith("/oauth/") else _SECRETS
    try:
        if content_type.startswith("application/x-www-form-urlencoded"):
            return masked(dict(parse_qsl(raw.decode())), secrets)
        return masked(json.loads(raw), secrets)
    except ValueError:
        return f"{len(raw)} bytes of {content_type or 'no type'}"


def masked(value: Any, secrets: set[str]) -> Any:
    """A JSON value without what nobody may read."""
    if isinstance(value, dict):
        return {name: MASK if name in secrets else masked(inner, secrets) for name, inner in value.items()}
    if isinstance(value, list):
        return [masked(inner, secrets) for inner in value]
    return value
