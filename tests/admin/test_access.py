"""Who gets in, and which changes count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from sqlalchemy import delete, update

from app.core import clock
from app.core.tags import Tag
from app.db.models import PersonAccess, User
from app.services.audit import Filter, lines
from tests import records
from tests.admin.conftest import Visitor, signing_in
from tests.admin.reading import Page, look
from tests.admin.test_people import second_connection
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


# -- how long ------------------------------------------------------------------------------------------------------


@contextmanager
def later(**time: float) -> Iterator[None]:
    now = clock.now() + timedelta(**time)
    with clock.running(lambda: now):
        yield


def test_whoever_does_nothing_for_twelve_hours_is_told_so_and_comes_back_to_the_page(anybody: Visitor) -> None:
    sign_in(anybody)
    with later(hours=11.9):
        assert look(anybody, "/items/commitment").path == "/items/commitment"
    with later(hours=23.8):
        assert look(anybody, "/connection/").path == "/connection/", "what one does counts anew"
    with later(hours=36):
        page = look(anybody, "/items/commitment?tab=queued")
        assert page.path.startswith("/log-in?next=")
        assert page.told == [
            "You were signed out after 12 hours without use. Sign in again; you come back to this page."
        ]
        [after] = page.find("//input[@name='next']/@value")
        assert sign_in(anybody, next=after).path == "/items/commitment?tab=queued"


def test_a_page_that_looks_for_news_keeps_nobody_signed_in(anybody: Visitor) -> None:
    sign_in(anybody)
    for hours in (6, 11.9):
        with later(hours=hours):
            assert anybody.get("/items/commitment", headers={"HX-Request": "true"}).status_code == 200
    with later(hours=12.1):
        assert look(anybody, "/").path.startswith("/log-in")


@pytest.mark.parametrize("path", ["/fragments/health", "/items/commitment"])
def test_a_page_that_looks_for_news_takes_nothing_from_whoever_comes_back_too_late(
    anybody: Visitor, stage: Stage, path: str
) -> None:
    sign_in(anybody, "ike")
    token, before = anybody.token(), stage.connection.settings
    news = {"HX-Request": "true", "HX-Target": "rows"}
    with later(hours=13):
        polled = anybody.get(path, headers=news)
        assert (polled.status_code, polled.get_data()) == (204, b""), "the page stays as it stood"
        answer = anybody._client.post(
            "/settings/",
            data={"csrf": token, "second_look_days": "45"},
            headers={"Referer": "http://localhost/settings/"},
            follow_redirects=True,
        )
        page = Page(answer)
        assert (page.status, page.path.split("?")[0]) == (200, "/log-in")
        assert page.told == [
            "You were signed out after 12 hours without use. Sign in again; you come back to this page. "
            "Nothing of what you just sent was done: enter it once more there."
        ]
        assert page.find("//input[@name='next']/@value") == ["/settings/"]
    assert stage.connection.settings == before


def test_whoever_comes_back_to_a_page_that_looked_for_news_is_told_why_they_are_out(anybody: Visitor) -> None:
    sign_in(anybody)
    with later(hours=13):
        for _ in range(3):
            assert anybody.get("/fragments/health", headers={"HX-Request": "true"}).status_code == 204
        page = look(anybody, "/connection/")
    assert page.path.startswith("/log-in?next=")
    assert page.told == ["You were signed out after 12 hours without use. Sign in again; you come back to this page."]


def test_after_seven_days_everybody_signs_in_again(anybody: Visitor) -> None:
    sign_in(anybody)
    for hours in range(6, 168, 6):
        with later(hours=hours):
            assert look(anybody, "/connection/").path == "/connection/"
    with later(hours=168):
        assert look(anybody, "/connection/").told[0].startswith("You were signed out after 7 days.")


def test_a_form_sent_too_late_changes_nothing_and_says_so_on_the_way_back_to_its_page(
    anybody: Visitor, stage: Stage
) -> None:
    sign_in(anybody, "ike")
    token, before = anybody.token(), stage.connection.settings
    for came, after in (("/settings/", "/settings/"), ("/items/company/act", ""), ("//elsewhere.example/", "")):
        with later(hours=13):
            answer = anybody._client.post(
                "/settings/",
                data={"csrf": token, "second_look_days": "45"},
                headers={"Referer": f"http://localhost{came}" if came[1] != "/" else f"https:{came}"},
                follow_redirects=True,
            )
            page = Page(answer)
            assert page.told[0].endswith("Nothing of what you just sent was done: enter it once more there.")
            assert page.find("//input[@name='next']/@value") == [after]
        sign_in(anybody, "ike")
        token = anybody.token()
    assert stage.connection.settings == before


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


@pytest.mark.requirement("SEC-03")
def test_whoever_is_not_signed_in_cannot_send_more_than_two_megabytes(anybody: Visitor) -> None:
    parts = {"login": "ana", "password": PASSWORD, "more": (BytesIO(b"a" * (2 * 2**20)), "more.txt")}
    page = Page(anybody._client.post("/log-in", data=parts))
    assert page.status == 413
    assert "This is more than Tieout takes at once (2 MB, 5,000 fields), so nothing was done." in page.text
    assert "Send less at once" in page.text


def test_a_form_of_a_thousand_rows_is_taken(visit: Visit) -> None:
    """Each row sends its tick, the version that was looked at, and what was filled in."""
    rows = [str(number) for number in range(10**9, 10**9 + 1000)]
    fields: dict[str, Any] = {"item": rows, **{f"version:{row}": "100" for row in rows}}
    filled = {f"{name}:{row}": "x" * 120 for row in rows for name in ("terms", "memo", "account")}
    page = Page(visit("ana").post("/items/commitment/act", **fields, **filled))
    assert page.told == ["The Enter key alone decides nothing: press the button you mean."], "it was read to its end"


def test_the_largest_file_of_rules_is_taken(visit: Visit) -> None:
    text = f"# {'é' * 61}\n" * (256 * 1024 // 64)
    parts = {"file": "commitment.yaml", "reason": "r", "do": "check", "draft": ""}
    ike = visit("ike")
    upload = (BytesIO(text.encode()), "commitment.yaml")
    sent = {"csrf": ike.token(), "text": text, "upload": upload, **parts}
    assert ike._client.post("/rules/edit", data=sent).status_code in {200, 422}


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
    second_connection(stage)
    told = Page(signed_in("aud").post("/audit/verify"))
    assert [sentence.split(": ")[0] for sentence in told.told] == ["connection:1", "service"], "of others nothing"


@pytest.mark.requirement("AUD-03")
@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_taking_the_trail_along_is_itself_on_it(stage: Stage, form: str) -> None:
    aud = signing_in(stage)("aud")
    answer = aud.get(f"/audit/export.{form}?actor=Ana&since=2026-01-05")
    assert answer.headers["Content-Disposition"] == f"attachment; filename=audit.{form}"
    [event] = trail(stage, Tag.AUDIT_EXPORTED)
    assert (event["actor"], event["chain"], event["payload"]["form"]) == ("Aud", "connection:1", form)
    said = event["payload"]["filter"]
    assert (said["chain"], said["actor"], said["since"][:10]) == ("connection:1", "Ana", "2026-01-05")
    assert aud.get("/audit/export.pdf").status_code == 404
