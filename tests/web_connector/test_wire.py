"""Real wire forms: a captured Web Connector, byte for byte, and zeep with three descriptions of the service."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import BinaryIO

import pytest
from lxml import etree
from zeep import Client

from tests.web_connector.fake import SOAP, TNS, Reply, Site

logging.getLogger("zeep").setLevel(logging.WARNING)

CAPTURED = [
    "01_serverVersion",
    "02_clientVersion",
    "03_authenticate",
    "04_sendRequestXML",
    "05_getLastError",
    "06_closeConnection",
    "07_serverVersion",
    "08_clientVersion",
    "09_authenticate",
    "10_sendRequestXML",
    "11_receiveResponseXML",
    "12_sendRequestXML",
    "13_getLastError",
    "14_closeConnection",
]
METHODS = {
    "serverVersion": "server_version",
    "clientVersion": "client_version",
    "authenticate": "authenticate",
    "sendRequestXML": "send_request_xml",
    "receiveResponseXML": "receive_response_xml",
    "getLastError": "get_last_error",
    "closeConnection": "close_connection",
}


def head(stream: BinaryIO) -> tuple[int, dict[str, str]]:
    """The status and the header fields of the next answer on the wire."""
    status = int(stream.readline().split()[1])
    fields = {}
    while line := stream.readline().decode().strip():
        name, _, value = line.partition(":")
        fields[name.lower()] = value.strip()
    return status, fields


def replay(site: Site, headers: bytes, body: bytes) -> Reply:
    """Send the bytes as they were captured, waiting for ``100 Continue`` before the body as .NET does."""
    with socket.create_connection(("127.0.0.1", site.port), timeout=10) as wire:
        lines = b"\r\n".join(headers.strip().splitlines())
        wire.sendall(b"POST /qbwc HTTP/1.1\r\n" + lines + b"\r\n\r\n")
        stream = wire.makefile("rb")
        status, _ = head(stream)
        assert status == 100
        wire.sendall(body)
        while status == 100:  # the development server says it twice
            status, fields = head(stream)
        return Reply(status, fields["content-type"], stream.read(int(fields["content-length"])))


@pytest.mark.parametrize("name", CAPTURED)
def test_it_answers_a_captured_request(site: Site, shared: Path, name: str) -> None:
    headers = (shared / "wire" / "http" / f"{name}.headers").read_bytes()
    body = (shared / "wire" / "requests" / f"{name}.xml").read_bytes()
    call = name.partition("_")[2]
    reply = replay(site, headers, body)

    sent = etree.fromstring(body).find(f"{{{SOAP}}}Body/{{{TNS}}}{call}")
    assert sent is not None
    ((method, given),) = site.talk.heard
    assert method == METHODS[call]
    assert [str(value) for value in given[: len(sent)]] == [parameter.text or "" for parameter in sent]
    reply.result(call)
    if call == "authenticate":
        assert reply.strings(call) == ["ticket-1", ""]


def test_the_captured_host_response_arrives_unchanged(site: Site, shared: Path) -> None:
    body = (shared / "wire" / "requests" / "04_sendRequestXML.xml").read_bytes()
    replay(site, (shared / "wire" / "http" / "04_sendRequestXML.headers").read_bytes(), body)
    ((_, (_ticket, hcp, file, country, major, minor)),) = site.talk.heard
    assert etree.fromstring(hcp.encode()).findtext(".//ProductName") == "QuickBooks Pro 2006"
    assert (file[:3], country, major, minor) == ("C:\\", "US", 5, 0)


def drive_all_eight(site: Site, client: Client) -> None:
    (soap_11,) = [name for name in client.wsdl.bindings if name.endswith("Soap")]
    service = client.create_service(soap_11, site.url)  # type: ignore[no-untyped-call]
    assert service.serverVersion() == "Tieout"
    assert (service.clientVersion(strVersion="34.0.1001.27") or "") == ""
    ticket = service.authenticate(strUserName="u", strPassword="p&<é>")
    assert [part or "" for part in ticket] == ["ticket-1", ""]
    asked = service.sendRequestXML(
        ticket="t",
        strHCPResponse="",
        strCompanyFileName="C:\\a.qbw",
        qbXMLCountry="US",
        qbXMLMajorVers=13,
        qbXMLMinorVers=0,
    )
    assert asked == "<?xml version='1.0'?><QBXML/>"
    assert service.receiveResponseXML(ticket="t", response="<a>\n</a>", hresult="", message="") == 42
    assert service.connectionError(ticket="t", hresult="0x80040408", message="m") == "done"
    assert service.getLastError(ticket="t") == "No data exchange required"
    assert service.closeConnection(ticket="t") == "OK"
    assert site.talk.heard == [
        ("server_version", ()),
        ("client_version", ("34.0.1001.27", "127.0.0.1")),
        ("authenticate", ("u", "p&<é>", "127.0.0.1")),
        ("send_request_xml", ("t", "", "C:\\a.qbw", "US", 13, 0)),
        ("receive_response_xml", ("t", "<a>\n</a>", "", "")),
        ("connection_error", ("t", "0x80040408", "m")),
        ("get_last_error", ("t",)),
        ("close_connection", ("t",)),
    ]


@pytest.mark.parametrize("name", ["QBWebConnectorSvc.aspnet.wsdl", "QBWebConnectorSvc.canonical_plus_versions.wsdl"])
def test_a_client_made_from_a_circulating_wsdl_can_call_it(site: Site, shared: Path, name: str) -> None:
    drive_all_eight(site, Client(str(shared / "wsdl" / name)))  # type: ignore[no-untyped-call]


def test_a_client_made_from_its_own_wsdl_can_call_it_where_the_wsdl_says(site: Site) -> None:
    client = Client(f"{site.url}?wsdl")  # type: ignore[no-untyped-call]
    drive_all_eight(site, client)
    assert client.service.closeConnection(ticket="t") == "OK"


def test_server_version_may_come_with_an_argument(site: Site) -> None:
    assert site.call("serverVersion", "<strVersion>34.0.1001.27</strVersion>").result("serverVersion") == "Tieout"


def test_its_wsdl_names_the_host_that_was_asked_and_the_full_actions(site: Site) -> None:
    reply = site.send(b"", {"Host": 'tieout.example.com"&'}, "GET", "/qbwc?WSDL")
    assert reply.content_type.startswith("text/xml")
    ns = {"soap": "http://schemas.xmlsoap.org/wsdl/soap/"}
    actions = {element.get("soapAction") for element in reply.tree.iterfind(".//soap:operation", ns)}
    assert actions == {TNS + name for name in [*METHODS, "connectionError"]}
    reply = site.send(b"", {"Host": "tieout.example.com"}, "GET", "/qbwc?wsdl")
    (address,) = reply.tree.iterfind(".//soap:address", ns)
    assert address.get("location") == "http://tieout.example.com/qbwc"
