"""The page People, one's own page, and the ways in and out."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.core.tags import Tag
from app.services import connections, people, procore_people
from app.services.audit import Filter, lines
from tests import records
from tests.admin.conftest import Visit, Visitor, app_of, signing_in
from tests.admin.reading import Page, look
from tests.support import Stage

NEW = "four words put together"


def second_connection(stage: Stage) -> int:
    """Another connection, on which Ike is a specialist too."""
    rules = str(connections.get(stage.database, 1).rules_version)
    made = connections.add(
        stage.database, "Lakeside", "6000", rules_version=rules, actor="tests", user="lake", password="p"
    )
    people.give_role(stage.database, "ike", made.id, "specialist", actor="tests")
    return made.id


@pytest.mark.requirement("ACC-17")
def test_people_are_administered_only_by_the_right(visit: Visit, stage: Stage) -> None:
    ana = visit("ana")
    assert look(ana, "/people/").status == 403
    assert ana.post("/people/", login="eve", name="Eve", role="approver").status_code == 403
    assert not look(ana, "/").find("//nav//a[.='People']")
    ike = visit("ike")
    shown = look(ike, "/people/")
    assert [row.split()[0] for row in shown.find("//tbody/tr/td[1]//a/strong/text()")] == [
        "Abe", "Ana", "Aud", "Ike", "Pat",
    ]  # fmt: skip


@pytest.mark.requirement("ACC-17")
def test_nobody_adds_themselves_a_role(visit: Visit, stage: Stage) -> None:
    shown = Page(visit("ike").post("/people/", login="ike", name="Ike", mail="", role="approver"))
    assert (shown.status, "Ike cannot change Ike's own access." in shown.told[0]) == (422, True)
    assert not stage.person("ike").may("accept", "commitment")


def test_somebody_is_added_and_sets_a_password_by_the_link(visit: Visit, anybody: Visitor) -> None:
    shown = Page(visit("ike").post("/people/", login="nell", name="Nell New", mail="", role="approver"))
    [address] = shown.find("//p[contains(@class, 't-secret')]/code/text()")
    path = address.removeprefix("http://localhost")
    assert "Nell New" in look(anybody, path).text
    assert Page(anybody.post(path, new=NEW, again="another one")).status == 422
    assert Page(anybody.post(path, new=NEW, again=NEW)).told == ["Your password is set. Sign in with it."]
    assert look(anybody, path).status == 403, "it works once"
    assert anybody.post("/log-in", login="nell", password=NEW).request.path == "/"


def test_the_link_leads_to_the_public_address_whatever_host_was_named(stage: Stage) -> None:
    app = app_of(stage)
    services = app.extensions["tieout"]
    public = replace(services.settings, public_url="https://tieout.example.com/")
    app.extensions["tieout"] = replace(services, settings=public)
    shown = Page(signing_in(stage, app)("ike").post("/people/", login="nell", name="Nell New", role="approver"))
    [address] = shown.find("//p[contains(@class, 't-secret')]/code/text()")
    assert address.startswith("https://tieout.example.com/password/")


def test_what_somebody_holds_is_given_and_taken_on_their_page(visit: Visit, stage: Stage) -> None:
    ike = visit("ike")
    form = {"level": "admin", "privilege:push": "on", "right:override": "on", "tool:commitments": "read_only"}
    assert Page(ike.post("/people/pat", **form)).told == ["It is changed, from the next click of the person on."]
    pat = stage.person("pat")
    assert (pat.may("accept", "commitment"), pat.may("override"), pat.may("send", "commitment")) == (True, True, False)
    checked = look(ike, "/people/pat").find("//input[@checked]/@name")
    assert checked == ["privilege:push", "right:override"]
    own = Page(ike.post("/people/ike", level="none"))
    assert "cannot change Ike's own access" in own.text
    assert not look(ike, "/people/ike").find("//select[@name='level']")


def test_who_is_deactivated_is_out_at_the_next_click(visit: Visit) -> None:
    pat, ike = visit("pat"), visit("ike")
    assert look(pat, "/").path == "/"
    ike.post("/people/pat/active", active="no")
    assert look(pat, "/").path.startswith("/log-in")
    assert Page(pat.post("/log-in", login="pat", password="open sesame")).told == ["Name or password is wrong."]


def test_what_another_person_may_do_and_why_not(visit: Visit) -> None:
    shown = look(visit("ike"), "/permissions/?person=pat")
    assert "What Pat may do here, and why not." in shown.text
    [cell] = shown.find("//tr[@id='accept-commitments']/td[last()]")
    assert "Lacks the privilege “Can Push to Accounting”." in " ".join(cell.text_content().split())
    assert look(visit("ana"), "/permissions/?person=pat").status == 403


@pytest.mark.requirement("SEC-03")
def test_another_password_ends_the_sessions_elsewhere_and_not_this_one(visit: Visit, anybody: Visitor) -> None:
    here = visit("ana")
    anybody.post("/log-in", login="ana", password="open sesame")
    told = Page(here.post("/me/password", old="open sesame", new=NEW, again=NEW)).told
    assert told == [
        "Your password is changed. Wherever else you were signed in, you are out, and your tokens have ended."
    ]
    assert look(here, "/").path == "/"
    assert look(anybody, "/").path.startswith("/log-in")


def test_signing_out_everywhere(visit: Visit, anybody: Visitor) -> None:
    here = visit("ana")
    anybody.post("/log-in", login="ana", password="open sesame")
    here.post("/me/sign-out-everywhere")
    for one in (here, anybody):
        assert look(one, "/").path.startswith("/log-in")


def test_a_person_of_several_connections_switches_and_begins_there_again(visit: Visit, stage: Stage) -> None:
    other = second_connection(stage)
    ike = visit("ike")
    options = look(ike, "/").find("//nav//select[@name='connection']/option/text()")
    assert options == ["Cedar Ridge", "Lakeside"]
    assert Page(ike.post("/connection-of-mine", connection=str(other))).told[0] == "You work on Lakeside now."
    assert "Lakeside" in look(ike, "/people/").text
    ike.post("/log-out")
    ike.post("/log-in", login="ike", password="open sesame")
    [chosen] = look(ike, "/").find("//nav//select[@name='connection']/option[@selected]/text()")
    assert chosen == "Lakeside"


def test_nobody_switches_to_where_they_have_no_role(visit: Visit, stage: Stage) -> None:
    other = second_connection(stage)
    ana = visit("ana")
    assert ana.post("/connection-of-mine", connection=str(other)).status_code == 403
    assert not look(ana, "/").find("//select[@name='connection']")


@pytest.mark.requirement("ACC-17")
def test_who_is_inactive_in_procore_is_told_at_sign_in(anybody: Visitor, stage: Stage) -> None:
    people.set_password(stage.database, "ana", "open sesame", actor="test")
    with stage.database.writing() as session:
        people.named(session, "ana").mail = "ana@example.com"
    gone = {"id": 1, "name": "Ana", "email_address": "ana@example.com", "is_active": False}
    procore_people.take(stage.database, 1, [gone])
    shown = Page(anybody.post("/log-in", login="ana", password="open sesame"))
    assert shown.status == 401
    assert shown.told[0].startswith("Ana is not active in Procore any more")
    [row] = lines(stage.database, Filter(tag=Tag.REFUSED.value))
    assert (row["actor"], row["payload"]["code"]) == ("Ana", "inactive_in_procore")


@pytest.mark.requirement("ACC-18")
def test_the_override_is_offered_only_with_its_right_and_needs_a_reason(visit: Visit, stage: Stage) -> None:
    stage.receive(records.company("Ironline Steel", 62))
    stage.send()
    ike = visit("ike")
    ike.post("/people/pat", **{"level": "admin", "privilege:push": "on", "tool:directory": "admin"})
    item = stage.item("Ironline Steel")
    path = f"/items/company/{item.id}"
    pat = visit("pat")
    assert not look(pat, path).find(f"//form[@action='{path}/override']")
    assert pat.post(f"{path}/override", version=str(item.version), reason="On leave").status_code == 403
    ike.post("/people/pat", **{"level": "admin", "privilege:push": "on", "right:override": "on"})
    assert look(pat, path).find(f"//form[@action='{path}/override']")
    pat.post(f"{path}/override", version=str(item.version), reason=" ")
    assert stage.item("Ironline Steel").state == "sent"
    pat.post(f"{path}/override", version=str(item.version), reason="Abe is on leave")
    assert stage.item("Ironline Steel").state == "queued"
    assert "Pat accepted it all the same: “Abe is on leave”." in look(visit("ana"), "/exceptions/").text


def test_signing_in_with_procore_is_not_there_unless_set_up(anybody: Visitor) -> None:
    assert "Procore" not in " ".join(look(anybody, "/log-in").find("//a/text()"))
    assert anybody.get("/log-in/procore").status_code == 404
    assert anybody.get("/log-in/procore/back?code=x&state=y").status_code == 404
