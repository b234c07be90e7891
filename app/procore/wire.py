"""One call to Procore and its answer: in bounded time, of bounded size, and never redirected elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx

from app.core import clock
from app.procore.errors import NoAnswer, ProcoreError

#: The longest list Procore gives is 2,000 records a page; nothing we read comes near this.
MOST_BYTES = 64 * 2**20
#: However slowly it drips, an answer is whole by then.
LONGEST_ANSWER = timedelta(seconds=60)
_CONNECT_SECONDS = 10.0
#: What goes wrong before a call has left: Procore cannot have carried it out.
_NEVER_LEFT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol, httpx.ProxyError)
#: True of the bytes on the wire, not of the body as it is handed on.
_OF_THE_WIRE = ("content-encoding", "content-length", "transfer-encoding")


def opened(timeout: float, transport: httpx.BaseTransport | None = None) -> httpx.Client:
    """Connections to Procore, each step of a call limited in time."""
    limits = httpx.Timeout(timeout, connect=min(timeout, _CONNECT_SECONDS))
    return httpx.Client(timeout=limits, transport=transport, follow_redirects=False)


def ask(
    http: httpx.Client,
    act: str,
    method: str,
    url: str,
    *,
    heard: Callable[[httpx.Response], None] = lambda _: None,
    **extra: Any,
) -> httpx.Response:
    """Make one call and read the whole answer; ``act`` says in words what it is for.

    ``heard`` is given the head of the answer, which counts although the body may never be whole.
    """
    try:
        with http.stream(method, url, **extra) as answer:
            heard(answer)
            body = _body(answer, act)
    except httpx.TimeoutException as problem:
        sentence = f"Procore did not answer in time when Tieout tried to {act}."
        raise NoAnswer(sentence, arrived=not isinstance(problem, _NEVER_LEFT)) from None
    except httpx.RequestError as problem:
        sentence = f"Procore could not be reached when Tieout tried to {act}: {problem}."
        raise NoAnswer(sentence, arrived=not isinstance(problem, _NEVER_LEFT)) from None
    headers = [pair for pair in answer.headers.multi_items() if pair[0] not in _OF_THE_WIRE]
    return httpx.Response(answer.status_code, headers=headers, content=body, request=answer.request)


def _body(answer: httpx.Response, act: str) -> bytes:
    whole, until = bytearray(), clock.now() + LONGEST_ANSWER
    for part in answer.iter_bytes():
        whole += part
        if len(whole) > MOST_BYTES:
            sentence = f"Procore's answer was longer than {MOST_BYTES >> 20} MB when Tieout tried to {act}."
            raise ProcoreError(answer.status_code, sentence, what_to_do="Send this message to support.")
        if clock.now() > until:
            raise httpx.ReadTimeout("the answer dripped too slowly")
    return bytes(whole)
