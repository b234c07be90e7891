"""A conversation that notes what it is asked, and a real HTTP server that carries it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any

from flask import Flask
from lxml import etree
from werkzeug.serving import WSGIRequestHandler, make_server

from app.web_connector.endpoint import blueprint

TNS = "http://developer.intuit.com/"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
PLANTED = "hunter2-and-a-half"


class FakeConversation:
    """Answers from a table; an exception in the table is raised."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, tuple[Any, ...]]] = []
        self.turned_away: list[tuple[str, str, str]] = []
        self.says: dict[str, Any] = {
            "server_version": "Tieout",
            "client_version": "",
            "authenticate": ["ticket-1", ""],
            "send_request_xml": "<?xml version='1.0'?><QBXML/>",
            "receive_response_xml": 42,
            "connection_error": "done",
            "get_last_error": "No data exchange required",
            "close_connection": "OK",
        }

    def refused(self, what: str, sentence: str, remote: str) -> None:
        self.turned_away.append((what, sentence, remote))

    def __getattr__(self, name: str) -> Any:
        if name not in self.says:
            raise AttributeError(name)

        def answer(*given: Any) -> Any:
            self.heard.append((name, given))
            if isinstance(self.says[name], Exception):
                raise self.says[name]
            return self.says[name]

        return answer


@dataclass
class Reply:
    """What came back over HTTP."""

    status: int
    content_type: str
    body: bytes

    @property
    def tree(self) -> etree._Element:
        return etree.fromstring(self.body, etree.XMLParser(huge_tree=True))

    def result(self, call: str) -> str:
        """The text of the Result element; fails when there is no such element."""
        assert self.status == 200, self.body[:300]
        found = self.tree.findall(f"{{{SOAP}}}Body/{{{TNS}}}{call}Response/{{{TNS}}}{call}Result")
        assert len(found) == 1
        return found[0].text or ""

    def strings(self, call: str) -> list[str]:
        path = f"{{{SOAP}}}Body/{{{TNS}}}{call}Response/{{{TNS}}}{call}Result/{{{TNS}}}string"
        return [element.text or "" for element in self.tree.findall(path)]

    def fault(self) -> tuple[str, str]:
        """The code and the sentence of a SOAP 1.1 fault, whose parts are in no namespace."""
        assert self.status == 500
        assert self.content_type == "text/xml; charset=utf-8"
        (fault,) = self.tree.findall(f"{{{SOAP}}}Body/{{{SOAP}}}Fault")
        prefix, _, code = (fault.findtext("faultcode") or "").partition(":")
        assert fault.nsmap[prefix] == SOAP
        return code, fault.findtext("faultstring") or ""


@dataclass
class Site:
    """The endpoint on a port of this machine."""

    port: int
    talk: FakeConversation

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/qbwc"

    def send(self, body: bytes, headers: dict[str, str], method: str = "POST", path: str = "/qbwc") -> Reply:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            return Reply(response.status, response.headers.get("Content-Type", ""), response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Reply:
        return self.send(b"", {}, "GET", path)

    def call(self, name: str, inner: str = "", **headers: str) -> Reply:
        return self.send(envelope(f'<{name} xmlns="{TNS}">{inner}</{name}>'), soap_headers(name) | headers)


def soap_headers(name: str) -> dict[str, str]:
    return {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{TNS}{name}"'}


def envelope(call: str, prolog: str = '<?xml version="1.0" encoding="utf-8"?>') -> bytes:
    return f'{prolog}<soap:Envelope xmlns:soap="{SOAP}"><soap:Body>{call}</soap:Body></soap:Envelope>'.encode()


class QuietHandler(WSGIRequestHandler):
    """HTTP/1.1, like the servers that will carry the endpoint, and silent."""

    protocol_version = "HTTP/1.1"

    def log(self, type: str, message: str, *args: Any) -> None:
        return


@contextmanager
def serving(talk: Any) -> Iterator[Site]:
    """The endpoint on a free port, for as long as the block lasts."""
    app = Flask("endpoint-under-test")
    app.register_blueprint(blueprint(lambda: talk))
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=QuietHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield Site(server.server_port, talk)
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()
