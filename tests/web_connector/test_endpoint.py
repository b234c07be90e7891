"""The endpoint over real HTTP: hostile input, answers that must never leave, and silence about secrets."""

from __future__ import annotations

import logging
import socket
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from app.web_connector.troubles import KEPT, Troubles
from tests.web_connector.fake import PLANTED, SOAP, TNS, FakeConversation, Site, envelope, serving, soap_headers
from tests.web_connector.test_guard import hostile

LAST_ERROR = f'<getLastError xmlns="{TNS}"><ticket>t</ticket></getLastError>'
LOGIN = f'<authenticate xmlns="{TNS}"><strUserName>u</strUserName><strPassword>{PLANTED}</strPassword></authenticate>'
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"


def header(block: str) -> bytes:
    return envelope(LOGIN).replace(b"<soap:Body>", f"<soap:Header>{block}</soap:Header><soap:Body>".encode())


FAULTS = {
    "empty": (b"", "empty"),
    "not XML": (b"hello", "not well-formed"),
    "JSON": (b"{}", "not well-formed"),
    "cut in half": (envelope(LOGIN)[:250], "not well-formed"),
    "not SOAP": (b"<html/>", "not a SOAP envelope"),
    "SOAP 1.2": (envelope(LOGIN).replace(SOAP.encode(), SOAP_12.encode()), "SOAP 1.1"),
    "no body": (f'<s:Envelope xmlns:s="{SOAP}"/>'.encode(), "one Body"),
    "empty body": (envelope(""), "exactly one call"),
    "two calls": (envelope(LOGIN + LAST_ERROR), "exactly one call"),
    "two bodies": (envelope(f"{LOGIN}</soap:Body><soap:Body>{LAST_ERROR}"), "one Body"),
    "wrong namespace": (envelope(LOGIN.replace(TNS, "http://example.com/")), "namespace"),
    "no namespace": (envelope("<authenticate/>"), "namespace"),
    "unknown call": (envelope(f'<formatDisk xmlns="{TNS}"/>'), "no such call"),
    "a fault": (envelope("<soap:Fault/>"), "namespace"),
    "dangling href": (envelope(LOGIN.replace("<strPassword>", '<strPassword href="#none">')), "Style Document"),
    "multiref": (envelope(LOGIN.replace("<strUserName>", '<strUserName href="#a" id="a">')), "Style Document"),
    "twice the password": (envelope(LOGIN.replace("</auth", "<strPassword>x</strPassword></auth")), "given twice"),
    "elements in text": (envelope(LOGIN.replace(">u<", "><b>u</b><")), "elements of its own"),
    "DOCTYPE": (b"<!DOCTYPE x>" + envelope(LOGIN, prolog=""), "DOCTYPE"),
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + envelope(LOGIN.replace(">u<", ">&e;<"), prolog=""),
        "DOCTYPE",
    ),
    "undefined entity": (envelope(LOGIN.replace(">u<", ">&e;<")), "not well-formed"),
    "NUL": (envelope(LOGIN.replace(">u<", ">u\x00<")), "control character"),
    "NUL by number": (envelope(LOGIN.replace(">u<", ">u&#0;<")), "not well-formed"),
    "escape by number": (envelope(LOGIN.replace(">u<", ">u&#x1B;<")), "not well-formed"),
    "not a character": (envelope(LOGIN.replace(">u<", ">u\uffff<")), "not well-formed"),
    "UTF-16": (envelope(LOGIN, prolog="").decode().encode("utf-16"), "UTF-8"),
    "latin-1": (envelope(LOGIN.replace(">u<", ">ü<")).decode().encode("latin-1"), "UTF-8"),
    "demanding header": (header('<x xmlns="urn:x" soap:mustUnderstand="1"/>'), "demands a SOAP header"),
    "a declared encoding": (envelope(LOGIN, prolog='<?xml version="1.0" encoding="utf-7"?>'), "encoding"),
}


