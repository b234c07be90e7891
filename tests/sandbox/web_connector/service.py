"""A small service on 127.0.0.1 that answers a Web Connector from a script and keeps every byte it was sent."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
Answer = str | list[str] | None


@dataclass
class Heard:
    """One call as it arrived."""

    method: str
    headers: list[tuple[str, str]]
    body: bytes

    def argument(self, name: str) -> str:
        """The text of one parameter."""
        return etree.fromstring(self.body).findtext(f".//{{{NAMESPACE}}}{name}") or ""


@dataclass
class Service:
    """What to answer: a list is used up one by one, then its last entry stays; None leaves the Result out."""

    answers: dict[str, list[Answer]]
    status: int = 200
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    @property
    def methods(self) -> list[str]:
        """The calls in the order they came."""
        return [heard.method for heard in self.heard]

    def reply(self, method: str) -> str:
        """The SOAP text of the next answer to a method."""
        script = self.answers[method]
        answer = script.pop(0) if len(script) > 1 else script[0]
        if answer is None:
            result = ""
        elif isinstance(answer, list):
            inner = "".join(f"<string>{escape(each)}</string>" for each in answer)
            result = f"<{method}Result>{inner}</{method}Result>"
        else:
            result = f"<{method}Result>{escape(answer)}</{method}Result>"
        return (
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            f'<{method}Response xmlns="{NAMESPACE}">{result}</{method}Response></soap:Body></soap:Envelope>'
        )


def script(**answers: Sequence[Answer] | str) -> dict[str, list[Answer]]:
    """A service that signs in, has nothing to ask, and says OK; any of it can be replaced."""
    usual: dict[str, list[Answer]] = {
        "serverVersion": ["1"],
        "clientVersion": [""],
        "authenticate": [["ticket-1", ""]],
        "sendRequestXML": [""],
        "receiveResponseXML": ["100"],
        "getLastError": [""],
        "connectionError": ["done"],
        "closeConnection": ["OK"],
    }
    return usual | {name: [each] if isinstance(each, str) else list(each) for name, each in answers.items()}


@contextmanager
def serving(service: Service) -> Iterator[Service]:
    """Serve on a free port while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            method = self.headers["SOAPAction"].strip('"').removeprefix(NAMESPACE)
            service.heard.append(Heard(method, list(self.headers.items()), body))
            reply = service.reply(method).encode()
            self.send_response(service.status)
            self.send_header("Content-Type", "text/xml; charset=utf-8")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/qbwc"
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
