"""The set-up wizard by its pages, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.services import setup_steps
from tests import setting_up
from tests.admin.conftest import Visitor, signing_in
from tests.admin.reading import Page, look
from tests.support import House, Stage

Visit = Callable[[str], Visitor]
STEPS = [step.name for step in setup_steps.STEPS]


@pytest.fixture
def day(house: House, tmp_path: Path) -> Iterator[Stage]:
    stage = setting_up.first_day(house, tmp_path)
    yield stage
    stage.close()


@pytest.fixture
def ike(day: Stage) -> Visitor:
    return signing_in(day)("ike")


@pytest.mark.requirement("ENV-01")
def test_who_is_no_company_administrator_gets_403_and_the_missing_permission(day: Stage) -> None:
    found = look(signing_in(day)("ana"), "/setup/")
    assert found.status == 403
    assert "it needs the right “Company Administrator in Procore”" in found.text


@pytest.mark.requirement("ENV-15", "ENV-16")
@pytest.mark.parametrize(
    ("product", "sentence"),
    [("mac", "it cannot run the Web Connector"), ("online", "this connector is for QuickBooks Desktop only")],
)
def test_a_mac_or_online_stops_here_and_no_file_is_offered(ike: Visitor, product: str, sentence: str) -> None:
    page = Page(ike.post("/setup/edition", country="US", product=product))
    assert page.status == 422
    assert sentence in page.text
    assert page.find("//a[contains(@href, '.qwc')]") == []
    refused = look(ike, "/connection/tieout.qwc")
    assert refused.status == 422
    assert sentence in refused.text
    assert sentence in look(ike, "/setup/").text, "the choice is kept, and so is the refusal"


@pytest.mark.requirement("CFG-03", "CFG-08")
def test_letting_in_says_admin_and_single_user_and_wants_both(day: Stage, ike: Visitor) -> None:
    setting_up.until_the_file(day)
    page = look(ike, "/setup/authorise")
    assert "as Admin, in Single User mode" in page.text
    assert "The integration belongs to an Admin user" in page.text
    refused = Page(ike.post("/setup/authorise", admin="yes"))
    assert refused.status == 422
    assert refused.find("//input[@name='admin'][@checked]"), "what was ticked stays ticked"


@pytest.mark.requirement("CFG-04", "CFG-06")
def test_the_machine_step_has_both_choices_and_what_is_needed_and_the_us_skips_the_download(ike: Visitor) -> None:
    ike.post("/setup/edition", country="US", product="desktop")
    page = look(ike, "/setup/machine")
    assert [str(one) for one in page.find("//input[@name='machine']/@value")] == ["workstation", "server"]
    assert "must stay logged in" in page.text
    install = look(ike, "/setup/install")
    assert "nothing to install" in install.text
    assert install.find("//input[@name='installed']") == []


@pytest.mark.requirement("CFG-02")
def test_the_password_is_shown_once(day: Stage, ike: Visitor) -> None:
    setting_up.until_the_file(day)
    page = Page(ike.post("/setup/file/password"))
    [password] = [str(one) for one in page.find("//p[contains(@class, 't-secret')]/code/text()")]
    assert day.by_hand().authenticate(password)[1] == ""
    assert password not in look(ike, "/setup/file").source


@pytest.mark.requirement("ACC-19")
def test_it_is_taken_up_where_it_was_left(day: Stage, ike: Visitor) -> None:
    assert look(ike, "/setup/").find("//*[@id='step']/h2/text()") == ["1. Country and edition"]
    setting_up.until_the_first_session(day)
    assert look(ike, "/setup/").find("//*[@id='step']/h2/text()") == ["5. The .qwc file and its password"]
    assert look(ike, "/setup/machine").find("//input[@name='machine'][@value='workstation'][@checked]")


def test_every_step_can_be_looked_at_before_and_after(day: Stage, ike: Visitor) -> None:
    for step in STEPS:
        assert look(ike, f"/setup/{step}").status == 200, step
    setting_up.until_go_live(day)
    for step in STEPS:
        assert look(ike, f"/setup/{step}").status == 200, step
    assert Page(ike.post("/setup/go-live")).told == ["Live. What was approved is written from the next session on."]
    assert "Set-up is over" in Page(ike.post("/setup/backup", backup="yes")).text
    for step in STEPS:
        assert look(ike, f"/setup/{step}").status == 200, step
    assert look(ike, "/setup/nonsense").status == 404


@pytest.mark.requirement("ACC-19")
def test_go_live_is_barred_while_something_is_open_and_says_what(day: Stage, ike: Visitor) -> None:
    page = look(ike, "/setup/go-live")
    assert page.find("//button[. = 'Go live'][@disabled]")
    assert "Still open: Country and edition" in page.text
    assert ike.post("/setup/go-live").status_code == 422
    assert not day.connection.live


def test_the_first_session_is_followed_without_the_page_being_left(day: Stage, ike: Visitor) -> None:
    setting_up.until_the_file(day)
    assert "No session yet" in look(ike, "/setup/fragments/first-session").text
    day.run()
    found = look(ike, "/setup/fragments/first-session")
    assert "QuickBooks has told all that set-up needs" in found.text
    assert "Chart of accounts: 2 records" in found.text
    assert found.find("//*[@hx-get]") == [], "nothing is left to follow"
