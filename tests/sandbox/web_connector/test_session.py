"""The Web Connector's conversation: order of calls, wire form, every way a session ends, and scripted deaths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.sandbox.quickbooks import CompanyFile
from app.sandbox.web_connector import Crashed, Died, WebConnector
from tests.sandbox.quickbooks.asking import message_set, vendor_add
from tests.sandbox.web_connector.service import Service, script, serving

WIRE = Path(__file__).parents[4] / "shared" / "quickbooks" / "wire"
OWNER = "{11111111-2222-4333-8444-555555555555}"
OPENING = ["serverVersion", "clientVersion", "authenticate"]
ACME = message_set(vendor_add("Acme &amp; S&#246;hne"), newMessageSetID="set-1")
BETA = message_set(vendor_add("Beta"), newMessageSetID="set-2")
SIGNED_IN = ["ticket-1", ""]


@pytest.fixture
def company() -> CompanyFile:
    return CompanyFile(":memory:")


@pytest.fixture
def service() -> Iterator[Service]:
    with serving(Service(script())) as running:
        yield running


def connector(service: Service, company: CompanyFile, **more: Any) -> WebConnector:
    return WebConnector(service.url, "books", "secret & more", company, owner_id=OWNER, file_id=OWNER, **more)


def vendors(company: CompanyFile) -> list[str]:
    return [vendor["Name"] for vendor in company.records("Vendor")]


def test_a_session_without_work_asks_for_the_last_error_and_closes(service: Service, company: CompanyFile) -> None:
    report = connector(service, company).run()
    assert service.methods == [*OPENING, "sendRequestXML", "getLastError", "closeConnection"]
    assert (report.outcome, report.round_trips) == ("nothing", 0)
    assert [call.name for call in report.calls] == service.methods


def test_it_runs_each_request_and_posts_the_answer_until_all_is_done(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[ACME, BETA], receiveResponseXML=["50", "100"])
    report = connector(service, company).run()
    exchange = ["sendRequestXML", "receiveResponseXML"]
    assert service.methods == [*OPENING, *exchange, *exchange, "closeConnection"]
    assert (report.outcome, report.round_trips, report.requests_seen) == ("done", 2, [ACME, BETA])
    assert vendors(company) == ["Acme & Söhne", "Beta"]
    posted = service.heard[4]
    assert "<Name>Acme &amp; S&#246;hne</Name>" in posted.argument("response")
    assert (posted.argument("hresult"), posted.argument("message")) == ("", "")


def test_zero_percent_goes_on(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[ACME, ""], receiveResponseXML="0")
    assert connector(service, company).run().outcome == "done"
    assert service.methods[-3:] == ["sendRequestXML", "getLastError", "closeConnection"]


def test_the_handshake_comes_with_the_first_request_only(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[ACME, ""], receiveResponseXML="50")
    connector(service, company, company_path=r"C:\Books\A & B.qbw").run()
    first, second = (heard for heard in service.heard if heard.method == "sendRequestXML")
    assert OWNER in first.argument("strHCPResponse")
    assert second.argument("strHCPResponse") == ""
    assert [first.argument(name) for name in ("qbXMLCountry", "qbXMLMajorVers", "qbXMLMinorVers")] == ["US", "16", "0"]
    assert first.argument("strCompanyFileName") == r"C:\Books\A & B.qbw"
    assert first.argument("ticket") == "ticket-1"


def test_its_headers_are_those_of_the_real_one(service: Service, company: CompanyFile) -> None:
    connector(service, company).run()
    first, second = (dict(heard.headers) for heard in service.heard[:2])
    assert [name for name, _ in service.heard[0].headers] == [
        "User-Agent",
        "Content-Type",
        "SOAPAction",
        "Host",
        "Content-Length",
        "Expect",
        "Connection",
    ]
    assert first["SOAPAction"] == '"http://developer.intuit.com/serverVersion"'
    assert (first["Expect"], first["Connection"]) == ("100-continue", "Keep-Alive")
    assert "Connection" not in second


@pytest.mark.skipif(not WIRE.is_dir(), reason="the captured conversation is not at ../shared/quickbooks/wire")
def test_its_bytes_are_those_of_the_captured_conversation(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[ACME, ""], receiveResponseXML="50")
    connector(service, company).run()
    second_session = sorted((WIRE / "requests").iterdir())[6:]
    assert service.methods == [path.stem.partition("_")[2] for path in second_session]
    for heard, path in zip(service.heard, second_session, strict=True):
        assert _skeleton(heard.body) == _skeleton(path.read_bytes().rstrip(b"\n")), heard.method
    agent = (WIRE / "http" / "01_serverVersion.headers").read_text().splitlines()[0]
    assert agent == f"User-Agent: {dict(service.heard[0].headers)['User-Agent']}"


def _skeleton(body: bytes) -> bytes:
    """A body without what differs from session to session: the values."""
    return re.sub(rb">[^<>]+</", b">_</", body)


@pytest.mark.parametrize(
    ("answer", "outcome", "last"),
    [
        (["t", "none"], "nothing", "closeConnection"),
        (["t", "NONE"], "nothing", "closeConnection"),
        (["t", "nvu"], "refused", "authenticate"),
        (["t", "busy"], "busy", "authenticate"),
        (["t", "", "60", "300"], "nothing", "closeConnection"),
        (["t", "", "1", "2", "3"], "broken", "authenticate"),
        (["t"], "broken", "authenticate"),
    ],
)
def test_signing_in_may_end_it(
    answer: list[str], outcome: str, last: str, service: Service, company: CompanyFile
) -> None:
    service.answers = script(authenticate=[answer])
    report = connector(service, company).run()
    assert (report.outcome, service.methods[-1]) == (outcome, last)


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [("W:please update", "nothing"), ("O:2.0", "nothing"), ("E:too old", "refused"), ("no", "broken")],
)
def test_the_service_may_object_to_its_version(
    answer: str, outcome: str, service: Service, company: CompanyFile
) -> None:
    service.answers = script(clientVersion=answer)
    report = connector(service, company, client_version="30.0.0.1").run()
    assert report.outcome == outcome
    assert service.heard[1].argument("strVersion") == "30.0.0.1"


def test_a_negative_number_ends_the_session_with_the_services_own_words(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=ACME, receiveResponseXML="-1", getLastError="The wrong company is open.")
    report = connector(service, company).run()
    assert (report.outcome, report.sentence) == ("failed", "The wrong company is open.")
    assert service.methods[-2:] == ["getLastError", "closeConnection"]


def test_no_op_waits_five_seconds_and_asks_again(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=["NoOp", ACME], getLastError="NoOp")
    pauses: list[float] = []
    report = connector(service, company, pause=pauses.append).run()
    assert (pauses, report.outcome, vendors(company)) == ([5.0], "done", ["Acme & Söhne"])


def test_a_file_that_cannot_be_opened_is_reported_and_never_asked_about(service: Service, company: CompanyFile) -> None:
    company.cannot_open("0x80040408", "Could not start QuickBooks.")
    report = connector(service, company).run()
    assert service.methods == [*OPENING, "connectionError", "closeConnection"]
    assert service.heard[3].argument("hresult") == "0x80040408"
    assert report.outcome == "cannot_open"


def test_it_gives_up_when_the_service_keeps_asking_to_try_again(service: Service, company: CompanyFile) -> None:
    company.cannot_open("0x80040408", "Could not start QuickBooks.")
    service.answers = script(connectionError="")
    assert connector(service, company).run().outcome == "cannot_open"
    assert service.methods.count("connectionError") == 5


def test_a_refused_set_is_posted_as_an_hresult_without_an_answer(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=message_set("<PigeonAddRq/>"))
    connector(service, company).run()
    posted = service.heard[4]
    assert (posted.argument("response"), posted.argument("hresult")) == ("", "0x80040400")
    assert "error when parsing" in posted.argument("message")


def test_an_answer_without_its_result_crashes_it(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[None])
    with pytest.raises(Crashed, match="Object reference not set"):
        connector(service, company).run()
    assert "closeConnection" not in service.methods


def test_a_percentage_that_is_no_integer_breaks_it(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=ACME, receiveResponseXML="33.3")
    report = connector(service, company).run()
    assert (report.outcome, "QBWC1042" in report.sentence) == ("broken", True)


def test_an_error_of_the_service_stops_it(service: Service, company: CompanyFile) -> None:
    service.status = 500
    report = connector(service, company).run()
    assert (report.outcome, service.methods) == ("broken", ["serverVersion"])


def test_a_service_that_is_not_there_is_said_so(company: CompanyFile) -> None:
    gone = Service(script(), url="http://127.0.0.1:9/qbwc")
    report = connector(gone, company).run()
    assert (report.outcome, report.calls) == ("broken", [])


def test_it_stops_at_the_bound_on_calls(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=message_set("<VendorQueryRq/>"), receiveResponseXML="50")
    report = connector(service, company, max_calls=20).run()
    assert (report.outcome, len(service.heard)) == ("unfinished", 21)


@pytest.mark.parametrize(
    ("fault", "saved", "posts"),
    [("before_run", [], 0), ("after_run", ["Acme & Söhne"], 0), ("after_post", ["Acme & Söhne"], 1)],
)
def test_killed_it_sends_no_farewell(
    fault: str, saved: list[str], posts: int, service: Service, company: CompanyFile
) -> None:
    service.answers = script(sendRequestXML=[ACME, ""])
    with pytest.raises(Died) as death:
        connector(service, company, faults={fault: 1}).run()
    assert vendors(company) == saved
    assert service.methods.count("receiveResponseXML") == posts
    assert "closeConnection" not in service.methods
    assert death.value.report.requests_seen == [ACME]


def test_after_a_death_the_same_bytes_bring_back_the_stored_answer(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=ACME)
    mortal = connector(service, company, faults={"after_run": 1})
    with pytest.raises(Died):
        mortal.run()
    assert mortal.run().outcome == "done"
    assert vendors(company) == ["Acme & Söhne"]
    assert 'statusCode="0"' in service.heard[-2].argument("response")


def test_a_fault_strikes_only_the_exchange_it_names(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=[ACME, BETA], receiveResponseXML=["50", "100"])
    with pytest.raises(Died):
        connector(service, company, faults={"before_run": 2}).run()
    assert vendors(company) == ["Acme & Söhne"]


def test_an_answer_can_be_posted_twice_or_cut_in_half(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=ACME)
    connector(service, company, faults={"post_twice": 1, "truncate": 1}).run()
    first, second = (heard.argument("response") for heard in service.heard if heard.method == "receiveResponseXML")
    assert first == second
    assert not first.endswith("</QBXML>\n")


def test_quickbooks_can_be_made_to_throw(service: Service, company: CompanyFile) -> None:
    service.answers = script(sendRequestXML=ACME)
    connector(service, company, faults={"hresult": (1, "0x80040402", "Unexpected error.")}).run()
    assert service.heard[4].argument("hresult") == "0x80040402"
    assert vendors(company) == []
