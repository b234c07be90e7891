"""One real Web Connector's two sessions, byte for byte, against the real service."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest
from lxml import etree

from app.services import connections
from app.services.people import hash_password
from app.services.unit import work
from app.web_connector.qwc import OWNER_ID
from tests import records
from tests.by_hand import COMPANY_PATH
from tests.support import Stage

WIRE = Path(__file__).parents[3] / "shared" / "quickbooks" / "wire"
pytestmark = pytest.mark.skipif(not WIRE.is_dir(), reason="the conversation is not at ../shared/quickbooks/wire")
NAMESPACE = "{http://developer.intuit.com/}"
NAMES = sorted(path.stem for path in (WIRE / "requests").glob("*.xml")) if WIRE.is_dir() else []


def _captured(name: str) -> bytes:
    return (WIRE / "requests" / f"{name}.xml").read_bytes()


def _headers(name: str) -> dict[str, str]:
    """The headers as captured, but those that belong to the connection."""
    lines = (WIRE / "http" / f"{name}.headers").read_text("latin-1").splitlines()
    pairs = [line.split(":", 1) for line in lines if ":" in line and not line.startswith("POST")]
    kept = {"User-Agent", "Content-Type", "SOAPAction"}
    return {key.strip(): value.strip() for key, value in pairs if key.strip() in kept}


def _post(stage: Stage, name: str, body: bytes | None = None) -> etree._Element:
    """Send one captured request; returns its Result element, which must be there."""
    request = urllib.request.Request(stage.soap_url, body or _captured(name), _headers(name))
    with urllib.request.urlopen(request, timeout=20) as answer:
        root = etree.fromstring(answer.read())
    method = name.split("_", 1)[1]
    result = root.find(f".//{NAMESPACE}{method}Response/{NAMESPACE}{method}Result")
    assert result is not None, f"{name}: no Result element"
    assert not any("nil" in str(attribute) for attribute in result.attrib)
    return result


def _said(result: etree._Element) -> list[str]:
    return [child.text or "" for child in result] or [result.text or ""]


def _with(name: str, **elements: str) -> bytes:
    """A captured request with other values in some elements."""
    root = etree.fromstring(_captured(name))
    for element, value in elements.items():
        [found] = root.iterfind(f".//{NAMESPACE}{element}")
        found.text = value
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


@pytest.mark.parametrize("name", NAMES)
def test_every_captured_call_is_answered_with_a_result(stage: Stage, name: str) -> None:
    stage.approve(records.commitment())
    _post(stage, name)


def test_the_captured_web_connector_is_too_old_and_hears_so(stage: Stage) -> None:
    stage.approve(records.commitment())
    assert _said(_post(stage, "01_serverVersion")) == ["Tieout 0.1"]
    [answer] = _said(_post(stage, "02_clientVersion"))
    assert re.match(r"E:Web Connector 2\.0\.0\.116 is too old\. Install one of .*34\.0\.1001\.27", answer)
    assert _said(_post(stage, "03_authenticate")) == ["", "nvu"]
    assert _said(_post(stage, "04_sendRequestXML")) == [""]
    assert "not known here" in _said(_post(stage, "05_getLastError"))[0]
    assert _said(_post(stage, "06_closeConnection")) == ["OK"]
    assert _said(_post(stage, "11_receiveResponseXML")) == ["-1"]
    assert stage.states()["SC-014"] == "queued"


def _open(stage: Stage, first: str, version: str, authenticate: str) -> str:
    """The captured calls of a session's beginning, by a supported version and a known user; returns the ticket."""
    assert _said(_post(stage, first)) == ["Tieout 0.1"]
    assert _said(_post(stage, version, _with(version, strVersion="34.0.1001.27"))) == [""]
    ticket, verdict = _said(_post(stage, authenticate))
    assert verdict == ""
    return ticket


@pytest.fixture
def known(stage: Stage) -> Stage:
    """The captured user has this connection, under the captured password."""
    root = etree.fromstring(_captured("03_authenticate"))
    user, password = (root.findtext(f".//{NAMESPACE}{tag}") or "" for tag in ("strUserName", "strPassword"))
    with work(stage.database, stage.connection_id) as unit:
        unit.connection.web_connector_user, unit.connection.web_connector_password = user, hash_password(password)
    stage.approve(records.commitment())
    return stage


def test_the_first_session_is_refused_for_its_quickbooks(known: Stage) -> None:
    """The captured host is a QuickBooks of long ago, with another application's company file."""
    ticket = _open(known, "01_serverVersion", "02_clientVersion", "03_authenticate")
    assert _said(_post(known, "04_sendRequestXML", _with("04_sendRequestXML", ticket=ticket))) == [""]
    [why] = _said(_post(known, "05_getLastError", _with("05_getLastError", ticket=ticket)))
    assert "is not supported; supported are QuickBooks Desktop 2022 to 2024" in why
    [goodbye] = _said(_post(known, "06_closeConnection", _with("06_closeConnection", ticket=ticket)))
    assert goodbye == f"Stopped: {why}"


def test_the_second_session_delivers_a_request_and_takes_its_answer(known: Stage) -> None:
    ticket = _open(known, "07_serverVersion", "08_clientVersion", "09_authenticate")
    hcp = known.company.hcp(OWNER_ID, connections.get(known.database, 1).file_id)
    body = _with(
        "10_sendRequestXML", ticket=ticket, strHCPResponse=hcp, strCompanyFileName=COMPANY_PATH, qbXMLCountry="US"
    )
    [look] = _said(_post(known, "10_sendRequestXML", body))
    assert "PurchaseOrderQueryRq" in look
    percent = _answer(known, ticket, look)
    assert 0 <= percent < 100
    [add] = _said(_post(known, "12_sendRequestXML", _with("12_sendRequestXML", ticket=ticket)))
    assert "PurchaseOrderAddRq" in add
    assert _answer(known, ticket, add) == 100
    assert _said(_post(known, "13_getLastError", _with("13_getLastError", ticket=ticket))) == [
        "No data exchange required."
    ]
    assert _said(_post(known, "14_closeConnection", _with("14_closeConnection", ticket=ticket))) == [
        "Done: 1 finished."
    ]
    assert known.states()["SC-014"] == "synced"


def _answer(stage: Stage, ticket: str, request: str) -> int:
    body = _with("11_receiveResponseXML", ticket=ticket, response=stage.company.process(request))
    return int(_said(_post(stage, "11_receiveResponseXML", body))[0])


def test_a_ticket_from_the_capture_is_never_accepted(known: Stage) -> None:
    """Replayed as they were, with a ticket nobody here gave out."""
    for name in ("10_sendRequestXML", "12_sendRequestXML"):
        assert _said(_post(known, name)) == [""]
    assert _said(_post(known, "11_receiveResponseXML")) == ["-1"]
    assert known.states()["SC-014"] == "queued"
