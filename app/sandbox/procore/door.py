"""The door of the sandbox: every call passes it, is written down, and may meet a fault on its way in or out."""

from __future__ import annotations

import io
import socket
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from waitress.channel import ClientDisconnected
from werkzeug.wrappers import Response

from app.sandbox.procore.calls import Request, told
from app.sandbox.procore.faults import Due, Faults
from app.sandbox.procore.store import Store

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]
#: Under this key the fault a call meets waits for whoever can play it.
FAULT = "sandbox.fault"
CONTROLS = "/_sandbox/"
_DROPS = 20


class Dropped(ClientDisconnected, ConnectionError):  # type: ignore[misc]  # waitress has no types
    """Raised towards the server, which then closes the connection without a word: waitress knows the one, werkzeug
    the other."""


class Door:
    """WSGI in, WSGI out."""

    def __init__(self, inside: Application, store: Store, faults: Faults) -> None:
        self._inside = inside
        self._store = store
        self._faults = faults

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
        if path.startswith(CONTROLS):
            return self._inside(environ, start_response)
        fault = self._faults.due(method, path)
        environ[FAULT] = fault
        body = _rewound(environ)

        def log(status: int) -> None:
            content = told(path, environ.get("CONTENT_TYPE", ""), body)
            name = fault.kind if fault else ""
            self._store.log(Request(method, path, status, environ.get("QUERY_STRING", ""), content, name))

        if fault and fault.kind == "drop_before":
            log(0)
            raise _hung_up(environ, "the sandbox closed the connection before it did anything")
        answer = Response.from_app(self._inside, environ, buffered=True)
        log(answer.status_code)
        if fault and fault.kind == "drop_after":
            raise _hung_up(environ, "the sandbox did what it was asked and closed the connection")
        return _played(answer, fault)(environ, start_response)


def _hung_up(environ: dict[str, Any], why: str) -> Dropped:
    """What to raise; werkzeug would keep the line open for the next call, so that is ended here."""
    line = environ.get("werkzeug.socket")
    if line is not None:
        line.shutdown(socket.SHUT_RDWR)
    return Dropped(why)


def _rewound(environ: dict[str, Any]) -> bytes:
    """The body of a call, which stays readable for those inside."""
    length = environ.get("CONTENT_LENGTH") or ""
    if not length.isdigit() and not environ.get("wsgi.input_terminated"):
        return b""
    stream = environ["wsgi.input"]
    body: bytes = stream.read(int(length)) if length.isdigit() else stream.read()
    environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
    return body


def _played(answer: Response, fault: Due | None) -> Response:
    """The answer as it leaves: all at once, drop by drop, or only its first half."""
    if fault is None or fault.kind not in ("slow", "truncated"):
        return answer
    body = answer.get_data()
    length = str(len(body))
    answer.response = _dripping(body, fault.seconds) if fault.kind == "slow" else [body[: len(body) // 2]]
    answer.headers["Content-Length"] = length
    return answer


def _dripping(body: bytes, seconds: float) -> Iterator[bytes]:
    size = -(-len(body) // _DROPS) or 1
    for start in range(0, len(body), size):
        time.sleep(seconds / _DROPS)
        yield body[start : start + size]
