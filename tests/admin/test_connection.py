"""The Connection page, its sessions, what helps, and the error catalogue, as people see them."""

from __future__ import annotations

import io
import json
import re
import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from lxml import etree

from app.core import clock
from app.core.errors import Refusal
from app.core.tags import Tag
from app.db.models import Connection, Conversation, Reading
from app.services import connections, self_test
from app.services.unit import work
from app.web_connector.qwc import OWNER_ID
from tests import records
from tests.admin.conftest import Visitor, app_of, signing_in, tags
from tests.admin.reading import Page, look
from tests.admin.scenes import refused_by_quickbooks
from tests.by_hand import PASSWORD
from tests.faults.walks import ORDER
from tests.support import Stage

Visit = Callable[[str], Visitor]


@pytest.mark.requirement("UI-05")
def test_the_page_has_contact_next_line_machine_versions_and_file(visit: Visit, stage: Stage) -> None:
    page = look(visit("ana"), "/connection/")
    names = [one.text_content() for one in page.find("//dl[1]/dt")]
    shown = dict(zip(names, [" ".join(one.text_content().split()) for one in page.find("//dl[1]/dd")], strict=True))
    assert shown["Last contact"].startswith("today")
    assert re.fullmatch(r"about (today|\d\d \w{3} \d{4}) \d\d:\d\d; every 5 minutes", shown["Next, as planned"])
    assert (shown["In line"], shown["Machine"]) == ("0", "127.0.0.1")
    assert shown["Web Connector"] == "34.0.1001.27 - supported"
    assert "Enterprise Solutions" in shown["QuickBooks"]
    assert shown["Company file"] == r"C:\Books\Cedar.qbw"


@pytest.mark.requirement("UI-05")
def test_it_lists_the_last_twenty_sessions_and_loads_none_of_their_texts(visit: Visit, stage: Stage) -> None:
    for _ in range(25):
        stage.ask_for_lists()
        stage.run()
    page = look(visit("ana"), "/connection/")
    links = [str(one) for one in page.find("//a/@href") if "/connection/sessions/" in str(one)]
    newest = sorted((one.id for one in stage.rows(Conversation)), reverse=True)[:20]
    assert links == [f"/connection/sessions/{one}" for one in newest]
    assert "QueryRq" not in page.source


@pytest.mark.requirement("CFG-05", "UI-05")
@pytest.mark.parametrize("path", ["/", "/items/commitment", "/settings/", "/connection/"])
def test_on_any_page_the_pill_says_silent_since_when_with_the_checklist(visit: Visit, stage: Stage, path: str) -> None:
    stage.run()
    later = clock.now() + timedelta(minutes=11)
    ana = visit("ana")
    with clock.running(lambda: later):
        page = look(ana, path)
    [pill] = page.find("//*[@id='health']")
    said = " ".join(pill.text_content().split())
    assert "Web Connector silent since" in said
    steps = [str(one) for one in pill.xpath(".//ol/li/text()")]
    assert [word for word, step in zip(("machine", "Windows account", "running", "Auto-Run", "password"), steps,
                                       strict=True) if word in step] == [
        "machine", "Windows account", "running", "Auto-Run", "password"]  # fmt: skip


@pytest.mark.requirement("CFG-03")
def test_a_request_refused_for_want_of_permission_names_the_admin_user(visit: Visit, stage: Stage) -> None:
    stage.ask_for_lists()
    connector = stage.by_hand()
    connector.authenticate()
    answer = stage.company.process(connector.send())
    document = etree.fromstring(answer.encode())
    for found in document.iter("AccountQueryRs"):
        found[:] = []
        found.set("statusCode", "3260")
        found.set("statusSeverity", "Error")
        found.set("statusMessage", "Insufficient permission level to perform this action.")
    connector.post(etree.tostring(document, encoding="unicode"))
    connector.close()
    page = look(visit("ana"), "/connection/")
    assert "the QuickBooks user of the Web Connector is an Admin user" in page.text
    assert page.find("//a[@href='/errors/3260']")


@pytest.mark.requirement("CFG-08")
def test_a_file_that_cannot_be_opened_leads_to_admin_and_single_user_mode(visit: Visit, stage: Stage) -> None:
    stage.ask_for_lists()
    stage.company.cannot_open("0x80040420", "The QuickBooks user has denied access.")
    stage.run()
    page = look(visit("ana"), "/connection/")
    assert "Log in to QuickBooks as Admin, with the company file in Single User mode." in page.text
    assert page.find("//a[@href='/errors/0x80040420']")


# -- one session ---------------------------------------------------------------------------------------------------


def a_session(stage: Stage) -> str:
    refused_by_quickbooks(stage)
    return f"/connection/sessions/{max(one.id for one in stage.rows(Conversation))}"