@pytest.mark.requirement("SEC-02", "SEC-01")
@pytest.mark.parametrize("name", FAULTS)
def test_a_bad_message_gets_a_fault_that_says_what_is_wrong(
    site: Site, name: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.DEBUG)
    body, words = FAULTS[name]
    reply = site.send(body, soap_headers("authenticate"))
    code, sentence = reply.fault()
    assert words in sentence
    assert code == {"SOAP 1.2": "VersionMismatch", "demanding header": "MustUnderstand"}.get(name, "Client")
    assert site.talk.heard == []
    assert [(said, remote) for _, said, remote in site.talk.turned_away] == [(sentence, "127.0.0.1")]
    written = reply.body.decode() + caplog.text + "".join(capfd.readouterr())
    assert PLANTED not in written
    assert "Traceback" not in written


@pytest.mark.parametrize(
    ("action", "words"),
    [
        (None, "missing"),
        ('""', "missing"),
        (f'"{TNS}closeConnection"', "does not name the call"),
        ('"http://example.com/authenticate"', "does not name the call"),
        ('"authenticate"', "does not name the call"),
    ],
)
def test_a_wrong_action_gets_a_fault(site: Site, action: str | None, words: str) -> None:
    headers = soap_headers("authenticate") | {"SOAPAction": action or ""}
    if action is None:
        del headers["SOAPAction"]
    code, sentence = site.send(envelope(LOGIN), headers).fault()
    assert code == "Client"
    assert words in sentence
    assert site.talk.heard == []


def test_an_action_without_quotes_is_understood(site: Site) -> None:
    reply = site.call("closeConnection", SOAPAction=f"{TNS}closeConnection")
    assert reply.result("closeConnection") == "OK"


@pytest.mark.parametrize("charset", ["latin1", "utf-16", "no-such-charset"])
def test_another_charset_is_refused_in_words(site: Site, charset: str) -> None:
    reply = site.call("closeConnection", **{"Content-Type": f"text/xml; charset={charset}"})
    assert reply.status == 415
    assert reply.content_type.startswith("text/plain")
    assert b"UTF-8" in reply.body
    assert charset.encode() not in reply.body


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(site: Site, method: str) -> None:
    assert site.send(b"", {}, method).status == 405


@pytest.mark.requirement("SEC-02")
def test_200_megabytes_are_refused_by_their_announcement(site: Site) -> None:
    begun = time.perf_counter()
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as wire:
        wire.sendall(
            b"POST /qbwc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: 209715200\r\n\r\n<never sent"
        )
        answer = wire.makefile("rb").readline()
    assert b" 413 " in answer
    assert time.perf_counter() - begun < 2
    assert site.talk.turned_away[0][0] == "too long"


def test_a_message_that_stops_early_is_not_read(site: Site) -> None:
    with socket.create_connection(("127.0.0.1", site.port), timeout=5) as wire:
        whole = envelope(LOGIN)
        head = f"POST /qbwc HTTP/1.1\r\nHost: x\r\nContent-Type: text/xml\r\nContent-Length: {len(whole) + 1}\r\n\r\n"
        wire.sendall(head.encode() + whole)
        wire.shutdown(socket.SHUT_WR)
        assert b" 400 " in wire.makefile("rb").readline()
    assert site.talk.heard == []
    assert site.talk.turned_away[0][0] == "cut off"


SERVER = """
    import resource, sys
    from tests.web_connector.fake import FakeConversation, serving
    with serving(FakeConversation()) as site:
        print(site.port, flush=True)
        for _ in sys.stdin:
            print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024, flush=True)
"""


@pytest.mark.requirement("SEC-02")
@pytest.mark.skipif(sys.platform != "linux", reason="measures peak memory as Linux reports it")
@pytest.mark.parametrize(
    "messages",
    [hostile(), {"the largest that is read": b"<a>" + b"<" * (63 * 1024 * 1024)}],
    ids=["many kinds", "the largest that is read"],
)
def test_hostile_messages_cost_little_time_and_memory(messages: dict[str, bytes]) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(SERVER)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert child.stdin
    assert child.stdout
    try:
        site = Site(int(child.stdout.readline()), FakeConversation())

        def peak() -> int:
            assert child.stdin
            assert child.stdout
            child.stdin.write("\n")
            child.stdin.flush()
            return int(child.stdout.readline())

        assert site.call("closeConnection").status == 200
        before = peak()
        for name, body in messages.items():
            begun = time.perf_counter()
            site.send(body, soap_headers("authenticate")).fault()
            assert time.perf_counter() - begun < 2, name
        assert peak() - before < 100
    finally:
        child.communicate(timeout=10)


