"""Who gets in, and which changes count."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.core.tags import Tag
from app.db.models import PersonAccess, User
from app.services.audit import Filter, lines
from tests import records
from tests.admin.conftest import Visitor, signing_in
from tests.admin.reading import Page, look
from tests.support import PASSWORD, Stage

Visit = Callable[[str], Visitor]


def sign_in(visitor: Visitor, login: str = "ana", password: str = PASSWORD, **more: str) -> Page:
    """Through the log-in page."""
    return Page(visitor.post("/log-in", login=login, password=password, **more))


def trail(stage: Stage, tag: Tag) -> list[dict[str, Any]]:
    """The events of one tag, the oldest first."""
    return list(lines(stage.database, Filter(tag=tag.value)))


@pytest.mark.parametrize("path", ["/", "/items/company", "/items/company/1", "/connection/", "/rules/", "/audit/"])
def test_a_stranger_is_led_to_the_log_in(anybody: Visitor, path: str) -> None:
    found = look(anybody, path)
    assert found.path.startswith("/log-in?next=")
    assert "Delta Concrete" not in found.text


def test_signing_in_leads_to_the_page_that_was_asked_for(anybody: Visitor) -> None:
    [after] = look(anybody, "/items/commitment?tab=queued").find("//input[@name='next']/@value")
    assert sign_in(anybody, next=after).path == "/items/commitment?tab=queued"


@pytest.mark.parametrize(
    "elsewhere", ["https://elsewhere.example/", "//elsewhere.example/", "/\\elsewhere.example", "javascript:alert(1)"]
)
def test_signing_in_never_leads_to_another_site(anybody: Visitor, elsewhere: str) -> None:
    assert sign_in(anybody, next=elsewhere).answer.request.url == "http://localhost/"


def test_a_wrong_password_is_refused_and_on_the_trail(anybody: Visitor, stage: Stage) -> None:
    found = sign_in(anybody, password="wrong")
    assert found.status == 401
    assert found.told == ["Name or password is wrong."]
    assert [row["actor"] for row in trail(stage, Tag.SIGN_IN_FAILED)] == ["ana"]


def test_an_unknown_name_is_told_no_more_than_a_wrong_password(anybody: Visitor) -> None:
    assert sign_in(anybody, "nobody").told == sign_in(anybody, password="wrong").told


def test_whoever_has_no_role_gets_in_nowhere(anybody: Visitor, stage: Stage) -> None:
    with stage.database.writing() as session:
        session.execute(delete(PersonAccess))
    assert sign_in(anybody).told == ["You have no role on any connection yet."]


def test_a_user_made_inactive_is_out_at_the_next_click(visit: Visit, stage: Stage) -> None:
    ana = visit("ana")
    with stage.database.writing() as session:
        session.execute(update(User).where(User.login == "ana").values(active=False))
    assert look(ana, "/").path.startswith("/log-in")


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_the_session_cookie_is_out_of_reach(anybody: Visitor, scheme: str) -> None:
    cookie = anybody.get("/log-in", base_url=f"{scheme}://localhost").headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ("Secure" in cookie) == (scheme == "https")


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize("token", ["", "another one", "é"])
def test_a_form_from_elsewhere_changes_nothing_and_is_on_the_trail(visit: Visit, stage: Stage, token: str) -> None:
    stage.receive(records.commitment())
    stage.send()
    item_id = stage.item("SC-014").id
    found = Page(visit("ana").post("/items/commitment/act", token=token, act=f"accept:{item_id}"))
    assert found.status == 403
    assert "nothing was changed" in found.text
    assert stage.item("SC-014").state == "sent"
    assert [(row["actor"], row["payload"]["code"]) for row in trail(stage, Tag.REFUSED)] == [("Ana", "csrf")]


def test_a_token_of_before_the_log_in_is_worth_nothing_after(anybody: Visitor) -> None:
    before = anybody.token()
    sign_in(anybody)
    assert anybody.post("/log-out", token=before).status_code == 403


@pytest.mark.requirement("SEC-03")
@pytest.mark.parametrize(
    "path",
    ["/items/commitment/act", "/connection/pause", "/connection/refresh", "/audit/verify", "/log-out", "/theme"],
)
def test_looking_changes_nothing(visit: Visit, path: str) -> None:
    assert visit("ana").get(path).status_code in {404, 405}


def test_signing_out_ends_the_session(visit: Visit) -> None:
    ana = visit("ana")
    assert Page(ana.post("/log-out")).told == ["You are signed out."]
    assert look(ana, "/").path.startswith("/log-in")


def test_a_theme_is_remembered_and_forgotten(visit: Visit) -> None:
    ana = visit("ana")
    assert Page(ana.post("/theme", theme="dark")).tree.get("data-bs-theme") == "dark"
    assert look(ana, "/rules/").tree.get("data-bs-theme") == "dark"
    assert Page(ana.post("/theme", theme="")).tree.get("data-bs-theme") == "auto"


@pytest.mark.requirement("SEC-03")
def test_only_who_may_export_the_trail_may_have_all_chains_computed(stage: Stage) -> None:
    signed_in = signing_in(stage)
    assert signed_in("ana").post("/audit/verify").status_code == 403
    assert look(signed_in("ana"), "/audit/").find("//button[.='Verify the chain'][@disabled]")
    assert signed_in("aud").post("/audit/verify").status_code == 200
