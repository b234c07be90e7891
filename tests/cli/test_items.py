"""Items from the command line: nothing is approved without a person."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Tieout

pytestmark = pytest.mark.usefixtures("folder")


def states(tieout: Tieout) -> dict[str, str]:
    return {row["name"]: row["state"] for row in json.loads(tieout("item", "list", "--json").out)}


@pytest.fixture
def sent(tieout: Tieout, folder: Path) -> None:
    assert tieout("item", "send", "--all", "--as", "pat").code == 0


def test_it_lists_items_with_their_amounts(tieout: Tieout) -> None:
    (row,) = json.loads(tieout("item", "list", "--kind", "commitment", "--json").out)
    assert (row["name"], row["state"], row["amount"]) == ("SC-014", "draft", "750.25")
    assert "750.25" in tieout("item", "list", "--kind", "commitment").out


def test_sending_all_sends_every_draft(tieout: Tieout) -> None:
    said = tieout("item", "send", "--all", "--as", "pat")
    assert said.out == "5 of 5 sent.\n"
    assert set(states(tieout).values()) == {"sent"}


@pytest.mark.usefixtures("sent")
def test_an_item_is_accepted_by_its_name_and_says_what_it_waits_for(tieout: Tieout) -> None:
    assert tieout("item", "accept", "sc-014", "--as", "ana").out == "1 of 1 accepted.\n"
    said = tieout("item", "explain", "SC-014").out
    assert "Delta Concrete is not in QuickBooks yet." in said
    assert "commitment.yaml:commitment-company-synced" in said


@pytest.mark.usefixtures("sent")
def test_what_an_approver_would_type_can_be_set(tieout: Tieout) -> None:
    assert tieout("item", "accept", "SC-014", "--set", "number=SC-14", "--as", "ana").code == 0
    assert tieout("item", "accept", "SC-014", "--set", "number", "--as", "ana").code == 2


@pytest.mark.usefixtures("sent")
def test_it_refuses_to_accept_without_a_person(tieout: Tieout) -> None:
    assert tieout("item", "accept", "SC-014").code == 2
    said = tieout("item", "accept", "SC-014", "--as", "nobody")
    assert (said.code, said.err) == (1, "There is no active user nobody.\nSee `tieout user list`.\n")
    assert states(tieout)["SC-014"] == "sent"


@pytest.mark.usefixtures("sent")
def test_it_refuses_who_may_not_accept_and_says_who_may(tieout: Tieout) -> None:
    said = tieout("item", "accept", "SC-014", "--as", "pat")
    assert said.code == 1
    assert "Pat may not accept commitments: it needs the privilege “Can Push to Accounting”." in said.err
    assert "accounting approver" in said.err


@pytest.mark.usefixtures("sent")
def test_accepting_all_of_a_kind_leaves_the_others(tieout: Tieout) -> None:
    tieout("item", "accept", "--all", "--kind", "company", "--as", "ana")
    assert states(tieout)["Delta Concrete"] == "queued"
    assert states(tieout)["SC-014"] == "sent"


def test_accepting_all_leaves_out_what_a_rule_warns_of_and_says_which(tieout: Tieout) -> None:
    tieout("user", "level", "ana", "--tool", "commitments=Admin", "--as", "ike")
    assert tieout("item", "send", "SC-014", "--as", "ana").code == 0
    assert tieout("item", "send", "--all", "--as", "pat").code == 0
    said = tieout("item", "accept", "--all", "--as", "ana").out.splitlines()
    assert said[0] == "2 of 5 accepted."  # the two cost codes have no account yet
    assert said[-2:] == [
        "1 left out, for a rule warns of it. Look at each, then accept it by name; or accept all of them with "
        "--with-warnings.",
        "  SC-014 waits for a person to look at it: Ana sent SC-014 and accepts it as well.",
    ]
    assert states(tieout)["SC-014"] == "sent"
    tieout("item", "accept", "--all", "--with-warnings", "--as", "ana")
    assert states(tieout)["SC-014"] in ("accepted", "queued")


@pytest.mark.usefixtures("sent")
def test_a_rejection_needs_its_reason_and_shows_it(tieout: Tieout) -> None:
    assert tieout("item", "reject", "SC-014", "--as", "ana").code == 2
    assert tieout("item", "reject", "SC-014", "--as", "ana", "--reason", "Wrong job").code == 0
    assert "Wrong job" in tieout("item", "show", "SC-014").out
    assert states(tieout)["SC-014"] == "draft"


@pytest.mark.usefixtures("sent")
def test_what_is_refused_is_named_with_its_sentence(tieout: Tieout) -> None:
    said = tieout("item", "retry", "SC-014", "--as", "ana")
    assert "0 of 1 put back in line." in said.out
    assert "SC-014: " in said.out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["item", "show", "SC-999"], "There is no item SC-999.\nSee `tieout item list`.\n"),
        (["item", "accept", "--as", "ana"], "Nothing was named.\nName items, or use --all.\n"),
    ],
)
def test_a_refusal_is_a_sentence_and_a_way_on(tieout: Tieout, arguments: list[str], says: str) -> None:
    said = tieout(*arguments)
    assert (said.code, said.err) == (1, says)


def test_without_a_connection_it_says_how_to_make_one(
    tieout: Tieout, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIEOUT_DATA_DIR", str(tmp_path / "new"))
    said = tieout("item", "list")
    assert said.code == 1
    assert "tieout connection add" in said.err


@pytest.mark.usefixtures("sent")
def test_only_an_invoice_is_recorded_as_entered_by_hand(tieout: Tieout) -> None:
    typed = ("--number", "A-7", "--amount", "750.25", "--reason", "typed already", "--as", "ana")
    said = tieout("item", "by-hand", "SC-014", *typed)
    assert said.out.startswith("0 of 1 recorded as entered by hand.\n")
    assert "A commitment cannot be recorded as entered by hand." in said.out
    assert tieout("item", "by-hand", *typed).code == 2
