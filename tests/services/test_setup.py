"""The first day of a connection: what each step asks, what stops it, and that nothing is written before Go live."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from app.core.errors import Conflict, Forbidden, Refusal
from app.core.tags import Tag
from app.services import connections, setup
from tests import records, setting_up
from tests.setting_up import look, tell
from tests.support import House, Stage

ORDER_OF_THE_DAY = [
    "edition",
    "machine",
    "install",
    "user",
    "file",
    "authorise",
    "first-session",
    "readiness",
    "projects",
    "accounts",
    "match",
    "test-job",
    "backup",
    "go-live",
]


@pytest.fixture
def day(house: House, tmp_path: Path) -> Iterator[Stage]:
    stage = setting_up.first_day(house, tmp_path)
    yield stage
    stage.close()


def done(stage: Stage) -> list[str]:
    return [one.step.name for one in look(stage).steps if one.done]


@pytest.mark.requirement("ACC-19")
def test_the_steps_come_in_this_order_and_none_is_done_on_a_new_connection(day: Stage) -> None:
    assert [one.step.name for one in look(day).steps] == ORDER_OF_THE_DAY
    assert done(day) == []
    assert look(day).here.step.name == "edition"


@pytest.mark.requirement("ENV-01")
@pytest.mark.parametrize("login", ["ana", "pat", "aud"])
def test_only_a_company_administrator_sets_up(day: Stage, login: str) -> None:
    who = day.person(login)
    for attempt in (
        lambda: setup.page(day.database, 1, who),
        lambda: setup.answer(day.database, 1, who, "edition", {"country": "US", "product": "desktop"}),
        lambda: setup.new_password(day.database, 1, who),
        lambda: setup.go_live(day.database, 1, who),
    ):
        with pytest.raises(Forbidden) as refused:
            attempt()
        assert refused.value.status == 403
        assert "Company Administrator in Procore" in refused.value.sentence
    assert day.connection.setup == {}


@pytest.mark.requirement("ENV-15", "ENV-16")
@pytest.mark.parametrize(
    ("country", "product", "sentence"),
    [
        ("US", "mac", "cannot run the Web Connector"),
        ("US", "online", "for QuickBooks Desktop only"),
        ("other", "desktop", "other than those of the United States and Canada"),
    ],
)
def test_what_cannot_be_connected_stops_the_set_up_and_gets_no_file(
    day: Stage, country: str, product: str, sentence: str
) -> None:
    tell(day, "edition", country=country, product=product)
    found = look(day)
    assert found.here.step.name == "edition"
    assert found.refused is not None
    assert sentence in found.refused.sentence
    for attempt in (
        lambda: tell(day, "machine", machine="server"),
        lambda: setup.may_have_the_file(day.database, 1, day.person("ike")),
        lambda: setup.new_password(day.database, 1, day.person("ike")),
    ):
        with pytest.raises(Refusal, match=sentence):
            attempt()
    tell(day, "edition", country="US", product="desktop")
    assert look(day).refused is None


@pytest.mark.requirement("CFG-06", "CFG-07")
def test_canada_confirms_the_download_before_it_gets_the_file_and_the_us_need_not(day: Stage) -> None:
    setting_up.until_the_file(day)
    setup.may_have_the_file(day.database, 1, day.person("ike"))
    assert "nothing to install" in look(day, "install").here.skipped
    tell(day, "edition", country="CA", product="desktop")
    assert look(day, "install").here.skipped == ""
    with pytest.raises(Refusal, match="“Install the Web Connector” is open"):
        setup.may_have_the_file(day.database, 1, day.person("ike"))
    with pytest.raises(Refusal, match="Not confirmed"):
        tell(day, "install")
    tell(day, "install", installed="yes")
    setup.may_have_the_file(day.database, 1, day.person("ike"))


@pytest.mark.requirement("CFG-04")
def test_the_machine_is_a_server_or_a_workstation_and_is_recorded(day: Stage) -> None:
    tell(day, "edition", country="US", product="desktop")
    with pytest.raises(Refusal, match="The machine was not chosen"):
        tell(day, "machine", machine="telephone")
    tell(day, "machine", machine="server")
    assert day.connection.setup["machine"]["value"] == "server"
    assert day.events(Tag.SETUP_ANSWERED)[-1] == {"step": "machine", "answers": {"machine": "server"}}


@pytest.mark.requirement("CFG-08")
@pytest.mark.parametrize("ticked", [{}, {"admin": "yes"}, {"single_user": "yes"}])
def test_letting_in_demands_admin_and_single_user_mode(day: Stage, ticked: dict[str, str]) -> None:
    setting_up.until_the_file(day)
    with pytest.raises(Refusal, match="Not confirmed"):
        tell(day, "authorise", **ticked)
    tell(day, "authorise", admin="yes", single_user="yes")
    assert "authorise" in done(day)


@pytest.mark.requirement("ACC-19")
def test_before_go_live_every_set_that_leaves_holds_queries_alone(day: Stage) -> None:
    setting_up.until_go_live(day)
    day.ask_for_lists()
    report = day.connector(password=setup.new_password(day.database, 1, day.person("ike"))).run()
    sets = [one.body for one in day.sets()]
    assert report.outcome == "done"
    assert len(sets) >= 3
    for body in sets:
        asked = set(re.findall(r"<(\w+Rq)\b", body)) - {"QBXMLMsgsRq"}
        assert asked
        assert {one for one in asked if not one.endswith("QueryRq")} == set()
    assert not [one for one in day.sets() if one.writes]
    assert day.company.records("Customer") == []


@pytest.mark.requirement("ACC-19")
def test_it_goes_live_once_everything_else_is_done_and_then_the_test_job_is_written(day: Stage) -> None:
    setting_up.until_go_live(day)
    assert done(day) == ORDER_OF_THE_DAY[:-1]
    setup.go_live(day.database, 1, day.person("ike"))
    assert day.connection.live
    assert len(day.events(Tag.CONNECTION_LIVE)) == 1
    assert day.connector(password=_again(day)).run().outcome == "done"
    assert [one["Name"] for one in day.company.records("Customer")] == [records.project()[1]["name"]]


def _again(day: Stage) -> str:
    return connections.new_password(day.database, 1, actor="tests")


@pytest.mark.requirement("ACC-19")
@pytest.mark.parametrize("left_out", ["own_user", "cut_off", "matched", "backup"])
def test_it_does_not_go_live_while_a_step_is_open(day: Stage, left_out: str) -> None:
    setting_up.until_go_live(day)
    with setup.work(day.database, 1) as unit:
        unit.connection.setup = {name: kept for name, kept in unit.connection.setup.items() if name != left_out}
    with pytest.raises(Refusal, match="cannot go live yet") as refused:
        setup.go_live(day.database, 1, day.person("ike"))
    assert len(refused.value.links) == 1
    assert not day.connection.live


@pytest.mark.requirement("ACC-19")
@pytest.mark.parametrize(
    ("preferences", "sentence", "blocks"),
    [
        ({"IsUsingEstimates": False}, "Estimates are off", True),
        ({"IsUsingInventory": False}, "purchase orders are off", True),
        ({"SummaryReportBasis": "Cash"}, "cash basis", False),
        ({"ClosingDate": "2026-03-31"}, "closed through 2026-03-31", False),
    ],
)
def test_readiness_says_what_does_not_fit_who_changes_it_and_how(
    day: Stage, preferences: dict[str, object], sentence: str, blocks: bool
) -> None:
    for name, value in preferences.items():
        day.company.set_preference(name, value)
    setting_up.until_the_first_session(day)
    [wrong] = [one for one in look(day).facts.checks if not one.fits]
    assert sentence in wrong.sentence
    assert (wrong.who, wrong.blocks) == ("the QuickBooks administrator", blocks)
    assert "Edit › Preferences" in wrong.how
    tell(day, "readiness")
    assert "readiness" not in done(day)
    tell(day, "readiness", **{f"known:{wrong.name}": "yes"})
    assert ("readiness" in done(day)) is not blocks


@pytest.mark.requirement("ACC-19")
def test_what_was_mended_in_quickbooks_is_seen_at_the_next_session(day: Stage) -> None:
    day.company.set_preference("IsUsingEstimates", False)
    setting_up.until_the_first_session(day)
    day.company.set_preference("IsUsingEstimates", True)
    assert day.run().outcome == "nothing"
    setup.read_again(day.database, 1, day.person("ike"))
    assert day.run().outcome == "done"
    tell(day, "readiness")
    assert "readiness" in done(day)


@pytest.mark.requirement("ACC-19")
def test_the_cut_off_date_is_chosen_once_and_no_reconnecting_moves_it(day: Stage) -> None:
    setting_up.until_go_live(day)
    chosen = datetime.combine(date(2025, 12, 1), datetime.min.time(), ZoneInfo("America/Los_Angeles"))
    assert day.connection.connected_at == chosen
    with pytest.raises(Conflict, match="chosen once: 2025-12-01"):
        tell(day, "projects", cut_off="2024-01-01", zone="America/Los_Angeles", customers_are_jobs="yes")
    password = setup.new_password(day.database, 1, day.person("ike"))
    setup.file_taken(day.database, 1, day.person("ike"))
    setup.read_again(day.database, 1, day.person("ike"))
    assert day.connector(password=password).run().outcome == "done"
    assert day.connection.connected_at == chosen
    assert len(day.events(Tag.CUT_OFF_CHOSEN)) == 1


@pytest.mark.requirement("ACC-19")
@pytest.mark.parametrize("slip", ["0001-01-01", "1026-03-31", "2206-03-31", "9999-12-31"])
def test_a_slip_in_the_cut_off_date_is_refused_and_changes_nothing(day: Stage, slip: str) -> None:
    setting_up.until_the_first_session(day)
    before = day.connection
    with pytest.raises(Refusal, match=f"{slip} is no day to begin on"):
        tell(day, "projects", cut_off=slip, zone="Asia/Tokyo", customers_are_jobs="yes")
    assert day.connection.connected_at == before.connected_at
    assert day.connection.settings == before.settings
    assert "projects" not in done(day)


@pytest.mark.requirement("ACC-19")
def test_of_two_who_choose_the_cut_off_date_at_once_the_second_is_told(
    day: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    setting_up.until_the_first_session(day)
    seen, ask = day.connection, connections.get

    def before_the_other(*_: object) -> object:
        monkeypatch.setattr(connections, "get", ask)
        tell(day, "projects", cut_off="2025-12-01")
        return seen

    monkeypatch.setattr(connections, "get", before_the_other)
    with pytest.raises(Conflict, match="chosen once: 2025-12-01"):
        tell(day, "projects", cut_off="2026-01-01")
    assert look(day).facts.answers["cut_off"] == "2025-12-01"


def test_once_live_the_wizard_makes_no_password_that_would_shut_the_web_connector_out(day: Stage) -> None:
    setting_up.until_go_live(day)
    used = setup.new_password(day.database, 1, day.person("ike"))
    setup.go_live(day.database, 1, day.person("ike"))
    with pytest.raises(Conflict, match="Set-up is over"):
        setup.new_password(day.database, 1, day.person("ike"))
    assert day.by_hand().authenticate(used)[1] != "nvu"


def test_going_back_loses_nothing_that_was_answered_later(day: Stage) -> None:
    setting_up.until_go_live(day)
    tell(day, "machine", machine="server")
    assert done(day) == ORDER_OF_THE_DAY[:-1]
    assert look(day).here.step.name == "go-live"


def test_once_live_the_answers_stand(day: Stage) -> None:
    setting_up.until_go_live(day)
    setup.go_live(day.database, 1, day.person("ike"))
    with pytest.raises(Conflict, match="Set-up is over"):
        tell(day, "edition", country="US", product="mac")
    with pytest.raises(Conflict, match="live already"):
        setup.go_live(day.database, 1, day.person("ike"))


def test_the_password_of_the_wizard_is_the_only_one_that_works(day: Stage) -> None:
    setting_up.until_the_file(day)
    told = setup.new_password(day.database, 1, day.person("ike"))
    assert day.by_hand().authenticate()[1] == "nvu"
    assert day.by_hand().authenticate(told)[1] == ""
