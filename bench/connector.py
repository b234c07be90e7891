"""A Web Connector without brakes: the real order of calls over plain HTTP, each one kept so that it can be replayed."""

from __future__ import annotations

import http.client
from collections.abc import Sequence
from urllib.parse import urlsplit

from app.sandbox.web_connector import soap
from app.web_connector.qwc import OWNER_ID
from bench.office import Office
from bench.quickbooks import QuickBooks
from bench.recording import Answer, Exchange

COMPANY_PATH = r"C:\Books\Benchmark.qbw"
DONE = 100


class Wire:
    """One connection, kept alive."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._path = parts.path
        self._connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=600)
        self.exchanges: list[Exchange] = []

    def call(self, method: str, *arguments: tuple[str, str]) -> Answer:
        """Make one call and keep it."""
        request = soap.body(method, arguments)
        answer = soap.result(method, self.post(method, request))
        self.exchanges.append(Exchange(method, request, answer))
        return answer

    def post(self, method: str, request: bytes) -> bytes:
        """Send one envelope and read the answer."""
        headers = {"Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{soap.NAMESPACE}{method}"'}
        self._connection.request("POST", self._path, request, headers)
        response = self._connection.getresponse()
        answer = response.read()
        if response.status != http.client.OK:
            raise RuntimeError(f"{method} was answered with HTTP {response.status}: {answer[:500]!r}")
        return answer

    def close(self) -> None:
        """Hang up."""
        self._connection.close()


def run(url: str, office: Office, quickbooks: QuickBooks, handshake: str) -> list[Exchange]:
    """One session from serverVersion to closeConnection. Returns its calls in order."""
    wire = Wire(url)
    try:
        _converse(wire, office, quickbooks, handshake)
        return wire.exchanges
    finally:
        wire.close()


def replay(url: str, exchanges: Sequence[Exchange]) -> None:
    """Send the same bytes again to somebody else."""
    wire = Wire(url)
    try:
        for exchange in exchanges:
            wire.post(exchange.method, exchange.request)
    finally:
        wire.close()


def handshake(office: Office, quickbooks: QuickBooks) -> str:
    """What QuickBooks says of itself at the start."""
    return quickbooks.handshake(OWNER_ID, office.file_id)


def _converse(wire: Wire, office: Office, quickbooks: QuickBooks, hello: str) -> None:
    wire.call("serverVersion")
    wire.call("clientVersion", ("strVersion", "34.0.1001.27"))
    signed_in = wire.call("authenticate", ("strUserName", office.user), ("strPassword", office.password))
    ticket = ("ticket", signed_in[0])
    if not signed_in[0]:
        raise RuntimeError(f"authenticate was answered with {signed_in}")
    percent = 0
    while percent < DONE:
        request = wire.call(
            "sendRequestXML",
            ticket,
            ("strHCPResponse", hello),
            ("strCompanyFileName", COMPANY_PATH),
            ("qbXMLCountry", "US"),
            ("qbXMLMajorVers", "16"),
            ("qbXMLMinorVers", "0"),
        )
        hello = ""
        if not request:
            raise RuntimeError(f"the service stopped at {percent} percent: {wire.call('getLastError', ticket)}")
        answer = quickbooks.answer(str(request))
        percent = int(
            str(wire.call("receiveResponseXML", ticket, ("response", answer), ("hresult", ""), ("message", "")))
        )
        if percent < 0:
            raise RuntimeError(f"the service refused an answer: {wire.call('getLastError', ticket)}")
    wire.call("closeConnection", ticket)