# What the conversation may do wrong, and what must leave all the same.

CALLS = {
    "serverVersion": ("server_version", ""),
    "clientVersion": ("client_version", ""),
    "sendRequestXML": ("send_request_xml", ""),
    "receiveResponseXML": ("receive_response_xml", "-1"),
    "connectionError": ("connection_error", "done"),
    "getLastError": ("get_last_error", "Tieout could not look up what went wrong. Its log knows more."),
    "closeConnection": ("close_connection", "Session closed; Tieout could not write its summary."),
}


@pytest.mark.parametrize("wrong", [None, RuntimeError(PLANTED), b"bytes", 1.5, True], ids=repr)
@pytest.mark.parametrize("call", CALLS)
def test_whatever_goes_wrong_inside_a_result_leaves(
    site: Site, call: str, wrong: Any, caplog: pytest.LogCaptureFixture
) -> None:
    method, calm = CALLS[call]
    site.talk.says[method] = wrong
    assert site.call(call, "<ticket>t</ticket>").result(call) == calm
    assert PLANTED not in caplog.text
    assert "Traceback" not in caplog.text
    (record,) = [record for record in caplog.records if record.name.startswith("app.")]
    assert call in record.getMessage()


@pytest.mark.parametrize("wrong", [None, RuntimeError("x"), [], ["t"], ["t", None], list("abcde"), "t"], ids=repr)
def test_a_log_in_that_fails_inside_asks_to_come_back_later(site: Site, wrong: Any) -> None:
    site.talk.says["authenticate"] = wrong
    assert site.call("authenticate").strings("authenticate") == ["", "busy"]


@pytest.mark.parametrize("given", [["t", ""], ["t", "nvu"], ["", "none", "60"], ["t", "C:\\a.qbw", "0", "300"]])
def test_a_log_in_may_have_two_to_four_parts(site: Site, given: list[str]) -> None:
    site.talk.says["authenticate"] = given
    assert site.call("authenticate").strings("authenticate") == given


@pytest.mark.parametrize("failing", ["send_request_xml", "receive_response_xml"])
def test_the_next_question_tells_the_truth_about_a_failure_inside(
    site: Site, failing: str, caplog: pytest.LogCaptureFixture
) -> None:
    site.talk.says[failing] = RuntimeError("database is locked")
    call = {"send_request_xml": "sendRequestXML", "receive_response_xml": "receiveResponseXML"}[failing]
    site.call(call, "<ticket>t-1</ticket>")
    assert site.call("getLastError", "<ticket>t-2</ticket>").result("getLastError") == "No data exchange required"
    told = site.call("getLastError", "<ticket>t-1</ticket>").result("getLastError")
    event = told.rstrip(".").rpartition(" ")[2]
    assert f"event {event}" in caplog.text
    assert "database" not in told
    assert site.call("getLastError", "<ticket>t-1</ticket>").result("getLastError") == "No data exchange required"


def test_troubles_of_long_gone_sessions_are_forgotten() -> None:
    troubles = Troubles()
    for number in range(KEPT + 1):
        troubles.note(str(number), "x")
    assert troubles.take("0") == ""
    assert troubles.take("1") == "x"


def test_a_conversation_that_cannot_even_begin_is_no_fault() -> None:
    with serving(None) as site:
        assert site.call("sendRequestXML", "<ticket>t</ticket>").result("sendRequestXML") == ""
        assert site.send(b"", soap_headers("authenticate")).fault()[0] == "Client"


def test_a_control_character_never_changes_a_request_on_its_way_to_quickbooks(site: Site) -> None:
    site.talk.says["send_request_xml"] = "<Name>A\x0bB</Name>"
    assert site.call("sendRequestXML", "<ticket>t</ticket>").result("sendRequestXML") == ""


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\ufffe", "\ud800"], ids=ascii)
def test_a_control_character_in_other_answers_is_replaced(site: Site, character: str) -> None:
    site.talk.says["get_last_error"] = f"a{character}b"
    assert site.call("getLastError", "<ticket>t</ticket>").result("getLastError") == "a?b"


