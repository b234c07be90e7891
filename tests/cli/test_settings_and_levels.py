"""Settings, levels and refusals from the command line: the same services, as a named person."""

from __future__ import annotations

import pytest

from tests.cli.conftest import Tieout

pytestmark = pytest.mark.usefixtures("folder")


def test_settings_are_listed_and_set(tieout: Tieout) -> None:
    assert "second_look_days                         30" in tieout("connection", "settings", "list").out
    said = tieout("connection", "settings", "set", "second_look_days", "45", "--as", "ike")
    assert said.out == "Second look after days: 45 now.\n"
    assert "second_look_days                         45" in tieout("connection", "settings", "list").out
    again = tieout("connection", "settings", "set", "second_look_days", "45", "--as", "ike")
    assert again.out == "Second look after days is 45 already.\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("colour", "blue", "--as", "ike"), "There is no setting colour."),
        (("second_look_days", "soon", "--as", "ike"), "“Second look after days” was not changed: it is a whole"),
        (("second_look_days", "45", "--as", "ana"), "Ana may not change the connection or its settings: it needs"),
    ],
)
def test_a_setting_that_cannot_be_so_is_refused_in_words(tieout: Tieout, arguments: tuple[str, ...], said: str) -> None:
    found = tieout("connection", "settings", "set", *arguments)
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith(said)


def test_nobody_changes_a_setting_without_a_name(tieout: Tieout) -> None:
    assert tieout("connection", "settings", "set", "second_look_days", "45").code == 2


def test_another_profile_names_who_loses_accept(tieout: Tieout) -> None:
    said = tieout("connection", "settings", "set", "permission_profile", "matrix", "--as", "ike").out
    assert said.splitlines()[1].endswith(": Ana loses Accept.")


def test_a_level_is_given_and_shown(tieout: Tieout) -> None:
    said = tieout("user", "level", "pat", "--level", "read only", "--push", "--tool", "budget=None", "--right",
                  "audit", "--as", "ike").out  # fmt: skip
    assert said.splitlines()[0] == "pat: Read Only, may push to accounting."
    assert "budget=None" in said
    assert "Rights: audit." in said
    assert "project manager on 1 (Read Only, may push to accounting)" in tieout("user", "list").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("pat", "--level", "boss", "--as", "ike"), "There is no level boss."),
        (("pat", "--level", "admin", "--as", "ana"), "Ana may not give or take permissions: it needs the right"),
        (("ike", "--push", "--as", "ike"), "Ike cannot change Ike's own access."),
        (("nobody", "--push", "--as", "ike"), "There is no user nobody."),
    ],
)
def test_a_level_that_cannot_be_given_is_refused_in_words(
    tieout: Tieout, arguments: tuple[str, ...], said: str
) -> None:
    found = tieout("user", "level", *arguments)
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith(said)


def test_a_user_is_not_made_with_a_role_that_is_none(tieout: Tieout) -> None:
    assert tieout("user", "add", "abe", "--name", "Abe", "--role", "owner", "--password", "x").code == 2
    assert "abe" not in tieout("user", "list").out


def test_what_is_not_supported_is_listed_and_answered(tieout: Tieout) -> None:
    assert "owner-invoices" in tieout("not-supported").out
    found = tieout("not-supported", "owner-invoices", "--as", "pat")
    assert (found.code, found.out) == (1, "")
    assert found.err.startswith("Owner invoices (invoices on a prime contract) do not sync with QuickBooks Desktop.")
    assert tieout("not-supported", "owner-invoices").code == 2


@pytest.mark.requirement("ACC-17")
def test_rules_are_activated_only_with_that_right(tieout: Tieout) -> None:
    found = tieout("rules", "activate", "--as", "ana", "--reason", "because")
    assert found.code == 1
    assert found.err.startswith("Ana may not activate rules: it needs the right “Rule activation”.")
