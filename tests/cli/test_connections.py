"""Connections and people from the command line."""

from __future__ import annotations

import re

import pytest
from lxml import etree

from tests.cli.conftest import Tieout

pytestmark = pytest.mark.usefixtures("folder")


def test_a_new_connection_tells_its_password_once(tieout: Tieout) -> None:
    said = tieout("connection", "add", "Second", "--procore-company", "77").out
    password = re.search(r"password\s+(\S+)", said)
    assert password is not None
    assert password[1] not in tieout("connection", "show", "--connection", "2").out
    assert "Second" in tieout("connection", "list").out


def test_with_two_connections_it_asks_which(tieout: Tieout) -> None:
    tieout("connection", "add", "Second", "--procore-company", "77")
    said = tieout("connection", "show")
    assert (said.code, said.err.splitlines()[0]) == (1, "There are several connections.")
    assert tieout("connection", "show", "--connection", "1").code == 0


def test_a_connection_goes_live_when_it_is_told_to(tieout: Tieout) -> None:
    assert "not live" in tieout("connection", "list").out
    tieout("connection", "go-live")
    assert "not live" not in tieout("connection", "list").out


def test_the_qwc_file_names_the_user_and_never_the_password(tieout: Tieout) -> None:
    said = tieout("qwc", "--url", "https://tieout.example.com/qbwc").out
    root = etree.fromstring(said.encode())
    assert root.findtext("UserName") == "cedar"
    assert root.findtext("AppURL") == "https://tieout.example.com/qbwc"
    assert "right password" not in said


@pytest.mark.parametrize("url", ["http://tieout.example.com/qbwc", "https://192.0.2.7/qbwc", "tieout"])
def test_it_makes_no_qwc_file_the_web_connector_would_refuse(tieout: Tieout, url: str) -> None:
    said = tieout("qwc", "--url", url)
    assert (said.code, said.out) == (1, "")
    assert len(said.err.splitlines()) == 2


def test_a_person_is_added_with_a_role(tieout: Tieout) -> None:
    arguments = ["user", "add", "abe", "--name", "Abe Cole", "--role", "approver", "--password", "long words"]
    assert tieout(*arguments).out == "Abe Cole may sign in as abe, accounting approver.\n"
    assert "accounting approver on 1" in tieout("user", "list").out
    assert "There is already a user abe." in tieout(*arguments).err


def test_a_role_that_is_none_is_refused(tieout: Tieout) -> None:
    said = tieout("user", "add", "abe", "--name", "Abe", "--role", "owner", "--password", "x")
    assert said.code == 2


def test_the_worker_does_not_start_without_procores_credentials(
    tieout: Tieout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TIEOUT_PROCORE_CLIENT_ID", raising=False)
    said = tieout("work")
    assert (said.code, said.err.splitlines()[0]) == (1, "Procore's client id is not set.")


def test_the_doctor_shows_every_setting_and_no_secret(tieout: Tieout, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIEOUT_SECRET_KEY", "never to be seen")
    monkeypatch.setenv("TIEOUT_PROCORE_CLIENT_SECRET", "nor this")
    said = tieout("doctor").out
    assert "never to be seen" not in said
    assert "nor this" not in said
    assert said.count("TIEOUT_") >= 8
    assert "all in place" in said


def test_the_database_can_be_brought_up_to_date(tieout: Tieout) -> None:
    assert tieout("db", "upgrade").out == "The database is up to date.\n"