ODD_TEXT = "é ü ß € “quotes” 😀 שלום ]]> & < > ' \" \t end"


@pytest.mark.parametrize("text", [ODD_TEXT, "line\r\nline\rline\n", " spaces ", ""], ids=ascii)
def test_text_comes_out_as_it_went_in(site: Site, text: str) -> None:
    site.talk.says["send_request_xml"] = text
    assert site.call("sendRequestXML").result("sendRequestXML") == text


def test_text_goes_in_as_it_was_sent(site: Site) -> None:
    escaped = ODD_TEXT.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    site.call("receiveResponseXML", f"<ticket>t</ticket><response>{escaped}&#13;</response><hresult /><message />")
    assert site.talk.heard == [("receive_response_xml", ("t", ODD_TEXT + "\r", "", ""))]


def test_an_answer_of_five_megabytes_leaves_whole(site: Site) -> None:
    text = "<Vendor>Délta & Söhne</Vendor>\n" * 160_000
    assert len(text.encode()) > 5_000_000
    site.talk.says["send_request_xml"] = text
    assert site.call("sendRequestXML").result("sendRequestXML") == text


def test_a_response_of_twelve_megabytes_in_one_piece_arrives_whole(site: Site) -> None:
    line = "<VendorRet><Name>Delta</Name></VendorRet>\n"
    count = 12 * 1024 * 1024 // len(line)
    escaped = line.replace("<", "&lt;").replace(">", "&gt;") * count
    reply = site.call("receiveResponseXML", f"<ticket>t</ticket><response>{escaped}</response>")
    assert reply.result("receiveResponseXML") == "42"
    ((_, (_, response, _, _)),) = site.talk.heard
    assert response == line * count


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("", ("", "", "", "", 0, 0)),
        ("<ticket /><qbXMLMajorVers>13.0</qbXMLMajorVers><qbXMLMinorVers> 0 </qbXMLMinorVers>", ("",) * 4 + (13, 0)),
        ("<qbXMLMajorVers>thirteen</qbXMLMajorVers><qbXMLMinorVers>Infinity</qbXMLMinorVers>", ("",) * 4 + (0, 0)),
        ("<qbXMLMajorVers>1e999999</qbXMLMajorVers>", ("",) * 4 + (0, 0)),
        ("<qbXMLCountry>CA</qbXMLCountry><ticket>t</ticket><later>x</later>", ("t", "", "", "CA", 0, 0)),
        (
            '<ticket xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true" /><qbXMLMajorVers '
            'xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x:int" i:nil="false">13</qbXMLMajorVers>',
            ("",) * 4 + (13, 0),
        ),
        ('<qbXMLCountry ticket="forged">US</qbXMLCountry>', ("", "", "", "US", 0, 0)),
    ],
)
def test_missing_odd_and_unknown_parameters_are_taken_calmly(
    site: Site, inner: str, expected: tuple[str | int, ...]
) -> None:
    assert site.call("sendRequestXML", inner).status == 200
    assert site.talk.heard == [("send_request_xml", expected)]


def test_spyne_writes_nothing_to_any_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("spyne", "spyne.protocol.soap.soap11.invalid", "spyne.application.server"):
        logging.getLogger(name).critical("%s", PLANTED)
    assert PLANTED not in caplog.text


def test_pages_for_people(site: Site) -> None:
    for path, words in (("/qbwc", "Web Connector"), ("/qbwc/", "Web Connector"), ("/qbwc/support", "Auto-Run")):
        reply = site.get(path)
        assert reply.status == 200
        assert reply.content_type.startswith("text/html")
        assert words in reply.body.decode()
    assert site.send(b"", {}, "HEAD", "/qbwc/support").status == 200


def test_two_sessions_at_once_do_not_mix(site: Site) -> None:
    def run(ticket: str) -> None:
        for _ in range(20):
            site.call("closeConnection", f"<ticket>{ticket}</ticket>")

    threads = [threading.Thread(target=run, args=(ticket,)) for ticket in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(given for _, given in site.talk.heard) == [("a",)] * 20 + [("b",)] * 20