@pytest.mark.parametrize("login", ["ike", "aud"])
def test_a_session_has_each_request_and_answer_folded(visit: Visit, stage: Stage, login: str) -> None:
    page = look(visit(login), a_session(stage))
    texts = " ".join(str(one) for one in page.find("//details//pre/text()"))
    assert "<PurchaseOrderAddRq" in texts
    assert "<PurchaseOrderAddRs" in texts
    assert page.find("//details[@open]//pre") == []
    assert page.find("//a[@href='/errors/3140']") or page.find("//a[@href='/errors/3120']")


@pytest.mark.parametrize("login", ["ana", "pat"])
def test_whoever_has_no_right_reads_no_text(visit: Visit, stage: Stage, login: str) -> None:
    somebody, path = visit(login), a_session(stage)
    page = look(somebody, path)
    sets = {str(one) for one in page.find("//a/@href") if "/connection/sets/" in str(one)}
    assert sets
    for found in (page, *(look(somebody, link) for link in sets)):
        assert "PurchaseOrderAddR" not in found.source
        assert "shown to those who may change the connection" in found.text


def test_a_session_of_another_connection_is_not_found(visit: Visit) -> None:
    assert look(visit("ike"), "/connection/sessions/999").status == 404


def test_a_session_is_ended_by_those_who_may_and_its_set_is_settled_later(visit: Visit, stage: Stage) -> None:
    stage.approve(*ORDER.taken)
    connector = stage.by_hand()
    connector.begin_until("PurchaseOrderAddRq")
    ana, ike = visit("ana"), visit("ike")
    assert "disabled" in str(etree.tostring(look(ana, "/connection/").find("//form[@action='/connection/end']")[0]))
    assert ana.post("/connection/end").status_code == 403
    assert Page(ike.post("/connection/end")).told[0].startswith("The session was ended.")
    assert connector.send() == ""
    assert Tag.SESSION_ENDED.value in tags(stage)
    stage.must_settle()


# -- the .qwc file and the password --------------------------------------------------------------------------------


@pytest.mark.requirement("CFG-02")
def test_the_file_is_the_same_each_time_with_https_our_ids_and_the_schedule_and_no_password(
    visit: Visit, stage: Stage
) -> None:
    connections.change_settings(stage.database, stage.connection_id, {"every_minutes": 20}, actor="tests")
    ike, https = visit("ike"), {"base_url": "https://tieout.example.com"}
    ike = _over_https(ike)
    first, second = (ike.get("/connection/tieout.qwc", **https).get_data() for _ in range(2))
    assert first == second
    held = {one.tag: one.text for one in etree.fromstring(first).iter()}
    assert held["AppURL"] == "https://tieout.example.com/qbwc"
    assert (held["OwnerID"], held["FileID"]) == (OWNER_ID, stage.connection.file_id)
    assert (held["QBType"], held["RunEveryNMinutes"], held["UserName"]) == ("QBFS", "20", "cedar")
    assert PASSWORD.encode() not in first


def _over_https(visitor: Visitor) -> Visitor:
    """The same person, signed in where the file is taken."""
    client = visitor._client.application.test_client()
    page = client.get("/log-in", base_url="https://tieout.example.com").get_data(as_text=True)
    token = page.split('name="csrf" value="', 1)[1].split('"', 1)[0]
    form = {"csrf": token, "login": "ike", "password": "open sesame"}
    client.post("/log-in", base_url="https://tieout.example.com", data=form)
    return Visitor(client)


@pytest.mark.requirement("CFG-02")
def test_a_new_password_is_shown_once_and_works(visit: Visit, stage: Stage) -> None:
    ike = visit("ike")
    page = Page(ike.post("/connection/password"))
    [password] = [str(one) for one in page.find("//p[@class='t-secret']/code/text()")]
    assert page.answer.headers["Cache-Control"] == "no-store"
    assert password not in look(ike, "/connection/").source
    stage.ask_for_lists()
    assert stage.by_hand().authenticate(password)[1] == ""


@pytest.mark.parametrize("login", ["ana", "aud", "pat"])
@pytest.mark.parametrize("path", ["password", "support-bundle", "self-test", "end"])
def test_none_of_it_without_the_right(visit: Visit, stage: Stage, login: str, path: str) -> None:
    before = stage.connection.web_connector_password
    assert visit(login).post(f"/connection/{path}").status_code == 403
    assert stage.connection.web_connector_password == before


# -- self-test and support bundle ----------------------------------------------------------------------------------


