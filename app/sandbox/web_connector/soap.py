"""The Web Connector's side of the wire: its SOAP bodies byte for byte, over HTTP as its .NET client speaks it."""

from __future__ import annotations

import http.client
import select
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from lxml import etree

NAMESPACE = "http://developer.intuit.com/"
_ENVELOPE = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
    "{}</soap:Body></soap:Envelope>"
)
_USER_AGENT = "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 2.0.50727.1433)"
_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_WAIT_FOR_CONTINUE = 0.35


class Crashed(Exception):
    """The answer made the Web Connector itself fall over."""


class WireError(Exception):
    """The service could not be reached, or answered with a fault."""


@dataclass(frozen=True, slots=True)
class Sent:
    """One call as it went over the wire."""

    request_bytes: int
    answer: str | list[str]


def body(method: str, arguments: Sequence[tuple[str, str]]) -> bytes:
    """The one line a call consists of."""
    if not arguments:
        inner = f'<{method} xmlns="{NAMESPACE}" />'
    else:
        inner = f'<{method} xmlns="{NAMESPACE}">{"".join(_element(*each) for each in arguments)}</{method}>'
    return _ENVELOPE.format(inner).encode()


def result(method: str, answer: bytes) -> str | list[str]:
    """What a call returned; a Result that is missing or nil crashes, as it does the real one."""
    try:
        parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True)
        root = etree.fromstring(answer, parser)
    except etree.XMLSyntaxError as error:
        raise WireError(f"Response is not well-formed XML: {error}") from error
    found = root.find(f".//{{{NAMESPACE}}}{method}Response/{{{NAMESPACE}}}{method}Result")
    if found is None or found.get(_NIL) in ("true", "1"):
        raise Crashed("Object reference not set to an instance of an object.")
    if method != "authenticate":
        return found.text or ""
    return [child.text or "" for child in found.iterfind(f"{{{NAMESPACE}}}string")]


class Client:
    """One address, one connection kept alive between calls."""

    def __init__(self, url: str, timeout: float) -> None:
        parts = urlsplit(url)
        connection = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        self._connection = connection(parts.hostname or "", parts.port, timeout=timeout)
        self._host = parts.netloc.rpartition("@")[2]
        self._path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        self._greeted = False

    def call(self, method: str, *arguments: tuple[str, str]) -> Sent:
        """Make one call and wait for its answer."""
        payload = body(method, arguments)
        try:
            status, answer = self._post(method, payload)
        except (OSError, http.client.HTTPException) as error:
            raise WireError(f"The request was aborted: {error or type(error).__name__}") from error
        if status != http.client.OK:
            raise WireError(f"The service answered HTTP {status}: {_fault(answer)}")
        return Sent(len(payload), result(method, answer))

    def close(self) -> None:
        """Hang up."""
        self._connection.close()

    def _post(self, method: str, payload: bytes) -> tuple[int, bytes]:
        self._drop_if_hung_up()
        put = self._connection.putheader
        self._connection.putrequest("POST", self._path, skip_host=True, skip_accept_encoding=True)
        put("User-Agent", _USER_AGENT)
        put("Content-Type", "text/xml; charset=utf-8")
        put("SOAPAction", f'"{NAMESPACE}{method}"')
        put("Host", self._host)
        put("Content-Length", str(len(payload)))
        put("Expect", "100-continue")
        if not self._greeted:
            put("Connection", "Keep-Alive")
        self._greeted = True
        self._connection.endheaders()
        self._readable(_WAIT_FOR_CONTINUE)
        self._connection.send(payload)
        response = self._connection.getresponse()
        return response.status, response.read()

    def _drop_if_hung_up(self) -> None:
        """A connection with something to read between two calls is one the service has closed."""
        if self._connection.sock is not None and self._readable(0):
            self._connection.close()

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self._connection.sock], [], [], seconds)[0])


def _element(name: str, value: str) -> str:
    return f"<{name}>{escape(value)}</{name}>" if value else f"<{name} />"


def _fault(answer: bytes) -> str:
    try:
        fault = etree.fromstring(answer, etree.XMLParser(resolve_entities=False)).findtext(".//faultstring")
    except etree.XMLSyntaxError:
        fault = None
    return fault or "no fault text"
