"""The least a durable SOAP service could do: plain spyne, one commit a call, the answers known beforehand."""

from __future__ import annotations

import sqlite3
import sys
import threading
from collections import defaultdict, deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.web_connector import spyne_compat
from app.web_connector.calls import CALLS, NAMESPACE
from bench.recording import kept_answers
from bench.server import serve

spyne_compat.install()

from spyne import Application, Array, Integer, Service, Unicode, rpc  # noqa: E402
from spyne.protocol.soap import Soap11  # noqa: E402
from spyne.server.wsgi import WsgiApplication  # noqa: E402

DATABASE = "floor.db"
_RETURNS = {"string": Unicode, "int": Integer, "ArrayOfString": Array(Unicode)}


def create_floor(folder: Path) -> Any:
    """A WSGI application that keeps the parameters of every call, durably, and answers as it was told."""
    answers: dict[str, deque[Any]] = defaultdict(deque)
    for method, answer in kept_answers(folder):
        answers[method].append(int(str(answer)) if method == "receiveResponseXML" else answer)
    keep = _Journal(folder / DATABASE).keep
    methods = {call.name: _method(call.name, call.parameters, call.returns, answers, keep) for call in CALLS}
    service = type("WebConnector", (Service,), methods)
    application = Application([service], tns=NAMESPACE, name="Floor", in_protocol=Soap11(), out_protocol=Soap11())
    return WsgiApplication(application, max_content_length=64 * 2**20)


class _Journal:
    """One table, one insert and one commit a call, with the durability the service has."""

    def __init__(self, file: Path) -> None:
        self._connection = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._lock = threading.Lock()
        for statement in ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL", "CREATE TABLE call (body TEXT)"):
            self._connection.execute(statement)

    def keep(self, given: Sequence[str | None]) -> None:
        with self._lock:
            self._connection.execute("INSERT INTO call VALUES (?)", ("\n".join(part or "" for part in given),))


def _method(name: str, parameters: Any, returns: str, answers: dict[str, deque[Any]], keep: Any) -> Any:
    def run(ctx: Any, *given: str | None) -> Any:
        keep(given)
        return answers[name].popleft()

    run.__name__ = name
    names = [parameter for parameter, _ in parameters]
    return rpc(*[Unicode] * len(names), _args=names, _returns=_RETURNS[returns])(run)


if __name__ == "__main__":
    serve(create_floor(Path(sys.argv[1])))