@contextmanager
def elsewhere() -> Iterator[tuple[str, list[str]]]:
    """Something at an address that sends whoever asks to another; with what it was asked for."""
    asked: list[str] = []

    class Sends(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(302)
            self.send_header("Location", "/secret")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            return None

    server = HTTPServer(("127.0.0.1", 0), Sends)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/qbwc", asked
    finally:
        server.shutdown()
        server.server_close()


def test_the_self_test_asks_the_endpoint_over_http(stage: Stage) -> None:
    results = self_test.run(stage.database, stage.connection_id, stage.person("ike"), stage.soap_url)
    assert [(one.label, one.fine) for one in results] == [
        ("The service answers", True),
        ("It understands SOAP", True),
        ("The support page opens", True),
        ("The certificate is valid", True),
        ("The password can be checked", True),
        ("The clock is right", True),
    ]


def test_the_self_test_says_what_is_wrong(stage: Stage) -> None:
    with stage.database.writing() as session:
        session.get_one(Connection, 1).web_connector_password = "not a hash"
    yesterday = clock.now() - timedelta(days=1)
    with clock.running(lambda: yesterday):
        results = self_test.run(stage.database, 1, stage.person("ike"), "http://localhost:9/qbwc")
    assert [one.fine for one in results] == [False, False, False, True, False, False]
    assert all(one.what_to_do for one in results if not one.fine)


@pytest.mark.parametrize("url", ["http://169.254.169.254/qbwc", "http://tieout.example.com/qbwc", "http://[/qbwc"])
def test_an_address_that_only_a_caller_named_is_not_asked(
    stage: Stage, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(self_test, "_ask", lambda address, *_: asked.append(address))
    with pytest.raises(Refusal, match="only from your browser"):
        self_test.run(stage.database, 1, stage.person("ike"), url)
    assert asked == []


PUBLIC = "https://tieout.example.com"


def public(stage: Stage) -> Visit:
    """The same people, where the address of the service is set."""
    app = app_of(stage)
    services = app.extensions["tieout"]
    app.extensions["tieout"] = replace(services, settings=replace(services.settings, public_url=f"{PUBLIC}/"))
    return signing_in(stage, app)


def test_where_the_address_is_set_the_file_and_the_test_take_it_whatever_host_was_asked_for(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def unreachable(address: str, *_: Any) -> None:
        asked.append(address)
        raise OSError("not now")

    monkeypatch.setattr(self_test, "_ask", unreachable)
    monkeypatch.setattr(self_test, "_certificate", lambda _: self_test.Result("The certificate is valid", True, ""))
    ike = public(stage)("ike")
    page = Page(ike.post("/connection/self-test"))
    assert set(asked) == {f"{PUBLIC}/qbwc?wsdl", f"{PUBLIC}/qbwc", f"{PUBLIC}/qbwc/support"}
    file = etree.fromstring(ike.get("/connection/tieout.qwc").get_data())
    assert [file.findtext(name) for name in ("AppURL", "AppSupport")] == [f"{PUBLIC}/qbwc", f"{PUBLIC}/qbwc/support"]
    for shown in (page, look(ike, "/connection/")):
        assert f"The file will carry the address {PUBLIC}/qbwc." in shown.text
        assert "TIEOUT_PUBLIC_URL" not in shown.text


@pytest.mark.parametrize("path", ["/connection/", "/connection/self-test", "/setup/file"])
def test_where_it_is_not_set_the_pages_say_which_address_the_file_carries_and_that_it_can_be_set(
    visit: Visit, path: str
) -> None:
    page = look(visit("ike"), path)
    assert (
        "The file will carry the address http://localhost/qbwc. That is how your browser reached Tieout." in page.text
    )
    assert "sets TIEOUT_PUBLIC_URL" in page.text


@pytest.mark.parametrize("host", ["a" * 70 + ".com", "..com", "name:99999"])
def test_a_name_that_no_machine_has_is_said_and_no_fault_of_ours(host: str) -> None:
    url = f"http://{host}/qbwc"
    assert [found.fine for found in (self_test._wsdl(url)[0], self_test._call(url), self_test._support(url))] == [
        False
    ] * 3


@pytest.mark.parametrize(
    ("said", "fine"),
    [
        ("no date", True),
        ("Sun, 22 Nov 2026 08:01:00 GMT", True),
        ("Sun, 22 Nov 2026 08:01:00 -0000", True),
        ("Sun, 22 Nov 2026 09:00:00 -0000", False),
    ],
)
def test_the_clock_is_compared_with_any_date_a_server_in_front_gives(said: str, fine: bool) -> None:
    with clock.running(lambda: datetime(2026, 11, 22, 8, tzinfo=UTC)):
        assert self_test._clock(None, said).fine is fine


def test_the_self_test_follows_nobody_elsewhere() -> None:
    with elsewhere() as (url, asked):
        found, _ = self_test._wsdl(url)
    assert not found.fine
    assert asked == ["/qbwc?wsdl"]


def test_plain_http_is_right_for_this_machine_alone(stage: Stage) -> None:
    found = self_test._certificate("http://tieout.example.com/qbwc")
    assert not found.fine
    assert "QBWC1010" in found.what_to_do


@pytest.mark.requirement("UI-04")
def test_the_support_bundle_holds_what_was_refused_and_no_secret(visit: Visit, stage: Stage) -> None:
    refused_by_quickbooks(stage)
    answer = visit("ike").post("/connection/support-bundle")
    archive = zipfile.ZipFile(io.BytesIO(answer.get_data()))
    assert set(archive.namelist()) == {
        "READ-ME.txt", "about.json", "connection.json", "sessions.json", "line.json", "events.json", "refused.json",
    }  # fmt: skip
    everything = " ".join(archive.read(name).decode() for name in archive.namelist())
    secrets = [PASSWORD, "open sesame", "not a secret", "$argon2", *(one.ticket for one in stage.rows(Conversation))]
    assert [one for one in secrets if one in everything] == []
    assert "PurchaseOrderAddRq" in json.loads(archive.read("refused.json"))[0]["body"]
    assert Tag.BUNDLE_TAKEN.value in tags(stage)


# -- the error catalogue -------------------------------------------------------------------------------------------


@pytest.mark.requirement("UI-04")
@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/errors/?q=3170", ["QuickBooks could not save or change the record", "Who can fix it"]),
        ("/errors/0x80040414", ["A dialog box stands open in QuickBooks.", "Tieout tries again by itself."]),
        ("/errors/QBWC1012", ["Run the self-test on the Connection page.", "the implementation specialist"]),
    ],
)
def test_each_code_has_a_page_of_its_own(visit: Visit, path: str, said: list[str]) -> None:
    page = look(visit("pat"), path)
    assert [part for part in said[-2:] if part not in page.text] == []
    assert page.find("//ol/li")


@pytest.mark.requirement("UI-04")
def test_an_unknown_code_shows_its_raw_text_and_the_bundle(visit: Visit) -> None:
    page = look(visit("ike"), "/errors/0x8BADF00D")
    assert "0x8BADF00D" in page.text
    [button] = page.find("//form[@action='/connection/support-bundle']//button")
    assert button.get("disabled") is None
    nothing = look(visit("ike"), "/errors/?q=0x8BADF00D")
    assert nothing.find("//a[@href='/errors/0x8BADF00D']")


def test_the_catalogue_is_searched_by_words(visit: Visit) -> None:
    page = look(visit("ana"), "/errors/?q=dialog+stands+open")
    assert [str(one) for one in page.find("//td/a/text()")] == ["0x80040414"]


def test_the_lists_wait_while_it_is_not_live_and_the_page_says_so(visit: Visit, stage: Stage) -> None:
    with stage.database.writing() as session:
        session.get_one(Connection, 1).live = False
    stage.approve(records.company("Delta Concrete", 63))
    page = look(visit("ike"), "/connection/")
    assert "nothing but questions leaves" in page.text
    assert page.find("//a[@href='/setup/'][contains(., 'Go on with the set-up')]")


# -- what Procore no longer shows ------------------------------------------------------------------------------------


def test_deletions_are_confirmed_where_the_trouble_is_shown_and_only_as_they_were_seen(
    visit: Visit, stage: Stage
) -> None:
    sentence = "Procore no longer shows 11 of 12 companies, so none was taken as deleted."
    with work(stage.database, 1) as unit:
        row = Reading(
            connection_id=1, kind="company", next_at=unit.at + timedelta(days=1), doubt=sentence, doubted="7f"
        )
        unit.session.merge(row)
    page = look(visit("ike"), "/connection/")
    assert sentence in page.source
    [form] = page.find("//form[@action='/connection/deletions']")
    assert "Confirm that these companies were deleted" in form.text_content()
    sent = {str(one.get("name")): str(one.get("value")) for one in form.findall(".//input")}
    del sent["csrf"]  # each visitor has their own
    assert visit("aud").post("/connection/deletions", **sent).status_code == 403
    assert "Procore shows others" in visit("ike").post("/connection/deletions", **{**sent, "seen": "8a"}).text
    assert stage.events(Tag.DELETIONS_CONFIRMED) == []
    told = Page(visit("ike").post("/connection/deletions", **sent)).told[0]
    assert told == "Confirmed. Companies are read once more, and what is still gone is taken as deleted."
    [event] = stage.events(Tag.DELETIONS_CONFIRMED)
    assert (event["kind"], event["seen"]) == ("company", "7f")
    assert look(visit("ike"), "/connection/").find("//form[@action='/connection/deletions']") == []
