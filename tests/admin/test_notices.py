"""The page Notices: what a person was told, unread first in the menu, and which of it they want by mail."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.admin.notices import WHEN
from app.factory import create_app
from app.services import notices_outbox, notices_page, people
from app.services.notices import SORTS
from app.services.notices_post import MAILBOX, post_of
from tests import records
from tests.admin.conftest import Visit, Visitor, app_of
from tests.admin.reading import look
from tests.mailing import with_addresses
from tests.support import Stage

REASON = "The schedule has no line for hoisting"


def rejected(stage: Stage) -> None:
    stage.receive(records.commitment())
    stage.send()
    stage.act("reject", "SC-014", reason=REASON)


@pytest.mark.requirement("OVR-03")
def test_the_sender_finds_the_reject_on_the_page_and_its_count_in_the_menu(visit: Visit, stage: Stage) -> None:
    rejected(stage)
    pat = visit("pat")
    assert "1 unread" in look(pat, "/").text
    page = look(pat, "/notices/").text
    assert "Ana rejected SC-014" in page
    assert REASON in page
    assert "Change it in Procore and send it again." in page
    item = stage.item("SC-014")
    assert f"/items/commitment/{item.id}" in look(pat, "/notices/").find("//main//a/@href")
    assert REASON in look(pat, f"/items/commitment/{item.id}?show=notice").text
    assert "unread" not in look(visit("abe"), "/").text


def test_all_are_marked_as_read(visit: Visit, stage: Stage) -> None:
    rejected(stage)
    pat = visit("pat")
    assert "Mark all as read" in look(pat, "/notices/").text
    pat.post("/notices/read", notice="all")
    assert "Mark all as read" not in look(pat, "/notices/").text
    assert "None unread" in look(pat, "/notices/").text
    assert "unread" not in look(pat, "/").text


def test_a_change_needs_the_forms_token(visit: Visit, stage: Stage) -> None:
    rejected(stage)
    pat = visit("pat")
    assert pat.post("/notices/read", token="none", notice="all").status_code == 403
    assert notices_page.unread(stage.database, 1, stage.person("pat")) == 1


def test_choices_are_kept_for_the_person_alone(visit: Visit, stage: Stage) -> None:
    pat = visit("pat")
    pat.post("/notices/choices", rejected="daily", digest="never")
    chosen = notices_page.choices(stage.database, stage.person("pat"))
    assert (chosen["rejected"], chosen["digest"], chosen["failed"]) == ("daily", "never", "immediate")
    assert notices_page.choices(stage.database, stage.person("ana"))["rejected"] == "immediate"
    assert pat.post("/notices/choices", rejected="hourly").status_code == 422
    assert notices_page.choices(stage.database, stage.person("pat"))["rejected"] == "daily"


def test_every_choice_has_a_word() -> None:
    assert {choice for sort in SORTS.values() for choice in sort.choices} == set(WHEN)


def test_only_the_demo_has_a_mailbox(visit: Visit, stage: Stage) -> None:
    assert visit("pat").get("/notices/mailbox").status_code == 404


def test_the_mailbox_shows_what_would_have_been_mailed(stage: Stage) -> None:
    services = app_of(stage).extensions["tieout"]
    settings = replace(services.settings, smtp_url=MAILBOX, public_url="http://127.0.0.1:1")
    people.set_password(stage.database, "pat", "open sesame", actor="test")
    visitor = Visitor(create_app(services=replace(services, settings=settings)).test_client())
    visitor.post("/log-in", login="pat", password="open sesame")
    assert "It is empty." in look(visitor, "/notices/mailbox").text
    with_addresses(stage, "pat")
    rejected(stage)
    post = post_of(settings)
    assert post is not None
    assert notices_outbox.run(stage.database, 1, post, lambda: False) == 1
    page = look(visitor, "/notices/mailbox").text
    assert "SC-014 was rejected" in page
    assert "pat@example.com" in page
    assert REASON in page
