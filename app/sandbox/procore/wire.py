"""The sandbox without a network in between, for tests: an httpx transport on which connections can break."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
from flask import Flask

from app.sandbox.procore.door import Dropped


class Wire(httpx.BaseTransport):
    """Carries calls to a sandbox in this process; what the sandbox does to a connection, httpx sees."""

    def __init__(self, app: Flask) -> None:
        self._there = httpx.WSGITransport(app)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        try:
            answer = self._there.handle_request(request)
            body = answer.read()
        except Dropped as problem:
            raise httpx.RemoteProtocolError(str(problem), request=request) from problem
        if len(body) < int(answer.headers.get("Content-Length", "0")):
            return httpx.Response(answer.status_code, headers=answer.headers, stream=_BreaksOff(body), request=request)
        return httpx.Response(answer.status_code, headers=answer.headers, content=body, request=request)


class _BreaksOff(httpx.SyncByteStream):
    """The head of the answer arrived, and a part of its body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def __iter__(self) -> Iterator[bytes]:
        yield self._body
        raise httpx.RemoteProtocolError("the answer broke off in the middle of its body")
